"""The pages that nginx shows of itself say what the portal says, in both languages, with the telephones of now."""

import stat

import pytest
from justhtml import JustHTML
from werkzeug.test import TestResponse

from portal.app import LONGEST_BODY
from tests.makers import Office

FORM = {"fr": "/fr/suivi/", "en": "/en/status/"}


def words(html: str, selector: str) -> list[str]:
    return [" ".join(found.to_text().split()) for found in JustHTML(html, sanitize=False).query(selector)]


def page(office: Office, status: int) -> str:
    return (office.data / "front" / f"{status}.html").read_text()


def failed(office: Office, status: int, language: str) -> TestResponse:
    """What the portal itself answers in the same case."""
    if status == 413:
        return office.post(FORM[language], {"reference": "x" * LONGEST_BODY})
    if status == 429:
        return [office.post(FORM[language], {}) for _try in range(11)][-1]
    (office.data / "portal.db").unlink()
    return office.post(FORM[language], {"reference": ""})


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("status", [413, 429, 503])
def test_a_page_has_the_words_of_the_portal(office: Office, status: int, language: str) -> None:
    office.did("unavailable")
    number = ["fr", "en"].index(language)
    said = failed(office, status, language)
    assert said.status_code == status
    html = page(office, status)
    assert words(html, "h1, h2")[number] == words(said.text, "h1")[0]
    # Of too many tries the portal says how long to wait, which nginx does not know.
    for sentence in words(html, "p")[number].split(". ")[: 1 if status == 429 else None]:
        assert sentence in words(said.text, "p.p-lead")[0]


def test_french_comes_first_and_each_line_dials(office: Office) -> None:
    office.did("unavailable")
    document = JustHTML(page(office, 503), strict=True, sanitize=False)
    assert [(section.attrs or {})["lang"] for section in document.query("section")] == ["fr-CA", "en-CA"]
    numbers = [(link.attrs or {})["href"] for link in document.query("section a")]
    assert numbers == ["tel:+14187804208", "tel:+15146873612", "tel:+18883303023"] * 2


def test_it_tells_the_telephones_of_now_and_anyone_may_read_it(office: Office) -> None:
    office.did("unavailable")
    office.did("contact", "phone", "quebec", "4185550199")
    assert "+14185550199" not in page(office, 503)
    office.did("unavailable")
    assert page(office, 503).count("tel:+14185550199") == 2
    assert stat.S_IMODE((office.data / "front" / "503.html").stat().st_mode) == 0o644
    assert sorted(file.name for file in (office.data / "front").iterdir()) == ["413.html", "429.html", "503.html"]
