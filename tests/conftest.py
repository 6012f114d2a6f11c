"""What every test starts from: an installation with the facts of `init`, or with the demonstration."""

import gc
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from jinja2.bccache import Bucket
from passlib.totp import AppWallet
from time_machine import Traveller, travel
from werkzeug.routing import Rule

from portal.assets import compressed_static
from portal.web import environments
from tests.desk.people import Desk, a_staffed_office
from tests.makers import Office, an_office, in_quebec

# Machines are shared: a slow example is no fault of the rule it tries.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")

#: The day of every demonstration in tests: a Friday.
DEMO_DAY = "2026-11-20"


class Remembered(environments.Compiled):
    """Compiled templates in memory: each installation of a test has a folder of its own, and would compile anew."""

    known: ClassVar[dict[tuple[str, str, str], Any]] = {}

    def _place(self, bucket: Bucket) -> tuple[str, str, str]:
        return Path(self.directory).name, bucket.key, bucket.checksum  # the folder is that of a language

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find a template that another installation compiled."""
        bucket.code = self.known.get(self._place(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for every installation."""
        self.known[self._place(bucket)] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def templates() -> Iterator[None]:
    """Compile each template once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environments, "Compiled", Remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_routes() -> Iterator[None]:
    """Compile each route once, too: Werkzeug makes the same code of two that are written alike, in 3 ms each time."""
    known: dict[object, object] = {}
    compiled = Rule._compile_builder

    def compiled_once(rule: Rule, append_unknown: bool = True) -> object:
        written = (rule.rule, rule.host, rule.subdomain, repr(rule.defaults), append_unknown)
        if written not in known:
            known[written] = compiled(rule, append_unknown)
        return known[written]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def quickly_kept_codes() -> Iterator[None]:
    """Keep the keys of codes without 16,384 rounds: 50 ms of each signing in, of which no test speaks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppWallet, "encrypt_cost", 0)
        yield


@pytest.fixture(scope="session", autouse=True)
def forgotten() -> Iterator[None]:
    """Let go of the applications of former tests: a worker freezes the one that it loads, these load thousands."""
    # What is imported stays, as it does in a worker.
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        yield


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation just after `portal init`, to be copied."""
    office = an_office(tmp_path_factory.mktemp("initialised"))
    with travel("2026-01-05T09:00:00-05:00"):  # before the day of any test
        office.did("init")
    compressed_static(office.data)  # once, not once for each test that opens the door
    return office.data


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with the demonstration, to be copied."""
    office = an_office(tmp_path_factory.mktemp("demonstrated"))
    office.did("demo", "--day", DEMO_DAY)
    compressed_static(office.data)
    return office.data


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory, demonstrated: Path) -> tuple[Path, dict[str, str]]:
    """The folder of an installation with the demonstration and a person for each role, to be copied; their keys."""
    with travel("2026-11-19T09:00:00-05:00"):  # before the day of the demonstration: a code is good once
        return a_staffed_office(tmp_path_factory.mktemp("staffed"), demonstrated)


@pytest.fixture
def office(tmp_path: Path, initialised: Path) -> Office:
    """An installation without content."""
    return an_office(tmp_path / "office", like=initialised)


@pytest.fixture
def demo(request: pytest.FixtureRequest, tmp_path: Path, demonstrated: Path) -> Iterator[Office]:
    """An installation with the demonstration, on its day, unless its file has a NOW: its dates age as true ones do."""
    with nullcontext() if hasattr(request.module, "NOW") else travel(f"{DEMO_DAY}T10:00:00-05:00"):
        yield an_office(tmp_path / "demo", like=demonstrated)


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path, staffed: tuple[Path, dict[str, str]]) -> Iterator[Desk]:
    """The demonstration with a person for each role, on its day, unless its file has a NOW."""
    folder, keys = staffed
    with nullcontext() if hasattr(request.module, "NOW") else travel(f"{DEMO_DAY}T10:00:00-05:00"):
        yield Desk(an_office(tmp_path / "desk", like=folder), keys)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Iterator[Traveller]:
    """A clock that stands still at its file's NOW, in Québec, until the test moves it."""
    with travel(in_quebec(request.module.NOW), tick=False) as traveller:
        yield traveller
