from pathlib import Path

import pytest

from bot.settings import Settings, Webhook
from retrieval.config import environment
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
            "WEBHOOK_URL": "https://bot.example.org/wenbao",
            "WEBHOOK_SECRET": "s-_0",
            "WEBHOOK_LISTEN": "[::1]:8081",
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
        webhook=Webhook("https://bot.example.org/wenbao", "s-_0", "::1", 8081),
    )


def test_an_address_of_milvus_takes_the_place_of_the_folder_and_shows_no_password():
    given = {"INDEX_URL": "milvus://root:geheim@db.example/papers", "INDEX_DIR": "/index"}
    settings = Settings.from_environment(given, token_needed=False)
    assert str(settings.index) == "milvus://db.example:19530/papers"
    assert "geheim" not in repr(settings)
    assert settings.state == Path("/index.bot.sqlite3")


def test_an_index_url_that_is_none_is_refused_without_being_shown():
    with pytest.raises(SettingsError, match="INDEX_URL") as refused:
        Settings.from_environment({"INDEX_URL": "geheim"}, token_needed=False)
    assert "geheim" not in str(refused.value)


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


URL = "https://bot.example.org/wenbao"


def with_webhook(**more: str) -> Settings:
    return Settings.from_environment({"TELEGRAM_BOT_TOKEN": TOKEN, **more})


def test_behind_a_proxy_on_the_same_machine_a_webhook_needs_address_and_secret_only():
    settings = with_webhook(WEBHOOK_URL=URL, WEBHOOK_SECRET="s")

    assert settings.webhook == Webhook(URL, "s", "127.0.0.1", 8080)


@pytest.mark.parametrize("variable", ["WEBHOOK_SECRET", "WEBHOOK_LISTEN"])
def test_a_webhook_without_its_address_is_an_error_that_names_what_is_set(variable: str):
    with pytest.raises(SettingsError, match=f"{variable} is set and WEBHOOK_URL is not"):
        with_webhook(**{variable: "127.0.0.1:8080"})


def test_a_webhook_without_a_secret_is_an_error_that_says_how_to_make_one():
    with pytest.raises(SettingsError, match=r"WEBHOOK_SECRET is not.*openssl"):
        with_webhook(WEBHOOK_URL=URL)


@pytest.mark.parametrize("secret", ["geheim nis", "gehéim", "geheim+", "geheim" * 50])
def test_a_secret_that_telegram_would_not_take_is_an_error_that_does_not_show_it(secret: str):
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET must be") as caught:
        with_webhook(WEBHOOK_URL=URL, WEBHOOK_SECRET=secret)

    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "bot.example.org",
        "http://bot.example.org",
        "https://h:8080/",
        "https://h:x/",
        "https://",
        "https://h/#x",
    ],
)
def test_an_address_that_telegram_would_not_call_is_named_in_the_error(url: str):
    with pytest.raises(SettingsError, match="WEBHOOK_URL is") as caught:
        with_webhook(WEBHOOK_URL=url, WEBHOOK_SECRET="s")

    assert url in str(caught.value)


def test_a_server_of_ones_own_may_call_any_port_without_encryption():
    settings = with_webhook(
        WEBHOOK_URL="http://10.0.0.7:8080/", WEBHOOK_SECRET="s", TELEGRAM_API_URL="http://127.0.0.1:8081"
    )

    assert settings.webhook
    assert settings.webhook.url == "http://10.0.0.7:8080/"


@pytest.mark.parametrize(
    "listen", ["8080", "127.0.0.1", ":8080", "h:0", "h:99999", "http://h:1", "u@h:1", "h:1/x"]
)
def test_a_place_to_listen_that_is_none_is_named_in_the_error(listen: str):
    with pytest.raises(SettingsError, match="WEBHOOK_LISTEN is") as caught:
        with_webhook(WEBHOOK_URL=URL, WEBHOOK_SECRET="s", WEBHOOK_LISTEN=listen)

    assert repr(listen) in str(caught.value)


def test_the_secret_is_not_shown():
    assert "geheim" not in repr(with_webhook(WEBHOOK_URL=URL, WEBHOOK_SECRET="geheim"))


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
