"""What Prometheus reads of a site: the counts of all its workers, on an address of their own, in its own words."""

import os
import re
import signal
import sqlite3
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from tests.makers import Office, an_office
from tests.monitoring.sites import soon
from tests.portal.test_wsgi import start
from tests.serving import Served, free_port, served

OPEN = "application/openmetrics-text; version=1.0.0"
#: What a name ends in says what is measured, in base units (prometheus.io/docs/practices/naming).
UNITS = {
    "portal_requests": "counter",
    "portal_request_duration_seconds": "histogram",
    "portal_process_cpu_seconds": "counter",
    "portal_revision": "gauge",
    "portal_changed_timestamp_seconds": "gauge",
    "portal_database_up": "gauge",
    "portal_pages_in_memory": "gauge",
    "portal_pages_in_memory_bytes": "gauge",
    "portal_process_resident_memory_bytes": "gauge",
    "portal_process_open_fds": "gauge",
    "portal_process_start_time_seconds": "gauge",
    "portal_workers": "gauge",
    "portal_build_info": "gauge",
}

#: Linux gives no process such a number (proc(5), pid_max).
PROCESSES_AT_MOST = 2**22


class Read:
    """What Prometheus reads at one moment."""

    def __init__(self, address: str, accepted: str = "text/plain") -> None:
        asked = urllib.request.Request(f"http://{address}/metrics", headers={"Accept": accepted})
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 — our own site
            self.text = answer.read().decode()
        parse = openmetrics if accepted == OPEN else text_string_to_metric_families
        self.families: Mapping[str, Metric] = {family.name: family for family in parse(self.text)}

    def value(self, name: str, **labels: str) -> float:
        """Return the sum of the samples of a name with these labels."""
        samples = [one for family in self.families.values() for one in family.samples if one.name == name]
        return sum(one.value for one in samples if labels.items() <= one.labels.items())

    def processes(self) -> set[str]:
        """Return the numbers of the workers that run."""
        return {one.labels["pid"] for one in self.families["portal_process_start_time_seconds"].samples}


@pytest.fixture(scope="module")
def address() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, demonstrated: Path) -> Office:
    return an_office(tmp_path_factory.mktemp("measured") / "data", like=demonstrated)


@pytest.fixture(scope="module")
def site(office: Office, address: str) -> Iterator[Served]:
    """Two workers, each a process of its own."""
    old = office.data / "metrics" / "counter_1.db"
    old.parent.mkdir()
    old.write_bytes(b"of a server that has ended")
    with served(office.data, settings={"GRANIAN_WORKERS": "2", "PORTAL_METRICS": address}) as found:
        soon(lambda: (read := given(address)) and len(read.processes()) == 2)
        yield found


def given(address: str) -> Read | None:
    """Return what is read; None while no worker answers: one that ends lets its readers go, and another listens."""
    try:
        return Read(address)
    except HTTPError:  # answered, and failed
        raise
    except (OSError, HTTPException):
        return None


def test_all_workers_are_counted_together_whoever_is_asked(site: Served, address: str) -> None:
    # Of kinds that no other test asks for: what they asked for last is read a second later.
    for _time in range(40):
        assert site.ask("/fr/dates/fil.rss")[0] == 200
    site.ask("/fr/nulle-part.ics")
    site.ask("/fr/suivi/", b"reference=&date=")
    soon(lambda: Read(address).value("portal_requests_total", kind="feed", status="200") == 40)
    soon(lambda: Read(address).value("portal_requests_total", kind="lookup", status="422") == 1)
    soon(lambda: Read(address).value("portal_request_duration_seconds_count", kind="calendar", outcome="passed") == 1)
    read = Read(address)
    assert read.value("portal_requests_total", kind="feed", outcome="hit") >= 38, "each worker makes it once at most"
    assert read.value("portal_requests_total", kind="calendar", status="404") == 1
    assert read.value("portal_request_duration_seconds_bucket", kind="calendar", le="+Inf") == 1
    assert read.value("portal_request_duration_seconds_count", outcome="hit") == 0
    assert (read.value("portal_workers"), len(read.processes())) == (2, 2)


def test_a_state_is_told_as_it_is_now(site: Served, office: Office, address: str) -> None:
    with closing(sqlite3.connect(office.data / "portal.db")) as connection:
        revisions = dict(connection.execute("SELECT subject, number FROM revisions").fetchall())
    site.ask("/fr/dates/")
    read = soon(lambda: found if (found := Read(address)).value("portal_pages_in_memory") else None)
    assert {subject: read.value("portal_revision", subject=subject) for subject in revisions} == revisions
    assert read.value("portal_changed_timestamp_seconds", subject="dates") < time.time()
    assert read.value("portal_database_up") == 1
    assert read.value("portal_pages_in_memory_bytes") > 1_000
    assert read.value("portal_process_resident_memory_bytes") > 2 * 10_000_000
    assert read.value("portal_process_open_fds") > 2
    assert read.value("portal_process_cpu_seconds_total") > 0
    assert read.value("portal_build_info") == 1
    site.did("staff", "add", "paul@agence-essai.ca", "--name", "Paul", "--role", "editor")
    soon(lambda: Read(address).value("portal_revision", subject="staff") == revisions["staff"] + 1)
    away = office.data / "away.db"
    (office.data / "portal.db").rename(away)
    soon(lambda: Read(address).value("portal_database_up") == 0)
    away.rename(office.data / "portal.db")
    soon(lambda: Read(address).value("portal_database_up") == 1)


@pytest.mark.parametrize("accepted", ["text/plain", OPEN])
def test_names_types_and_units_are_those_that_prometheus_asks_for(site: Served, address: str, accepted: str) -> None:
    site.ask("/fr/suivi/")
    soon(lambda: Read(address).families.keys() == UNITS.keys())
    read = Read(address, accepted)
    assert {name: family.type for name, family in read.families.items()} == UNITS
    assert all(re.fullmatch(r"[A-Z].*\.", family.documentation) for family in read.families.values())
    samples = Counter((one.name, *sorted(one.labels.items())) for f in read.families.values() for one in f.samples)
    assert set(samples.values()) == {1}, "one sample for each name with its labels"
    for name, family in read.families.items():
        assert family.type != "gauge" or not name.endswith(("_total", "_count", "_sum", "_bucket"))
        assert not re.search("milli|micro|minute|hour|kilo|mega|percent", name)
    assert "counter_1" not in read.text


def test_no_page_of_the_site_tells_the_counts(site: Served) -> None:
    assert site.ask("/metrics")[0] == 404


def test_new_workers_take_over_and_nothing_that_was_counted_is_lost(site: Served, address: str) -> None:
    before = Read(address)
    site.ask("/fr/glossaire/")
    soon(lambda: Read(address).value("portal_requests_total") > before.value("portal_requests_total"))
    before = Read(address)
    os.kill(site.process, signal.SIGHUP)  # as `systemctl reload portal` does

    def by_new_workers() -> Read | None:
        read = given(address)
        return read if read and len(read.processes()) == 2 and not read.processes() & before.processes() else None

    after = soon(by_new_workers)
    assert after.value("portal_requests_total") >= before.value("portal_requests_total")
    assert after.value("portal_workers") == 2


def test_several_may_read_at_once_what_is_left_of_workers_that_ended(
    site: Served, office: Office, address: str
) -> None:
    folder = office.data / "metrics"
    running = Read(address).processes()
    of_one = next(folder.glob(f"gauge_livesum_{min(running)}.db")).read_bytes()
    for _time in range(5):
        for number in range(PROCESSES_AT_MOST, PROCESSES_AT_MOST + 40):
            (folder / f"gauge_livesum_{number}.db").write_bytes(of_one)
        with ThreadPoolExecutor(8) as readers:
            read = list(readers.map(Read, [address] * 8))
        assert {one.value("portal_workers") for one in read} == {2}


def test_without_the_setting_nothing_listens_and_the_library_is_not_imported(demo: Office) -> None:
    code = (
        "import sys, threading; from portal.wsgi import application; "
        "print('prometheus_client' in sys.modules, 'metrics' in [one.name for one in threading.enumerate()])"
    )
    assert start(demo, code).stdout == "False False\n"
    assert not (demo.data / "metrics").exists()


def test_an_address_that_is_taken_stops_the_start_with_one_sentence(demo: Office) -> None:
    with served(demo.data) as site:
        taken = site.address.removeprefix("http://")
        run = an_office(demo.data, PORTAL_METRICS=taken, PORT=str(free_port())).portal("run")
    assert run.exit_code == 1
    where = taken.replace(":", ", port ")
    assert run.stderr == f"portal: PORTAL_METRICS {where}, cannot be listened on: Address already in use\n"
