from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval.indexing.refresh import RefreshReport, refresh

MARKET = """【海棠区】海棠菜市场月底开张

海棠日报 2023年05月06日

海棠菜市场经过半年改造,本月底重新开张。市场内设摊位128个,其中蔬菜摊位60个。

市场负责人林木森说,摊位租金三年不涨。开张当天将向市民发放购物袋2000个。
"""

LIBRARY = """紫荆街道图书馆延长开放时间

紫荆晚报 2024年03月02日

紫荆街道图书馆从三月起每天开放到晚上十点。馆内藏书4万册,座位220个。

馆长白露介绍,去年到馆读者超过9万人次,其中学生占六成。
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two short reports."""
    made = tmp_path / "reports"
    made.mkdir()
    (made / "market.txt").write_text(MARKET, encoding="utf-8")
    (made / "library.txt").write_text(LIBRARY, encoding="utf-8")
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_backends` runs once with its index in each."""
    if metafunc.definition.get_closest_marker("both_backends"):
        metafunc.parametrize("index", ["folder", "milvus"], indirect=True)


@pytest.fixture
def index(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | str]:
    """Where an index may lie: a folder, or, in tests of both homes, a file of milvus-lite."""
    if getattr(request, "param", "folder") == "folder":
        yield tmp_path / "index"
        return
    from retrieval.index.address import parse_address
    from retrieval.index.milvus.connection import disconnect

    address = f"milvus:{tmp_path / 'index.db'}"
    yield address
    disconnect(parse_address(address))


@pytest.fixture
def refreshed(folder: Path, index: Path | str, encoder) -> Callable[..., RefreshReport]:
    """Refresh the index from the folder with the text-derived encoder."""

    def run(**options) -> RefreshReport:
        return refresh(folder, index, encoder=options.pop("encoder", encoder), **options)

    return run
