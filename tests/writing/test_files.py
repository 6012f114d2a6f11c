"""The file of a notice: a heading, the French text, the English one; every fault told with its line."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portal.core.errors import FileRefused, Problem
from portal.core.languages import Bilingual
from portal.notices.rules import AUDIENCES, LONGEST_BODY, LONGEST_TITLE, Draft
from portal.writing.files import LARGEST_FILE, line_of, read_notice

S = "\u00a0"
DEMO = Path(__file__).parents[2] / "portal" / "demo" / "notices"
THEY_ARE = "professionals, dispensers, institutions, developers, rehabilitation"
EXPECTED = (
    "expected one of key, published, audiences, title_fr, title_en, applies, forms, rows, promise_fr, promise_en, "
    "keeps, then a colon, not"
)


def a_file(fr: str = "Texte.", en: str = "", **fields: str) -> str:
    """A notice in French only; a field of an empty text is left out."""
    heading = {
        "key": "rss-feeds",
        "published": "2022-03-08 08:30",
        "audiences": "professionals",
        "title_fr": "Fils RSS",
        **fields,
    }
    lines = [f"{name}: {value}" for name, value in heading.items() if value]
    return "\n".join([*lines, "", "--- fr ---", fr, *(["--- en ---", en] if en else []), ""])


def read(text: str) -> Draft:
    return read_notice(text.encode())


def refusal(text: str) -> tuple[Problem, ...]:
    with pytest.raises(FileRefused) as caught:
        read(text)
    return caught.value.problems


BOTH = a_file("Texte.", "Text.", title_en="RSS feeds", audiences="developers, professionals")


@pytest.mark.parametrize("text", [BOTH, BOTH.replace("\n", "\r\n"), "\ufeff" + BOTH, BOTH.replace(": ", " :")])
def test_a_notice_is_read_in_both_languages(text: str) -> None:
    assert read(text) == Draft(
        key="rss-feeds",
        published_at=datetime(2022, 3, 8, 13, 30, tzinfo=UTC),
        audiences=("professionals", "developers"),
        title=Bilingual("Fils RSS", "RSS feeds"),
        body=Bilingual("Texte.", "Text."),
    )


def test_a_notice_may_be_french_only() -> None:
    draft = read(a_file())

    assert (draft.title, draft.body) == (Bilingual("Fils RSS", ""), Bilingual("Texte.", ""))


def test_the_english_text_may_stand_first() -> None:
    heading, fr = a_file(title_en="RSS feeds").split("--- fr ---")

    assert read(f"{heading}--- en ---\nText.\n--- fr ---{fr}").body == Bilingual("Texte.", "Text.")


def test_a_body_keeps_its_lines_and_loses_the_blank_ones_around_it() -> None:
    assert read(a_file("\n\n# Titre\n\n  a\n---\nb\n\n")).body.fr == "# Titre\n\n  a\n---\nb"


def test_french_typography_is_set_and_code_is_kept() -> None:
    draft = read(
        a_file(
            "L'avis : «lisez» `d'a : b`\n\n| a |\n| :--- |",
            "Don't : «read»",
            title_fr="L'avis : un",
            title_en="It's : one",
        )
    )

    assert draft.title == Bilingual(f"L’avis{S}: un", "It’s : one")
    assert draft.body.fr == f"L’avis{S}: «{S}lisez{S}» `d'a : b`\n\n| a |\n| :--- |"
    assert draft.body.en == "Don’t : «read»"


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2021-07-22 08:30", datetime(2021, 7, 22, 12, 30, tzinfo=UTC)),
        ("2021-07-22T08:30", datetime(2021, 7, 22, 12, 30, tzinfo=UTC)),
        ("2022-01-01 00:00", datetime(2022, 1, 1, 5, 0, tzinfo=UTC)),
        ("2022-12-31 23:59", datetime(2023, 1, 1, 4, 59, tzinfo=UTC)),
        ("2100-12-31 23:59", datetime(2101, 1, 1, 4, 59, tzinfo=UTC)),
    ],
)
def test_the_hour_is_that_of_quebec(published: str, expected: datetime) -> None:
    assert read(a_file(published=published)).published_at == expected


@pytest.mark.parametrize(
    ("audiences", "expected"),
    [
        ("developers", ("developers",)),
        ("rehabilitation,developers , professionals", ("professionals", "developers", "rehabilitation")),
        ("developers, developers,", ("developers",)),
        (THEY_ARE, AUDIENCES),
    ],
)
def test_audiences_are_kept_in_their_order_each_once(audiences: str, expected: tuple[str, ...]) -> None:
    assert read(a_file(audiences=audiences)).audiences == expected


@pytest.mark.parametrize("key", ["ab", "a1", "a-b-2", "a" * 60])
def test_a_key_is_lower_case_words(key: str) -> None:
    assert read(a_file(key=key)).key == key


@pytest.mark.parametrize("key", ["a", "A-b", "é-b", "1-a", "-ab", "a b", "a_b", "a" * 61, "٣a"])
def test_any_other_key_is_told(key: str) -> None:
    assert refusal(a_file(key=key)) == (Problem(1, "key: 2 to 60 lower-case letters, digits and hyphens"),)


WRITE = "published: write the day and hour in Québec, as 2021-07-22 08:30; or draft"
NOT_A_DATE = "is not a date; write it YYYY-MM-DD, for example 2021-07-22"


@pytest.mark.parametrize(
    ("published", "sentence"),
    [
        ("2021-07-22", WRITE),
        ("2021-07-22 8:30", WRITE),
        ("2021-07-22 24:00", WRITE),
        ("2021-07-22 29:00", WRITE),
        ("2021-07-22 08:60", WRITE),
        ("2021-07-22 08:30:00", WRITE),
        ("2021-07-22 ٠8:30", WRITE),
        ("demain", WRITE),
        ("2021-02-30 08:30", f"published: “2021-02-30” {NOT_A_DATE}"),
        ("22/07/2021 08:30", f"published: “22/07/2021” {NOT_A_DATE}"),
        ("1921-07-22 08:30", "published: 1921-07-22 is before 1990"),
        ("1900-01-01 00:00", "published: 1900-01-01 is before 1990"),
        ("Draft", WRITE),
        ("drafts", WRITE),
        ("2101-01-01 00:00", "published: 2101-01-01 is after 2100"),
        ("9999-12-31 23:59", "published: 9999-12-31 is after 2100"),
        ("2026-03-08 02:30", "published: on 2026-03-08 no clock in Québec shows 02:30: it goes forward then"),
    ],
)
def test_a_day_or_hour_that_is_none_is_told(published: str, sentence: str) -> None:
    assert refusal(a_file(published=published)) == (Problem(2, sentence),)


@pytest.mark.parametrize(
    ("audiences", "sentences"),
    [
        (",", [f"audiences: name at least one of {THEY_ARE}"]),
        ("everyone", [f"audiences: “everyone” is no audience; they are {THEY_ARE}"]),
        (
            "zz, developers, aa",
            [
                f"audiences: “aa” is no audience; they are {THEY_ARE}",
                f"audiences: “zz” is no audience; they are {THEY_ARE}",
            ],
        ),
    ],
)
def test_an_audience_that_is_none_is_told(audiences: str, sentences: list[str]) -> None:
    assert refusal(a_file(audiences=audiences)) == tuple(Problem(3, sentence) for sentence in sentences)


@pytest.mark.parametrize("name", ["key", "published", "audiences", "title_fr"])
def test_a_line_missing_from_the_heading_is_told(name: str) -> None:
    assert refusal(a_file(**{name: ""})) == (Problem(1, f"{name}: this is required"),)


@pytest.mark.parametrize(("name", "line"), [("key", 1), ("published", 2), ("audiences", 3), ("title_fr", 4)])
def test_a_line_of_the_heading_that_says_nothing_is_told(name: str, line: int) -> None:
    assert refusal(a_file(**{name: " "})) == (Problem(line, f"{name}: this is required"),)


NEITHER = "give both the English title and the English text, or neither"
NO_FRENCH = "--- fr ---: the French text is missing"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (a_file(fr=" \n"), Problem(6, NO_FRENCH)),
        (a_file(title_en="RSS feeds"), Problem(5, f"title_en: {NEITHER}")),
        (a_file(en="Text."), Problem(8, f"--- en ---: {NEITHER}")),
        (a_file(en="  \n", title_en="RSS feeds"), Problem(5, f"title_en: {NEITHER}")),
        (a_file(title_fr="x" * (LONGEST_TITLE + 1)), Problem(4, "title_fr: this is longer than 150 characters")),
        (
            a_file(en="Text.", title_en="x" * (LONGEST_TITLE + 1)),
            Problem(5, "title_en: this is longer than 150 characters"),
        ),
        (a_file(fr="x" * (LONGEST_BODY + 1)), Problem(6, "--- fr ---: this is longer than 50000 characters")),
        (
            a_file(en="x" * (LONGEST_BODY + 1), title_en="RSS feeds"),
            Problem(9, "--- en ---: this is longer than 50000 characters"),
        ),
        (a_file() + "--- fr ---\nEncore.\n", Problem(8, "--- fr ---: this stands twice")),
        ("key: other\n" + a_file(), Problem(2, "key: this stands twice")),
        ("Bonjour\n" + a_file(), Problem(1, f"{EXPECTED} “Bonjour”")),
        (a_file(auteur="moi"), Problem(5, f"{EXPECTED} “auteur: moi”")),
        ("x" * 100 + "\n" + a_file(), Problem(1, f"{EXPECTED} “{'x' * 40}”")),
    ],
)
def test_a_faulty_file_is_told(text: str, problem: Problem) -> None:
    assert refusal(text) == (problem,)


def test_the_longest_title_and_text_are_read() -> None:
    draft = read(a_file(fr="x" * LONGEST_BODY, title_fr="x" * LONGEST_TITLE))

    assert (len(draft.title.fr), len(draft.body.fr)) == (LONGEST_TITLE, LONGEST_BODY)


def test_every_fault_is_told_at_once() -> None:
    assert refusal("key: A\npublished: demain\naudiences: x\n--- en ---\nText.\n") == (
        Problem(1, NO_FRENCH),
        Problem(1, "key: 2 to 60 lower-case letters, digits and hyphens"),
        Problem(1, "title_fr: this is required"),
        Problem(2, WRITE),
        Problem(3, f"audiences: “x” is no audience; they are {THEY_ARE}"),
        Problem(4, f"--- en ---: {NEITHER}"),
    )


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert refusal(text) == (Problem(1, "the file is empty"),)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (a_file("Été").encode("latin-1"), Problem(7, "the file is not in UTF-8; save it again as plain text in UTF-8")),
        (
            a_file("a\n\x0c").encode(),
            Problem(8, "there is a control character; delete it and type the text again"),
        ),
        (b"x" * (LARGEST_FILE + 1), Problem(1, "the file is larger than 200 kB")),
    ],
)
def test_a_file_that_is_no_text_is_refused(content: bytes, problem: Problem) -> None:
    with pytest.raises(FileRefused) as caught:
        read_notice(content)
    assert caught.value.problems == (problem,)


def test_a_file_of_the_largest_size_is_read() -> None:
    text = a_file()

    assert read(text + "\n" * (LARGEST_FILE - len(text.encode()))) == read(text)


@pytest.mark.parametrize("title", ["A < B", "3 <4", "A & B", "R&D, suite", "a > b"])
def test_a_sign_that_is_no_html_may_stand_in_a_title(title: str) -> None:
    assert read(a_file(title_fr=title)).title.fr == title


def test_a_draft_has_no_instant() -> None:
    assert read(a_file(published="draft")).published_at is None


PROMISE = {"promise_fr": "Nous vous dirons : bientôt.", "promise_en": "We'll tell you."}
BOTH_TITLES = {"en": "Text.", "title_en": "RSS feeds"}


def test_a_file_says_from_when_it_applies_what_it_touches_promises_and_keeps() -> None:
    touches = {"applies": "2022-04-01", "forms": "4123, 4058 ,4123,", "rows": "b2b-new, b2b-new,access-new"}
    draft = read(a_file(**BOTH_TITLES, **touches, **PROMISE, keeps="other-notice"))

    assert draft.applies_on == date(2022, 4, 1)
    assert draft.forms == ("4123", "4058")
    assert draft.rows == ("b2b-new", "access-new")
    assert draft.promise == Bilingual(f"Nous vous dirons{S}: bientôt.", "We’ll tell you.")
    assert draft.keeps == "other-notice"


def test_what_a_file_leaves_out_is_empty() -> None:
    draft = read(a_file())

    assert (draft.applies_on, draft.forms, draft.rows, draft.keeps) == (None, (), (), "")
    assert draft.promise == Bilingual("", "")
    assert read(a_file(forms=",", rows=" , ")) == draft


@pytest.mark.parametrize("day", ["1990-01-01", "2100-12-31"])
def test_a_notice_applies_from_any_day_of_our_years(day: str) -> None:
    assert read(a_file(applies=day)).applies_on == date.fromisoformat(day)


IN_EACH = "give the promise in each language that the notice has"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"applies": "2022-02-30"}, f"applies: “2022-02-30” {NOT_A_DATE}"),
        ({"applies": "demain"}, f"applies: “demain” {NOT_A_DATE}"),
        ({"applies": "1900-01-01"}, "applies: 1900-01-01 is before 1990"),
        ({"applies": "2101-01-01"}, "applies: 2101-01-01 is after 2100"),
        ({"forms": "405"}, "forms: “405” is no form; write four digits, as 4058"),
        ({"forms": "4058, tous"}, "forms: “tous” is no form; write four digits, as 4058"),
        ({"forms": "x" * 50}, f"forms: “{'x' * 40}” is no form; write four digits, as 4058"),
        ({"rows": "B2B"}, "rows: “B2B” is no key of a row"),
        ({"rows": "b2b, " + "b" * 41}, f"rows: “{'b' * 40}” is no key of a row"),
        ({"keeps": "Autre"}, "keeps: 2 to 60 lower-case letters, digits and hyphens"),
        ({"promise_fr": "x" * 501}, "promise_fr: this is longer than 500 characters"),
        ({"promise_en": "We will."}, f"promise_en: {IN_EACH}"),
    ],
)
def test_a_fault_of_a_further_line_is_told(fields: dict[str, str], sentence: str) -> None:
    assert refusal(a_file(**fields)) == (Problem(5, sentence),)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({**BOTH_TITLES, "promise_fr": "Bientôt."}, "promise_fr"),
        ({**BOTH_TITLES, "promise_en": "Soon."}, "promise_en"),
        ({**PROMISE}, "promise_en"),
    ],
)
def test_a_promise_is_made_in_each_language_of_its_notice(fields: dict[str, str], name: str) -> None:
    assert refusal(a_file(**fields)) == (Problem(6, f"{name}: {IN_EACH}"),)


def test_every_fault_of_the_further_lines_is_told_at_once() -> None:
    text = a_file(applies="demain", forms="1, 2", rows="A", keeps="B")
    assert [problem.line for problem in refusal(text)] == [5, 6, 6, 7, 8]


NO_IMAGE = "--- fr ---: an image has no place in a notice"


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("![a](/a.png)", [7]),
        ("Un.\n\nDeux ![a](https://exemple.org/a.png)\net ![](b.gif).", [9, 10]),
        ("- un\n- ![a][b]\n\n[b]: /b.png", [8]),
        ("| a |\n|---|\n| ![b](c) |", [9]),
    ],
)
def test_an_image_is_refused_with_its_line(body: str, lines: list[int]) -> None:
    assert refusal(a_file(body)) == tuple(Problem(line, NO_IMAGE) for line in lines)


@pytest.mark.parametrize("body", ["`![a](b)`", "\\![a](b)", "    ![a](b)", "Bravo! [a](b)"])
def test_what_only_looks_like_an_image_is_read(body: str) -> None:
    assert read(a_file(f"Texte :\n\n{body}")).body.fr


FRENCH = "Le mot de passe est transmis par courriel à la personne qui signe la demande, et non plus par la poste."
ENGLISH = "The password is sent by e-mail to the person who signs the request, and is no longer sent by mail to you."
FRENCH_IS_ENGLISH = "--- fr ---: this text is in English: are the two texts swapped?"
ENGLISH_IS_FRENCH = "--- en ---: this text is in French: are the two texts swapped?"


def test_two_languages_swapped_are_refused_with_the_line_of_each() -> None:
    assert refusal(a_file(ENGLISH, FRENCH, title_en="Passwords")) == (
        Problem(7, FRENCH_IS_ENGLISH),
        Problem(9, ENGLISH_IS_FRENCH),
    )
    assert read(a_file(FRENCH, ENGLISH, title_en="Passwords")).body == Bilingual(FRENCH, ENGLISH)


@pytest.mark.parametrize(("name", "line"), [("key", 1), ("title_fr", 4), ("forms", 5), ("rows", 6)])
def test_the_line_of_a_name_can_be_told_later(name: str, line: int) -> None:
    text = a_file(forms="4058", rows="b2b")

    assert line_of(text.encode(), name) == line
    assert line_of(("\ufeff\n" + text.replace("\n", "\r\n")).encode(), name) == line + 1


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.md")), ids=lambda path: path.stem)
def test_the_demonstration_notices_can_be_read(path: Path) -> None:
    draft = read_notice(path.read_bytes())

    assert path.stem.endswith(draft.key)
