"""The stages of a request, how it passes from one to the next, and when its status may be told (product.md §4)."""

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from portal.core.errors import PortalError
from portal.core.languages import Bilingual, Sentence
from portal.core.numbers import has_reference

#: In the order in which a request passes them; more information may be asked at any time before the end.
Stage = Literal["received", "in_line", "in_processing", "more_information", "processed", "closed"]
STAGES: tuple[Stage, ...] = get_args(Stage)
#: What stages are called in a sentence.
STAGE_NAMES: Mapping[Stage, Bilingual] = {
    "received": Bilingual("reçue", "received"),
    "in_line": Bilingual("dans la file d’attente", "in line"),
    "in_processing": Bilingual("en traitement", "in processing"),
    "more_information": Bilingual("renseignements demandés", "information asked for"),
    "processed": Bilingual("traitée", "processed"),
    "closed": Bilingual("fermée", "closed"),
}

#: The stages that may follow each. A daily file may have missed some in between; whoever answers a question is put back
#: in line; nothing follows the end.
ARROWS: Mapping[Stage, frozenset[Stage]] = {
    "received": frozenset({"in_line", "in_processing", "more_information", "processed", "closed"}),
    "in_line": frozenset({"in_processing", "more_information", "processed", "closed"}),
    "in_processing": frozenset({"more_information", "processed", "closed"}),
    "more_information": frozenset({"in_line", "in_processing", "processed", "closed"}),
    "processed": frozenset({"more_information", "closed"}),
    "closed": frozenset(),
}

#: What the audit log can hold of why a request is corrected, in characters.
LONGEST_REASON = 1_000
#: Who holds a reference: one of the two people of the form where each has their own, else whoever has it.
Holder = Literal["anyone", "user", "authoriser"]


class ReasonTellsWhose(PortalError):
    """The reason of a correction says whose request it is; the audit log, where it would stand, is kept for good."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is kept of a request: no name, no address; of its references only keyed hashes, kept beside it."""

    received_on: date
    form_number: str
    stage: Stage
    changed_on: date


@dataclass(frozen=True, slots=True)
class Held:
    """A request as the holder of one of its references finds it; one that is not `is_known` is not theirs."""

    request: Request
    holder: Holder
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Imported:
    """A request of a file, on `line` (from 1); its references are in their one spelling.

    With an `authoriser_reference`, `reference` is the user's own; without, both people may hold it.
    """

    line: int
    reference: str
    authoriser_reference: str
    request: Request

    def holders(self) -> Mapping[str, Holder]:
        """Return each reference of the request with its holder."""
        if not self.authoriser_reference:
            return {self.reference: "anyone"}
        return {self.reference: "user", self.authoriser_reference: "authoriser"}


def check_reason(reason: str) -> None:
    """Check the reason of a correction. Raises ReasonTellsWhose."""
    if has_reference(reason):
        raise ReasonTellsWhose(
            Sentence("the reason holds what reads as a reference, and the audit log keeps it; say why without it")
        )
    if re.search(r"\w\s*[@＠]\s*\w", reason):
        raise ReasonTellsWhose(
            Sentence("the reason holds what reads as an e-mail address, and the audit log keeps it; say why without it")
        )


def reference_hash(secret: bytes, reference: str) -> str:
    """Return the keyed hash (hexadecimal) under which a reference, in its one spelling, is kept."""
    return hmac.digest(secret, reference.encode(), "sha256").hex()


#: Compared with when there is no request at all, so that a miss costs what a hit costs.
NOBODY = Held(Request(date.min, "", "closed", date.min), "anyone", is_known=False)


def may_reveal(held: Held, received_on: date, today: date, closed_days: int) -> bool:
    """Say whether the status may be told to someone who gives that received date.

    The same work for an unknown reference, a wrong date and a request closed more than `closed_days` ago.
    """
    is_date = hmac.compare_digest(held.request.received_on.isoformat(), received_on.isoformat())
    return is_date & (not has_expired(held.request, today, closed_days)) & held.is_known


def has_expired(request: Request, today: date, closed_days: int) -> bool:
    """Say whether a request was closed more than `closed_days` ago: it is told no more, and is to be removed."""
    return (request.stage == "closed") & (today.toordinal() > request.changed_on.toordinal() + closed_days)


def last_expired(today: date, closed_days: int) -> date:
    """Return the last day on which a request that has expired can have been closed."""
    return today - timedelta(closed_days + 1)


def fault_of(kept: Request, given: Request) -> str:
    """Return why a request cannot become what a file says without a correction, a Sentence, or nothing.

    No sentence says what is kept: whoever reads the report may not know it.
    """
    if kept.received_on != given.received_on:
        return Sentence("its received date is not the one kept")
    if kept.form_number and kept.form_number != given.form_number:
        return Sentence("its form is not the one kept")
    if kept.changed_on > given.changed_on:
        return Sentence("it has changed since this changed_on")
    if kept.stage != given.stage and given.stage not in ARROWS[kept.stage]:
        old, new = STAGE_NAMES[kept.stage], STAGE_NAMES[given.stage]
        return Sentence("it cannot go from “%(old)s” to “%(new)s”", old=old, new=new)
    return ""


#: Whose a reference is.
_OF: Mapping[Holder, Sentence] = {
    "anyone": Sentence("of both people"),
    "user": Sentence("of the user"),
    "authoriser": Sentence("of the person who authorised it"),
}


def superseded(kept: Iterable[str], given: Mapping[str, Holder]) -> Sequence[str]:
    """Return the kept references of a request in whose place others are given; one alone takes the place of none."""
    return [one for one in kept if one not in given] if "anyone" not in given.values() else []


def reference_fault_of(kept: Mapping[str, Holder], given: Mapping[str, Holder]) -> str:
    """Return why a request that has the references `kept` cannot be given others without a correction, or nothing.

    The reason is a Sentence. A reference of which nobody said whose it is may be told to be someone's.
    """
    for one, holder in given.items():
        if "anyone" not in (holder, kept.get(one, "anyone")) and kept[one] != holder:
            given_as, kept_as = _OF[holder], _OF[kept[one]]
            return Sentence(
                "the reference given as that %(given)s is kept as that %(kept)s", given=given_as, kept=kept_as
            )
    taken = superseded(kept, given)
    return Sentence("it has another reference %(whose)s", whose=_OF[kept[taken[0]]]) if taken else ""
