"""The French of Québec and the English of Canada (product.md §6), to the exact no-break space."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from portal.core import formats
from portal.core.languages import LANGUAGES, Language

#: A no-break space, so that the tables below can be read.
S = "\u00a0"

AGENCY = ((510, 720), (780, 990))


@pytest.mark.parametrize(
    ("day", "language", "expected"),
    [
        (date(2021, 7, 22), "fr", f"22{S}juillet 2021"),
        (date(2021, 7, 1), "fr", f"1er{S}juillet 2021"),
        (date(2021, 8, 11), "fr", f"11{S}août 2021"),
        (date(2026, 2, 2), "fr", f"2{S}février 2026"),
        (date(2021, 7, 22), "en", f"July{S}22, 2021"),
        (date(2021, 7, 1), "en", f"July{S}1, 2021"),
    ],
)
def test_a_day_is_written_in_full(day: date, language: Language, expected: str) -> None:
    assert formats.day(day, language) == expected


@pytest.mark.parametrize(
    ("day", "language", "expected"),
    [
        (date(2021, 7, 22), "fr", f"jeudi 22{S}juillet 2021"),
        (date(2026, 7, 1), "fr", f"mercredi 1er{S}juillet 2026"),
        (date(2021, 7, 22), "en", f"Thursday, July{S}22, 2021"),
    ],
)
def test_a_long_day_begins_with_its_weekday(day: date, language: Language, expected: str) -> None:
    assert formats.long_day(day, language) == expected


@pytest.mark.parametrize(
    ("day", "language", "expected"),
    [
        (date(2021, 7, 22), "fr", f"jeudi 22{S}juillet"),
        (date(2026, 7, 1), "fr", f"mercredi 1er{S}juillet"),
        (date(2021, 7, 22), "en", f"Thursday, July{S}22"),
        (date(2026, 7, 1), "en", f"Wednesday, July{S}1"),
    ],
)
def test_a_short_day_has_no_year(day: date, language: Language, expected: str) -> None:
    assert formats.short_day(day, language) == expected


@pytest.mark.parametrize(
    ("day", "fr", "en"),
    [
        (date(2021, 1, 1), "2021", "2021"),
        (date(2021, 7, 1), f"juill.{S}2021", f"Jul{S}2021"),
        (date(2021, 5, 1), f"mai{S}2021", f"May{S}2021"),
        (date(2021, 7, 22), f"22{S}juill.", f"Jul{S}22"),
        (date(2021, 1, 2), f"2{S}janv.", f"Jan{S}2"),
    ],
)
def test_an_axis_writes_a_day_as_briefly_as_its_place_in_the_year_allows(day: date, fr: str, en: str) -> None:
    assert (formats.axis_day(day, "fr"), formats.axis_day(day, "en")) == (fr, en)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fr", "lundi mardi mercredi jeudi vendredi samedi dimanche"),
        ("en", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    ],
)
def test_the_week_begins_on_monday(language: Language, names: str) -> None:
    assert " ".join(formats.weekday(number, language) for number in range(1, 8)) == names


@pytest.mark.parametrize(
    ("numbers", "language", "expected"),
    [
        ((1, 2, 4, 5), "fr", "lundi, mardi, jeudi et vendredi"),
        ((6, 7), "fr", "samedi et dimanche"),
        ((3,), "fr", "mercredi"),
        (range(1, 6), "fr", "du lundi au vendredi"),
        (range(1, 8), "fr", "tous les jours"),
        ((1, 2, 4, 5), "en", "Monday, Tuesday, Thursday and Friday"),
        ((1, 2, 3, 6), "en", "Monday to Wednesday and Saturday"),
        (range(1, 8), "en", "every day"),
    ],
)
def test_weekdays_are_told_together(numbers: Sequence[int], language: Language, expected: str) -> None:
    assert formats.weekdays(numbers, language) == expected


@pytest.mark.parametrize(
    ("at", "language", "expected"),
    [
        (time(8, 30), "fr", f"8{S}h{S}30"),
        (time(12), "fr", f"12{S}h"),
        (time(16, 30), "fr", f"16{S}h{S}30"),
        (time(9, 5), "fr", f"9{S}h{S}05"),
        (time(0), "fr", f"0{S}h"),
        (time(8, 30), "en", f"8:30{S}a.m."),
        (time(0), "en", f"12:00{S}a.m."),
        (time(11, 59), "en", f"11:59{S}a.m."),
        (time(12), "en", "noon"),
        (time(16, 30), "en", f"4:30{S}p.m."),
        (time(13, 5), "en", f"1:05{S}p.m."),
    ],
)
def test_an_hour_never_breaks_and_has_no_leading_zero(at: time, language: Language, expected: str) -> None:
    assert formats.hour(at, language) == expected


@pytest.mark.parametrize(
    ("intervals", "french", "english"),
    [
        (((1200, 1440),), f"de{S}20{S}h à{S}minuit", f"8:00{S}p.m. to midnight"),
        (((0, 60),), f"de{S}0{S}h à{S}1{S}h", f"12:00{S}a.m. to 1:00{S}a.m."),
        (((0, 1440),), f"24{S}heures sur{S}24", f"24{S}hours a day"),
    ],
)
def test_a_day_ends_at_midnight_and_may_have_no_end(
    intervals: tuple[tuple[int, int], ...], french: str, english: str
) -> None:
    assert (formats.hours(intervals, "fr"), formats.hours(intervals, "en")) == (french, english)


@pytest.mark.parametrize(
    ("ahead", "french", "english"),
    [
        (0, f"le vendredi 20{S}novembre", f"Friday, November{S}20"),
        (1, "demain", "tomorrow"),
        (2, "dimanche", "Sunday"),
        (6, "jeudi", "Thursday"),
        (7, f"le vendredi 27{S}novembre", f"Friday, November{S}27"),
        (11, f"le mardi 1er{S}décembre", f"Tuesday, December{S}1"),
    ],
)
def test_a_near_day_is_named_as_people_say_it(ahead: int, french: str, english: str) -> None:
    today = date(2026, 11, 20)
    day = today + timedelta(days=ahead)
    assert (formats.near_day(day, today, "fr"), formats.near_day(day, today, "en")) == (french, english)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", f"de{S}8{S}h{S}30 à{S}12{S}h et de{S}13{S}h à{S}16{S}h{S}30"),
        ("en", f"8:30{S}a.m. to noon and 1:00{S}p.m. to 4:30{S}p.m."),
    ],
)
def test_the_hours_of_a_day_are_one_phrase(language: Language, expected: str) -> None:
    assert formats.hours(AGENCY, language) == expected


@pytest.mark.parametrize(
    ("at", "language", "expected"),
    [
        (datetime(2021, 7, 22, 12, 30, tzinfo=UTC), "fr", f"22{S}juillet 2021, 8{S}h{S}30"),
        (datetime(2021, 7, 22, 12, 30, tzinfo=UTC), "en", f"July{S}22, 2021, 8:30{S}a.m."),
        (datetime(2022, 1, 1, 4, 59, tzinfo=UTC), "fr", f"31{S}décembre 2021, 23{S}h{S}59"),
    ],
)
def test_an_instant_is_told_by_the_wall_clock_of_quebec(at: datetime, language: Language, expected: str) -> None:
    assert formats.instant(at, language) == expected


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ((), "fr", ""),
        (("a",), "fr", "a"),
        (("a", "b"), "fr", "a et b"),
        (("a", "b", "c"), "fr", "a, b et c"),
        (("a", "b", "c"), "en", "a, b and c"),
    ],
)
def test_a_list_ends_with_and(words: tuple[str, ...], language: Language, expected: str) -> None:
    assert formats.listed(words, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Open until 4:30{S}p.m..", f"Open until 4:30{S}p.m."),
        (f"Ouvert jusqu’à 16{S}h{S}30.", f"Ouvert jusqu’à 16{S}h{S}30."),
        ("Open", "Open"),
        ("", ""),
    ],
)
def test_a_sentence_ends_with_one_point_even_after_an_english_hour(text: str, expected: str) -> None:
    assert formats.sentence(text) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+14187804208", f"418{S}780-4208"),
        ("+15146873612", f"514{S}687-3612"),
        ("+18883303023", f"1{S}888{S}330-3023"),
        ("+18005550199", f"1{S}800{S}555-0199"),
        ("+18195550199", f"819{S}555-0199"),  # begins with 8 and is not toll-free
        ("+18735550199", f"873{S}555-0199"),
    ],
)
def test_a_telephone_is_written_as_in_quebec(number: str, expected: str) -> None:
    assert formats.phone(number) == expected


def test_a_telephone_has_its_extension_in_words_and_a_short_one_is_itself() -> None:
    number = "+18883303023;ext=12"
    assert formats.phone(number, "fr") == f"1{S}888{S}330-3023, poste{S}12"
    assert formats.phone(number, "en") == f"1{S}888{S}330-3023, ext.{S}12"
    assert formats.phone("811", "fr") == "811"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("l'avis d'aujourd'hui", "l’avis d’aujourd’hui"),
        ("Avis : lisez", f"Avis{S}: lisez"),
        ("Avis   : lisez", f"Avis{S}: lisez"),
        (f"Avis{S}: lisez", f"Avis{S}: lisez"),
        ("« mot »", f"«{S}mot{S}»"),
        ("«mot»", f"«{S}mot{S}»"),
        ("«  mot  »", f"«{S}mot{S}»"),
        ("« mot » :", f"«{S}mot{S}»{S}:"),
        ("à 8:30", "à 8:30"),  # a colon typed without space is not always punctuation
        ("dit-il; vrai! oui?", "dit-il; vrai! oui?"),
        ("- a\n- b\n  : c", "- a\n- b\n  : c"),  # the beginning of a line is left alone
        ("'mot'", "'mot'"),
        ("", ""),
    ],
)
def test_a_french_text_gets_its_apostrophes_and_no_break_spaces(typed: str, expected: str) -> None:
    assert formats.typography(typed, "fr") == expected


def test_an_english_text_gets_its_apostrophes_and_not_the_spaces_of_french() -> None:
    assert formats.typography("Don't : « x »", "en") == "Don’t : « x »"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("le 22 juillet 2021", f"le 22{S}juillet 2021"),
        ("**jeudi 22  juillet 2021**", f"**jeudi 22{S}juillet 2021**"),
        ("Dès le 1er juillet.", f"Dès le 1er{S}juillet."),
        ("| Jeudi 24 décembre 2026 | a |", f"| Jeudi 24{S}décembre 2026 | a |"),
        ("de 8 h 30 à 12 h et à 16 h 30.", f"de 8{S}h{S}30 à 12{S}h et à 16{S}h{S}30."),
        ("24 h sur 24", f"24{S}h sur 24"),
        ("12 h 2 personnes", f"12{S}h 2 personnes"),
        ("le 22 maintenant", "le 22 maintenant"),
        ("les 22 et 23 mai", f"les 22 et 23{S}mai"),
        ("le formulaire 4058 mai", "le formulaire 4058 mai"),
        ("8 heures", "8 heures"),
        ("3,5 h 30", "3,5 h 30"),
        ("22\njuillet", "22\njuillet"),  # a line typed is a line of Markdown: none is joined to another
        ("`22 juillet`", "`22 juillet`"),
        ("    ```\n8 h 30\n```", "    ```\n8 h 30\n```"),
    ],
)
def test_a_day_and_an_hour_typed_in_french_stay_on_one_line(typed: str, expected: str) -> None:
    assert formats.typography(typed, "fr") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("on July 22, 2021", f"on July{S}22, 2021"),
        ("Thursday, July 22", f"Thursday, July{S}22"),
        ("in July 2021", "in July 2021"),
        ("8:30 a.m. to noon", f"8:30{S}a.m. to noon"),
        ("at 10 a.m.", f"at 10{S}a.m."),
        ("you may 2 times", "you may 2 times"),
        ("2026 a.m.", "2026 a.m."),
        ("`July 22`", "`July 22`"),
    ],
)
def test_a_day_and_an_hour_typed_in_english_stay_on_one_line(typed: str, expected: str) -> None:
    assert formats.typography(typed, "en") == expected


@given(st.dates(), st.times())
def test_a_typed_day_and_hour_become_what_the_formatter_writes(day: date, at: time) -> None:
    for language in LANGUAGES:
        written = f"{formats.day(day, language)}, {formats.hour(at, language)}"
        assert formats.typography(written.replace(S, " "), language) == written


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "typed",
    [
        "`d'a : b`",
        "``d'a ` : b``",
        "```\ncle : l'un\n```",
        "| :--- | :---: | ---: |",
        "](/fr/l'avis/)",
        "<mailto:d'a@exemple.ca>",
        "https://exemple.ca/l'avis",
        "`` l",
    ],
)
def test_code_addresses_and_tables_stay_as_typed(typed: str, language: Language) -> None:
    assert formats.typography(typed, language) == typed


def test_the_words_around_code_and_links_are_still_set() -> None:
    typed = "Le `a'b` : « [l'avis](/l'avis) » et `c : d` d'un"

    assert formats.typography(typed, "fr") == f"Le `a'b`{S}: «{S}[l’avis](/l'avis){S}» et `c : d` d’un"


@given(st.text(alphabet="ab '’`:«» \u00a0\u202f\n|-()[]<>", max_size=60) | st.text("12 \u00a0hmai:.p,", max_size=40))
def test_a_text_set_twice_does_not_change_again(typed: str) -> None:
    once = formats.typography(typed, "fr")

    assert formats.typography(once, "fr") == once


#: What code is, said briefly; of rows of backticks that grow, each is compared with every sign that follows it.
BRIEFLY = re.compile(r"((?<!`)(?P<ticks>`+)(?!`)(?s:.+?)(?<!`)(?P=ticks)(?!`))|(?<=\w)'(?=\w)")


@given(st.text(alphabet="`a'\n ", max_size=40))
def test_code_ends_at_as_many_backticks_as_it_began_with(typed: str) -> None:
    assert formats.typography(typed, "en") == BRIEFLY.sub(lambda found: found[1] or "’", typed)


def test_a_text_of_ever_longer_rows_of_backticks_is_set() -> None:
    rows = " ".join("`" * length for length in range(1, 310))
    assert formats.typography(f"l'un {rows} d'un", "fr") == f"l’un {rows} d’un"
    assert formats.typography(f"l'un {rows} d'un `", "fr") == f"l’un {rows} d'un `"


@settings(deadline=timedelta(seconds=2))
@given(st.sampled_from(["`", "``a`", "« ", "8 h 3", "1 ", "22 mai ", " :", "](", "](a", "<a", "` ", "https://", "a'"]))
def test_the_largest_text_is_set_at_once_whatever_it_repeats(piece: str) -> None:
    once = formats.typography(piece * (50_000 // len(piece)), "fr")

    assert formats.typography(once, "fr") == once


@pytest.mark.parametrize(
    ("number", "french", "english"), [(0, "0", "0"), (999, "999", "999"), (12_345, f"12{S}345", "12,345")]
)
def test_how_many_is_written_in_groups_of_three(number: int, french: str, english: str) -> None:
    assert (formats.count(number, "fr"), formats.count(number, "en")) == (french, english)
