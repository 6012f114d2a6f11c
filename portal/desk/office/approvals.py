"""What waits for a second person: seen as it was sent, done by another one, or refused."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.approvals import records
from portal.approvals.rules import MANNERS, Prepared
from portal.desk.access import ACCESS
from portal.desk.dates.typed import cleaned, meaning_words
from portal.desk.delivery import way_words
from portal.desk.notices.words import field_names
from portal.notices.rules import LONGEST_SENTENCE
from portal.publication.notices import find
from portal.staff.records import StaffRow
from portal.staff.rules import ROLE_NAMES
from portal.staff.sessions import is_fresh, person
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.web.locale import language, route
from portal.web.public import render

blueprint = Blueprint("approvals", __name__)

#: Where what was sent is looked at before it is done: act → endpoint, and what is sent there beside its fields.
LOOKS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "desk_dates.publish": ("desk_dates.check", {}),
    "desk_contact.phone": ("desk_contact.phone", {"act": "try"}),
    "desk_rules.cover": ("desk_rules.cover", {"act": "try"}),
    "desk_rules.end": ("desk_rules.end", {"act": "try"}),
}
REMOVED = ("act", "remove")


@route(blueprint, fr="/approbations/<int:number>/", en="/approvals/<int:number>/", under="/desk")
def show(number: int) -> AnyResponse:
    """What was sent, by whom and when; and for whoever else may do it, the way to do it."""
    return _page(_found(number))


@route(
    blueprint,
    fr="/approbations/<int:number>/refuser",
    en="/approvals/<int:number>/refuse",
    under="/desk",
    methods=("POST",),
)
def refuse(number: int) -> AnyResponse:
    """Let it wait no more: somebody says no, or whoever sent it changes their mind."""
    prepared = _found(number)
    reason = cleaned(request.form.get("reason", ""), LONGEST_SENTENCE)
    if not reason:
        return _page(prepared, _("Say why, for the audit log."))
    with recorded_change("drafts", action="approvals.refuse", actor=person().name, at=g.now) as change:
        records.refuse(change, prepared, reason)
    flash(_("It waits no more, and nothing was done."), "success")
    return redirect(url_for("desk.home"), 303)


def waiting_for_someone() -> list[tuple[Prepared, str]]:
    """Return what waits and the person at the desk may do, or has sent, with its words."""
    return [(one, title(one)) for one in records.waiting(session()) if _may(one)]


def title(prepared: Prepared) -> str:
    """Return what was sent to be done, in a few words."""
    item = prepared.item
    match prepared.act:
        case "desk_dates.publish":
            return _("Publish dates, one of which goes back")
        case "desk_editions.undo":
            return _("Take edition %(number)s back", number=item["number"])
        case "desk_notices.withdraw":
            return _("Withdraw the notice “%(title)s”", title=_notice(item["key"]))
        case "desk_contact.phone":
            return _("Change the telephones")
        case "desk_rules.cover":
            return _("Let a new rule decide for some forms")
        case "desk_rules.end":
            return _("End a rule")
        case "people.add":
            return _("Add a person")
        case _:
            return _("Change the account of %(name)s", name=session().get_one(StaffRow, int(item["number"])).name)


def _notice(key: str) -> str:
    kept = find(key)
    return kept.standing.title.in_(language()) if kept else key


def _found(number: int) -> Prepared:
    found = records.waiting_one(session(), number) or abort(404)
    if not _may(found):
        abort(404)
    return found


def _may(prepared: Prepared) -> bool:
    access = ACCESS[prepared.act]
    return prepared.person == person().number or (access != "anyone" and person().has_any(access))


def _page(prepared: Prepared, error: str = "") -> AnyResponse:
    look = None if REMOVED in prepared.fields else LOOKS.get(prepared.act)
    path, beside = look or (prepared.act, {})
    fields = [(name, text) for name, text in prepared.fields if not (look and name in {*MANNERS, "act"})]
    fields += [(name, text) for name, text in prepared.fields if look and name == "expected"]
    values: dict[str, Any] = dict(prepared.item)
    response = render(
        "desk/approval.html",
        prepared=prepared,
        title=title(prepared),
        facts=list(_facts(prepared)),
        is_own=prepared.person == person().number,
        is_look=look is not None,
        path=url_for(path, **values),
        fields=[*fields, *beside.items(), ("approval", str(prepared.number))],
        password="" if look or is_fresh() else _password_field(prepared),
        error=error,
        form={"errors": [error] if error else []},
    )
    response.status_code = 422 if error else 200
    return response


def _password_field(prepared: Prepared) -> str:
    lines = [text for name, text in prepared.fields if name == "line"]
    return f"line-{lines[0]}-password" if lines else "password"


def _facts(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Yield each thing that was sent, in words; none is left out."""
    for name, text in prepared.fields:
        if text and name not in MANNERS:
            yield _name(name), _words(name, text)


def _name(name: str) -> str:
    known = {
        **field_names(),
        "act": _("What is done"),
        "as_of": _("As of"),
        "by": _("How the credentials travel"),
        "email": _("E-mail address"),
        "first_day": _("For requests received from this day on"),
        "last_day": _("Last day on which a request was received"),
        "line": _("Key"),
        "name": _("Name"),
        "notice": _("Notice"),
        "number": _("Number"),
        "region_en": _("Region, in English"),
        "region_fr": _("Region, in French"),
        "role": _("Roles"),
        "schedule": _("Hours of"),
    }
    of_rows = {
        "date": _("New date"),
        "en": _("Note in English"),
        "fr": _("Note in French"),
        "meaning": _("Meaning"),
        "next": _("Next update"),
    }
    kind, _dash, row = name.partition("-")
    if row and kind in of_rows:
        return _("%(what)s – %(row)s", what=of_rows[kind], row=row)
    return known.get(name.rpartition("-")[2], name)


def _words(name: str, text: str) -> str:
    acts = {
        "enable": _("Enable the account"),
        "factors": _("Reset the second factors"),
        "invite": _("Create another invitation"),
        "remove": _("Take the line away"),
        "roles": _("Save the roles"),
    }
    of_fields: Mapping[str, Mapping[Any, str]] = {
        "act": acts,
        "by": way_words(),
        "meaning": meaning_words(),
        "role": {role: words.in_(language()) for role, words in ROLE_NAMES.items()},
    }
    if name.endswith("-notice"):
        return _notice(text)
    kind = name.partition("-")[0]
    kind = kind if kind == "meaning" else name.rpartition("-")[2]
    return of_fields.get(kind, {}).get(text, text)
