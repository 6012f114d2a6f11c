"""The law of the page cache: a page is a function of its key. Asked through the real door."""

import gzip
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import brotli
import pytest
import time_machine
from flask import template_rendered
from sqlalchemy import Engine, event
from werkzeug.test import Client, TestResponse

from portal.core.calendar import QUEBEC
from portal.store.copies import Copies, Statement
from portal.web.door.page_cache import STATEMENT, PageCache
from tests.makers import Office
from tests.store.statements import asked_of_the_database

#: A Friday of the demonstration, while someone answers.
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=QUEBEC)
TABLE, NOTICES = "/fr/dates/", "/fr/avis/fil.rss"
CHECK = "/fr/dates/verifier"
ANSWER = f"{CHECK}?type=access-new&date=2026-10-01"
ROW = "row,received_on\naccess-new,2026-11-01\n"


@pytest.fixture(autouse=True)
def travel() -> Generator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Work:
    """What the application did: statements of SQL and templates."""

    statements: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)

    @property
    def is_none(self) -> bool:
        return not self.statements and not self.templates


@contextmanager
def work_of_the_application() -> Generator[Work]:
    """Listen to every engine and every template."""
    work = Work()

    def execute(connection: object, cursor: object, statement: str, *more: object) -> None:
        work.statements.append(statement)

    def render(app: object, template: object, **named: object) -> None:
        work.templates.append(str(template))

    event.listen(Engine, "before_cursor_execute", execute)
    with template_rendered.connected_to(render):
        yield work
    event.remove(Engine, "before_cursor_execute", execute)


def is_kept(office: Office, path: str) -> bool:
    """Say whether a page is answered without any work of the application."""
    with work_of_the_application() as work:
        assert office.get(path).status_code == 200
    return work.is_none


def tag(answer: TestResponse) -> str:
    return answer.headers["ETag"]


def soon(becomes: Callable[[], bool]) -> bool:
    """Say whether something becomes true within a second: the door looks at the revisions five times a second."""
    deadline = time.monotonic() + 1  # time-machine leaves this clock alone
    while time.monotonic() < deadline:
        if becomes():
            return True
    return False


@pytest.mark.parametrize("path", [TABLE, "/en/notices/", NOTICES, "/api/v1/dates", "/sitemap.xml", CHECK, ANSWER])
def test_a_kept_page_is_answered_without_a_statement_or_a_template(demo: Office, path: str) -> None:
    with work_of_the_application() as work:
        first = demo.get(path)
    assert work.statements  # so that nothing can pass for everything
    with work_of_the_application() as work:
        again = demo.get(path)
        assert demo.get(path, If_None_Match=tag(again)).status_code == 304
        assert demo.head(path).status_code == 200
    assert work.is_none
    assert again.data == first.data
    assert again.headers == first.headers


@pytest.mark.parametrize("query", ["utm_source=x", "lang=en", "a=1&b=2", "=", "&&", "%FF=%00", "date=2026-10-01"])
def test_a_parameter_that_a_page_does_not_know_makes_no_new_page(demo: Office, query: str) -> None:
    demo.get(TABLE)
    assert is_kept(demo, f"{TABLE}?{query}")
    assert demo.get(f"{TABLE}?{query}").data == demo.get(TABLE).data


def test_a_parameter_that_a_page_knows_makes_a_page_whatever_the_order(demo: Office) -> None:
    question, answer = demo.get(CHECK), demo.get(ANSWER)
    other = demo.get(f"{CHECK}?type=access-new&date=2026-11-19")
    assert len({question.data, answer.data, other.data}) == 3
    assert is_kept(demo, f"{CHECK}?date=2026-10-01&type=access-new")
    assert is_kept(demo, f"{CHECK}?date=2026-10-01&utm=x&type=access-new")
    twice = f"{ANSWER}&date=2026-11-19"
    for _time in range(2):
        assert demo.get(twice).data == answer.data  # the first one counts, as in Flask
        assert not is_kept(demo, twice)
        assert "ETag" not in demo.get(twice).headers
    assert is_kept(demo, ANSWER)
    assert demo.get(CHECK).data == question.data


def test_a_new_worker_does_not_take_a_question_for_its_answer(demo: Office) -> None:
    question, answer = demo.get(CHECK), demo.get(ANSWER)
    fresh = demo.another_worker()
    assert fresh.get(ANSWER).data == answer.data
    assert fresh.get(CHECK).data == question.data


def test_an_answer_that_refuses_is_not_kept(demo: Office) -> None:
    wrong = f"{CHECK}?type=access-new&date=hier"
    demo.get(CHECK)
    for _ in range(2):
        with work_of_the_application() as work:
            refused = demo.get(wrong)
        assert refused.status_code == 422
        assert refused.headers["Cache-Control"] == "no-store"
        assert work.templates


@pytest.mark.parametrize("path", [TABLE, "/en/contact/", NOTICES, "/api/v1/notices", ANSWER])
def test_a_tag_is_the_same_in_every_worker_and_after_a_restart(demo: Office, path: str) -> None:
    first = tag(demo.get(path))
    assert tag(demo.another_worker().get(path)) == first  # from the disk
    shutil.rmtree(demo.data / "pages")
    assert tag(demo.another_worker().get(path)) == first  # made anew


def publish_dates(office: Office) -> None:
    office.publishes_dates(ROW, as_of="2026-11-20", confirm=True)


@pytest.mark.parametrize(
    ("publish", "moving", "staying"),
    [
        (publish_dates, [TABLE, "/fr/dates/fil.rss", "/api/v1/dates"], [NOTICES, "/fr/avis/", "/en/contact/"]),
        (Office.publishes_notice, [NOTICES, "/fr/avis/", "/api/v1/notices"], [TABLE, "/en/dates/feed.rss"]),
    ],
)
def test_a_tag_moves_with_its_own_subject_and_only_then(
    demo: Office, publish: Callable[[Office], object], moving: list[str], staying: list[str]
) -> None:
    before = {path: tag(demo.get(path)) for path in [*moving, *staying]}
    publish(demo)
    for path in moving:
        assert soon(lambda path=path: demo.get(path, If_None_Match=before[path]).status_code == 200), path
        assert tag(demo.get(path)) != before[path]
    with work_of_the_application() as work:
        for path in staying:
            assert demo.get(path, If_None_Match=before[path]).status_code == 304, path
    assert work.is_none


def test_a_change_shows_without_a_restart(demo: Office) -> None:
    assert "1er novembre 2026" not in demo.get(TABLE).text.replace("\u00a0", " ")
    publish_dates(demo)
    assert soon(lambda: "1er novembre 2026" in demo.get(TABLE).text.replace("\u00a0", " "))


def test_a_client_that_has_the_page_is_told_so_however_it_asks(demo: Office) -> None:
    page = demo.get(TABLE)
    plain, compressed = tag(page), tag(demo.get(TABLE, Accept_Encoding="br"))
    assert compressed == plain[:-1] + '-br"'
    for asked in (plain, f"W/{plain}", f'"another", {plain}', f"{plain},W/{compressed}", "*", " * ", compressed):
        answer = demo.get(TABLE, If_None_Match=asked)
        assert (answer.status_code, answer.data) == (304, b""), asked
        assert "Content-Type" not in answer.headers
        assert "Content-Length" not in answer.headers
        for name in ("ETag", "Cache-Control", "Vary"):
            assert answer.headers[name] == page.headers[name]
    for asked in ('"another"', "", '""', 'W/"another"'):
        assert demo.get(TABLE, If_None_Match=asked).status_code == 200, asked


def test_a_feed_reader_may_ask_by_date(demo: Office) -> None:
    modified = demo.get(NOTICES).headers["Last-Modified"]
    assert modified.endswith("GMT")
    assert demo.get(NOTICES, If_Modified_Since=modified).status_code == 304
    assert demo.get(NOTICES, If_Modified_Since="Fri, 01 Jan 2038 00:00:00 GMT").status_code == 304
    for older in ("Thu, 01 Jan 2015 00:00:00 GMT", "yesterday", "", "Fri, 99 Foo 2038 00:00:00 GMT", "1"):
        assert demo.get(NOTICES, If_Modified_Since=older).status_code == 200, older
    # RFC 9110 §13.1.3: with a tag, the date says nothing.
    assert demo.get(NOTICES, If_Modified_Since=modified, If_None_Match='"another"').status_code == 200
    assert "Last-Modified" not in demo.get(TABLE).headers


@pytest.mark.parametrize("date", ["Mon, 99999999999999999999 Jan 2020 00:00:00 GMT", "yesterday", "x" * 70_000])
def test_a_date_that_is_none_sends_the_feed(demo: Office, date: str) -> None:
    assert demo.get("/fr/avis/fil.rss", If_Modified_Since=date).status_code == 200


def test_only_the_one_spelling_of_an_address_is_kept(demo: Office) -> None:
    right = demo.get("/fr/dates/access-new/")
    for path in ("////fr/dates/access-new/", "/fr/avis/01/mot-de-passe-temporaire-transmis-par-courriel"):
        assert "ETag" not in demo.get(path).headers
    assert right.headers["ETag"]


@pytest.mark.parametrize("bytes_", ["%f1", "%F3", "%C3", "%C3%28", "%ED%A0%80", "%F0%9F", "x%ff"])
def test_bytes_that_are_no_text_are_read_anew_each_time(demo: Office, bytes_: str) -> None:
    demo.get("/en/search/?q=form")
    for _time in range(2):
        answer = demo.get(f"/en/search/?q=form{bytes_}")
        assert answer.status_code == 200
        assert "ETag" not in answer.headers
    assert is_kept(demo, f"/en/search/?q=form&x={bytes_}")


def test_two_spellings_of_bytes_that_are_no_text_are_two_questions(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.get("/page")  # it tells which arguments it knows
    asked = ["%f1", "%f3", "%25f1", "%C3%A9", "%EF%BF%BD", "%3F"]
    answers = [site.get(f"/page?type={value}").data for value in asked]
    assert len(set(answers)) == site.asked - 1 == len(asked)


@pytest.mark.parametrize("path", [TABLE, NOTICES, ANSWER, "/fr/suivi/", "/fr/nulle-part", "/healthz", "/"])
def test_head_gives_the_headers_of_get_without_a_body(demo: Office, path: str) -> None:
    for worker in (demo.another_worker(), demo):  # as the first request, and as a later one
        head, get = worker.head(path, Accept_Encoding="gzip"), worker.get(path, Accept_Encoding="gzip")
        assert head.data == b""
        assert head.status_code == get.status_code
        assert head.headers == get.headers
        assert int(get.headers["Content-Length"]) == len(get.data)


ENCODINGS = [
    ("", ""),
    ("identity", ""),
    ("gzip", "gzip"),
    ("br", "br"),
    ("gzip, br", "br"),
    ("gzip;q=1.0, br;q=0.5", "gzip"),  # RFC 9110 §12.5.3: the weight decides
    ("br;q=0.5, gzip;q=1.0", "gzip"),
    ("gzip;q=0.5, br;q=0.5", "br"),  # the smaller one, where both are taken as gladly
    ("gzip;q=0.123, br;q=0.124", "br"),
    ("gzip;q=1, br;q=1.000", "br"),
    ("gzip;q=0.5", "gzip"),
    ("br;q=0.2, *;q=0.8", "gzip"),
    ("gzip;q=0.2, *;q=0.8", "br"),
    ("br; Q=0.1, gzip ; q=0.2", "gzip"),
    ("br;q=0., gzip;q=.", "gzip"),
    ("identity, gzip;q=0.5", ""),
    ("identity;q=0.5, gzip;q=0.5", "gzip"),
    ("identity;q=0, gzip;q=0.1", "gzip"),
    ("br;q=nan, gzip;q=inf", "br"),  # no weight at all is as good as none given
    ("br;q=0, gzip", "gzip"),
    ("BR; q=0.000, GZIP", "gzip"),
    ("*", "br"),
    ("br;q=0, *", "gzip"),
    ("*;q=0", ""),
    ("gzip;q=0, br;q=0", ""),
    ("zstd, deflate", ""),
]


@pytest.mark.parametrize(("accepted", "given"), ENCODINGS)
def test_a_page_comes_in_an_encoding_that_the_client_takes(demo: Office, accepted: str, given: str) -> None:
    plain = demo.get(TABLE)
    answer = demo.get(TABLE, Accept_Encoding=accepted) if accepted else plain
    assert answer.headers.get("Content-Encoding", "") == given
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    unpack = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}[given]
    assert unpack(answer.data) == plain.data


def test_compressed_bytes_are_the_same_in_every_worker(demo: Office) -> None:
    for encoding in ("br", "gzip"):
        first = demo.get(TABLE, Accept_Encoding=encoding).data
        shutil.rmtree(demo.data / "pages")
        assert demo.another_worker().get(TABLE, Accept_Encoding=encoding).data == first


def test_a_page_that_says_the_day_ends_with_it(demo: Office, travel: time_machine.Traveller) -> None:
    travel.move_to(NOW.replace(hour=23, minute=59, second=30))
    assert demo.get("/fr/contact/").headers["Cache-Control"] == "public, max-age=30, s-maxage=1"
    assert is_kept(demo, "/fr/contact/")
    travel.move_to(NOW.replace(day=21, hour=0))
    assert not is_kept(demo, "/fr/contact/")


def test_a_notice_appears_at_its_instant(demo: Office, travel: time_machine.Traveller) -> None:
    demo.publishes_notice(key="later", published="2026-11-20 10:05", title_fr="Demain tout change")
    assert "Demain tout change" not in demo.get("/fr/avis/").text
    travel.move_to(NOW.replace(minute=4, second=50))
    assert demo.get(NOTICES).headers["Cache-Control"] == "public, max-age=10, s-maxage=1"
    travel.move_to(NOW.replace(minute=5))
    for path in ("/fr/avis/", "/fr/", NOTICES, "/api/v1/notices"):
        assert "Demain tout change" in demo.get(path).text, path


def test_a_post_is_never_kept(demo: Office) -> None:
    form = {"reference": "8ZK3M-2QX7A-N", "date": "2019-02-03"}
    for _ in range(2):
        with asked_of_the_database() as asked:
            answer = demo.post("/fr/suivi/", form)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        assert [words for words in asked if "request_references" in words], "the reference is looked up anew"
    assert "2019-02-03" not in demo.get("/fr/suivi/").text


def test_the_lookup_is_never_kept(demo: Office) -> None:
    for _ in range(2):
        with work_of_the_application() as work:
            assert demo.get("/fr/suivi/").headers["Cache-Control"] == "no-store"
        assert work.templates


class Site:
    """A small application behind a cache of its own: it answers anything, and counts."""

    def __init__(self, folder: Path, copies: type[Copies] = Copies) -> None:
        self.copies = copies(folder, "release")
        self.copies.prepare()
        self.asked = 0
        self.revisions: dict[str, int] | None = {"site": 1}
        self.while_asked: Callable[[], object] = lambda: None
        self.status = "200 OK"
        self.is_one_of_many = False
        self.cache = PageCache(self.answer, lambda: self.revisions, self.copies)

    def answer(self, environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        self.asked += 1
        stated = Statement(dict(self.revisions or {}), ("type", "date"), is_one_of_many=self.is_one_of_many)
        environ[STATEMENT] = stated
        self.while_asked()
        start_response(self.status, [("Content-Type", "text/plain")])
        return [f"{environ['PATH_INFO']} {environ['QUERY_STRING']} ".encode() * 50]

    def get(self, path: str) -> TestResponse:
        return Client(self.cache).get(path)


def test_a_copy_stands_in_for_an_application_that_fails(tmp_path: Path) -> None:
    site = Site(tmp_path)
    kept = site.get(TABLE)
    site.revisions, site.status = {"site": 2}, "503 SERVICE UNAVAILABLE"
    for path in (TABLE, f"{TABLE}?unknown=1"):
        answer = site.get(path)
        assert (answer.status_code, answer.data) == (200, kept.data)
        assert answer.headers["Age"] == "0"
    assert site.get("/never/seen").status_code == 503
    site.status = "200 OK"
    assert "Age" not in site.get(TABLE).headers


def test_two_workers_do_not_lose_what_the_other_learnt(demo: Office) -> None:
    one, two = demo.another_worker(), demo.another_worker()
    addresses = [CHECK, "/fr/avis/"]
    for worker, path in zip((one, two), addresses, strict=True):
        worker.get(path)
    fresh = demo.another_worker()
    assert all(is_kept(fresh, path) for path in addresses)


def test_a_page_number_too_high_drops_no_copy_of_the_list(demo: Office) -> None:
    other = demo.another_worker()
    other.get("/fr/nulle-part")  # it has begun, and knows nothing of the list
    demo.get("/fr/avis/")
    assert other.get("/fr/avis/?page=99").status_code == 404
    assert is_kept(demo.another_worker(), "/fr/avis/")


def test_a_question_mark_in_a_path_is_no_argument(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.get(f"{CHECK}?type=access-new&date=1")
    asked = site.asked
    site.get(f"{CHECK}%3Ftype=access-new&date=1")
    assert site.asked == asked + 1, "another page"
    site.get(f"{CHECK}?type=access-new&date=1")
    assert site.asked == asked + 1, "still there"
