"""The notices as JSON."""

from dataclasses import replace

from flask import Blueprint, Response

from portal.core.languages import LANGUAGES, Bilingual
from portal.notices import records
from portal.notices.rules import Notice, Touched
from portal.store.database import session
from portal.web.locale import address_in
from portal.web.public import (
    absolute,
    as_json,
    changed_since,
    data,
    is_demonstration,
    now,
    page_number,
    revision_of,
    valid_until,
)

blueprint = Blueprint("notices_api", __name__, url_prefix="/api/v1")

PER_PAGE = 50


@blueprint.get("/notices")
@data("notices", arguments=("page",))
def index() -> Response:
    """Every notice, newest first, fifty a page."""
    total = records.count(session(), now())
    number = page_number(total, PER_PAGE)
    found = records.notices(session(), now(), limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    texts, touched = records.texts(session(), found), records.touched(session(), found)
    promising = records.visible_among(session(), {one.keeps for one in found if one.keeps}, now())
    valid_until(records.next_publication(session(), now()))
    changed_since(records.last_publication(session(), now()))
    document = {"demonstration": is_demonstration(), "revision": revision_of("notices")}
    document |= {"total": total, "page": number, "per_page": PER_PAGE}
    found = [replace(one, keeps=one.keeps if one.keeps in promising else None) for one in found]
    return as_json({**document, "notices": [_notice(one, texts[one.id].html, touched[one.id]) for one in found]})


def _notice(notice: Notice, html: Bilingual, touched: Touched) -> dict[str, object]:
    in_languages = [language for language in LANGUAGES if notice.is_in(language)]

    def both(text: Bilingual) -> dict[str, str]:
        return {language: text.exactly(language) for language in in_languages}

    return {
        "id": notice.id,
        "key": notice.key,
        "published_at": notice.published_at.isoformat(),
        "updated_at": notice.updated_at.isoformat(),
        "revision": notice.revision,
        "english_at": notice.english_at.isoformat() if notice.english_at else None,
        "applies_on": str(notice.applies_on) if notice.applies_on else None,
        "audiences": notice.audiences,
        "forms": touched.forms,
        "rows": touched.rows,
        "promise": both(notice.promise) if notice.promise else None,
        "keeps": notice.keeps,
        "title": both(notice.title),
        "html": both(html),
        "address": {
            language: absolute(address_in(language, "notices.notice", number=notice.id, slug=notice.slug(language)))
            for language in in_languages
        },
    }
