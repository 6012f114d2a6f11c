"""A site behind a cache: it tells it soon of what another process publishes, and tells nobody where there is none."""

import sqlite3
from contextlib import closing

from tests.makers import Office, a_notice
from tests.portal.test_wsgi import start
from tests.purges.caches import AWAY, TAKEN, TOKEN, Cache, a_cache
from tests.serving import Served, served

#: What `init` stores.
FACTS = "contacts delivery site"
THREADS = "import threading; from portal.wsgi import application; print([one.name for one in threading.enumerate()])"


def behind(cache: Cache, office: Office) -> Office:
    """Return the same installation, with a cache in front."""
    return Office(office.data, {**office.settings, **cache.settings})


def publishes(site: Served, office: Office, key: str) -> None:
    """Publish a notice in a process of its own."""
    site.did("notices", "publish", office.file(a_notice(key=key), "notice.md"))


def test_a_running_site_tells_its_cache_of_what_commands_do_until_it_takes_it(office: Office) -> None:
    with a_cache(AWAY, TAKEN) as cache, served(office.data, settings=behind(cache, office).environment) as site:
        assert cache.next() == FACTS, "a cache that is new is told of all that ever changed"
        assert cache.next() == FACTS, "and again until it takes it"
        publishes(site, office, "one")
        assert cache.next() == "notices"
        site.did("notices", "withdraw", "one", "--reason", "A mistake")
        assert cache.next() == "notices"
        office.publishes_notice()  # by a command that knows of no cache
        assert cache.next() == "notices"
        assert len(cache.told) == 5
    printed = (office.data.parent / "printed").read_text()
    assert printed.count("127.0.0.1 answered 503") == 1
    assert TOKEN not in printed


def test_without_a_cache_nothing_looks_for_changes_and_nothing_is_kept(office: Office) -> None:
    with a_cache() as cache:
        assert "'purges'" in start(behind(cache, office), THREADS).stdout
    assert "'purges'" not in start(office, THREADS).stdout
    office.publishes_notice()
    with closing(sqlite3.connect(office.data / "portal.db")) as connection:
        assert connection.execute("SELECT count(*) FROM purges").fetchone() == (0,)


def test_the_command_says_what_came_of_it_and_when_it_is_tried_again(office: Office) -> None:
    with a_cache(AWAY, TAKEN) as cache:
        office = behind(cache, office)
        result = office.portal("purges", "send")
        assert result.exit_code == 1
        *told, last = result.stdout.splitlines()
        assert told == [f"{subject}: not told yet (127.0.0.1 answered 503)" for subject in FACTS.split()]
        assert last.startswith("The next try is on 20")
        office.publishes_notice()
        assert "notices: told\n" in office.did("purges", "send")
        assert TOKEN not in result.output


def test_the_command_says_when_nothing_is_due(office: Office) -> None:
    with a_cache() as cache:
        office = behind(cache, office)
        assert office.did("purges", "send") == "contacts: told\ndelivery: told\nsite: told\n"
        assert office.did("purges", "send") == "Nothing is due.\n"
        assert len(cache.told) == 1


def test_without_a_cache_there_is_none_to_tell(office: Office) -> None:
    result = office.portal("purges", "send")
    assert result.exit_code == 1
    assert result.output == "portal: PORTAL_PURGE_URL is not set: there is no cache to tell\n"
