"""The console script `wenbao`."""

import subprocess
import sys
import tomllib

import pytest

from bot.command_line import main


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_lists_the_commands(arguments, capsys):
    assert main(arguments) == 0
    assert "chat" in capsys.readouterr().out


def test_an_unknown_command_is_named_with_those_there_are(capsys):
    assert main(["surch"]) == 2
    error = capsys.readouterr().err
    assert "'surch'" in error
    assert "search" in error


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("chat", "python -m bot"),
        ("bot", "python -m bot"),
        *((name, "wenbao " + name) for name in ("refresh", "add", "rollback", "search", "articles")),
        *((name, "wenbao " + name) for name in ("article", "verify", "evaluate", "show")),
    ],
)
def test_a_command_is_named_in_its_help_as_it_was_typed(command, says, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert says in capsys.readouterr().out


def test_the_exit_status_is_that_of_the_command(tmp_path, capsys):
    assert main(["verify", "--index", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("wenbao: ")
    report = tmp_path / "report.txt"
    report.write_text("公园建成\n\n海棠日报 2024年03月02日\n\n公园面积30亩。\n", encoding="utf-8")
    assert main(["show", str(report), "--json"]) == 0


def test_listing_commands_import_neither_telegram_nor_torch(tmp_path):
    code = (
        "import sys\nfrom bot.command_line import main\n"
        f"main(['articles', '--index', {str(tmp_path)!r}])\n"
        "sys.exit('telegram' in sys.modules or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_the_script_is_installed_under_its_name(pytestconfig):
    project = tomllib.loads((pytestconfig.rootpath / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"wenbao": "bot.command_line:main"}
