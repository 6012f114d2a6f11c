"""The running site removes by itself what is no longer shown."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from portal.core.numbers import printed_reference, reference_of
from tests.makers import a_request, a_requests_file, an_office
from tests.serving import PATIENCE_SECONDS, served

ONE, TWO = (printed_reference(reference_of(number)) for number in (776_655_443_322, 998_877_665_544))


def kept(data: Path) -> int:
    with closing(sqlite3.connect(data / "portal.db")) as connection:
        return connection.execute("SELECT count(*) FROM requests").fetchone()[0]


def test_a_site_that_answers_lookups_removes_closed_requests(tmp_path: Path, initialised: Path) -> None:
    patient = an_office(tmp_path / "office", like=initialised, PORTAL_CLOSED_DAYS="3650")
    closed = a_request(reference=ONE, stage="closed", received_on="2026-02-02", changed_on="2026-03-02")
    patient.did("import", "requests", patient.file(a_requests_file(closed, a_request(reference=TWO))))
    with served(patient.data, settings={"PORTAL_CLOSED_DAYS": "30"}) as site:
        assert kept(patient.data) == 2
        assert site.ask("/en/status/")[0] == 200  # the first that needs the application
        end = time.monotonic() + PATIENCE_SECONDS
        while kept(patient.data) == 2 and time.monotonic() < end:
            pass
        assert kept(patient.data) == 1
    assert "the site  requests.purge  status 2" in patient.did("audit")
