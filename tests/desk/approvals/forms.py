"""The forms of a page as a browser sends them, and what waits for a second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.desk.people import Colleague
from tests.makers import Office

#: Tables that tell what waits, what was done and who is here, not what the public or staff are told.
BESIDE = ("approvals", "changes", "revisions", "audit_head", "sqlite_sequence", "drafts", "staff_sessions")
HOME = "/desk/en/"


Steps = tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class Act:
    """Something hard to take back: its page, the forms that lead to it one after the other, what is told of it.

    `again` are the forms that lead a colleague to it from the page of what waits.
    """

    name: str
    page: str
    steps: Steps
    facts: tuple[str, ...]
    again: Steps
    status: int = 303

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the last form is sent."""
        return self.steps[-1][0]

    def is_sent_by(self, person: Colleague) -> str:
        """Do what leads to it; return where one is led at the end."""
        person.get(self.page)
        return follow(person, self.steps, 303)

    def is_done_by(self, person: Colleague, place: str) -> str:
        """Do it, from the page of what waits; return where one is led at the end."""
        person.get(place)
        return follow(person, self.again, self.status)


def follow(person: Colleague, steps: Steps, status: int) -> str:
    """Send forms, each from the page that the one before leads to; return where the last one leads."""
    *before, (path, typed) = steps
    for first, words in before:
        press(person, first, words, status=200)
    return press(person, path, typed, status=status)


def press(person: Colleague, path: str, typed: Mapping[str, Any], *, status: int) -> str:
    """Send the form of the page seen that leads to a path, with what is typed in it; return where one is led.

    A password that was typed a short while ago is not asked for, and not sent.
    """
    form = held(person, path, typed)
    words = {name: text for name, text in typed.items() if name in form or name == "act"}
    return person.send(path, {**form, **words}, status=status).headers.get("Location", "")


def held(person: Colleague, path: str, typed: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what the form that leads to a path holds: the one with the fields that are typed."""
    forms = [_fields(form) for form in person.document.query(f"form[action='{path}']")]
    names = set(typed) - {"act"}
    plain = {name for name in names if not name.endswith("password")}
    found = [form for form in forms if names <= form.keys()] or [form for form in forms if plain <= form.keys()]
    assert found, f"no form of the page leads to {path} with {plain}: {forms}"
    return found[0]


def _fields(form: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in form.query("input"):
        attributes = one.attrs or {}
        texts = found.setdefault(str(attributes.get("name")), [])
        if attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes:
            texts.append(attributes.get("value") or "")
    for one in form.query("select"):
        chosen = [option.attrs.get("value") or "" for option in one.query("option") if "selected" in option.attrs]
        found[str(one.attrs["name"])] = chosen[:1]
    found.pop("None", None)
    return found


def said(office: Office) -> list[str]:
    """Return all that is kept but what waits and who was here."""
    tables = tuple(f'INSERT INTO "{name}"' for name in BESIDE)
    return [line for line in office.dump() if not line.startswith(tables)]


def waiting(office: Office) -> list[str]:
    return [line for line in office.dump() if line.startswith('INSERT INTO "approvals"')]
