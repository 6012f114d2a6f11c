"""Everything the portal can say no to: one tree, each class adds one attribute or one message.

`str(error)` is the English sentence for the terminal. Of what staff meet at the desk, a page says `error.sentence` in
its language (`web.locale.in_words`); what visitors meet, it says in words of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from portal.core.languages import Bilingual, Sentence


class PortalError(Exception):
    """Base of every error a person can act on."""

    @property
    def sentence(self) -> str:
        """Return what the error was made with: a Sentence, where staff meet it at the desk."""
        return self.args[0] if self.args else ""


class SettingError(PortalError):
    """A setting has a value with which the portal must not start."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(f"{setting} {why}")
        self.setting = setting


class NotADate(PortalError):
    """A text is not a day written YYYY-MM-DD."""

    def __init__(self, text: str) -> None:
        sentence = Sentence("“%(text)s” is not a date; write it YYYY-MM-DD, for example 2021-07-22", text=text[:40])
        super().__init__(sentence)


class DateInFuture(PortalError):
    """A day that must have been reached lies after today."""

    def __init__(self, day: date) -> None:
        super().__init__(Sentence("%(day)s is in the future", day=day))
        self.day = day


class DateTooOld(PortalError):
    """A day lies before the portal's first year."""

    def __init__(self, day: date) -> None:
        super().__init__(Sentence("%(day)s is before %(year)s", day=day, year=FIRST_YEAR))
        self.day = day


class DateTooFar(PortalError):
    """A day to come lies after the portal's last year."""

    def __init__(self, day: date) -> None:
        super().__init__(Sentence("%(day)s is after %(year)s", day=day, year=LAST_YEAR))
        self.day = day


class NotAnInstant(PortalError):
    """A text is not a day and an hour written YYYY-MM-DD HH:MM."""

    def __init__(self) -> None:
        super().__init__(Sentence("write the day and the hour in Québec, for example 2021-07-22 08:30"))


class HourSkipped(PortalError):
    """No clock shows this hour on this day: in spring, one night leaves an hour out (PEP 495)."""

    def __init__(self, day: date, hour: time) -> None:
        sentence = Sentence("on %(day)s no clock in Québec shows %(hour)s: it goes forward then", day=day, hour=hour)
        super().__init__(sentence)


#: Nothing the agency still processes was received before; an older date is a slip of the keyboard.
FIRST_YEAR = 1990
#: A day to come that staff give is not later: it would be a slip, and the very last year does not exist in UTC.
LAST_YEAR = 2100


class HoursMalformed(PortalError):
    """A text does not say hours, or says hours that cannot be; the message says why."""


class PhoneMalformed(PortalError):
    """A text is no telephone number that a person in Québec can call; the message says why."""


class CannotChange(PortalError):
    """Hours or lines cannot be changed so; the message says why, and what to do instead."""


class FormNumberMalformed(PortalError):
    """A text does not hold the one number of a form: four digits."""


class ReferenceMalformed(PortalError):
    """A text has not the shape of a reference: ten symbols and a check symbol."""


class ReferenceMistyped(PortalError):
    """A reference has the right shape, but its check symbol says that a symbol is wrong."""


class AddressMalformed(PortalError):
    """A text is no e-mail address. Never says which text: it may be personal."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or Sentence("this is no e-mail address"))


class AddressUnreachable(AddressMalformed):
    """An e-mail address ends in a name that is of use inside a network only: `ending` is that name, such as `local`."""

    def __init__(self, ending: str) -> None:
        super().__init__(Sentence("no e-mail from outside reaches an address that ends in .%(ending)s", ending=ending))
        self.ending = ending


class NothingToSearch(PortalError):
    """A text to search for holds neither word nor number."""


class SearchTooLong(PortalError):
    """A text to search for is longer than `characters`, or holds more than `words` words."""

    def __init__(self, characters: int, words: int) -> None:
        super().__init__(f"a search has {characters} characters and {words} words at most")
        self.characters = characters
        self.words = words


class UnknownKey(PortalError):
    """An address names what does not exist; `choices` are the keys and labels of what its `argument` may be."""

    def __init__(self, argument: str, key: str, choices: Sequence[tuple[str, Bilingual]]) -> None:
        super().__init__(
            f"{argument} “{key[:40]}” is unknown; there are {', '.join(known for known, _label in choices)}"
        )
        self.argument = argument
        self.choices = choices


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong on one line of a file. `line` counts from 1; 0 is the file as a whole."""

    line: int
    sentence: str

    @classmethod
    def of_field(cls, line: int, field: str, why: str) -> "Problem":
        """Return what is wrong with one field of a line."""
        return cls(line, Sentence("%(field)s: %(why)s", field=field, why=why))


#: Nobody mends more at once; a wrong file of 1.6 MB had a million, and their report took 960 MB.
MOST_PROBLEMS = 100


class Problems(list[Problem]):
    """What is wrong with a file, in the order found: the first MOST_PROBLEMS, and how many `more` there are."""

    more = 0

    def append(self, problem: Problem) -> None:
        """Keep a problem, or count it where enough are kept."""
        if len(self) < MOST_PROBLEMS:
            super().append(problem)
        else:
            self.more += 1


class FileRefused(PortalError):
    """A file has errors: they are told at once, with how many `more` there are, and nothing of it was kept."""

    summary = Sentence("the file was refused")

    def __init__(self, *problems: Problem, more: int = 0) -> None:
        super().__init__(self.summary)
        self.problems = tuple(sorted(problems))
        self.more = more


class NeedsConfirmation(PortalError):
    """Something allowed but unusual: the person must say that it is meant."""

    def __init__(self, *questions: str) -> None:
        super().__init__("\n".join(questions))
        self.questions = questions


class ReasonMissing(PortalError):
    """A date goes back, and nobody says why."""

    def __init__(self) -> None:
        super().__init__(Sentence("a date goes back: say why"))


class CannotUndo(PortalError):
    """An edition cannot be taken back; the message says why, and what to do instead."""


class CannotPublish(PortalError):
    """A notice cannot be published, corrected or withdrawn so; the message says why, and what to do instead."""


class Withdrawn(PortalError):
    """A notice was published, then withdrawn on a day in Québec; `why` is what the public is told, or empty."""

    def __init__(self, on: date, why: Bilingual) -> None:
        super().__init__(f"the notice was withdrawn on {on}")
        self.on = on
        self.why = why


class StaleEdit(PortalError):
    """The subject changed since the person began to edit it."""

    def __init__(self, subject: str, expected: int, found: int) -> None:
        sentence = Sentence(
            "%(subject)s changed meanwhile: revision %(new)s, not %(old)s", subject=subject, new=found, old=expected
        )
        super().__init__(sentence)
        self.expected = expected
        self.found = found
