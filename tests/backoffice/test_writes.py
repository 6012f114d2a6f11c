"""Laws for every write of a program: who may not is told so, what is no document is refused, and nothing is changed."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from time_machine import Traveller

from portal.app import create_app
from portal.tokens.rules import SCOPES, Scope
from tests.backoffice.programs import JSON, Program, pointers
from tests.backoffice.test_dates import an_edition
from tests.desk.requests.made import ONE
from tests.makers import Office, an_office

#: Each write that takes a document, with the scope that opens it.
WRITES: Mapping[str, Scope] = {
    "/editions/publish": "dates.publish",
    "/editions/1/undo": "dates.publish",
    "/editions/scheduled/1/cancel": "dates.publish",
    "/notices/publish": "notices.publish",
    "/notices/rss-feeds/withdraw": "notices.publish",
    "/contact/hours": "contact.change",
    "/contact/exceptions": "contact.change",
    "/contact/holidays": "contact.change",
    "/contact/phones": "contact.change",
    "/delivery-rules/cover": "rules.change",
    "/delivery-rules/end": "rules.change",
    "/requests/open": "requests.change",
    "/requests/stage": "requests.change",
    "/requests/correct": "requests.change",
}
IMPORT = "/requests/import"
TEXTS = (
    "reason",
    "key",
    "published",
    "applies",
    "keeps",
    "week",
    "hours",
    "schedule",
    "number",
    "line",
    "by",
    "notice",
)
TEXTS += ("reference", "stage", "form", "as_of", "first_day", "last_day", "changed_on", "received_on")
BOTH = ("title", "body", "promise", "note", "why", "region")
LISTS = ("audiences", "forms", "rows")
README = Path(__file__).parents[2] / "README.md"
STRINGS = json.loads((Path(__file__).parents[1] / "site/naughty/blns.json").read_text("utf-8"))


@pytest.fixture
def programs(program: Callable[[Scope], Program]) -> Mapping[Scope, Program]:
    return {scope: program(scope) for scope in SCOPES}


def test_the_list_is_whole(programs: Mapping[Scope, Program], demo: Office) -> None:
    rules = [rule for rule in create_app(demo.config).url_map.iter_rules() if rule.rule.startswith("/api/")]
    found = {rule.rule.removeprefix("/api/v1") for rule in rules if "POST" in (rule.methods or ())}
    written = {path.replace("/1/", "/<int:number>/").replace("/rss-feeds/", "/<key>/") for path in WRITES}
    assert found == written | {IMPORT}
    assert {*WRITES.values(), "requests.import"} == set(SCOPES)


def test_the_readme_shows_each_write_with_its_scope() -> None:
    shown = dict(re.findall(r"^\| `(/[^`]+)` \| `([a-z.]+)` \|", README.read_text("utf-8"), re.MULTILINE))
    written = {
        path.replace("/1/", "/<number>/").replace("/rss-feeds/", "/<key>/"): scope for path, scope in WRITES.items()
    }
    assert shown == {**written, IMPORT: "requests.import"}


@pytest.mark.parametrize("path", [*WRITES, IMPORT])
def test_a_token_opens_one_thing(programs: Mapping[Scope, Program], path: str) -> None:
    scope = WRITES.get(path, "requests.import")
    before = programs[scope].office.dump()
    for other, program in programs.items():
        kind = "text/csv" if path == IMPORT else JSON
        status = program.sent(path, b"", Content_Type=kind).status_code
        assert status == (401 if other != scope else 422 if path == IMPORT else 400), (other, status)
    for header in ("", "Bearer x", f"Basic {programs[scope].token}", f"Bearer portal_{'x' * 43}"):
        answer = programs[scope].sent(path, {}, Authorization=header)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer realm=portal"), header
    assert programs[scope].office.dump() == before


def test_a_token_that_is_over_or_revoked_opens_nothing(programs: Mapping[Scope, Program], time: Traveller) -> None:
    office = programs["dates.publish"].office
    office.did("tokens", "revoke", "dates-publish")
    time.shift(timedelta(days=30))
    before = office.dump()
    for path, scope in WRITES.items():
        assert programs[scope].sent(path, {}).status_code == 401, path
    assert office.dump() == before


@pytest.mark.parametrize("path", WRITES)
def test_what_is_no_document_is_refused(programs: Mapping[Scope, Program], path: str) -> None:
    program = programs[WRITES[path]]
    for kind in ("text/csv", "application/x-www-form-urlencoded", "text/plain", ""):
        told = program.refused(path, {}, status=415, Content_Type=kind)
        assert told["detail"] == "Send a JSON object: Content-Type: application/json."
    for body in (b"", b"[]", b"{", b"\xff", b"null"):
        program.refused(path, body, status=400)
    for query in ("?dry_run=yes", "?dry-run", "?dry-run=true", "?dry-run=yes&x=1", "?reason=x"):
        program.refused(path, {}, status=400, query=query)
    program.refused(path, b"{" + b" " * 1_000_000 + b"}", status=413)
    told = pointers(program.refused(path, {"typo": 1}))
    assert "there is a field that is not known" in told["/typo"]
    assert len(told) > 1, "what is required is told beside it"


@pytest.mark.parametrize("path", WRITES)
def test_no_value_breaks_a_write(programs: Mapping[Scope, Program], time: Traveller, path: str) -> None:
    program, known = (
        programs[WRITES[path]],
        [name for name in (*TEXTS, *BOTH, *LISTS) if name in _names(programs, path)],
    )
    if "/scheduled/1/" in path:
        program.send("/editions/publish", an_edition(published="2026-11-23 08:00"))
    before = program.office.dump()
    for number, text in enumerate(STRINGS[len(path) % 9 :: 9]):
        if number % 50 == 0:
            time.shift(timedelta(minutes=2))
        document: dict[str, Any] = dict.fromkeys(set(known) & set(TEXTS), text)
        document |= {name: {"fr": text, "en": text} for name in set(known) & set(BOTH)}
        document |= {name: [text] for name in set(known) & set(LISTS)}
        answer = program.sent(path, document, query="?dry-run=yes")
        assert answer.status_code in (200, 422), (text, answer.text)
        assert ONE not in answer.text
    assert program.office.dump() == before


def _names(programs: Mapping[Scope, Program], path: str) -> str:
    """Return what is said of the fields that there are."""
    return pointers(programs[WRITES[path]].send(path, {"typo": 1}, status=422))["/typo"]


def test_a_form_of_another_site_has_no_token_to_send(programs: Mapping[Scope, Program]) -> None:
    before = programs["dates.publish"].office.dump()
    for path, scope in WRITES.items():
        answer = programs[scope].sent(path, {}, Authorization="", Origin="https://evil.example")
        assert answer.status_code == 401, path
        assert (
            "Access-Control-Allow-Origin" not in answer.headers or answer.headers["Access-Control-Allow-Origin"] == "*"
        )
    assert programs["dates.publish"].office.dump() == before


def test_a_database_that_is_away_is_told(programs: Mapping[Scope, Program]) -> None:
    program = programs["dates.publish"]
    office = an_office(program.office.data)
    (office.data / "portal.db").rename(office.data / "away.db")
    told = Program(office, program.token).send("/editions/publish", {}, status=503)
    assert "Traceback" not in json.dumps(told)


def test_too_many_calls_of_one_client_wait(programs: Mapping[Scope, Program]) -> None:
    program = programs["rules.change"]
    statuses = [program.sent("/delivery-rules/end", {}).status_code for _ in range(61)]
    assert statuses == [422] * 60 + [429]
