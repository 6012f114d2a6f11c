"""The pages that read several subjects: the front page, the feeds explained; and what we promise to visitors."""

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from portal.dates import records as dates
from portal.dates.pages import CheckForm, by_group
from portal.dates.rules import latest_as_of
from portal.notices import records as notices
from portal.notices.rules import AUDIENCE_NAMES
from portal.status.rules import TOLD_AFTER_CLOSING_DAYS
from portal.store.database import session
from portal.web.locale import address_in, route
from portal.web.public import now, page, render, today, valid_until

blueprint = Blueprint("front", __name__)

LATEST_NOTICES = 3


@blueprint.get("/")
def root() -> AnyResponse:
    """French at the root, by redirect; English is chosen by the visitor, never by Accept-Language."""
    return redirect(address_in("fr", "front.front"), 302)


@route(blueprint, fr="/", en="/")
@page("dates", "notices")
def front() -> Response:
    """The table's dates, whether someone answers now, the latest notices."""
    table = dates.table(session())
    latest = notices.notices(session(), now(), limit=LATEST_NOTICES)
    valid_until(notices.next_publication(session(), now()))
    form = CheckForm(formdata=None).offer(table)
    context = {"groups": by_group(table), "as_of": latest_as_of(table), "form": form, "today": today()}
    return render("front/front.html", notices=latest, audience_names=AUDIENCE_NAMES, **context)


@route(blueprint, fr="/fils/", en="/feeds/")
@page("dates")
def feeds() -> Response:
    """What a feed is, and the address of each."""
    return render("front/feeds.html", groups=by_group(dates.table(session())), audience_names=AUDIENCE_NAMES)


@route(blueprint, fr="/accessibilite/", en="/accessibility/")
@page()
def accessibility() -> Response:
    """What we do so that everyone can use the portal."""
    return render("front/accessibility.html")


@route(blueprint, fr="/confidentialite/", en="/privacy/")
@page()
def privacy() -> Response:
    """What is kept of a visit: nothing."""
    return render("front/privacy.html", told_days=TOLD_AFTER_CLOSING_DAYS)


#: The pages that need no argument, in the order in which a newcomer would open them.
PAGES = (
    "front.front",
    "dates.table",
    "dates.check",
    "notices.index",
    "front.feeds",
    "contacts.contact",
    "status.lookup",
    "front.accessibility",
    "front.privacy",
)


def addresses() -> list[tuple[str, str]]:
    """Return the path of each page in French and in English."""
    return [(address_in("fr", endpoint), address_in("en", endpoint)) for endpoint in PAGES]
