"""The file of a notice: a heading, the French text, the English one; every fault told with its line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.core.errors import FileRefused, Problem
from portal.core.languages import Bilingual
from portal.notices.files import LARGEST_FILE, read_notice
from portal.notices.rules import AUDIENCES, LONGEST_BODY, LONGEST_TITLE, Draft

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
        ("2101-01-01 00:00", "published: 2101 is after 2100"),
        ("9999-12-31 23:59", "published: 9999 is after 2100"),
    ],
)
def test_a_day_or_hour_that_is_none_is_told(published: str, sentence: str) -> None:
    assert refusal(a_file(published=published)) == (Problem(2, sentence),)


@pytest.mark.parametrize(
    ("audiences", "sentences"),
    [
        (",", [f"audiences: name at least one of {THEY_ARE}"]),
        ("everyone", [f"the audience “everyone” is unknown; they are {THEY_ARE}"]),
        (
            "zz, developers, aa",
            [
                f"the audience “aa” is unknown; they are {THEY_ARE}",
                f"the audience “zz” is unknown; they are {THEY_ARE}",
            ],
        ),
    ],
)
def test_an_audience_that_is_none_is_told(audiences: str, sentences: list[str]) -> None:
    assert refusal(a_file(audiences=audiences)) == tuple(Problem(3, sentence) for sentence in sentences)


@pytest.mark.parametrize("name", ["key", "published", "audiences", "title_fr"])
def test_a_line_missing_from_the_heading_is_told(name: str) -> None:
    assert refusal(a_file(**{name: ""})) == (Problem(1, f"the line “{name}: …” is missing"),)
    assert refusal(a_file(**{name: " "})) == (Problem(1, f"the line “{name}: …” is missing"),)


NEITHER = "give both the English title and the English text, or neither"
NO_FRENCH = "the French text is missing: put it under a line “--- fr ---”"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (a_file(fr=" \n"), Problem(1, NO_FRENCH)),
        (a_file(title_en="RSS feeds"), Problem(5, NEITHER)),
        (a_file(en="Text."), Problem(8, NEITHER)),
        (a_file(en="  \n", title_en="RSS feeds"), Problem(5, NEITHER)),
        (a_file(title_fr="x" * (LONGEST_TITLE + 1)), Problem(4, "title_fr is longer than 150 characters")),
        (
            a_file(en="Text.", title_en="x" * (LONGEST_TITLE + 1)),
            Problem(5, "title_en is longer than 150 characters"),
        ),
        (a_file(fr="x" * (LONGEST_BODY + 1)), Problem(6, "the text (fr) is longer than 50000 characters")),
        (
            a_file(en="x" * (LONGEST_BODY + 1), title_en="RSS feeds"),
            Problem(9, "the text (en) is longer than 50000 characters"),
        ),
        (a_file() + "--- fr ---\nEncore.\n", Problem(8, "the part “--- fr ---” stands twice")),
        ("key: other\n" + a_file(), Problem(2, "key stands twice")),
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
        Problem(1, "key: 2 to 60 lower-case letters, digits and hyphens"),
        Problem(1, NO_FRENCH),
        Problem(1, "the line “title_fr: …” is missing"),
        Problem(2, WRITE),
        Problem(3, f"the audience “x” is unknown; they are {THEY_ARE}"),
        Problem(4, NEITHER),
    )


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert refusal(text) == (Problem(1, "the file is empty"),)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (a_file("Été").encode("latin-1"), Problem(7, "the file is not in UTF-8; save it again as “CSV UTF-8”")),
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


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.md")), ids=lambda path: path.stem)
def test_the_demonstration_notices_can_be_read(path: Path) -> None:
    draft = read_notice(path.read_bytes())

    assert path.stem.endswith(draft.key)
