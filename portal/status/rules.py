"""The stages of a request, and when its status may be told (product.md §4)."""

import hmac
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal, get_args

#: In the order in which a request passes them; more information may be asked at any time before the end.
Stage = Literal["received", "in_line", "in_processing", "more_information", "processed", "closed"]
STAGES: tuple[Stage, ...] = get_args(Stage)

#: A closed request is told for so many days, then no more.
TOLD_AFTER_CLOSING_DAYS = 90


@dataclass(frozen=True, slots=True)
class Request:
    """What is kept of a request: no name, no address, and of its reference only a keyed hash (hexadecimal)."""

    reference_hash: str
    received_on: date
    form_number: str
    stage: Stage
    changed_on: date


@dataclass(frozen=True, slots=True)
class Imported:
    """One request of a file; `reference` in its one spelling."""

    reference: str
    received_on: date
    form_number: str
    stage: Stage
    changed_on: date


def reference_hash(secret: bytes, reference: str) -> str:
    """Return the keyed hash under which a reference, in its one spelling, is kept."""
    return hmac.new(secret, reference.encode(), sha256).hexdigest()


#: Compared with when no request was found, so that a miss costs what a hit costs.
NOBODY = Request("", date.min, "", "closed", date.min)


def may_reveal(request: Request, received_on: date, today: date) -> bool:
    """Say whether the status may be told to someone who gives that received date.

    The same work for an unknown reference (`NOBODY`), a wrong date and a request closed too long ago.
    """
    is_date = hmac.compare_digest(request.received_on.isoformat(), received_on.isoformat())
    told_until = request.changed_on.toordinal() + TOLD_AFTER_CLOSING_DAYS
    is_expired = (request.stage == "closed") & (today.toordinal() > told_until)
    return is_date & (not is_expired) & (request.reference_hash != "")
