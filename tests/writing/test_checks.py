"""The check list before a notice is published."""

from collections.abc import Callable

import pytest

from portal.core.languages import Bilingual, Language
from portal.notices.rules import Draft
from portal.writing.checks import LONG_TITLE, MOST_LINKS, WORDS, Site, remarks

PORTAL = "https://portail.example.org"


def a_draft(fr: str = "Texte.", en: str = "Text.", title: str = "Fils RSS", promise: str = "") -> Draft:
    """A notice in both languages; an empty `en` makes it French only."""
    return Draft(
        key="rss-feeds",
        published_at=None,
        audiences=("professionals",),
        title=Bilingual(title, "RSS feeds" if en else ""),
        body=Bilingual(fr, en),
        promise=Bilingual(promise, ""),
    )


def told(draft: Draft, answers: Callable[[str], bool] = lambda address: True) -> list[tuple[Language | None, str]]:
    return [(remark.language, str(remark.sentence)) for remark in remarks(draft, Site(PORTAL, answers))]


def test_a_notice_that_is_well_written_has_no_remark() -> None:
    assert told(a_draft("# Un\n\n## Deux\n\n# Trois\n\n[a](/fr/dates/)", "[a](/en/dates/)")) == []


def test_a_notice_in_french_alone_says_so_once() -> None:
    assert told(a_draft(en="")) == [(None, "there is no English text: the English page will show the French one")]


@pytest.mark.parametrize(("length", "count"), [(LONG_TITLE, 0), (LONG_TITLE + 1, 1)])
def test_a_title_that_a_list_would_cut_is_told(length: int, count: int) -> None:
    sentence = f"the title has {length} characters: a list shows about {LONG_TITLE}"

    assert told(a_draft(title="x" * length)) == [("fr", sentence)] * count


@pytest.mark.parametrize(
    ("body", "headings"),
    [
        ("# Un\n\n### Deux", []),  # a single “#” is a heading of the second level: the page has a title above
        ("## Un\n\n### Deux\n\n## Trois", []),
        ("### Un\n\n## Deux", ["Un"]),
        ("# Un\n\n#### R&D, *deux*\n\n##### Trois", ["R&D, deux"]),
        ("Un\n==\n\n#### Deux\n\n## Trois\n\n#### Quatre", ["Deux", "Quatre"]),
        (f"### {'x' * 100}", ["x" * 60]),
    ],
)
def test_a_heading_that_skips_a_level_is_told(body: str, headings: list[str]) -> None:
    assert told(a_draft(en=body)) == [("en", f"the heading “{heading}” skips a level") for heading in headings]


def test_each_link_that_leads_nowhere_is_told_once() -> None:
    body = "[a](/fr/nulle-part?a=1&b=2) [b](/fr/nulle-part?a=1&b=2) [c](/fr/dates/) [d](mailto:a@xx.com) 418 780-4208"
    asked = []

    def answers(address: str) -> bool:
        asked.append(address)
        return address == "/fr/dates/"

    assert told(a_draft(body), answers) == [("fr", "the link /fr/nulle-part?a=1&b=2 leads nowhere")]
    assert asked == ["/fr/nulle-part?a=1&b=2", "/fr/dates/"]


def test_an_address_of_the_portal_in_full_is_one_of_its_pages() -> None:
    body = f"[a]({PORTAL}/fr/dates/) [b](/fr/dates/) [c]({PORTAL}/fr/nulle-part) [d](#nulle-part)"
    nowhere = [("fr", "the link /fr/nulle-part leads nowhere"), ("fr", "the link #nulle-part leads nowhere")]

    assert told(a_draft(body), lambda address: address == "/fr/dates/") == nowhere


def test_each_page_is_asked_for_once_and_no_more_than_the_most() -> None:
    asked: list[str] = []

    def answers(path: str) -> bool:
        asked.append(path)
        return True

    body = " ".join(f"[a](/fr/{number}) [a](/fr/{number})" for number in range(MOST_LINKS + 5))
    sentence = f"there are more than {MOST_LINKS} links to pages of the portal: the others were not tried"

    assert told(a_draft(body), answers) == [("fr", sentence)]
    assert len(asked) == len(set(asked)) == MOST_LINKS


@pytest.mark.parametrize(
    "address",
    [
        "https://www.ramq.gouv.qc.ca/professionnels",
        "http://exemple.ca:8080/a?b=c#d",
        "//exemple.ca/a",
        "https://xn--caf-dma.example/",
        "mailto:jacques.untel@xx.com",
        "mailto:jacques.untel@xx.com?subject=Bonjour",
        "tel:+14187804208",
        f"{PORTAL}.exemple.ca/fr/",  # begins as ours, and is another's
    ],
)
def test_an_address_elsewhere_is_looked_at_and_not_asked(address: str) -> None:
    asked: list[str] = []

    def answers(path: str) -> bool:
        asked.append(path)
        return False

    assert told(a_draft(f"[a]({address})"), answers) == []
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "https://exemple",
        "http:///a",
        "https://exemple..ca",
        "page",
        "../a",
        "mailto:jacques",
        "mailto:a@b",
        "tel:abc",
        "https://exemple.ca:0/",
        "//exemple.ca:99999/",
    ],
)
def test_an_address_that_cannot_be_right_is_told(address: str) -> None:
    assert told(a_draft(f"[a]({address})")) == [("fr", f"the address {address} cannot be right")]


@pytest.mark.parametrize(
    "address", ["ftp://exemple.ca/a", "htp://exemple.ca", "<>", "https://", "https://[::1", "https://exemple.ca:99999/"]
)
def test_a_link_that_has_lost_its_address_is_told_by_its_words(address: str) -> None:
    sentence = "“les dates” is a link without an address that a page may hold"

    assert told(a_draft(f"[les *dates*]({address})")) == [("fr", sentence)]


@pytest.mark.parametrize(
    ("french", "english", "remark"),
    [
        ("Votre nom d’usager.", "", ("fr", "“nom d’usager”: the portal says “nom d’utilisateur”")),
        ("Un E-Mail.", "", ("fr", "“E-Mail”: the portal says “courriel”")),
        ("Par courrier certifié.", "", ("fr", "“courrier certifié”: the portal says “courrier recommandé”")),
        ("Nos clients.", "", ("fr", "“clients”: the portal says “clientèle”")),
        ("Par courrier recommande.", "", ("fr", "“courrier recommande”: the portal says “courrier recommandé”")),
        ("La date de reception.", "", ("fr", "“date de reception”: the portal says “date de réception”")),
        ("", "Your username.", ("en", "“username”: the portal says “user name”")),
        ("", "By email.", ("en", "“email”: the portal says “e-mail”")),
        ("", "The authorizing person.", ("en", "“authorizing person”: the portal says “authorising person”")),
        ("", "The date of receipt.", ("en", "“date of receipt”: the portal says “received date”")),
    ],
)
def test_a_word_that_is_not_the_portals_is_told(french: str, english: str, remark: tuple[Language, str]) -> None:
    assert told(a_draft(french or "Texte.", english or "Text.")) == [remark]


def test_the_words_of_a_promise_are_looked_at_and_those_of_addresses_and_code_are_not() -> None:
    told_of_promise = [("fr", "“flux RSS”: the portal says “fil RSS”")]

    assert told(a_draft("Voir <https://exemple.org/mail/> et `mail`.", promise="Un flux RSS.")) == told_of_promise


@pytest.mark.parametrize(("language", "right"), [(name, word) for name in WORDS for word in WORDS[name].values()])
def test_the_portals_own_words_have_no_remark(language: Language, right: str) -> None:
    assert told(a_draft(right) if language == "fr" else a_draft(en=right)) == []
