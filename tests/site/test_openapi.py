"""Laws for the description of the data: it names every address of the interface, and nothing else."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.app import create_app
from tests.addresses import address
from tests.makers import Office

Document = dict[str, Any]
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def described(demo: Office) -> Document:
    return demo.get("/api/v1/openapi.json").get_json()


@pytest.fixture(scope="module")
def routes(demonstrated: Path) -> dict[str, str]:
    """The routes that anyone may read as the description writes them, with an address of each."""
    rules = create_app(Office(demonstrated).config).url_map.iter_rules()
    public = [rule for rule in rules if rule.rule.startswith("/api/") and "GET" in (rule.methods or ())]
    return {_ARGUMENT.sub(r"{\1}", rule.rule): address(rule.rule) for rule in public}


def parts(node: object, name: str = "") -> Iterator[tuple[str, Document]]:
    """Yield every object of a document, with the name under which it stands."""
    if isinstance(node, dict):
        yield name, node
        for key, value in node.items():
            yield from parts(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from parts(value, name)


def test_every_address_of_the_interface_is_described_and_no_other(described: Document, routes: dict[str, str]) -> None:
    assert set(described["paths"]) == set(routes), "describe it in portal/facts/openapi.json, or take it out"
    assert {method for methods in described["paths"].values() for method in methods} == {"get"}


def test_every_argument_of_an_address_is_described(described: Document) -> None:
    parameters = described["components"]["parameters"]
    for path, methods in described["paths"].items():
        named = [parameters[one["$ref"].rpartition("/")[2]] for one in methods["get"]["parameters"]]
        assert {one["name"] for one in named if one["in"] == "path"} == set(re.findall(r"{(\w+)}", path)), path
        assert all(one["required"] for one in named if one["in"] == "path")


def test_every_description_is_there_and_leads_somewhere(described: Document) -> None:
    components = described["components"]
    for _name, part in parts(described):
        if "$ref" in part:
            _root, _components, kind, component = part["$ref"].split("/")
            assert component in components[kind], part
    used = {part["$ref"] for _name, part in parts(described) if "$ref" in part}
    assert used == {f"#/components/{kind}/{name}" for kind, named in components.items() for name in named}
    operations = [methods["get"]["operationId"] for methods in described["paths"].values()]
    assert len(operations) == len(set(operations))


def test_every_object_says_whether_a_field_may_be_added_and_which_are_always_there(described: Document) -> None:
    objects = [part for _name, part in parts(described["components"]["schemas"]) if part.get("type") == "object"]
    assert len(objects) > 20
    for part in objects:
        assert part["additionalProperties"] is True, part
        assert set(part.get("required", ())) <= set(part.get("properties", ())), part


def test_every_answer_and_every_field_is_described_in_both_languages(described: Document) -> None:
    fields = [field for _name, part in parts(described["components"]["schemas"]) for field in _fields(part)]
    answers = [
        part for methods in described["paths"].values() for part in (methods["get"], methods["get"]["responses"]["200"])
    ]
    assert len(fields) > 80
    for part in [*fields, *answers, *described["components"]["responses"].values()]:
        assert " / " in part.get("description", " / " if "$ref" in part else ""), part


def _fields(part: Document) -> list[Document]:
    properties = part.get("properties")
    return list(properties.values()) if part.get("type") == "object" and isinstance(properties, dict) else []


def test_a_csv_document_has_the_columns_that_are_described(
    demo: Office, described: Document, routes: dict[str, str]
) -> None:
    documents = [path for path in routes if path.endswith(".csv")]
    assert len(documents) == 3
    for path in documents:
        [media] = described["paths"][path]["get"]["responses"]["200"]["content"].values()
        answer = demo.get(routes[path])
        assert re.match(media["schema"]["pattern"], answer.text), path
        flat = next(csv.DictReader(io.StringIO(answer.text, newline="")))
        document = demo.get(routes[path].removesuffix(".csv")).get_json()
        whole = next(document[name] for name in ("rows", "entries", "rules") if name in document)[0]
        names = [f"{name}_{part}" for name in ("label", "note", "why") if name in whole for part in ("fr", "en")]
        assert set(flat) == (set(whole) | set(names)) - {"label", "note", "why"}, path
