"""Every component of the templates on one page, each with its contract; for builders of pages, never in production."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from flask import Blueprint, Response
from flask_babel import gettext as _
from wtforms import SelectField, StringField, ValidationError

from portal import assets
from portal.contacts.rules import Answering
from portal.core.calendar import QUEBEC, instant
from portal.core.languages import Bilingual
from portal.hours.rules import (
    ALL_DAY,
    ALWAYS_CLOSED,
    CLOSED,
    Days,
    Interval,
    Schedule,
    SpecialDay,
    Week,
    wall,
)
from portal.notices.rules import AUDIENCE_NAMES, AUDIENCES, Notice
from portal.web.locale import language, route
from portal.web.public import PublicForm, page, render, today

blueprint = Blueprint("demo", __name__)

#: A macro of ours and the comment above it, which is its contract.
_MACRO = re.compile(r"\{# (?P<contract>[^#\n]+) #\}\n\{% macro (?P<name>[a-z]\w*)\(")
#: Every day and hour on the page is around this Thursday.
DAY = date(2021, 7, 22)
#: Every day of a sample week.
USUAL: Days = ((Interval(510, 720), Interval(780, 990)),) * 7
AT = datetime(2021, 7, 22, 9, 30, tzinfo=QUEBEC)


class SampleForm(PublicForm):
    """A field of each sort, one of them wrong."""

    sample_text = StringField()
    sample_date = StringField()
    sample_choice = SelectField(validate_choice=False)
    sample_box = StringField()

    def validate_sample_date(self, field: StringField) -> None:
        """Refuse whatever was typed."""
        raise ValidationError(_("This date is in the future. Give the date on which we received your request."))


@route(blueprint, fr="/composants/", en="/components/")
@page()
def components() -> Response:
    """Each component, its contract and its variants."""
    form = SampleForm(data={"sample_text": "4058", "sample_date": "2031-07-22"})
    group, choice = Bilingual("Services en ligne", "Online services"), Bilingual("Nouvel accès", "New access")
    form.sample_choice.choices = {group.in_(language()): [("new", choice.in_(language()))]}
    form.validate()
    context: dict[str, object] = {
        "contracts": contracts(),
        "states": list(_states(today())),
        "until": instant(today() + timedelta(days=1)),  # to come, or script would ask for the state of now
        "week": Week(USUAL),
        "at": AT,
        "day": DAY,
        "notice": _notice("Closing days"),
    }
    context |= {"french_only": _notice(""), "audience_names": AUDIENCE_NAMES, "group": group, "choice": choice}
    return render("demo/components.html", sample=form, **context)


def _states(day: date) -> Iterator[Answering]:
    # No holiday closes them, or the page would show less on one.
    usual, always, never = (
        Schedule("sample", (Week(days),), observes_holidays=False) for days in (USUAL, (ALL_DAY,) * 7, ALWAYS_CLOSED)
    )
    festive = {day: SpecialDay(CLOSED, Bilingual("fête nationale du Québec", "Québec National Holiday"))}
    for minute in (9 * 60, 12 * 60 + 30, 14 * 60, 20 * 60):
        yield Answering(usual, usual.state(wall(day, minute)), ())
    for schedule in (replace(usual, special_days=festive), always, never):
        yield Answering(schedule, schedule.state(wall(day, 9 * 60)), ())


def contracts() -> Mapping[str, str]:
    """Return the contract of each component of templates/macros, by its name."""
    found = [_MACRO.finditer(path.read_text("utf-8")) for path in sorted((assets.TEMPLATES / "macros").glob("*.html"))]
    return {macro["name"]: macro["contract"] for macros in found for macro in macros}


def _notice(english: str) -> Notice:
    title = Bilingual("Jours de fermeture", english)
    audiences = AUDIENCES if english else AUDIENCES[:2]
    return Notice(1, "closing-days", published_at=AT, updated_at=AT, audiences=audiences, title=title)
