"""What is typed of a notice, field by field: what can be kept, and what is wrong with which field."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from portal.core.languages import Bilingual
from portal.notices.rules import Draft
from portal.writing.rules import KNOWN, LONGEST, NEW, REQUIRED, Fault, NoticeRefused, read

FIELDS = (*KNOWN, "body_fr", "body_en")
TYPED = {
    "key": "rss-feeds",
    "published": "2022-03-08 08:30",
    "audiences": "developers, professionals",
    "title_fr": "Fils RSS",
    "body_fr": "Texte.",
}
IN_ENGLISH = {"title_en": "RSS feeds", "body_en": "Text."}


def faults(**changes: str) -> tuple[Fault, ...]:
    with pytest.raises(NoticeRefused, match="the notice was refused") as caught:
        read({**TYPED, **changes})
    return caught.value.faults


def test_a_notice_is_read_from_its_fields_without_the_blanks_around_them() -> None:
    typed = {**TYPED, **IN_ENGLISH, "applies": "2022-04-01", "forms": "4058", "rows": "b2b-new", "keeps": "other"}

    assert read({name: f"\n {text}\t" for name, text in typed.items()}) == Draft(
        key="rss-feeds",
        published_at=datetime(2022, 3, 8, 13, 30, tzinfo=UTC),
        audiences=("professionals", "developers"),
        title=Bilingual("Fils RSS", "RSS feeds"),
        body=Bilingual("Texte.", "Text."),
        applies_on=date(2022, 4, 1),
        forms=("4058",),
        rows=("b2b-new",),
        keeps="other",
    )


def test_a_field_left_out_is_an_empty_one() -> None:
    assert read({**dict.fromkeys(FIELDS, ""), **TYPED}) == read(TYPED)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "Été"}, "key"),
        ({"key": NEW}, "key"),
        ({"published": "demain"}, "published"),
        ({"published": "2101-01-01 00:00"}, "published"),
        ({"published": "2026-03-08 02:30"}, "published"),
        ({"audiences": ","}, "audiences"),
        ({"audiences": "everyone"}, "audiences"),
        ({"title_fr": " "}, "title_fr"),
        ({"title_en": "RSS feeds"}, "title_en"),
        ({"body_en": "Text."}, "body_en"),
        ({"body_fr": "\n"}, "body_fr"),
        ({"applies": "demain"}, "applies"),
        ({"forms": "405"}, "forms"),
        ({"rows": "B2B"}, "rows"),
        ({"keeps": "B2B"}, "keeps"),
        ({"promise_en": "Soon."}, "promise_en"),
        ({**IN_ENGLISH, "promise_fr": "Bientôt."}, "promise_fr"),
        ({**IN_ENGLISH, "title_fr": "The office is closed", "title_en": "Le bureau est fermé"}, "title_fr"),
    ],
)
def test_a_fault_is_told_with_its_field(changes: dict[str, str], field: str) -> None:
    assert [fault.field for fault in faults(**changes)] == [field]


@pytest.mark.parametrize("field", LONGEST)
def test_a_text_has_a_longest_length_without_the_blanks_around_it(field: str) -> None:
    others = {**IN_ENGLISH, "promise_fr": "Bientôt.", "promise_en": "Soon."}
    longest = "x" * LONGEST[field]

    assert read({**TYPED, **others, field: f"\n{longest} "})
    assert faults(**{**others, field: longest + "x"}) == (
        Fault(field, f"this is longer than {LONGEST[field]} characters"),
    )


def test_an_image_is_told_with_its_line_in_the_text() -> None:
    no_place = "an image has no place in a notice"

    assert faults(body_fr="\nUn.\n\n![a](/a.png)\n![b](/b.png)") == (
        Fault("body_fr", no_place, 4),
        Fault("body_fr", no_place, 5),
    )


FRENCH_IS_ENGLISH = Fault("body_fr", "this text is in English: are the two texts swapped?")
ENGLISH_IS_FRENCH = Fault("body_en", "this text is in French: are the two texts swapped?")


def test_titles_and_short_texts_that_are_swapped_are_told() -> None:
    titles = {"title_fr": "The office is closed", "title_en": "Le bureau est fermé"}
    texts = {"body_fr": "We are closed.", "body_en": "Le bureau est fermé."}

    assert faults(**{**IN_ENGLISH, **titles}) == (
        Fault("title_fr", "this is in English, and the other in French: are they swapped?"),
    )
    assert faults(**{**IN_ENGLISH, **texts}) == (FRENCH_IS_ENGLISH, ENGLISH_IS_FRENCH)


def test_a_french_text_alone_that_is_plainly_english_is_told() -> None:
    text = "The password is sent by e-mail to the person who signs the request, and is no longer sent by mail to you."

    assert faults(body_fr=text) == (FRENCH_IS_ENGLISH,)


@given(st.fixed_dictionaries({}, optional={field: st.text(max_size=40) for field in FIELDS}))
def test_any_texts_are_a_notice_or_have_faults_of_their_fields(typed: dict[str, str]) -> None:
    wrong: set[str] = set()
    try:
        read(typed)
    except NoticeRefused as refused:
        wrong = {fault.field for fault in refused.faults}
    assert wrong <= set(FIELDS)
    assert wrong >= {field for field in (*REQUIRED, "body_fr") if not typed.get(field, "").strip()}
