"""Writers of notices at the desk: they fill in the forms that the pages show, and press their buttons."""

from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from tests.desk.people import Colleague
from tests.makers import Office
from tests.visitor import Visit

FRENCH = "Le service reprend lundi. Vos demandes sont traitées dans l’ordre."
ENGLISH = "The service resumes on Monday. Your requests are processed in order."
#: A notice of which the check list has nothing to say.
NOTICE: dict[str, Any] = {
    "title_fr": "Reprise du service",
    "body_fr": FRENCH,
    "title_en": "Service resumes",
    "body_en": ENGLISH,
    "audiences": ["professionals"],
    "when": "now",
}
FRENCH_ONLY = {**NOTICE, "title_en": "", "body_en": ""}
KEY = "reprise-du-service"
NBSP = "\u00a0"


def fields_of(form: Any) -> dict[str, Any]:
    """Return what a browser sends of a form as it stands."""
    sent: dict[str, list[str]] = {}
    for entry in form.query("input, textarea, select"):
        attributes = entry.attrs or {}
        name, kind = attributes.get("name"), attributes.get("type")
        if not name or name == "csrf_token" or (kind in ("checkbox", "radio") and "checked" not in attributes):
            continue
        sent.setdefault(name, []).append(_value(entry))
    return {
        name: values if len(values) > 1 or name in ("audiences", "rows") else values[0] for name, values in sent.items()
    }


def _value(entry: Any) -> str:
    if entry.name == "textarea":
        return entry.to_text(separator="", strip=False).removeprefix("\n")
    if entry.name == "select":
        chosen = entry.query("option[selected]") or entry.query("option")
        return chosen[0].attrs["value"]
    return entry.attrs.get("value") or ""


@dataclass
class Writer:
    """Somebody who writes a notice: the page before them, and the form as they have filled it in.

    What is typed is given by the names of the fields, beside the status that must be answered.
    """

    colleague: Colleague
    language: str = "en"
    form: dict[str, Any] = field(default_factory=dict)
    page: Visit | None = None

    @property
    def office(self) -> Office:
        return self.colleague.office

    @property
    def words(self) -> str:
        return self.words_of("main")

    def words_of(self, selector: str) -> str:
        """Return words of the page before them, each space as one, no-break spaces too."""
        found = " ".join(one.to_text(separator=" ", strip=False) for one in self.all(selector))
        return " ".join(found.replace(NBSP, " ").split())

    def all(self, selector: str) -> list:
        """Return elements of the page before them."""
        assert self.page, "no page is open"
        return self.page.all(selector)

    def path(self, key: str = "", act: str = "") -> str:
        section = f"/desk/{self.language}/{'avis' if self.language == 'fr' else 'notices'}/"
        return f"{section}{key}/{act}" if key else section

    def looks(self, path: str, *, status: int = 200) -> str:
        """Open a page, and return its words."""
        self._seen(self.colleague.get(path, status=status))
        return self.words

    def opens(self, key: str = "new", /, *, draft: Any = "", status: Any = 200, **typed: Any) -> "Writer":
        """Open the form of a notice and type."""
        self.looks(self.path(key) + (f"?draft={draft}" if draft else ""), status=status)
        if status == 200:
            self.form = {**self.shown(), **typed}
        return self

    def types(self, **typed: Any) -> "Writer":
        self.form |= typed
        return self

    def shown(self) -> dict[str, Any]:
        """Return what the form on the page holds."""
        return fields_of(self.all("main form[data-draft], main form[action$='keep'], main form[action$='send']")[-1])

    def sends(self, act: str, key: str = "new", /, *, status: Any = 200, **more: Any) -> TestResponse:
        """Send the form as it is filled in."""
        return self._seen(self.colleague.send(self.path(key, act), {**self.form, **more}, status=status))

    def checks(self, key: str = "new", *, status: int = 200) -> "Writer":
        """Ask for the check, whose form is before them then."""
        answer = self.sends("check", key, status=status)
        self.form = self.shown()
        inspected(self, answer)
        return self

    def keeps(self, key: str = "new", /, *, status: Any = 303, **more: Any) -> TestResponse:
        """Press the button of the check."""
        return self.sends("keep", key, status=status, **more)

    def publishes(self, key: str = "new", /, **typed: Any) -> TestResponse:
        """Write, check and publish."""
        return self.opens(key, **typed).checks(key).keeps(key, confirmed="yes")

    def refused(self, act: str, key: str = "new", /, *, status: Any = 422, **more: Any) -> str:
        """Send what must be refused without a trace, and return the words of the answer."""
        before = self.office.dump()
        self.sends(act, key, status=status, **more)
        assert self.office.dump() == before, "a refused form leaves no trace"
        return self.words

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            self.page = Visit.of(answer)
        return answer


def inspected(writer: Writer, answer: TestResponse) -> None:
    """Look at a page of the desk as at every page; but for what is of public pages alone."""
    ids = [element.attrs["id"] for element in writer.all("[id]")]
    assert len(ids) == len(set(ids)), f"an id stands twice: {sorted({one for one in ids if ids.count(one) > 1})}"
    labelled = {label.attrs["for"] for label in writer.all("label[for]")}
    for entry in writer.all("main input, main select, main textarea"):
        assert entry.attrs.get("type") == "hidden" or entry.attrs.get("id") in labelled, entry.attrs
    assert len(writer.all("h1")) == 1
    assert answer.headers["Cache-Control"] == "no-store"
