"""How days, hours and telephones are written in each language.

CLDR alone gets the French of Québec wrong (`08 h 30`, `12 h 00`, `1 juillet`, spaces that break): the exceptions
are here, once (product.md §6). Every function is pure and memoised: Babel costs 10–38 µs a date.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache
from itertools import groupby

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from portal.core.calendar import QUEBEC
from portal.core.languages import LOCALES, Language
from portal.core.numbers import TOLL_FREE

NBSP = "\u00a0"
DAYS_OF_WEEK = 7
SHORTEST_RUN = 3
NOON = time(12)


def _babel_date(day: date, pattern: str, language: Language) -> str:
    return format_date(day, pattern, locale=LOCALES[language])


@lru_cache(maxsize=4096)
def day(value: date, language: Language) -> str:
    """Return `22 juillet 2021`, `1er juillet 2021`, `July 22, 2021`."""
    if language == "en":
        return _babel_date(value, f"MMMM{NBSP}d, y", language)
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{_babel_date(value, 'MMMM y', language)}"


@lru_cache(maxsize=1024)
def long_day(value: date, language: Language) -> str:
    """Return `jeudi 22 juillet 2021`, `Thursday, July 22, 2021` (in a sentence, French puts `le` before it)."""
    separator = " " if language == "fr" else ", "
    return _babel_date(value, "EEEE", language) + separator + day(value, language)


@lru_cache(maxsize=1024)
def short_day(value: date, language: Language) -> str:
    """Return `jeudi 22 juillet`, `Thursday, July 22`, for a day so near that its year goes without saying."""
    if language == "en":
        return _babel_date(value, f"EEEE, MMMM{NBSP}d", language)
    number = "1er" if value.day == 1 else str(value.day)
    return f"{_babel_date(value, 'EEEE', language)} {number}{NBSP}{_babel_date(value, 'MMMM', language)}"


def near_day(value: date, today: date, language: Language) -> str:
    """Return when a day comes, after `opens`: `demain`, `mercredi`, `le lundi 4 janvier`, with its year if another."""
    ahead = (value - today).days
    if ahead == 1:
        return "demain" if language == "fr" else "tomorrow"
    if 1 < ahead < DAYS_OF_WEEK:
        return weekday(value.isoweekday(), language)
    named = short_day(value, language) if value.year == today.year else long_day(value, language)
    return f"le {named}" if language == "fr" else named


@lru_cache(maxsize=1024)
def axis_day(value: date, language: Language) -> str:
    """Return a day as briefly as an axis needs: `2021` for 1 January, `juill. 2021` for a first, `22 juill.` else."""
    if value.day != 1:
        return _babel_date(value, f"d{NBSP}MMM" if language == "fr" else f"MMM{NBSP}d", language)
    return _babel_date(value, "y" if value.month == 1 else f"MMM{NBSP}y", language)


@lru_cache(maxsize=32)
def weekday(number: int, language: Language) -> str:
    """Return the name of an ISO weekday: 1 is `lundi`, `Monday`."""
    return _babel_date(date(2024, 1, number), "EEEE", language)  # 1 January 2024 was a Monday


def weekdays(numbers: Sequence[int], language: Language) -> str:
    """Return `lundi, mardi, jeudi et vendredi`, `du lundi au vendredi`, `tous les jours`, for ISO weekdays in order."""
    if len(numbers) == DAYS_OF_WEEK:
        return "tous les jours" if language == "fr" else "every day"
    words: list[str] = []
    for _offset, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        names = [weekday(number, language) for _index, number in run]
        pattern = "du %s au %s" if language == "fr" else "%s to %s"
        words += names if len(names) < SHORTEST_RUN else [pattern % (names[0], names[-1])]
    return listed(words, language)


@lru_cache(maxsize=512)
def hour(value: time, language: Language) -> str:
    """Return `8 h 30`, `12 h`, `8:30 a.m.`, `noon`, with no-break spaces."""
    if language == "fr":
        minutes = f"{NBSP}{value.minute:02d}" if value.minute else ""
        return f"{value.hour}{NBSP}h{minutes}"
    if value == NOON:
        return "noon"  # `12:00 p.m.` is read by some as midnight
    half = "a.m." if value.hour < 12 else "p.m."
    return f"{value.hour % 12 or 12}:{value.minute:02d}{NBSP}{half}"


#: How the end of a day is called, and the hours of a day that has no end.
MIDNIGHT: dict[Language, str] = {"fr": "minuit", "en": "midnight"}
ALL_DAY_WORDS: dict[Language, str] = {"fr": f"24{NBSP}heures sur{NBSP}24", "en": f"24{NBSP}hours a day"}
END_OF_DAY = 24 * 60


def closing_hour(value: time, language: Language) -> str:
    """Return an hour at which something ends: midnight is `minuit`, not `0 h`, which would be its beginning."""
    return hour(value, language) if value != time.min else MIDNIGHT[language]


@lru_cache(maxsize=512)
def hours(intervals: Sequence[tuple[int, int]], language: Language) -> str:
    """Return `de 8 h 30 à 12 h et de 13 h à 16 h 30`, `8:30 a.m. to noon and 1:00 p.m. to 4:30 p.m.`.

    Intervals are in minutes since midnight; 1,440 is the end of the day.
    """
    if intervals == ((0, END_OF_DAY),):
        return ALL_DAY_WORDS[language]
    pattern = f"de{NBSP}%s à{NBSP}%s" if language == "fr" else "%s to %s"
    walls = [(_wall(opens), _wall(closes)) for opens, closes in intervals]
    words = [pattern % (hour(opens, language), closing_hour(closes, language)) for opens, closes in walls]
    return listed(words, language)


def _wall(minute: int) -> time:
    return time(*divmod(minute % END_OF_DAY, 60))


@lru_cache(maxsize=1024)
def instant(value: datetime, language: Language) -> str:
    """Return `22 juillet 2021, 8 h 30`, the wall clock of Québec at an aware instant."""
    local = value.astimezone(QUEBEC)
    return f"{day(local.date(), language)}, {hour(local.time(), language)}"


def sentence(text: str) -> str:
    """Return a sentence with one final point: English hours end with their own (`8:30 a.m.`)."""
    return text[:-1] if text.endswith("..") else text


def listed(words: Sequence[str], language: Language) -> str:
    """Return `a, b et c`, `a, b and c`."""
    return format_list(words, locale=LOCALES[language])


def count(number: int, language: Language) -> str:
    """Return `12 345`, `12,345`: how many of something."""
    return format_decimal(number, locale=LOCALES[language])


def phone(number: str, language: Language = "fr") -> str:
    """Return a number as it is written in Québec: `418 780-4208`, `1 888 330-3023, poste 12`, `811`.

    `number` is what follows `tel:` (RFC 3966); `language` is that of its extension, if it has one. Toll-free numbers
    keep the 1 that one must dial before them.
    """
    if not number.startswith("+1"):
        return number
    digits, _, extension = number.removeprefix("+1").partition(";ext=")
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    prefix = f"1{NBSP}" if area in TOLL_FREE else ""
    word = "poste" if language == "fr" else "ext."
    return f"{prefix}{area}{NBSP}{exchange}-{line}" + (f", {word}{NBSP}{extension}" if extension else "")


#: Code, addresses and the ends of links are copied as typed: a changed character there breaks them.
#: Code ends at as many backticks as it began with. Other rows of them are passed over whole: sign by sign, a text of
#: ever longer rows took 0.7 s.
_CODE = r"(?<!`)(?P<ticks>`++)[^`]++(?:(?!(?P=ticks)(?!`))`++[^`]++)*+(?P=ticks)(?!`)"
_KEPT = rf"(?P<kept>{_CODE}|\]\([^\s()]*\)|<[^<>\s]+>|https?://\S+)"
#: A colon before a hyphen is the alignment of a Markdown table (`:---`), which a no-break space would undo.
_SPACED = re.compile(rf"(?<=\S)[ \u00a0]+(?=:(?!-))|(?<=\S)[ \u00a0]*(?=»)|(?<=«)[ \u00a0]*(?=\S)|{_KEPT}")
_APOSTROPHE = re.compile(rf"(?<=\w)'(?=\w)|{_KEPT}")
_MONTHS_FR = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_MONTHS_EN = "January|February|March|April|May|June|July|August|September|October|November|December"
#: The spaces of a day or an hour that stay together at a line’s end, as `day` and `hour` above write them.
_TOGETHER: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        rf"(?<![\w,.])(?:[0-9]{{1,2}}|1er)[ \u00a0]+(?:{_MONTHS_FR})(?!\w)"
        rf"|(?<![\w,.])[0-9]{{1,2}}[ \u00a0]+h(?:[ \u00a0]+[0-5][0-9])?(?!\w)|{_KEPT}"
    ),
    "en": re.compile(
        rf"(?<!\w)(?:{_MONTHS_EN})[ \u00a0]+[0-9]{{1,2}}(?![\w:])"
        rf"|(?<![\w:])[0-9]{{1,2}}(?::[0-5][0-9])?[ \u00a0]+[ap]\.m\.|{_KEPT}"
    ),
}
_SPACES = re.compile("[ \u00a0]+")


def typography(text: str, language: Language) -> str:
    """Return a text typed by a person with the typographic apostrophe and its no-break spaces.

    In both languages these keep a day or an hour on one line, in French they stand before and after its own marks too.
    The text may be Markdown: its code, its addresses and its tables stay as they are.
    """
    text = _APOSTROPHE.sub(lambda found: found["kept"] or "’", text)
    text = _TOGETHER[language].sub(lambda found: found["kept"] or _SPACES.sub(NBSP, found[0]), text)
    return _SPACED.sub(lambda found: found["kept"] or NBSP, text) if language == "fr" else text
