from pathlib import Path

import pytest

from retrieval.config import IndexSettings, environment
from retrieval.errors import SettingsError
from retrieval.index.address import Address


def test_unset_settings_have_defaults():
    settings = IndexSettings.from_environment({})
    assert (settings.corpus, settings.index) == (Path("corpus/reports"), Path("index"))
    assert settings.model is None


def test_a_blank_setting_counts_as_unset():
    settings = IndexSettings.from_environment({"INDEX_DIR": " ", "EMBEDDING_MODEL": "\t"})
    assert settings == IndexSettings()


def test_spaces_around_a_setting_are_stripped():
    assert IndexSettings.from_environment({"CORPUS_DIR": " /reports "}).corpus == Path("/reports")


def test_the_address_of_a_milvus_wins_over_a_folder():
    settings = IndexSettings.from_environment({"INDEX_URL": "milvus://db.example", "INDEX_DIR": "/index"})
    assert isinstance(settings.index, Address)


def test_a_folder_in_the_place_of_an_address_is_refused():
    settings = IndexSettings.from_environment({"INDEX_URL": "/index"})
    with pytest.raises(SettingsError, match="A folder is given in INDEX_DIR"):
        _ = settings.index


def test_a_variable_of_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / ".env").write_text("INDEX_DIR=/from/file\nCORPUS_DIR=/reports\n", encoding="utf-8")
    found = environment(tmp_path, {"INDEX_DIR": "/from/environment"})
    assert found == {"INDEX_DIR": "/from/environment", "CORPUS_DIR": "/reports"}
