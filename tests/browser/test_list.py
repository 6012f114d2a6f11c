"""The list of pages holds what its names promise: each answer, each stage, each refusal."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from flask import Flask, template_rendered

from portal.app import create_app
from portal.dates.rules import Verdict
from portal.status.rules import STAGES
from tests.chromium.pages import PAGES, ROWS, TODAY, Page
from tests.chromium.visitor import another_client
from tests.makers import PUBLIC_URL, Office, an_office

SHOWN = list[dict[str, Any]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    office: Office = an_office(tmp_path_factory.mktemp("listed"))
    office.did("demo", "--day", str(TODAY))
    office.did("dates", "rows", office.file(ROWS))
    return create_app(office.config)


@pytest.fixture
def shown(app: Flask) -> Iterator[SHOWN]:
    """What each template was given, newest last."""
    contexts: SHOWN = []

    def note(sender: Flask, template: object, context: dict[str, Any], **extra: object) -> None:
        contexts.append(context)

    with template_rendered.connected_to(note, app):
        yield contexts


def show(app: Flask, page: Page) -> int:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = another_client()["X-Forwarded-For"]
    if page.form:
        return client.post(page.path, data=dict(page.form), base_url=PUBLIC_URL).status_code
    return client.get(page.path, base_url=PUBLIC_URL).status_code


def named(beginning: str) -> dict[str, list[Page]]:
    """Return the pages whose names begin so, by the rest of their names."""
    found: dict[str, list[Page]] = {}
    for page in PAGES:
        if page.name.startswith(beginning):
            found.setdefault(page.name.removeprefix(beginning), []).append(page)
    return found


@pytest.mark.parametrize("verdict", get_args(Verdict))
def test_each_verdict_has_its_page(app: Flask, shown: SHOWN, verdict: str) -> None:
    for page in named("check-")[verdict]:
        assert show(app, page) == 200
        assert shown[-1]["answer"].verdict == verdict


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_has_its_page(app: Flask, shown: SHOWN, stage: str) -> None:
    for page in named("status-")[stage]:
        assert show(app, page) == 200
        assert shown[-1]["stage"] == stage


def test_each_page_has_its_twin_and_a_name_of_its_own() -> None:
    names = [str(page) for page in PAGES]
    assert len(names) == len(set(names))
    assert {page.name for page in PAGES if page.language == "fr"} == {
        page.name for page in PAGES if page.language == "en"
    }
