"""The notices as JSON."""

from flask import Blueprint, Response, abort

from portal.core.languages import LANGUAGES
from portal.notices import records
from portal.notices.rules import IN_FEED, Notice
from portal.store.database import session
from portal.web.locale import address_in
from portal.web.public import (
    absolute,
    as_json,
    changed_since,
    data,
    is_demonstration,
    known_arguments,
    now,
    valid_until,
)

blueprint = Blueprint("notices_api", __name__, url_prefix="/api/v1")


@blueprint.get("/notices")
@data("notices", arguments=("page",))
def index() -> Response:
    """Every notice, newest first, fifty a page."""
    text = known_arguments("page").get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) >= 1):
        abort(404)
    number = int(text)
    total = records.count(session(), now())
    found = records.notices(session(), now(), limit=IN_FEED, offset=(number - 1) * IN_FEED)
    valid_until(records.next_publication(session(), now()))
    changed_since(records.last_publication(session(), now()))
    document = {"demonstration": is_demonstration(), "total": total, "page": number, "per_page": IN_FEED}
    return as_json({**document, "notices": [_notice(one) for one in found]})


def _notice(notice: Notice) -> dict[str, object]:
    in_languages = [language for language in LANGUAGES if notice.is_in(language)]
    return {
        "id": notice.id,
        "published_at": notice.published_at.isoformat(),
        "updated_at": notice.updated_at.isoformat(),
        "audiences": notice.audiences,
        "title": {language: notice.title.in_(language) for language in in_languages},
        "html": {language: notice.html.in_(language) for language in in_languages},
        "address": {
            language: absolute(address_in(language, "notices.notice", number=notice.id, slug=notice.slug(language)))
            for language in in_languages
        },
    }
