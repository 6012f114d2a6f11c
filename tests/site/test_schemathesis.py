"""Schemathesis asks the interface everything that its description allows, and much that it does not."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder

from tests.makers import Office

SETTINGS: dict[str, Any] = {
    "seed": 20210722,
    "continue-on-failure": True,
    "generation": {"max-examples": 60, "deterministic": True, "database": "none"},
    # Left out, with what would make them fit: there is no one to sign in (security: []), nothing is created or deleted
    # (every operation is GET), no header is required, and no answer is slow by contract.
    "checks": {
        "ignored_auth": {"enabled": False},
        "object_level_authorization": {"enabled": False},
        "use_after_free": {"enabled": False},
        "ensure_resource_availability": {"enabled": False},
        "missing_required_header": {"enabled": False},
    },
}
CHECKED = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "unsupported_method",
    "allow_header_conformance",
}
PHASES = {"examples", "coverage", "fuzzing", "stateful"}
#: A client in this process says that it reads compressed answers, and does not.
ENCODINGS = "HTTP_ACCEPT_ENCODING"


def strict(node: Any) -> Any:
    """Return a description that allows no field but those it names: what we add, we describe."""
    if isinstance(node, list):
        return [strict(value) for value in node]
    if not isinstance(node, dict):
        return node
    closed = {"additionalProperties": False} if "properties" in node and "additionalProperties" in node else {}
    return {name: strict(value) for name, value in node.items()} | closed


def door(office: Office) -> Callable[..., Iterable[bytes]]:
    """Return the site as its server asks it, without compression."""

    def plain(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ.pop(ENCODINGS, None)
        return office.door(environ, start)

    return plain


def described(office: Office) -> dict[str, Any]:
    """Return the description of the interface, closed, but for that of itself: a standard has many more fields."""
    document = office.get("/api/v1/openapi.json").get_json()
    closed = strict(document)
    closed["components"]["schemas"]["Description"] = document["components"]["schemas"]["Description"]
    return closed


def recorded(office: Office) -> tuple[list[ScenarioRecorder], set[str]]:
    """Ask everything; return what was asked and answered, and the phases that ended."""
    schema = schemathesis.openapi.from_dict(described(office), config=SchemathesisConfig.from_dict(SETTINGS))
    schema.app = door(office)
    recorders, phases = [], set()
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            recorders.append(event.recorder)
        elif isinstance(event, events.PhaseFinished) and event.status.value == "success":
            phases.add(event.phase.name.value.lower())
    return recorders, phases


def test_schemathesis_finds_nothing(demo: Office) -> None:
    recorders, phases = recorded(demo)
    found, made, answers = [], Counter[str](), Counter[tuple[str, int]]()
    for recorder in recorders:
        for number, checks in recorder.checks.items():
            case = recorder.cases[number].value
            made.update(check.name for check in checks)
            if number in recorder.interactions and (answer := recorder.interactions[number].response):
                answers[case.path, answer.status_code] += 1
            found += [
                f"{case.method} {case.formatted_path} {case.query}: {check.name}: {check.failure_info.failure}"
                for check in checks
                if check.failure_info
            ]
    assert not found, "\n".join(found[:20])
    assert set(made) == CHECKED
    assert phases >= PHASES
    paths = demo.get("/api/v1/openapi.json").get_json()["paths"]
    assert all(answers[path, 200] for path in paths), "each address was seen to answer"
    assert all(answers[path, 404] for path in paths if "{" in path), "and each that can, to refuse"
