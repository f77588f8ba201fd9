from hypothesis import given
from hypothesis import strategies as st

from bot.botapi.utf16 import is_visible, sound, units
from bot.views.pages import blocks, page_around, page_from, page_until

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.builds(lambda text, times: text * times,
              st.text("甲。！\n 😀a.\u200b\x00\ud83d", min_size=1, max_size=30),
              st.integers(1, 400)),
)  # fmt: skip


def test_pages_end_at_paragraphs_and_long_paragraphs_at_sentences():
    text = "短的一段。\n" + "这是一句话。" * 100 + "\n最后一段。"

    pieces = blocks(text, 100)

    assert text[slice(*pieces[0])] == "短的一段。"
    assert all(text[end - 1] == "。" for _, end in pieces)
    assert all(units(text[start:end]) <= 100 for start, end in pieces)


@given(text=TEXTS, budget=st.integers(20, 400), data=st.data())
def test_pages_lose_nothing_that_can_be_seen(text: str, budget: int, data: st.DataObject):
    text = sound(text)
    if not is_visible(text):
        return
    pieces = blocks(text, budget)
    kept = "".join(text[start:end] for start, end in pieces)
    assert "".join(kept.split()) == "".join(text.split())
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    for span in (
        page_from(text, start, budget),
        page_until(text, end, budget),
        page_around(text, start, end, budget),
    ):
        assert text[slice(*span)].strip()
        assert units(text[slice(*span)]) <= budget
