"""The life of a notice: what each publication makes of its texts, and what the feeds tell of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from portal.core.errors import CannotPublish, UnknownKey
from portal.core.languages import NO_TEXT, Bilingual, Language
from portal.notices.rules import (
    AUDIENCES,
    Audience,
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
    union,
)

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SINCE = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
NOTE = Bilingual("Un formulaire de plus.", "One more form.")


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
        note = NOTE if weight == "major" else NO_TEXT
        found.append(Revision(number + 1, day(number), weight, draft.title, draft.body, note))
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
        (standing(NOW), NOW - timedelta(days=9)),
    ],
)
def test_what_nobody_saw_may_take_any_day_and_what_is_seen_any_day_that_has_come(
    kept: Standing, published_at: datetime | None
) -> None:
    check_publication(kept, a_draft(published_at=published_at), NOW)


@pytest.mark.parametrize(
    ("kept", "published_at", "sentence"),
    [
        (standing(NOW), None, "closing-days is published: it can be corrected or withdrawn, not hidden"),
        (standing(NOW), NOW + SECOND, "closing-days is published: it can be corrected or withdrawn, not hidden"),
        (standing(NOW, NOW), NOW, "closing-days was withdrawn; give its text another key"),
        (standing(None, NOW), None, "closing-days was withdrawn; give its text another key"),
    ],
)
def test_what_was_seen_is_not_hidden_and_what_was_withdrawn_does_not_come_back(
    kept: Standing, published_at: datetime | None, sentence: str
) -> None:
    with pytest.raises(CannotPublish, match=sentence):
        check_publication(kept, a_draft(published_at=published_at), NOW)


@pytest.mark.parametrize(("published_at", "at"), [(None, NOW), (NOW + SECOND, NOW + SECOND), (SINCE, SINCE)])
def test_until_it_is_seen_a_notice_has_one_text(published_at: datetime | None, at: datetime) -> None:
    draft = a_draft("b", "", published_at)
    only = Revision(1, at, "first", draft.title, draft.body)
    assert revised([], draft, NOW, None, is_public=False) == [only]
    assert revised(a_past(("first", "a", "a")), draft, NOW, None, is_public=False) == [only]


def test_the_same_text_again_is_no_revision() -> None:
    past = a_past(("first", "a", "a"), ("minor", "b", "a"))
    assert revised(past, a_draft("b", "a"), NOW, None, is_public=True) == past


def test_another_instant_is_that_of_the_first_text() -> None:
    past = a_past(("first", "a", "a"), ("minor", "b", "a"))
    moved = revised(past, a_draft("b", "a", day(-3)), NOW, None, is_public=True)
    assert moved == [replace(past[0], at=day(-3)), past[1]]


@pytest.mark.parametrize(("fr", "en"), [("b", "a"), ("a", "b"), ("b", "b"), ("a", "")])
def test_a_correction_is_silent_whatever_it_corrects(fr: str, en: str) -> None:
    draft = a_draft(fr, en)
    past = a_past(("first", "a", "a"))
    assert revised(past, draft, NOW, None, is_public=True) == [
        *past,
        Revision(2, NOW, "minor", draft.title, draft.body, NO_TEXT),
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
        ("b", "a", NOTE),
    ],
)
def test_a_major_change_has_its_note(fr: str, en: str, note: Bilingual) -> None:
    draft = a_draft(fr, en)
    past = a_past(("first", "a", "a"))
    assert revised(past, draft, NOW, note, is_public=True) == [
        *past,
        Revision(2, NOW, "major", draft.title, draft.body, note),
    ]


NOT_YET = "closing-days is not published yet: publish it without --major"
FRENCH_FIRST = "a major change begins with the French text"
EACH_LANGUAGE = "say what changed in each language whose text changes: --note-fr, --note-en"


@pytest.mark.parametrize(
    ("fr", "en", "note", "is_public", "sentence"),
    [
        ("b", "b", NOTE, False, NOT_YET),
        ("a", "a", NOTE, True, FRENCH_FIRST),
        ("a", "b", NOTE, True, FRENCH_FIRST),
        ("b", "b", NO_TEXT, True, EACH_LANGUAGE),
        ("b", "a", Bilingual("", NOTE.en), True, EACH_LANGUAGE),
        ("b", "b", Bilingual(NOTE.fr, ""), True, EACH_LANGUAGE),
    ],
)
def test_a_major_change_that_is_none_is_refused(
    fr: str, en: str, note: Bilingual, is_public: bool, sentence: str
) -> None:
    with pytest.raises(CannotPublish, match=sentence):
        revised(a_past(("first", "a", "a")), a_draft(fr, en), NOW, note, is_public=is_public)


def test_a_notice_that_was_never_kept_has_no_major_change() -> None:
    with pytest.raises(CannotPublish, match=NOT_YET):
        revised([], a_draft(), NOW, NOTE, is_public=True)


FR, EN = "fr", "en"
#: Texts, and what the feeds tell of them: (number, language, day of the item, day of its last correction, text shown).
TOLD: list[tuple[list[tuple[Weight, str, str]], list[tuple[int, Language, int, int, int]]]] = [
    ([("first", "a", "a")], [(1, FR, 0, 0, 1), (1, EN, 0, 0, 1)]),
    ([("first", "a", "")], [(1, FR, 0, 0, 1)]),
    # A correction is told where it is read.
    ([("first", "a", "a"), ("minor", "b", "b")], [(1, FR, 0, 1, 2), (1, EN, 0, 1, 2)]),
    ([("first", "a", "a"), ("minor", "b", "a")], [(1, FR, 0, 1, 2), (1, EN, 0, 0, 2)]),
    ([("first", "a", "a"), ("minor", "a", "b")], [(1, FR, 0, 0, 2), (1, EN, 0, 1, 2)]),
    ([("first", "a", "a"), ("minor", "b", "b"), ("minor", "b", "c")], [(1, FR, 0, 1, 3), (1, EN, 0, 2, 3)]),
    # The English text comes later.
    ([("first", "a", ""), ("minor", "a", "a")], [(1, FR, 0, 0, 2), (1, EN, 1, 1, 2)]),
    ([("first", "a", ""), ("minor", "a", "a"), ("minor", "b", "b")], [(1, FR, 0, 2, 3), (1, EN, 1, 2, 3)]),
    # It goes, and comes back: the same item, where it was.
    ([("first", "a", "a"), ("minor", "a", "")], [(1, FR, 0, 0, 2)]),
    ([("first", "a", "a"), ("minor", "a", ""), ("minor", "a", "b")], [(1, FR, 0, 0, 3), (1, EN, 0, 2, 3)]),
    # A major change is one more item; the older one shows the older text.
    (
        [("first", "a", "a"), ("major", "b", "b")],
        [(1, FR, 0, 0, 1), (2, FR, 1, 1, 2), (1, EN, 0, 0, 1), (2, EN, 1, 1, 2)],
    ),
    (
        [("first", "a", "a"), ("minor", "b", "a"), ("major", "c", "c"), ("minor", "d", "c")],
        [(1, FR, 0, 1, 2), (3, FR, 2, 3, 4), (1, EN, 0, 0, 2), (3, EN, 2, 2, 4)],
    ),
    # English is never told before it says it, and once it does, it is told.
    ([("first", "a", "a"), ("major", "b", "a")], [(1, FR, 0, 0, 1), (2, FR, 1, 1, 2), (1, EN, 0, 0, 1)]),
    (
        [("first", "a", "a"), ("major", "b", "a"), ("minor", "c", "a")],
        [(1, FR, 0, 0, 1), (2, FR, 1, 2, 3), (1, EN, 0, 0, 1)],
    ),
    (
        [("first", "a", "a"), ("major", "b", "a"), ("minor", "b", "b")],
        [(1, FR, 0, 0, 1), (2, FR, 1, 1, 3), (1, EN, 0, 0, 1), (2, EN, 2, 2, 3)],
    ),
    (
        [("first", "a", "a"), ("major", "b", "a"), ("major", "c", "c")],
        [(1, FR, 0, 0, 1), (2, FR, 1, 1, 2), (3, FR, 2, 2, 3), (1, EN, 0, 0, 1), (3, EN, 2, 2, 3)],
    ),
    ([("first", "a", "a"), ("major", "b", "")], [(1, FR, 0, 0, 1), (2, FR, 1, 1, 2)]),
    # Who reads English heard of nothing before: its first text is told as one, not as a change.
    (
        [("first", "a", ""), ("major", "b", ""), ("minor", "b", "b"), ("major", "c", "c")],
        [(1, FR, 0, 0, 1), (2, FR, 1, 1, 3), (4, FR, 3, 3, 4), (1, EN, 2, 2, 3), (4, EN, 3, 3, 4)],
    ),
    (
        [("first", "a", ""), ("major", "b", "b")],
        [(1, FR, 0, 0, 1), (2, FR, 1, 1, 2), (1, EN, 1, 1, 2)],
    ),
]


@pytest.mark.parametrize(("texts", "told"), TOLD)
def test_the_feeds_tell_each_piece_of_news_once_in_each_language(
    texts: list[tuple[Weight, str, str]], told: list[tuple[int, Language, int, int, int]]
) -> None:
    found = [(one.number, one.language, one.at, one.updated_at, one.shown) for one in tellings(a_past(*texts))]
    assert found == [(number, language, day(at), day(updated), shown) for number, language, at, updated, shown in told]


@pytest.mark.parametrize(
    ("texts", "older"),
    [
        ([("first", "a", "a")], None),
        ([("first", "a", "")], None),
        ([("first", "a", "a"), ("minor", "b", "a")], None),
        ([("first", "a", "a"), ("major", "b", "b")], None),
        ([("first", "a", "a"), ("major", "b", "")], None),
        ([("first", "a", "a"), ("major", "b", "a")], 0),
        ([("first", "a", "a"), ("minor", "a", "b"), ("major", "b", "b")], 1),
        ([("first", "a", "a"), ("minor", "a", "b"), ("major", "b", "b"), ("minor", "c", "b")], 1),
        ([("first", "a", "a"), ("major", "b", "a"), ("minor", "b", "b")], None),
        ([("first", "a", "a"), ("major", "b", "a"), ("major", "c", "a")], 0),
    ],
)
def test_an_english_text_is_older_while_the_french_is_ahead(
    texts: list[tuple[Weight, str, str]], older: int | None
) -> None:
    assert english_at(a_past(*texts)) == (None if older is None else day(older))


UNIONS = [list(some) for length in (1, 2, 3, 5) for some in combinations(AUDIENCES, length)]


@pytest.mark.parametrize("audiences", UNIONS)
def test_a_union_is_read_in_our_order_once_each(audiences: list[Audience]) -> None:
    shuffled = [*reversed(audiences), audiences[0]]
    for text in (",".join(audiences), ",".join(shuffled), f" ,{' , '.join(shuffled).upper()},"):
        assert union("clientele", text) == tuple(audiences)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", ""),
        (" ", ""),
        (",,", ""),
        ("everyone", "everyone"),
        ("professionals,everyone", "everyone"),
        ("professionals;developers", "professionals;developers"),
        ("x" * 9_000, "x" * 40),
    ],
)
def test_a_union_of_what_is_no_audience_names_those_there_are(text: str, word: str) -> None:
    with pytest.raises(UnknownKey, match=f"^clientele “{word}” is unknown; there are professionals, ") as caught:
        union("clientele", text)
    assert [key for key, _name in caught.value.choices] == list(AUDIENCES)
    assert caught.value.argument == "clientele"
