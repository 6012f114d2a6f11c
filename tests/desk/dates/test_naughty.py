"""The big list of naughty strings through every field of the dates: words beside them, nothing lost, nothing broken."""

from collections.abc import Mapping

import pytest

from portal.desk.dates.typed import FIELDS, cleaned
from tests.conftest import DEMO_DAY
from tests.desk.dates.clerks import ASK, CHECK, DRAFT, PUBLISH, TABLE, Clerk
from tests.desk.notices.test_refusals import batched
from tests.desk.requests.test_naughty import STRINGS, bytes_of
from tests.site.typed import dangers

ROW = {f"{name}-access-new": "" for name in FIELDS}
BESIDE = dict.fromkeys(
    ("as_of", "reason", "why_fr", "why_en", "day", "hour", "pasted", "confirmed", "draft", "from"), ""
)
RIGHT = {"date-access-new": "11-13", "as_of": DEMO_DAY}
#: What may hold any words.
WORDS = ("fr-access-new", "en-access-new", "reason", "why_fr", "why_en")
UNDO = "/desk/en/dates/editions/106/undo"


def answered(clerk: Clerk, path: str, form: Mapping[str, object]) -> int:
    """Send a form as it is, and return the status of the answer."""
    answer = clerk.colleague.client.post(path, **clerk.colleague.posted(form))
    if answer.mimetype == "text/html":
        assert not dangers(answer.text), form
    return answer.status_code


@pytest.mark.parametrize(("number", "path"), list(enumerate((CHECK, PUBLISH))))
def test_no_text_in_every_field_at_once_is_kept(paul: Clerk, number: int, path: str) -> None:
    paul.opens()
    before = paul.office.dump()
    for text in filter(cleaned, STRINGS[number::2]):  # nothing at all takes a note away, which is allowed
        typed = dict.fromkeys((*ROW, *BESIDE), bytes_of(text))
        assert answered(paul, path, paul.held() | typed) == 422, text
        assert answered(paul, path, typed | {"expected": bytes_of(text)}) == 409, "nobody knows where that began"
    assert paul.office.dump() == before


def test_no_text_breaks_the_live_questions(paul: Clerk) -> None:
    paul.opens()
    before = paul.office.dump()
    for text in STRINGS[::4]:
        assert answered(paul, ASK, dict.fromkeys((*ROW, *BESIDE, "expected"), bytes_of(text))) == 200, text
    assert paul.office.dump() == before


@pytest.mark.parametrize("field", [*ROW, *BESIDE])
def test_no_text_in_one_field_is_taken_for_what_it_is_not(paul: Clerk, field: str) -> None:
    paul.opens()
    right = {**paul.held(), **RIGHT}
    before = paul.office.dump()
    for text in STRINGS[::20]:
        typed = {**right, field: bytes_of(text)}
        if field in WORDS:
            typed |= {name: bytes_of(text) for name in WORDS if name[-10:] == field[-10:] or name[:3] == field[:3]}
        assert answered(paul, CHECK, typed) in (200, 422), text
    assert paul.office.dump() == before


def test_any_text_is_kept_while_one_types_and_shown_again(paul: Clerk) -> None:
    paul.opens()
    names = (*ROW, "reason", "why_fr", "why_en", "day", "hour")
    for batch in batched([bytes_of(text) for text in STRINGS], len(names)):
        assert answered(paul, DRAFT, dict(zip(names, batch, strict=False))) == 200, batch
        answer = paul.colleague.get(TABLE)
        assert not dangers(answer.text), batch


def test_words_of_any_kind_that_are_published_break_no_page(paul: Clerk) -> None:
    published = 0
    for number, text in enumerate(STRINGS[::40]):
        paul.opens()
        day = f"11-{2 + number % 18:02}"
        note = {"fr-access-new": bytes_of(text)[:200], "en-access-new": bytes_of(text)[:200]}
        why = {"reason": "x" + bytes_of(text), "why_fr": bytes_of(text), "why_en": bytes_of(text)}
        typed = {**paul.held(), **note, **why, "date-access-new": day}
        paul.sends_only(CHECK, status=200, **typed) if answered(paul, CHECK, typed) == 200 else None
        status = answered(paul, PUBLISH, {**typed, "confirmed": (paul.questions() or [""])[0]})
        assert status in (303, 422), text
        published += status == 303
        for path in ("/fr/dates/", "/en/dates/", "/fr/dates/editions/", "/en/dates/new-access-to-the-online-services"):
            assert not dangers(paul.office.get(path).text), text
        feed = paul.office.get("/en/dates/feed.atom")
        assert feed.status_code == 200
    assert published > len(STRINGS[::40]) / 3, "most are words that a note may hold"


def test_no_text_breaks_the_taking_back_of_an_edition(paul: Clerk) -> None:
    paul.opens("/desk/en/dates/editions/106")
    before = paul.office.dump()
    for text in STRINGS[::6]:
        typed = {"reason": "", "why_fr": bytes_of(text), "why_en": bytes_of(text), "password": bytes_of(text)}
        assert answered(paul, UNDO, typed) == 422, text
    assert paul.office.dump() == before
