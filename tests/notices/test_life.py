"""The life of a notice: where it stands, and what each publication makes of its texts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.errors import CannotPublish
from portal.core.languages import NO_TEXT, Bilingual
from portal.notices.rules import (
    Draft,
    Revision,
    Standing,
    State,
    Weight,
    check_publication,
    english_at,
    is_visible,
    revised,
    tellings,
)

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SINCE = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
NOTE = Bilingual("Un formulaire de plus.", "One more form.")
ENGLISH_NOTE = Bilingual("", NOTE.en)


def day(number: int) -> datetime:
    return SINCE + timedelta(days=number)


def a_draft(fr: str = "a", en: str = "a", published_at: datetime | None = SINCE) -> Draft:
    """A draft whose title and text are one letter in each language; none in English is French only."""
    title = Bilingual(f"Titre {fr}", f"Title {en}" if en else "")
    return Draft("closing-days", published_at, ("professionals",), title, Bilingual(f"{fr}.", f"{en}." if en else ""))


def a_past(*texts: tuple[Weight, str, str]) -> list[Revision]:
    """The revisions of a notice, one a day: the weight, the letter of the French text and that of the English one."""
    found = []
    for number, (weight, fr, en) in enumerate(texts):
        draft = a_draft(fr, en)
        note = {"major": NOTE, "english": ENGLISH_NOTE}.get(weight, NO_TEXT)
        found.append(Revision(number + 1, day(number), weight, draft.title, draft.body, note, facts=draft.facts))
    return found


@pytest.mark.parametrize(
    ("published_at", "withdrawn_at", "is_seen"),
    [
        (None, None, False),
        (NOW - SECOND, None, True),
        (NOW, None, True),
        (NOW + timedelta(microseconds=1), None, False),
        (NOW - SECOND, NOW - SECOND, False),
        # Another server's clock may be ahead: withdrawn is withdrawn.
        (NOW - SECOND, NOW + SECOND, False),
        (None, NOW, False),
    ],
)
def test_a_notice_is_seen_from_its_instant_until_it_is_withdrawn(
    published_at: datetime | None, withdrawn_at: datetime | None, is_seen: bool
) -> None:
    assert is_visible(published_at, withdrawn_at, NOW) is is_seen


@pytest.mark.parametrize(
    ("published_at", "withdrawn_at", "revision", "state"),
    [
        (None, None, 1, "draft"),
        (NOW + SECOND, None, 1, "scheduled"),
        (NOW, None, 1, "published"),
        (NOW, None, 2, "corrected"),
        (NOW, NOW, 2, "withdrawn"),
        (NOW + SECOND, NOW, 1, "withdrawn"),
        (None, NOW, 1, "withdrawn"),
    ],
)
def test_a_notice_stands_somewhere_in_its_life(
    published_at: datetime | None, withdrawn_at: datetime | None, revision: int, state: State
) -> None:
    assert Standing("a-key", published_at, withdrawn_at, revision, NOTE).state(NOW) == state


def standing(published_at: datetime | None, withdrawn_at: datetime | None = None) -> Standing:
    return Standing("closing-days", published_at, withdrawn_at, 1, NOTE)


@pytest.mark.parametrize(
    ("kept", "published_at"),
    [
        (standing(None), None),
        (standing(None), NOW + SECOND),
        (standing(None), NOW),
        (standing(NOW + SECOND), None),
        (standing(NOW + SECOND), NOW + timedelta(days=9)),
        (standing(NOW + SECOND), NOW - SECOND),
        (standing(NOW), NOW),
    ],
)
def test_what_nobody_saw_may_take_any_day_and_what_is_seen_keeps_its_own(
    kept: Standing, published_at: datetime | None
) -> None:
    check_publication(kept, a_draft(published_at=published_at), NOW)


KEEPS_ITS_INSTANT = "closing-days was published on 2026-11-18: that instant cannot change any more, but the notice"


@pytest.mark.parametrize(
    ("kept", "published_at", "sentence"),
    [
        (standing(NOW), None, KEEPS_ITS_INSTANT),
        (standing(NOW), NOW + SECOND, KEEPS_ITS_INSTANT),
        (standing(NOW), NOW - SECOND, KEEPS_ITS_INSTANT),
        (standing(NOW, NOW), NOW, "closing-days was withdrawn; give its text another key"),
        (standing(None, NOW), None, "closing-days was withdrawn; give its text another key"),
    ],
)
def test_what_was_seen_is_not_hidden_and_what_was_withdrawn_does_not_come_back(
    kept: Standing, published_at: datetime | None, sentence: str
) -> None:
    with pytest.raises(CannotPublish, match=sentence):
        check_publication(kept, a_draft(published_at=published_at), NOW)


PROMISE = Bilingual("Nous vous dirons quand.", "We will tell you when.")


def test_a_promise_that_was_seen_is_kept_by_another_notice_not_unmade() -> None:
    kept, draft = replace(standing(NOW), has_promise=True), a_draft(published_at=NOW)
    with pytest.raises(CannotPublish, match="closing-days made a promise: leave it there, and let a later notice"):
        check_publication(kept, draft, NOW)
    check_publication(kept, replace(draft, promise=PROMISE), NOW)
    check_publication(replace(standing(NOW + SECOND), has_promise=True), draft, NOW)


#: What is published with a day that is over is told when it is given: its readers did not hear of it before.
@pytest.mark.parametrize(("published_at", "at"), [(None, NOW), (NOW + SECOND, NOW + SECOND), (SINCE, NOW)])
def test_until_it_is_seen_a_notice_has_one_text(published_at: datetime | None, at: datetime) -> None:
    draft = a_draft("b", "", published_at)
    only = Revision(1, at, "first", draft.title, draft.body, facts=draft.facts)
    assert revised([], draft, NOW, None, is_public=False) == [only]
    assert revised(a_past(("first", "a", "a")), draft, NOW, None, is_public=False) == [only]


def test_the_same_text_again_is_no_revision() -> None:
    past = a_past(("first", "a", "a"), ("minor", "b", "a"))
    assert revised(past, a_draft("b", "a"), NOW, None, is_public=True) == past


#: What a notice states beside its texts, the same in both languages.
STATED: list[dict[str, object]] = [
    {"applies_on": date(2026, 12, 1)},
    {"forms": ("4058",)},
    {"rows": ("new",)},
    {"audiences": ("developers",)},
    {"keeps": "another"},
]


@pytest.mark.parametrize("changes", [{"promise": PROMISE}, *STATED])
def test_a_promise_and_all_that_a_notice_states_are_of_its_revisions(changes: dict[str, object]) -> None:
    past = a_past(("first", "a", "a"))
    draft = replace(a_draft(), **changes)  # type: ignore[arg-type]  # the names are checked by replace
    new = revised(past, draft, NOW, None, is_public=True)[-1]
    assert (new.number, new.weight, new.promise, new.facts) == (2, "minor", draft.promise, draft.facts)
    assert not new.shows_the_same(past[0], "fr")
    assert new.says_the_same(past[0], "fr") == (draft.promise == NO_TEXT)
    assert revised([*past, new], draft, NOW, None, is_public=True) == [*past, new]


def test_the_order_in_which_a_file_names_forms_and_rows_says_nothing() -> None:
    named = replace(a_draft(), forms=("4123", "4058"), rows=("new", "b2b"))
    past = revised([], named, NOW, None, is_public=False)
    again = replace(named, forms=named.forms[::-1], rows=named.rows[::-1])
    assert revised(past, again, NOW, None, is_public=True) == past


@pytest.mark.parametrize("changes", STATED)
def test_what_a_notice_states_may_be_a_major_change_of_its_own(changes: dict[str, object]) -> None:
    past = a_past(("first", "a", "a"))
    draft = replace(a_draft(), **changes)  # type: ignore[arg-type]  # the names are checked by replace
    assert revised(past, draft, NOW, NOTE, is_public=True)[-1].weight == "major"
    with pytest.raises(CannotPublish, match=EACH_LANGUAGE):
        revised(past, draft, NOW, Bilingual(NOTE.fr, ""), is_public=True)


def test_a_day_that_moves_with_the_french_text_leaves_the_english_one_behind() -> None:
    past = a_past(("first", "a", "a"))
    draft = replace(a_draft("b", "a"), applies_on=date(2027, 1, 11))
    changed = revised(past, draft, NOW, Bilingual(NOTE.fr, ""), is_public=True)
    assert english_at(changed) == day(0)
    assert [told.number for told in tellings(changed) if told.language == "en"] == [1]


def test_while_its_english_text_is_older_a_notice_changes_by_its_french_text() -> None:
    past = a_past(("first", "a", "a"), ("major", "b", "a"))
    draft = replace(a_draft("b", "a"), applies_on=date(2027, 1, 11))
    with pytest.raises(CannotPublish, match="the English text is still older: let it follow first"):
        revised(past, draft, NOW, NOTE, is_public=True)
    assert english_at(revised(past, draft, NOW, None, is_public=True)) == day(0)


@pytest.mark.parametrize(("fr", "en"), [("b", "a"), ("a", "b"), ("b", "b"), ("a", "")])
def test_a_correction_is_silent_whatever_it_corrects(fr: str, en: str) -> None:
    draft = a_draft(fr, en)
    past = a_past(("first", "a", "a"))
    assert revised(past, draft, NOW, None, is_public=True) == [
        *past,
        Revision(2, NOW, "minor", draft.title, draft.body, NO_TEXT, facts=draft.facts),
    ]


def test_a_correction_by_a_clock_that_is_behind_is_no_earlier_than_what_it_corrects() -> None:
    past = a_past(("first", "a", "a"), ("minor", "b", "a"))
    assert revised(past, a_draft("c", "a"), day(0), None, is_public=True)[-1].at == day(1)


@pytest.mark.parametrize(
    ("fr", "en", "note"),
    [
        ("b", "b", NOTE),
        # Where the English stays, or is not there, nobody need say what changed in it.
        ("b", "a", Bilingual(NOTE.fr, "")),
        ("b", "", Bilingual(NOTE.fr, "")),
    ],
)
def test_a_major_change_has_its_note(fr: str, en: str, note: Bilingual) -> None:
    draft = a_draft(fr, en)
    past = a_past(("first", "a", "a"))
    assert revised(past, draft, NOW, note, is_public=True) == [
        *past,
        Revision(2, NOW, "major", draft.title, draft.body, note, facts=draft.facts),
    ]


NOT_YET = "closing-days is not published yet: publish it without a note of changes"
FRENCH_FIRST = "a major change begins with the French text"
EACH_LANGUAGE = "say what changed in each language whose text changes"
ENGLISH_STAYS = "the English text is as it was: leave out its note, and let the text follow by a correction"
ENGLISH_ALONE = "a note in English alone is for a text that follows a major change; else give the French one too"


@pytest.mark.parametrize(
    ("fr", "en", "note", "is_public", "sentence"),
    [
        ("b", "b", NOTE, False, NOT_YET),
        ("a", "a", NOTE, True, FRENCH_FIRST),
        ("a", "b", NOTE, True, FRENCH_FIRST),
        ("b", "b", NO_TEXT, True, ENGLISH_ALONE),
        ("b", "a", ENGLISH_NOTE, True, ENGLISH_ALONE),
        ("a", "b", ENGLISH_NOTE, True, ENGLISH_ALONE),
        ("b", "b", ENGLISH_NOTE, False, NOT_YET),
        ("b", "b", Bilingual(NOTE.fr, ""), True, EACH_LANGUAGE),
        ("b", "a", NOTE, True, ENGLISH_STAYS),
    ],
)
def test_a_major_change_that_is_none_is_refused(
    fr: str, en: str, note: Bilingual, is_public: bool, sentence: str
) -> None:
    with pytest.raises(CannotPublish, match=sentence):
        revised(a_past(("first", "a", "a")), a_draft(fr, en), NOW, note, is_public=is_public)


def test_an_english_text_follows_a_major_change_with_a_note_of_its_own() -> None:
    past = a_past(("first", "a", "a"), ("major", "b", "a"))
    draft = a_draft("b", "b")
    assert revised(past, draft, NOW, ENGLISH_NOTE, is_public=True) == [
        *past,
        Revision(3, NOW, "english", draft.title, draft.body, ENGLISH_NOTE, facts=draft.facts),
    ]
    assert revised(past, draft, NOW, None, is_public=True)[-1].weight == "minor"
    with pytest.raises(CannotPublish, match=ENGLISH_ALONE):
        revised(past, a_draft("c", "a"), NOW, ENGLISH_NOTE, is_public=True)


def test_a_notice_that_was_never_kept_has_no_major_change() -> None:
    with pytest.raises(CannotPublish, match=NOT_YET):
        revised([], a_draft(), NOW, NOTE, is_public=True)
