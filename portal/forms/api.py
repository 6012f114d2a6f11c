"""The rules of delivery as JSON and as CSV; the forms, with what the rules say of each, as JSON."""

from collections.abc import Collection, Mapping

from flask import Blueprint, Response

from portal.delivery import records as delivery
from portal.delivery.rules import Rule, Span
from portal.forms.records import Registry
from portal.forms.rules import Form
from portal.notices import records as notices
from portal.notices.rules import Touched
from portal.rows import shared as shared_rows
from portal.rows.rules import in_table, turns
from portal.store.database import session
from portal.web.public import (
    as_csv,
    as_json,
    changed_since,
    data,
    is_demonstration,
    now,
    revision_of,
    today,
    turns_on,
    valid_until,
)

blueprint = Blueprint("forms_api", __name__, url_prefix="/api/v1")

#: The names of a rule in CSV: those of JSON.
COLUMNS = ("rule", "first_day", "last_day", "forms", "password", "user_name", "notice")
Document = dict[str, object]


@blueprint.get("/delivery-rules")
@data("delivery", "notices")
def rules() -> Response:
    """Every rule of delivery: past, in force and announced."""
    return as_json({"demonstration": is_demonstration(), "revision": revision_of("delivery"), "rules": _rules()})


@blueprint.get("/delivery-rules.csv")
@data("delivery", "notices")
def rules_csv() -> Response:
    """The same rules, flat."""
    return as_csv("delivery-rules", COLUMNS, _rules())


@blueprint.get("/forms")
@data("dates", "delivery", "notices")
def forms() -> Response:
    """Every form known by its number, and how its credentials travel by received date."""
    every = shared_rows.all_rows()
    found = Registry(in_table(every, today()), delivery.rules(session()), today())
    turns_on(turns(every))
    shown = _shown({rule.notice for rule in found.rules})
    return as_json({"demonstration": is_demonstration(), "forms": [_form(form, shown) for form in found.forms()]})


def _rules() -> list[Document]:
    found = delivery.rules(session())
    shown = _shown({rule.notice for rule in found})
    return [_rule(rule, shown) for rule in found]


def _shown(keys: Collection[str]) -> Mapping[str, int]:
    """Return the numbers of those of the notices that the public may see: no other is named."""
    valid_until(notices.next_publication(session(), now()))
    changed_since(notices.last_publication(session(), now()))
    found = notices.about(session(), Touched(), keys, now(), limit=max(len(keys), 1))
    return {notice.key: notice.id for notice in found}


def _rule(rule: Rule, shown: Mapping[str, int]) -> Document:
    return {
        "rule": rule.key,
        "first_day": rule.first_day and str(rule.first_day),
        "last_day": rule.last_day and str(rule.last_day),
        "forms": sorted(rule.forms),
        "password": rule.password,
        "user_name": rule.user_name,
        "notice": shown.get(rule.notice),
    }


def _form(form: Form, shown: Mapping[str, int]) -> Document:
    return {
        "form": form.number,
        "group": form.group,
        "rows": [found.row.key for found in form.dates],
        "sends_credentials": form.sends_credentials,
        "delivery": [_span(span, shown) for span in form.spans],
    }


def _span(span: Span, shown: Mapping[str, int]) -> Document:
    return {
        "first_day": span.first_day and str(span.first_day),
        "last_day": span.last_day and str(span.last_day),
        "password": span.rule.password,
        "user_name": span.rule.user_name,
        "notices": sorted(shown[key] for key in span.notices if key in shown),
    }
