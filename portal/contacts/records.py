"""Telephone lines as they are kept."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.contacts.rules import Phone
from portal.core.languages import Bilingual
from portal.hours.records import LONGEST_KEY, ScheduleRow, schedules
from portal.hours.rules import Schedule
from portal.store.database import Model

LONGEST_NUMBER = 40


class PhoneRow(Model):
    """A telephone line by region; `number` is what follows `tel:`."""

    __tablename__ = "phones"

    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    position: Mapped[int]
    region_fr: Mapped[str] = mapped_column(Text)
    region_en: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(LONGEST_NUMBER))
    schedule_key: Mapped[str] = mapped_column(ForeignKey(ScheduleRow.key))


def phones(session: Session, today: date) -> Sequence[Phone]:
    """Return the lines in their order, each with its hours; of past years nothing special is told."""
    return phones_of(session, schedules(session, today))


def phones_of(session: Session, found: Mapping[str, Schedule]) -> Sequence[Phone]:
    """Return the lines in their order, each with its hours of these schedules: every one, by its key."""
    columns = select(PhoneRow.key, PhoneRow.region_fr, PhoneRow.region_en, PhoneRow.number, PhoneRow.schedule_key)
    return [
        Phone(key, Bilingual(fr, en), number, found[schedule])
        for key, fr, en, number, schedule in session.execute(columns.order_by(PhoneRow.position, PhoneRow.key))
    ]
