"""Who may read and show what: data is open to every site, fragments may be framed, and nothing else may be."""

import json

import pytest
from flask import Flask
from werkzeug.test import Client, EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Response

from portal.app import create_app
from portal.assets import static_address
from portal.web.door.headers import MOST_BODIES
from tests.addresses import address, is_page
from tests.makers import PUBLIC_URL, Office

OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Last-Modified, Link"}
FRAMED = ["/fr/integrer/dates/access-new", "/en/embed/dates/access-new", "/fr/integrer/dates/access-new.svg"]
DATA = [
    "/api/v1/dates",
    "/api/v1/dates.csv",
    "/api/v1/notices",
    "/fr/dates/fil.rss",
    "/en/dates/access-new/reminder.ics",
    *FRAMED,
]
CLOSED = ["/", "/fr/", "/fr/dates/", "/en/contact/", "/fr/suivi/", "/fr/dates/verifier", "/healthz", "/fr/nulle-part"]
NEVER = ("Access-Control-Allow-Credentials", "X-Frame-Options")


def opens(answer: Response) -> dict[str, list[str]]:
    """Return every header that opens an answer to other sites: each must stand there once."""
    beginnings = ("access-control-", "cross-origin-resource")
    return {name: answer.headers.getlist(name) for name in dict(answer.headers) if name.lower().startswith(beginnings)}


def asked_first(office: Office, path: str, **headers: str) -> TestResponse:
    """Ask as a browser does before it lets a script of another site send more than a simple request."""
    asking = {"Origin": "https://other.example", "Access-Control-Request-Method": "GET"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(office.door).options(path, base_url=PUBLIC_URL, headers={**asking, **given})


@pytest.mark.parametrize("path", DATA)
def test_a_script_of_any_site_reads_data_and_what_to_send_again(demo: Office, path: str) -> None:
    first = demo.get(path, Origin="https://other.example")
    again = demo.get(path, If_None_Match=first.headers["ETag"])
    assert (first.status_code, again.status_code) == (200, 304)
    for answer in (first, again, demo.head(path)):
        opened = opens(answer)
        resource = {"Cross-Origin-Resource-Policy": ["cross-origin"]} if path in FRAMED else {}
        assert opened == {name: [value] for name, value in OPEN.items()} | resource
        assert not [name for name in NEVER if name in answer.headers]


@pytest.mark.parametrize("path", ["/api/", "/api/v1/dates/nothing/history", "/api/v1/notices?page=99", "/api/v2/x"])
def test_a_script_of_any_site_reads_why_the_interface_refused(demo: Office, path: str) -> None:
    answer = demo.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert opens(answer) == {name: [value] for name, value in OPEN.items()}


@pytest.mark.parametrize("path", CLOSED)
def test_a_page_for_people_is_opened_to_no_script(demo: Office, path: str) -> None:
    for answer in (demo.get(path, Origin="https://other.example"), asked_first(demo, path)):
        assert not opens(answer)


def test_every_document_is_open_and_every_page_is_not(demo: Office, demonstrated: object) -> None:
    app: Flask = create_app(demo.config)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or "int:archive" in rule.rule:  # an archive is at its feed’s address
            continue
        path = address(rule.rule)
        is_open = rule.endpoint.startswith("embeds.") or not (is_page(rule.rule) or rule.rule in [*CLOSED, "/readyz"])
        with demo.get(path) as answer:
            assert bool(opens(answer)) is is_open, path
            frames = "*" if rule.endpoint.startswith("embeds.") else "'none'"
            assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {frames}"), path


def test_a_static_file_says_once_that_it_is_open(demo: Office) -> None:
    with demo.get(static_address("css/portal.css")) as answer:
        assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [*DATA, "/api/v1/nothing"])
def test_a_browser_that_asks_first_is_told_what_it_may_send(demo: Office, path: str) -> None:
    answer = asked_first(demo, path, Access_Control_Request_Headers="if-none-match")
    assert (answer.status_code, answer.data) == (204, b"")
    allowed = {name: values for name, values in opens(answer).items() if name not in OPEN}
    allowed.pop("Cross-Origin-Resource-Policy", None)
    assert allowed == {
        "Access-Control-Allow-Methods": ["GET, HEAD, OPTIONS"],
        "Access-Control-Allow-Headers": ["If-None-Match, If-Modified-Since"],
        "Access-Control-Max-Age": ["7200"],
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "Set-Cookie" not in answer.headers


def test_the_lookup_stays_closed_to_other_sites(demo: Office) -> None:
    asked = asked_first(demo, "/fr/suivi/", Access_Control_Request_Method="POST")
    assert not opens(asked)
    form = {"reference": "9W88G-WVWN7-Y", "date": "2026-10-27"}
    sent = demo.post("/fr/suivi/", form, Origin="https://other.example", Sec_Fetch_Site="cross-site")
    assert sent.status_code == 403
    assert not opens(sent)


def test_asking_first_takes_none_of_the_room_of_forms(demo: Office) -> None:
    for _ in range(MOST_BODIES + 1):
        assert asked_first(demo, "/api/v1/dates").status_code == 204


def test_a_host_that_is_not_ours_is_refused_even_when_it_asks_first(demo: Office) -> None:
    environ = EnvironBuilder("/api/v1/dates", base_url="http://evil.example", method="OPTIONS").get_environ()
    assert run_wsgi_app(demo.door, environ)[1].startswith("400")


@pytest.mark.parametrize("path", FRAMED)
def test_what_may_be_framed_runs_nothing_and_fetches_its_style_alone(demo: Office, path: str) -> None:
    assert demo.get(path).headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"
    )
    assert demo.get(path).headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/fr/integrer/dates/inconnue", "Page introuvable"),
        ("/fr/integrer/dates/inconnue.svg", "Page introuvable"),
        ("/en/embed/", "Page not found"),
    ],
)
def test_a_row_that_is_unknown_is_refused_in_a_frame_in_few_words(demo: Office, path: str, heading: str) -> None:
    answer = demo.get(path)
    assert answer.status_code == 404
    assert f'<h1 class="p-embed__name">{heading}</h1>' in answer.text
    assert 'target="_top"' in answer.text
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")


@pytest.mark.parametrize("path", FRAMED)
def test_a_copy_may_be_framed_too_while_the_database_is_dead(demo: Office, path: str) -> None:
    demo.get(path)
    demo.get("/fr/dates/")
    (demo.data / "portal.db").rename(demo.data / "away.db")
    worker = demo.another_worker()
    copy = worker.get(path)
    assert copy.status_code == 200
    assert copy.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert opens(copy)["Access-Control-Allow-Origin"] == ["*"]
    if not path.endswith(".svg"):
        assert 'class="p-embed__stale"' in copy.text
    assert worker.get("/fr/dates/").headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    never_seen = worker.get("/en/embed/dates/b2b-test")
    assert never_seen.status_code == 503
    assert never_seen.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "p-nav" not in never_seen.text


def test_what_the_door_itself_refuses_is_a_document_for_software(demo: Office) -> None:
    environ = EnvironBuilder("/api/v1/dates", base_url="http://evil.example").get_environ()
    body, status, headers = run_wsgi_app(demo.door, environ, buffered=True)
    assert (status[:3], headers["Content-Type"]) == ("400", "application/problem+json")
    assert json.loads(b"".join(body)) == {
        "status": 400,
        "title": "Bad Request",
        "detail": "Cette adresse n’est pas celle du portail. Vérifiez l’adresse dans votre navigateur.",
    }
    assert headers.getlist("Access-Control-Allow-Origin") == ["*"]
