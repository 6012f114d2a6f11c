"""The delivery rules as they are kept."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.delivery.rules import LONGEST_KEY, Channel, Rule
from portal.store.database import Model


class RuleRow(Model):
    """A delivery rule."""

    __tablename__ = "delivery_rules"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="order"),
        # Never both credentials to one mailbox.
        CheckConstraint("password <> user_name OR password = 'registered_mail'", name="never_one_mailbox"),
    )

    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    position: Mapped[int]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    password: Mapped[Channel] = mapped_column(String(20))
    user_name: Mapped[Channel] = mapped_column(String(20))
    notice: Mapped[str] = mapped_column(String(60))

    forms: Mapped[list["RuleFormRow"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class RuleFormRow(Model):
    """A form that a rule names."""

    __tablename__ = "delivery_rule_forms"

    rule_key: Mapped[str] = mapped_column(ForeignKey("delivery_rules.key"), primary_key=True)
    form_number: Mapped[str] = mapped_column(String(4), primary_key=True)


def rules(session: Session) -> Sequence[Rule]:
    """Return every rule, in the order in which they are tried."""
    return [
        Rule(
            key=row.key,
            first_day=row.first_day,
            last_day=row.last_day,
            forms=frozenset(form.form_number for form in row.forms),
            password=row.password,
            user_name=row.user_name,
            notice=row.notice,
        )
        for row in session.scalars(select(RuleRow).order_by(RuleRow.position))
    ]
