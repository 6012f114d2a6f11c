"""Telephones and opening hours as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import CheckConstraint, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.contacts.rules import Hours, Interval, Phone
from portal.core.languages import Bilingual
from portal.store.changes import Change
from portal.store.database import Model


class PhoneRow(Model):
    """A telephone line by region."""

    __tablename__ = "phones"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    region_fr: Mapped[str] = mapped_column(Text)
    region_en: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(20))


class IntervalRow(Model):
    """An interval of a weekday during which someone answers."""

    __tablename__ = "opening_intervals"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("opens < closes", name="order"),
    )

    weekday: Mapped[int] = mapped_column(primary_key=True)
    opens: Mapped[time] = mapped_column(primary_key=True)
    closes: Mapped[time]


@dataclass(frozen=True, slots=True)
class Contact:
    """The lines and their hours."""

    phones: tuple[Phone, ...]
    hours: Hours


def contact(session: Session) -> Contact:
    """Return the lines in their order, and the hours."""
    phones = session.execute(
        select(PhoneRow.key, PhoneRow.region_fr, PhoneRow.region_en, PhoneRow.number).order_by(PhoneRow.position)
    )
    week: list[list[Interval]] = [[] for _ in range(7)]
    columns = select(IntervalRow.weekday, IntervalRow.opens, IntervalRow.closes)
    for weekday, opens, closes in session.execute(columns.order_by(IntervalRow.weekday, IntervalRow.opens)):
        week[weekday - 1].append((opens, closes))
    return Contact(
        tuple(Phone(key, Bilingual(fr, en), number) for key, fr, en, number in phones),
        Hours(tuple(tuple(intervals) for intervals in week)),
    )


def keep_facts(change: Change, facts: Mapping[str, Any]) -> bool:
    """Keep the lines and hours of a facts file where there are none yet, and say so."""
    session = change.session
    if session.scalar(select(PhoneRow.key).limit(1)):
        return False
    for position, phone in enumerate(facts["phones"]):
        session.add(PhoneRow(position=position, **phone))
    for group in facts["hours"]:
        for weekday in group["days"]:
            for opens, closes in group["intervals"]:
                span = {"opens": time.fromisoformat(opens), "closes": time.fromisoformat(closes)}
                session.add(IntervalRow(weekday=weekday, **span))
    change.details["phones"] = [phone["number"] for phone in facts["phones"]]
    return True
