from pathlib import Path

import pytest

from bot.settings import Settings
from retrieval.environment import environment
from retrieval.errors import SettingsError

TOKEN = "123456:AAbbcc-dd_ee"


def test_defaults_are_used_for_everything_but_the_token():
    settings = Settings.from_environment({"TELEGRAM_BOT_TOKEN": TOKEN})

    assert settings == Settings(token=TOKEN)
    assert settings.api_url == "https://api.telegram.org"
    assert (settings.corpus, settings.index, settings.model) == (Path("corpus/reports"), Path("index"), None)


def test_every_variable_is_read():
    settings = Settings.from_environment(
        {
            "TELEGRAM_BOT_TOKEN": f" {TOKEN}\n",
            "TELEGRAM_API_URL": "http://127.0.0.1:8081/",
            "BOT_ADMINS": "11, 22 33",
            "CORPUS_DIR": "/reports",
            "INDEX_DIR": "/index",
            "EMBEDDING_MODEL": "BAAI/bge-m3",
            "STATE_FILE": "/state/bot.sqlite3",
            "KEEP_QUESTIONS": "off",
            "PRIVATE_LINKS": "on",
        }
    )

    assert settings == Settings(
        token=TOKEN,
        api_url="http://127.0.0.1:8081",
        admins=frozenset({11, 22, 33}),
        corpus=Path("/reports"),
        index=Path("/index"),
        model="BAAI/bge-m3",
        state=Path("/state/bot.sqlite3"),
        keep_questions=False,
        private_links=True,
    )


def test_the_memory_lies_beside_the_index_unless_it_is_told_otherwise():
    settings = Settings.from_environment({"TELEGRAM_BOT_TOKEN": TOKEN, "INDEX_DIR": "/data/news"})

    assert settings.state == Path("/data/news.bot.sqlite3")


def test_a_switch_that_is_neither_on_nor_off_is_named_in_the_error():
    with pytest.raises(SettingsError, match="KEEP_QUESTIONS is 'maybe'"):
        Settings.from_environment({"TELEGRAM_BOT_TOKEN": TOKEN, "KEEP_QUESTIONS": "maybe"})


def test_a_missing_token_is_an_error_that_says_where_to_get_one_and_how_to_do_without():
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"TELEGRAM_BOT_TOKEN": " "})

    assert all(
        word in str(caught.value) for word in ("TELEGRAM_BOT_TOKEN", "@BotFather", ".env", "make chat")
    )


def test_no_token_is_needed_for_the_terminal():
    assert Settings.from_environment({}, token_needed=False).token == ""


def test_the_token_is_not_shown():
    settings = Settings.from_environment({"TELEGRAM_BOT_TOKEN": TOKEN})

    assert "AAbbcc" not in f"{settings!r} {settings}"


def test_a_token_with_impossible_characters_is_an_error_that_does_not_show_it():
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"TELEGRAM_BOT_TOKEN": "123:se cret/x"})

    assert "se cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["api.telegram.org", "ftp://host", "http://", "http://host:port", "https://h/?x=1"]
)
def test_an_address_that_is_none_is_named_in_the_error(url: str):
    with pytest.raises(SettingsError, match="TELEGRAM_API_URL") as caught:
        Settings.from_environment({"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url})

    assert url in str(caught.value)


@pytest.mark.parametrize("item", ["alice", "-5", "1.5", "１２"])
def test_an_admin_that_is_no_user_id_is_named_in_the_error(item: str):
    with pytest.raises(SettingsError, match="BOT_ADMINS") as caught:
        Settings.from_environment({"TELEGRAM_BOT_TOKEN": TOKEN, "BOT_ADMINS": f"11,{item}"})

    assert repr(item) in str(caught.value)


def test_the_env_file_is_read(tmp_path: Path):
    (tmp_path / ".env").write_text(
        f"TELEGRAM_BOT_TOKEN={TOKEN}\n# 注释\nBOT_ADMINS='1,2'\n", encoding="utf-8"
    )

    settings = Settings.from_environment(environment(tmp_path, {}))

    assert (settings.token, settings.admins) == (TOKEN, frozenset({1, 2}))


def test_the_environment_wins_over_the_env_file(tmp_path: Path):
    (tmp_path / ".env").write_text("INDEX_DIR=/from/file\n", encoding="utf-8")

    assert environment(tmp_path, {"INDEX_DIR": "/from/environment"})["INDEX_DIR"] == "/from/environment"


def test_an_env_file_that_is_no_text_is_an_error_that_names_it(tmp_path: Path):
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe\xfa")

    with pytest.raises(SettingsError, match=r"\.env"):
        environment(tmp_path, {})
