"""Notices on the screen: the list, the form with its live preview, and the check before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, g, request, url_for

from portal.core.calendar import day_of
from portal.core.chain import Entry
from portal.core.errors import CannotPublish
from portal.core.languages import Language, Sentence, other
from portal.desk.access import PUBLISHING
from portal.desk.notices.sent import Sent, begun, sent
from portal.desk.notices.shown import Shown, changes, shown
from portal.desk.notices.words import field_names, remark_words, state_words, told
from portal.desk.shown import answers
from portal.drafts import records as drafts
from portal.drafts.rules import Draft as Typing
from portal.notices import records
from portal.notices.rules import AUDIENCE_NAMES, LONGEST_BODY, Draft
from portal.publication.notices import Kept, find, meanwhile
from portal.rows import records as rows
from portal.rows.records import labels
from portal.staff.sessions import person
from portal.store import revisions
from portal.store.database import session
from portal.web.locale import has_failed, language, query_arguments, route
from portal.web.public import as_json, page_number, render, today
from portal.writing.checks import Remark, Site, remarks
from portal.writing.rules import NEW, Fault

blueprint = Blueprint("desk_notices", __name__)

PER_PAGE = 50
#: The longest notice as a browser sends it: both texts, each letter as four bytes of three signs; and all the rest.
LARGEST_FORM = 2 * LONGEST_BODY * 12 + 64 * 1024


@blueprint.url_value_preprocessor
def take_whole_notices(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Let a notice be as long as its file may be; before the token of the form is looked for, which reads the form."""
    request.max_content_length = request.max_form_memory_size = LARGEST_FORM


@blueprint.before_request
def lead_to_the_form() -> None:
    """Let what answers a form lead to the page of the form in the other language: it has no address of its own."""
    if request.method == "POST":
        has_failed()
        g.failure_twin = url_for("desk_notices.edit", language=other(language()), **(request.view_args or {}))


@dataclass(frozen=True, slots=True)
class Received:
    """What a clerk sent about a notice, the notice that it makes (None: it is refused), and the one that is kept."""

    key: str
    sent: Sent
    draft: Draft | None
    kept: Kept | None

    @property
    def base(self) -> int:
        """Return the revision from which the clerk began; one that is still to come is no beginning."""
        return self.sent.base if self.sent.base <= revision() else 0

    @property
    def meanwhile(self) -> Sequence[Entry]:
        """Return the changes of the notice since the clerk began, newest first."""
        return meanwhile(self.kept.standing.key, self.base) if self.kept else []

    @property
    def is_private(self) -> bool:
        """Say whether nobody but staff sees the notice or is to see it, before and after."""
        is_out = self.kept is not None and self.kept.standing.published_at is not None
        return not is_out and self.draft is not None and self.draft.published_at is None


@route(blueprint, fr="/avis/", en="/notices/", under="/desk")
def index() -> Response:
    """Every notice, wherever it stands in its life; what somebody is writing, and what waits for a publisher."""
    found = records.standing(session())
    number = page_number(len(found), PER_PAGE)
    typing = drafts.drafts(session(), "notices")
    return render(
        "desk/notices/list.html",
        found=found[(number - 1) * PER_PAGE : number * PER_PAGE],
        number=number,
        pages=max(-(-len(found) // PER_PAGE), 1),
        sent=[one for one in typing if one.sent_at],
        writing=[one for one in typing if not one.sent_at],
        state_words=state_words,
        now=g.now,
    )


@route(blueprint, fr="/avis/<key>/", en="/notices/<key>/", under="/desk")
def edit(key: str) -> Response:
    """A notice to write: as one left it, as a colleague did, or as it is kept; `new` for one that is not there yet."""
    kept = kept_or_new(key)
    if kept and kept.standing.withdrawn_at:
        return render("desk/notices/withdrawn.html", kept=kept)
    asked = request.args.get("draft", "")
    query_arguments({"draft": asked} if asked else {})
    typing = _typing(key, asked)
    if typing is None:
        return form_page(key, begun(kept, revision()))
    typed = Sent({**typing.typed, "whose": str(typing.person) if typing.person != person().number else ""})
    return form_page(key, typed, restored=typing)


def _typing(key: str, asked: str) -> Typing | None:
    """Return what was typed: by the person whose number is asked for, or by the clerk. Answers 404 where it is gone."""
    if asked == "no":
        return None
    found = {str(one.person): one for one in drafts.drafts(session(), "notices", key)}
    return (found.get(asked) or abort(404)) if asked else found.get(str(person().number))


@route(blueprint, fr="/avis/<key>/apercu", en="/notices/<key>/preview", under="/desk", methods=("POST",))
def preview(key: str) -> Response:
    """The notice as its page and its feed item will be, in its languages; nothing is kept."""
    received = receive(key)
    parts = _shown(received) or {}
    return as_json(
        {
            "shown": {
                name: {
                    "main": one.inside(name),
                    "title": one.item and one.item.title,
                    "item": one.item and one.item.html,
                }
                for name, one in parts.items()
            },
            "errors": [words for _field, words in told(received.sent.errors)],
        }
    )


@route(blueprint, fr="/avis/<key>/verifier", en="/notices/<key>/check", under="/desk", methods=("POST",))
def check(key: str) -> Response:
    """The check list of a notice, what changes, and how it will be shown; nothing is kept."""
    received = receive(key)
    return refused_page(received) or check_page(received)


@route(blueprint, fr="/avis/<key>/reprendre", en="/notices/<key>/again", under="/desk", methods=("POST",))
def again(key: str) -> Response:
    """The form again, with what was sent."""
    kept_or_new(key)
    return form_page(key, sent(request.form, key))


def receive(key: str) -> Received:
    """Return what a form sends about a notice. Answers 404 for a key that no notice has."""
    kept = kept_or_new(key)
    form = sent(request.form, key)
    draft = form.draft(kept, g.now)
    return Received(key, form, draft, kept or (find(draft.key) if draft else None))


def kept_or_new(key: str) -> Kept | None:
    """Return the notice of a key, None for a new one. Answers 404 for a key that no notice has."""
    return None if key == NEW else find(key) or abort(404)


def revision() -> int:
    """Return the number of the last change of the notices."""
    return revisions.numbers(session())["notices"]


def may_publish() -> bool:
    """Say whether whoever is at the desk may let the public see something."""
    return person().has_any(PUBLISHING)


def refused_page(received: Received) -> Response | None:
    """Return the form with what is wrong with it, or None where a notice can be made of it."""
    if received.draft and received.key == NEW and received.kept:
        received.sent.faults.append(Fault("key", Sentence("another notice has, or had, this key: choose another one")))
    if received.draft is None or received.sent.faults:
        return form_page(received.key, received.sent, status=422)
    return None


def unlooked(received: Received) -> list[Remark]:
    """Return what to look at before a notice is kept."""
    draft = received.draft or abort(422)
    found = remarks(draft, Site(current_app.config["PUBLIC_URL"], answers))
    at, was_out = draft.published_at, received.kept is not None and received.kept.is_public(g.now)
    if at and not was_out and day_of(at) < today():
        found.insert(0, Remark(None, Sentence("it bears a day that is over: %(day)s", day=day_of(at))))
    return found


def check_page(received: Received, *, error: str = "", status: int = 200) -> Response:
    """Return the check of a notice that was read; 409 where it has changed since the clerk began."""
    parts = _shown(received)
    if parts is None:
        return form_page(received.key, received.sent, status=422)
    kept = received.kept
    lines = received.meanwhile
    context = {
        "key": received.key,
        "form": received.sent,
        "draft": received.draft,
        "kept": kept,
        "remarks": [remark_words(one) for one in unlooked(received)],
        "shown": parts,
        "changes": changes(kept, received.draft) if kept and received.draft else None,
        "theirs": begun(kept, revision()) if lines else None,
        "meanwhile": lines,
        "base": revision(),
        "error": error,
        "may_keep": may_publish() or received.is_private,
        "is_public": kept is not None and kept.is_public(g.now),
        "now": g.now,
        **_names(kept),
    }
    response = render("desk/notices/check.html", **context)
    response.status_code = 409 if lines else status
    return response


def _names(kept: Kept | None) -> dict[str, object]:
    """Return what the facts of a notice are called."""
    titles = {one.key: one.title for one in records.standing(session())} if kept else {}
    return {"audience_names": AUDIENCE_NAMES, "labels": labels(session(), today()), "titles": titles}


def _shown(received: Received) -> Mapping[Language, Shown] | None:
    """Return the notice as its readers will have it, or None: what is wrong is told."""
    if received.draft is None:
        return None
    is_public = received.kept is not None and received.kept.is_public(g.now)
    try:
        return shown(received.draft, received.sent.note if is_public else None, person().name, g.now)
    except CannotPublish as refused:
        received.sent.faults.append(Fault("", refused.sentence))
        return None


def form_page(key: str, form: Sent, *, restored: Typing | None = None, status: int = 200) -> Response:
    """Return the form of a notice."""
    kept = kept_or_new(key)
    others = [one for one in drafts.drafts(session(), "notices", key) if one.person != person().number]
    response = render(
        "desk/notices/edit.html",
        key=key,
        form=form,
        kept=kept,
        is_public=kept is not None and kept.is_public(g.now),
        audiences=AUDIENCE_NAMES,
        table=rows.all_rows(session()),
        promising=[one for one in records.open_promises(session(), g.now) if one.key != key],
        others=[one for one in others if one.is_at_it(g.now)],
        restored=restored,
        is_stale=bool(kept and meanwhile(key, form.base)),
        names=field_names(),
        faults=told(form.errors),
    )
    response.status_code = status
    return response
