"""What staff type of hours: `Mo-Tu, Th-Fr 08:30-12:00, 13:00-16:30; We 10:00-12:00, 13:00-16:30`, in either language.

It is the way of writing of OpenStreetMap (`opening_hours`), read as a person would: `lun`, `mercredi`, `8 h 30`, `12`.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from portal.core.errors import HoursMalformed
from portal.core.languages import Bilingual, Sentence
from portal.hours.rules import CLOSED, END_OF_DAY, MINUTES_OF_HOUR, Days, Interval, Intervals, Week, clock

LONGEST_TYPED = 1_000
#: The names of the weekdays, Monday first; any beginning of two letters or more will do, none has two meanings.
WEEKDAYS = tuple(
    zip(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        strict=True,
    )
)
SHORTEST_NAME = 2
FRIDAY = 4
CLOSED_WORDS = frozenset({"closed", "off", "ferme", "fermé"})
_DASH = r"\s*(?:-|‐|‑|–|—|\bà\b|\bau\b|\bto\b)\s*"
_TIME = r"([0-9]{1,2})(?:\s*[:h.]\s*([0-9]{2})?)?"
_FROM = r"(?:(?:de|du|from)\s+)?"
_INTERVAL = re.compile(rf"{_FROM}{_TIME}{_DASH}{_TIME}")
_RANGE = re.compile(rf"{_FROM}([^\W\d]+)\.?(?:{_DASH}([^\W\d]+)\.?)?")
#: Where the days of a part end: at the first figure, or at a word that closes them.
_PART = re.compile(rf"(?P<days>[^0-9]*?)\s*(?P<hours>{_FROM}[0-9].*|\b(?:{'|'.join(CLOSED_WORDS)})\b.*)", re.DOTALL)
_SEPARATOR = re.compile(r"\s*(?:[,+]|\bet\b|\band\b)\s*")


def read_week(typed: str) -> Days:
    """Return the hours of a week; a day that is not named is closed.

    Raises HoursMalformed, saying what is wrong: an unknown weekday, one named twice, and what `read_hours` refuses.
    """
    week: dict[int, Intervals] = {}
    for part in re.split(r"[;\n]+", _short(typed).lower()):
        if not part.strip():
            continue
        found = _PART.fullmatch(text := part.strip())
        if not found or not found["days"].strip(" ,:"):
            sentence = Sentence("“%(typed)s” is not days, then hours; write for example Mo-Fr 08:30-12:00", typed=text)
            raise HoursMalformed(sentence)
        intervals = read_hours(found["hours"])
        for weekday in _weekdays(found["days"].strip(" ,:")):
            if weekday in week:
                english, french = WEEKDAYS[weekday]
                raise HoursMalformed(Sentence("%(day)s stands twice", day=Bilingual(french, english.title())))
            week[weekday] = intervals
    if not week:
        raise HoursMalformed(Sentence("there is no day; write for example Mo-Fr 08:30-12:00, or Mo-Su closed"))
    return tuple(week.get(day, CLOSED) for day in range(7))


def read_hours(typed: str) -> Intervals:
    """Return the hours of a day: `8:30-12, 13:00-16:30`, or `closed`. Hours that touch are joined.

    Raises HoursMalformed for an hour that does not exist, an interval that ends before it begins, two that overlap or
    stand in another order.
    """
    text = _short(typed).lower().strip(" ,")
    if text in CLOSED_WORDS:
        return CLOSED
    found = [_interval(word) for word in _SEPARATOR.split(text)]
    joined = found[:1]
    for interval in found[1:]:
        last = joined[-1]
        _check_order(last, interval)
        if interval.opens == last.closes:
            joined[-1:] = [Interval(last.opens, interval.closes)]
        else:
            joined.append(interval)
    return tuple(joined)


def _check_order(before: Interval, after: Interval) -> None:
    first, second = written(before), written(after)
    if after.opens < before.opens:  # `9-12, 1-5` is an afternoon, not a night
        sentence = Sentence(
            "%(second)s comes after %(first)s; write hours in order, from 0 to 24", first=first, second=second
        )
        raise HoursMalformed(sentence)
    if after.opens < before.closes:
        raise HoursMalformed(Sentence("%(first)s and %(second)s overlap", first=first, second=second))


def written(interval: Interval) -> str:
    """Return an interval as `08:30-12:00`."""
    return "-".join(map(clock, interval))


def written_week(days: Days) -> str:
    """Return the hours of a week as `read_week` reads them."""
    parts = [
        f"{', '.join(_runs(group.days))} {', '.join(map(written, group.intervals))}"
        for group in Week(days).groups()
        if group.intervals
    ]
    return "; ".join(parts) or "Mo-Su closed"


def _runs(weekdays: tuple[int, ...]) -> Iterator[str]:
    for _offset, run in groupby(enumerate(weekdays), lambda pair: pair[1] - pair[0]):
        names = [WEEKDAYS[number - 1][0][:SHORTEST_NAME].title() for _index, number in run]
        yield "-".join(dict.fromkeys((names[0], names[-1])))


def _short(typed: str) -> str:
    if len(typed) > LONGEST_TYPED:
        raise HoursMalformed(Sentence("the hours are longer than %(most)s characters", most=LONGEST_TYPED))
    return typed.replace("\u00a0", " ").replace("\u202f", " ")


def _interval(word: str) -> Interval:
    found = _INTERVAL.fullmatch(typed := word.strip())
    if not found:
        sentence = Sentence("“%(typed)s” is not two hours; write for example 08:30-12:00, in 24 hours", typed=typed)
        raise HoursMalformed(sentence)
    opens, closes = _minute(*found.group(1, 2)), _minute(*found.group(3, 4))
    if opens == closes:
        sentence = Sentence("“%(typed)s” ends when it begins; for a whole day write 00:00-24:00", typed=typed)
        raise HoursMalformed(sentence)
    if opens > closes:
        sentence = Sentence(
            "“%(typed)s” ends before it begins; for a night, end at 24:00 and begin the next day at 00:00", typed=typed
        )
        raise HoursMalformed(sentence)
    return Interval(opens, closes)


def _minute(hours: str, minutes: str | None) -> int:
    minute = int(hours) * MINUTES_OF_HOUR + int(minutes or 0)
    if int(minutes or 0) >= MINUTES_OF_HOUR or minute > END_OF_DAY:
        typed = f"{hours}:{minutes or '00'}"
        raise HoursMalformed(Sentence("“%(typed)s” is no hour; they go from 00:00 to 24:00", typed=typed))
    return minute


def _weekdays(typed: str) -> Iterator[int]:
    for word in _SEPARATOR.split(typed):
        found = _RANGE.fullmatch(word := word.strip())
        if not found:
            raise HoursMalformed(_no_weekday(word))
        first = _weekday(found[1])
        last = _weekday(found[2]) if found[2] else first
        if last < first < FRIDAY:  # from Saturday to Monday is three days; from Wednesday to Tuesday, a slip
            raise HoursMalformed(Sentence("“%(typed)s” goes past Sunday: name its days one by one", typed=word))
        yield from ((first + ahead) % 7 for ahead in range((last - first) % 7 + 1))


def _weekday(typed: str) -> int:
    for number, names in enumerate(WEEKDAYS):
        if len(typed) >= SHORTEST_NAME and any(name.startswith(typed) for name in names):
            return number
    raise HoursMalformed(_no_weekday(typed))


def _no_weekday(typed: str) -> Sentence:
    return Sentence("“%(typed)s” is no day of the week; write for example Mo or lundi", typed=typed)
