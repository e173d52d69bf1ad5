"""A page of the form that is open twice: only what was typed here counts, nobody's words are written over unasked."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.form.typed import Answer, compare, seen_on_page

CODES = ("nama", "telepon", "layanan")
ANSWER = st.one_of(st.sampled_from(["", "a", "b"]), st.sampled_from([(), ("x",), ("x", "y")]))
PAGE = st.fixed_dictionaries(dict.fromkeys(CODES, ANSWER))
Page = dict[str, Answer]


@given(drawn=PAGE, now=PAGE, typed=PAGE)
def test_each_answer_is_kept_left_or_asked_about(drawn: Page, now: Page, typed: Page) -> None:
    got = compare(seen_on_page(CODES, drawn), now, typed)
    for code in CODES:
        here, there = same(typed[code]) != same(drawn[code]), same(now[code]) != same(drawn[code])
        differ = same(typed[code]) != same(now[code])
        assert (code in got.new) is (here and not there)
        assert (code in got.clashes) is (here and there and differ)


@given(now=PAGE, typed=PAGE)
def test_where_the_page_tells_nothing_all_that_differs_counts(now: Page, typed: Page) -> None:
    got = compare("", now, typed)
    assert set(got.new) == {code for code in CODES if same(now[code]) != same(typed[code])}
    assert not got.clashes


@given(seen=st.text(), now=PAGE, typed=PAGE)
def test_what_a_page_carries_may_be_anything(seen: str, now: Page, typed: Page) -> None:
    got = compare(seen, now, typed)
    assert not set(got.new) & set(got.clashes)


def same(answer: Answer) -> Answer:
    """Nothing chosen is nothing typed."""
    return answer or ""
