"""Why rules cannot be changed so, each with what to do instead."""

from collections.abc import Iterable, Sequence
from datetime import date

from portal.core.errors import PortalError
from portal.core.languages import Sentence


class NoDeliveryRule(PortalError):
    """No rule says how the credentials of a request travel."""

    def __init__(self, form_number: str, received_on: date) -> None:
        form = form_number or "?"
        super().__init__(Sentence("no delivery rule for form %(form)s received on %(day)s", form=form, day=received_on))


class NoticeUnknown(PortalError):
    """A rule names a notice that there is not; the message names those there are."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        super().__init__(_notice_unknown(key[:60], sorted(known)))


def _notice_unknown(key: str, known: Sequence[str]) -> Sentence:
    if not known:
        return Sentence(
            "notice “%(key)s” is unknown or withdrawn; there are none yet: a rule names the notice that explains it, "
            "publish it first (a schedule or a draft will do)",
            key=key,
        )
    return Sentence(
        "notice “%(key)s” is unknown or withdrawn; there are %(known)s: a rule names the notice that explains it, "
        "publish it first (a schedule or a draft will do)",
        key=key,
        known=known,
    )


class RuleUnknown(PortalError):
    """No rule has this key; the message names those there are."""

    def __init__(self, key: str, known: Sequence[str]) -> None:
        none = Sentence("rule “%(key)s” is unknown; there are none yet", key=key)
        some = Sentence("rule “%(key)s” is unknown; there are %(known)s", key=key, known=known)
        super().__init__(some if known else none)


class RuleKeyTaken(PortalError):
    """There is a rule of this key already."""

    def __init__(self, key: str) -> None:
        super().__init__(Sentence("there is a rule “%(key)s” already: give the new one another key", key=key))


class RuleEndsBeforeItBegins(PortalError):
    """The last day of a rule lies before its first."""

    def __init__(self, key: str, first: date, last: date) -> None:
        sentence = Sentence(
            "the last day of “%(key)s”, %(last)s, is before its first, %(first)s", key=key, first=first, last=last
        )
        super().__init__(sentence)


class NotAForm(PortalError):
    """A rule names what is not written as the number of a form."""

    def __init__(self, number: str) -> None:
        sentence = Sentence("“%(form)s” is not the number of a form: four digits, for example 4058", form=number[:40])
        super().__init__(sentence)


class OneMailbox(PortalError):
    """Both credentials would go to one mailbox."""

    def __init__(self, key: str) -> None:
        sentence = Sentence("“%(key)s” sends the password and the user name to one mailbox: never both to one", key=key)
        super().__init__(sentence)


class ChannelsUnsaid(PortalError):
    """The credentials would travel in a way that no page can tell."""

    def __init__(self, key: str) -> None:
        sentence = Sentence(
            "“%(key)s” sends the credentials in a way that no page tells; the pages can tell: both by registered mail, "
            "or the password to the user and the user name to the authorising person",
            key=key,
        )
        super().__init__(sentence)


class TwoRules(PortalError):
    """Two rules decide for one form on one day; an empty form number stands for the forms that no rule names."""

    def __init__(self, form_number: str, day: date, keys: Sequence[str]) -> None:
        form = Sentence("form %(number)s", number=form_number)
        sentence = Sentence(
            "“%(one)s” and “%(other)s” would both decide for %(forms)s, received on %(day)s; end one the day before, "
            "or let the new one take its place",
            one=keys[0],
            other=keys[1],
            forms=form if form_number else Sentence("the forms that no rule names"),
            day=day,
        )
        super().__init__(sentence)


class NoRuleLeft(PortalError):
    """No rule would decide for the forms that no rule names, for want of a general one on some day."""

    def __init__(self, day: date) -> None:
        sentence = Sentence(
            "no rule would decide for a request received on %(day)s with a form that no rule names; let another rule "
            "take the place of this one instead",
            day=day,
        )
        super().__init__(sentence)
