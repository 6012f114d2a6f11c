"""A thousand readers of feeds who come again and again, each with the validators it was given."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice, product
from random import Random

from werkzeug.test import Client

from portal.config import Config
from portal.core.languages import LANGUAGES
from portal.feeds.rules import FORMATS
from portal.notices.rules import AUDIENCES
from portal.wsgi import door
from tests.bench.content.counting import counting
from tests.bench.failures import BenchStopped
from tests.bench.sites import Answer, ask

READERS = 1_000
AT_ONCE = 16
Poll = Callable[[str, Mapping[str, str]], Answer]
#: How readers send back what they were given: both validators as most do, one of them, a tag that a proxy made weak.
HABITS: Sequence[Callable[[str, str], dict[str, str]]] = (
    lambda tag, date: {"If-None-Match": tag, "If-Modified-Since": date},
    lambda tag, date: {"If-None-Match": tag},
    lambda tag, date: {"If-Modified-Since": date},
    lambda tag, date: {"If-None-Match": f"W/{tag}", "If-Modified-Since": date},
    lambda tag, date: {"If-None-Match": f'"another", {tag}'},
)
ENCODINGS = ("gzip", "gzip, deflate, br", "")


@dataclass(slots=True)
class Reader:
    """A subscriber to one feed, and what it sends along the next time."""

    path: str
    encoding: str
    habit: Callable[[str, str], dict[str, str]]
    validators: dict[str, str] = field(default_factory=dict)

    def comes(self, poll: Poll) -> int:
        """Ask for the feed; return the status of the answer."""
        answer = poll(self.path, {"Accept-Encoding": self.encoding, **self.validators})
        if answer.status == 200:
            self.validators = self.habit(answer.headers["etag"], answer.headers["last-modified"])
        elif answer.status != 304:
            raise BenchStopped(f"{self.path} with {self.validators} answers {answer.status} to a reader.")
        return answer.status


@dataclass(frozen=True, slots=True)
class Round:
    """One visit of every reader: the share that was told “not modified”, the statements and the documents it cost."""

    share: float
    statements: int = 0
    documents: int = 0


def feeds() -> list[str]:
    """Return the addresses of the feeds that readers have: all notices, each audience, two of them, a row."""
    ends = [("/avis/fil", "/notices/feed")]
    ends += [(f"/avis/clientele/{one}/fil", f"/notices/audience/{one}/feed") for one in AUDIENCES]
    ends += [("/dates/access-new/fil", "/dates/access-new/feed")]
    alone = [f"/{LANGUAGES[n]}{end[n]}.{form}" for end in ends for n, form in product((0, 1), FORMATS)]
    unions = [f"{path}?clientele={AUDIENCES[0]},{one}" for path in alone[:6] for one in AUDIENCES[1:]]
    return alone + unions


def a_thousand() -> list[Reader]:
    """Return readers who never came yet, every habit with every feed, in no order."""
    readers = [Reader(*one) for one in islice(cycle(product(feeds(), ENCODINGS, HABITS)), READERS)]
    Random(2021).shuffle(readers)
    return readers


def visits(port: int, publish: Callable[[], object]) -> dict[str, Round]:
    """Let the readers come to a real server: the first time, again, after a publication, and again."""
    readers = a_thousand()
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def everyone() -> Round:
            found = Counter(pool.map(lambda one: one.comes(lambda path, headers: ask(port, path, headers)), readers))
            return Round(found[304] / READERS)

        return _rounds(everyone, publish)


def counted_visits(config: Config, publish: Callable[[], object]) -> dict[str, Round]:
    """Let the readers come to the door of a worker in this process, where what it does can be counted."""
    readers, client = a_thousand(), Client(door(config))

    def poll(path: str, headers: Mapping[str, str]) -> Answer:
        answer = client.get(path, base_url=config.public_url, headers=dict(headers))
        return Answer(answer.status_code, {name.lower(): value for name, value in answer.headers}, b"")

    with counting() as count:

        def everyone() -> Round:
            count.clear()
            share = sum(one.comes(poll) == 304 for one in readers) / READERS
            return Round(share, count["statements"], count["documents"])

        return _rounds(everyone, publish)


def _rounds(everyone: Callable[[], Round], publish: Callable[[], object]) -> dict[str, Round]:
    found = {"first visit": everyone(), "again": everyone()}
    publish()
    return found | {"after a publication": everyone(), "once more": everyone()}
