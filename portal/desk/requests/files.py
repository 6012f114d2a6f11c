"""The file of the back office: tried first, and imported when the very same file is given again."""

from dataclasses import asdict

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _, ngettext
from werkzeug.wrappers import Response as AnyResponse

from portal.core import formats
from portal.core.errors import FileRefused
from portal.desk.access import FileTooLarge
from portal.desk.forms import answer, refuse, sealed, unsealed
from portal.desk.requests.forms import FileForm
from portal.desk.requests.index import index_page
from portal.staff.sessions import person
from portal.status.files import LARGEST_FILE
from portal.status.keeping import AlreadyImported, Counts, KeyLost, OtherThanTried, Terms, digest_of, import_file
from portal.web.locale import in_words, language, route
from portal.web.public import today

blueprint = Blueprint("file", __name__)

#: For so long a file that was tried can be imported.
TRIED_SECONDS = 60 * 60
MOST_FORMS_TOLD = 10


@blueprint.errorhandler(FileTooLarge)
def too_large(error: FileTooLarge) -> AnyResponse:
    """Say of a file that it is too large, before any of it is read."""
    form = FileForm()
    size = LARGEST_FILE // 1_000_000
    form.tell(_("The file is larger than %(size)s MB: split it, or import it by the command.", size=size))
    return index_page(file=form, status=413)


@blueprint.errorhandler(KeyLost)
def key_lost(error: KeyLost) -> AnyResponse:
    """Say that no file can be imported for now: each request would be added a second time."""
    form = FileForm()
    form.tell(_("A key of the portal is missing: nothing was saved. Tell whoever looks after the portal."))
    return index_page(file=form, status=503)


@route(blueprint, fr="/demandes/essayer", en="/requests/try", under="/desk", methods=("POST",))
def try_file() -> AnyResponse:
    """What a file would do, or every fault of it; nothing is kept."""
    form = FileForm(formdata=request.form)
    if not form.validate():
        return index_page(file=form)
    try:
        counts = import_file(form.content, _terms(form.why), g.now, person().name, is_trial=True)
    except AlreadyImported as known:
        return index_page(known_at=known.at)
    except FileRefused as refused:
        return _refused(form, refused)
    return _report(counts, digest_of(current_app.config["KEYS"][0], form.content), form.why)


@route(blueprint, fr="/demandes/importer", en="/requests/import", under="/desk", methods=("POST",))
def import_tried() -> AnyResponse:
    """Import the very file that was tried, given once more: all of it or nothing, and only what the trial told."""
    form, tried = FileForm(formdata=request.form), unsealed(request.form.get("tried", ""), "file", TRIED_SECONDS)
    if tried is None:
        form.tell(_("No trial of a file is at hand, or it was too long ago. Try the file again."))
        return index_page(file=form)
    digest, why, counts = tried[0], tried[1], Counts(**tried[2])
    if not form.validate():
        return _report(counts, digest, why, form)
    if digest_of(current_app.config["KEYS"][0], form.content) != digest:
        refuse(form.file, _("This is not the file that was tried. Choose that one, or try this one first."))
        return _report(counts, digest, why, form)
    try:
        done = import_file(form.content, _terms(why, counts), g.now, person().name)
    except AlreadyImported as known:
        return index_page(known_at=known.at)
    except OtherThanTried as other:
        return _report(other.counts, digest, why, tried=counts, status=409)
    except FileRefused as refused:
        return _refused(form, refused)
    flash(_("The file is imported: %(told)s.", told=formats.listed(told(done), language())), "success")
    return redirect(url_for("desk_requests.index"), 303)


def _refused(form: FileForm, refused: FileRefused) -> AnyResponse:
    refuse(form.file, _("The file was refused: nothing was saved. Mend these lines and try it again."))
    return index_page(
        file=form, faults=[(one.line, in_words(one.sentence)) for one in refused.problems], more=refused.more
    )


def _report(
    counts: Counts,
    digest: str,
    why: str,
    form: FileForm | None = None,
    *,
    tried: Counts | None = None,
    status: int = 0,
) -> AnyResponse:
    kept = {name: count for name, count in asdict(counts).items() if name != "unknown_forms"}
    return answer(
        "desk/requests/report.html",
        "desk_requests.index",
        form=form,
        status=status,
        file=form or FileForm(),
        told=told(counts),
        tried=told(tried) if tried else None,
        why=why,
        unknown=counts.unknown_forms[:MOST_FORMS_TOLD],
        sealed=sealed([digest, why, kept], "file"),
    )


def told(counts: Counts) -> list[str]:
    """Return what a file does, or did, in words; of what it says nothing of, nothing."""
    words = {
        "read": lambda count: ngettext("%(num)s request read", "%(num)s requests read", count),
        "added": lambda count: ngettext("%(num)s added", "%(num)s added", count),
        "changed": lambda count: ngettext("%(num)s changed", "%(num)s changed", count),
        "corrected": lambda count: ngettext("%(num)s against what was kept", "%(num)s against what was kept", count),
        "referred": lambda count: ngettext("%(num)s reference added", "%(num)s references added", count),
        "replaced": lambda count: ngettext("%(num)s reference replaced", "%(num)s references replaced", count),
        "reassigned": lambda count: ngettext(
            "%(num)s reference given another holder", "%(num)s references given another holder", count
        ),
        "moved_to_key": lambda count: ngettext(
            "%(num)s reference moved to the newest key", "%(num)s references moved to the newest key", count
        ),
        "expired": lambda count: ngettext(
            "%(num)s left out, closed too long ago", "%(num)s left out, closed too long ago", count
        ),
        "removed": lambda count: ngettext(
            "%(num)s removed, closed too long ago", "%(num)s removed, closed too long ago", count
        ),
    }
    found = {name: getattr(counts, name) for name in words}
    return [words[name](count) for name, count in found.items() if count or name in ("read", "added", "changed")]


def _terms(correction: str, tried: Counts | None = None) -> Terms:
    return Terms(current_app.config["KEYS"], today(), current_app.config["CLOSED_DAYS"], correction, tried)
