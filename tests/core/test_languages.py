"""The two languages, and the English sentences of every refusal."""

from datetime import date, time

import pytest
from hypothesis import given, strategies as st

from portal.core.errors import FileRefused, NeedsConfirmation, PortalError, Problem, SettingError, StaleEdit
from portal.core.languages import LANGUAGES, LOCALES, TAGS, Bilingual, Language, Sentence, Value, language_of, other


def test_french_comes_first() -> None:
    assert LANGUAGES == ("fr", "en")


def test_each_language_has_its_canadian_locale_and_tag() -> None:
    assert LOCALES == {"fr": "fr_CA", "en": "en_CA"}
    assert TAGS == {"fr": "fr-CA", "en": "en-CA"}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (Bilingual("avis", "notice"), "fr", "avis"),
        (Bilingual("avis", "notice"), "en", "notice"),
        (Bilingual("avis", ""), "fr", "avis"),
        (Bilingual("avis", ""), "en", "avis"),  # French is the reference: shown where the English is missing
        (Bilingual("", "notice"), "fr", ""),
        (Bilingual("", ""), "en", ""),
    ],
)
def test_a_text_is_told_in_the_language_asked_or_in_french(text: Bilingual, language: Language, expected: str) -> None:
    assert text.in_(language) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (Bilingual("avis", "notice"), True),
        (Bilingual("avis", ""), True),
        (Bilingual("", "notice"), True),
        (Bilingual("", ""), False),
    ],
)
def test_a_text_empty_in_both_languages_is_false(text: Bilingual, says: bool) -> None:
    assert bool(text) is says


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/en", "en"),
        ("/en/dates/", "en"),
        ("/desk/en/dates", "en"),
        ("/fr/en/", "fr"),
        ("/english", "fr"),
        ("/desk/fr/", "fr"),
        ("/", "fr"),
        ("", "fr"),
    ],
)
def test_a_path_is_in_the_language_that_it_begins_with(path: str, language: Language) -> None:
    assert language_of(path) == language


def test_each_language_is_the_twin_of_the_other() -> None:
    assert (other("fr"), other("en")) == ("en", "fr")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (SettingError("PORTAL_PUBLIC_URL", "is not set"), "PORTAL_PUBLIC_URL is not set"),
        (NeedsConfirmation("Really?", "Sure?"), "Really?\nSure?"),
        (FileRefused(Problem(2, "wrong")), "the file was refused"),
        (StaleEdit("dates", 3, 5), "dates changed meanwhile: revision 5, not 3"),
    ],
)
def test_an_error_is_an_english_sentence_for_the_terminal(error: PortalError, sentence: str) -> None:
    assert str(error) == sentence


def test_an_error_keeps_what_a_page_needs_to_say_it_in_its_language() -> None:
    stale = StaleEdit("dates", expected=3, found=5)

    assert (stale.expected, stale.found) == (3, 5)
    assert SettingError("PORTAL_PUBLIC_URL", "is not set").setting == "PORTAL_PUBLIC_URL"
    assert NeedsConfirmation("Really?", "Sure?").questions == ("Really?", "Sure?")


def test_the_problems_of_a_file_are_told_in_the_order_of_its_lines() -> None:
    refused = FileRefused(Problem(7, "b"), Problem(0, "z"), Problem(7, "a"))

    assert refused.problems == (Problem(0, "z"), Problem(7, "a"), Problem(7, "b"))


NAMES = ("day", "row", "why")
#: What stands before each place of a template, and the name of the place.
parts = st.lists(st.tuples(st.text(max_size=20), st.sampled_from(NAMES)), min_size=1, max_size=4)
values = st.fixed_dictionaries({name: st.text() | st.integers() | st.dates() for name in NAMES})


@given(parts, values)
def test_a_sentence_is_a_text_with_its_values_in_their_places(
    parts: list[tuple[str, str]], values: dict[str, str | int | date]
) -> None:
    template = "".join(f"{before.replace('%', '%%')}%({name})s" for before, name in parts)
    sentence = Sentence(template, **values)

    assert sentence == template % values
    assert (sentence.template, sentence.values) == (template, values)


@given(st.text())
def test_a_sentence_without_values_is_its_template_whatever_signs_it_has(template: str) -> None:
    assert Sentence(template) == template


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 7, 1), "2026-07-01"),
        (time(2, 30), "02:30"),
        (Bilingual("lundi", "Monday"), "Monday"),
        (["new", "b2b"], "new, b2b"),
        ((date(2026, 7, 1), date(2026, 7, 2)), "2026-07-01, 2026-07-02"),
        (Sentence("line %(number)s of %(file)s", number=3, file="100 %.csv"), "line 3 of 100 %.csv"),
    ],
)
def test_each_kind_of_value_is_written_in_english(value: Value, text: str) -> None:
    assert Sentence("it is %(value)s", value=value) == f"it is {text}"


def test_an_error_keeps_the_sentence_that_it_was_made_with() -> None:
    sentence = Sentence("%(row)s is wrong", row="new")

    assert PortalError(sentence).sentence is sentence
    assert PortalError().sentence == ""
