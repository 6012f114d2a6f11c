"""What machines read of the whole site: icon, manifest, robots, sitemap, security contact, the data described."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, Response, json, render_template, url_for
from flask_babel import gettext as _

from portal import assets
from portal.contacts.rules import WEB_FORM
from portal.core.calendar import instant
from portal.core.languages import LANGUAGES, TAGS, Language
from portal.delivery import records as delivery
from portal.editions import records as editions
from portal.forms.rules import known_forms
from portal.front import PAGES
from portal.history.records import years
from portal.notices import records as notices
from portal.notices.rules import AUDIENCES, Notice
from portal.rows import shared as shared_rows
from portal.rows.rules import ProcessingDate, begun, in_table, turns
from portal.store.database import session
from portal.web.locale import language, route
from portal.web.public import absolute, as_json, changed_since, data, now, today, turns_on, valid_until

blueprint = Blueprint("machines", __name__)

#: Of editions, and of notices, the newest: a sitemap has room for 50,000 addresses, and 10,000 notices take a second.
MOST_IN_SITEMAP = 2_000
#: Pages that need no argument, beside those that a newcomer would open.
FURTHER_PAGES = ("search.index", "editions.index", "editions.changes")
#: The arguments of a page's address in one language, None where what it shows does not exist in it.
Arguments = Callable[[Language], Mapping[str, Any] | None]
Place = tuple[str, Arguments]


def _text(words: str) -> Response:
    return Response(words, content_type="text/plain; charset=utf-8")


@blueprint.get("/favicon.ico", defaults={"name": "icon.ico"})
@blueprint.get("/apple-touch-icon.png", defaults={"name": "icon-180.png"})
@blueprint.get("/share.png", defaults={"name": "share.png"})
@data()
def picture(name: str) -> Response:
    """A picture that is asked for from elsewhere, long after a page: by feed readers, telephones, shared links."""
    kind = "image/png" if name.endswith(".png") else "image/vnd.microsoft.icon"
    return Response((assets.STATIC / "img" / name).read_bytes(), content_type=kind)


@route(blueprint, fr="/portail.webmanifest", en="/portal.webmanifest")
@data()
def manifest() -> Response:
    """What a telephone shows of the portal among its applications (W3C web application manifest)."""
    sizes = {"180x180": "any", "512x512": "any maskable"}
    document = {
        "name": _("Information portal"),
        "short_name": _("Portal"),
        "lang": TAGS[language()],
        "start_url": url_for("front.front"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#ffffff",
        "theme_color": "#0b3d78",
        "icons": [
            {
                "src": assets.static_address(f"img/icon-{size[:3]}.png"),
                "sizes": size,
                "type": "image/png",
                "purpose": use,
            }
            for size, use in sizes.items()
        ],
    }
    response = as_json(document)
    response.content_type = "application/manifest+json"
    return response


@blueprint.get("/robots.txt")
@data()
def robots() -> Response:
    """Every page may be read; the sitemap lists them."""
    return _text(f"User-agent: *\nAllow: /\n\nSitemap: {absolute(url_for('machines.sitemap'))}\n")


@blueprint.get("/.well-known/security.txt")
@data()
def security() -> Response:
    """Whom to tell of a fault (RFC 9116); the document expires at the start of the month, six months ahead."""
    months = today().year * 12 + today().month - 1
    valid_until(instant(date((months + 1) // 12, (months + 1) % 12 + 1, 1)))
    expires = instant(date((months + 7) // 12, (months + 7) % 12 + 1, 1))
    canonical = absolute(url_for("machines.security"))
    return _text(
        f"Contact: {WEB_FORM}\nExpires: {expires.isoformat()}\nPreferred-Languages: fr, en\nCanonical: {canonical}\n"
    )


@blueprint.get("/sitemap.xml")
@data("dates", "delivery", "notices")
def sitemap() -> Response:
    """Every page, in each language in which what it shows exists; of notices and editions, the newest."""
    valid_until(notices.next_publication(session(), now()))
    changed_since(notices.last_publication(session(), now()))
    every = shared_rows.all_rows()
    turns_on(turns(every))
    pages = [
        [
            (TAGS[language], absolute(url_for(endpoint, language=language, **found)))
            for language in LANGUAGES
            if (found := arguments(language)) is not None
        ]
        for endpoint, arguments in _places(every)
    ]
    return Response(render_template("machines/sitemap.xml", pages=pages), content_type="application/xml; charset=utf-8")


def _places(every: Sequence[ProcessingDate]) -> Iterator[Place]:
    for endpoint in (*PAGES, *FURTHER_PAGES):
        yield endpoint, _always()
    for audience in AUDIENCES:
        yield "notices.audience", _always(audience=audience)
    yield from _places_of_rows(begun(every, today()))
    for number in known_forms(in_table(every, today()), delivery.rules(session())):
        yield "forms.form", _always(form=number)
    for edition in editions.recent(session(), MOST_IN_SITEMAP):
        yield "editions.edition", _always(number=edition.number)
    for notice in notices.notices(session(), now(), limit=MOST_IN_SITEMAP):
        yield "notices.notice", partial(_notice_arguments, notice)
        if notice.revision > 1:
            yield "notices.versions", partial(_versions_arguments, notice)


def _places_of_rows(known: Sequence[ProcessingDate]) -> Iterator[Place]:
    published = years(session())
    for group in dict.fromkeys(found.row.group.key for found in known):
        yield "dates.group", _always(group=group)
    for found in known:
        key = found.row.key
        yield "dates.row", _always(row=key)
        yield "history.whole", _always(row=key)
        for year in published.get(key, ()):
            yield "history.year", _always(row=key, year=year)


def _versions_arguments(notice: Notice, language: Language) -> Mapping[str, Any] | None:
    return {"changed": notice.id} if notice.is_in(language) else None


def _always(**arguments: object) -> Arguments:
    return lambda _language: arguments


def _notice_arguments(notice: Notice, language: Language) -> Mapping[str, Any] | None:
    return {"number": notice.id, "slug": notice.slug(language)} if notice.is_in(language) else None


@blueprint.get("/api/v1/openapi.json")
@data()
def openapi() -> Response:
    """The description of the data (OpenAPI 3.1)."""
    document = json.loads((assets.FACTS / "openapi.json").read_text("utf-8"))
    return as_json({**document, "servers": [{"url": absolute("")}]})
