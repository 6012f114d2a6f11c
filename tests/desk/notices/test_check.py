"""The check before a notice is kept: its list, what changes word by word, and what readers will see."""

from typing import Any

import pytest
from time_machine import Traveller

from tests.desk.notices.writers import FRENCH, FRENCH_ONLY, KEY, NOTICE, Writer

MEANT = "I have looked: it is meant."


def linked(address: str) -> dict[str, Any]:
    return {**NOTICE, "body_fr": f"{FRENCH} [Voyez]({address})."}


def test_a_careful_notice_is_kept_without_a_word(paul: Writer) -> None:
    paul.opens(**NOTICE).checks()
    assert "The check list has nothing to say." in paul.words
    assert MEANT not in paul.words
    paul.keeps()


def test_what_the_list_says_must_be_looked_at_first(paul: Writer) -> None:
    paul.opens(**FRENCH_ONLY).checks()
    assert "There is no English text: the English page will show the French one." in paul.words
    for confirmed in ({}, {"confirmed": ""}, {"confirmed": "no"}):
        assert "Look at the check list, then say that it is meant." in paul.refused("keep", **confirmed)
    assert paul.all("#confirmed")[0].attrs["aria-invalid"] == "true"
    paul.refused("send")
    paul.keeps(confirmed="yes")


@pytest.mark.parametrize(
    "address",
    [
        "/fr/dates/",
        "/fr/",
        "/",
        "/en/notices/",
        "/fr/avis/1/nimporte",  # redirected to its title
        "/fr/avis/fil.rss",
        "/api/v1/notices",
        "http://portal.test/fr/contact/",
        "/fr/recherche/?q=courriel",
        "https://www.ramq.gouv.qc.ca/professionnels",
    ],
)
def test_a_link_that_leads_somewhere_is_right(paul: Writer, address: str) -> None:
    paul.opens(**linked(address)).checks()
    assert "The check list has nothing to say." in paul.words


@pytest.mark.parametrize(
    "address",
    [
        "/fr/nulle-part",
        "/fr/avis/999/x",
        "/fr/avis/9/x",  # was withdrawn
        "/fr/avis/?clientele=personne",
        "/fr/dates/verifier?type=x",
        "/desk/fr/",  # for staff alone
        "/desk",
        "#plus-bas",
        "http://portal.test/en/nowhere",
    ],
)
def test_a_link_that_no_page_answers_is_told(paul: Writer, address: str) -> None:
    paul.opens(**linked(address)).checks()
    path = address.removeprefix("http://portal.test")
    assert f"French text – The link {path} leads nowhere." in paul.words


def test_the_list_tells_which_language_it_speaks_of(paul: Writer) -> None:
    wrong = {"body_en": "#### Now\n\nBy email.", "title_fr": "Un titre " + "très " * 20 + "long"}
    paul.opens(**{**NOTICE, **wrong}).checks()
    assert "French text – The title has 113 characters: a list shows about 80." in paul.words
    assert "English text – The heading “Now” skips a level." in paul.words
    assert "English text – “email”: the portal says “e-mail”." in paul.words


def test_a_day_that_is_over_is_told_before_not_after(paul: Writer) -> None:
    paul.opens(**{**NOTICE, "when": "at", "day": "2026-11-19", "hour": "08:30"}).checks()
    assert "It bears a day that is over: November 19, 2026." in paul.words


def test_a_correction_of_an_old_notice_says_nothing_of_its_day(paul: Writer) -> None:
    paul.opens("check-spam-folder", forms="4058").checks("check-spam-folder")
    assert "It bears a day" not in paul.words


def test_what_changes_is_shown_word_by_word(paul: Writer, time: Traveller) -> None:
    paul.publishes(**NOTICE)
    time.shift(60)
    paul.opens(KEY, body_fr=FRENCH.replace("lundi", "mardi"), audiences=["dispensers"], forms="4058").checks(KEY)
    went, came = paul.words_of(".p-compared del"), paul.words_of(".p-compared ins")
    assert (went, came) == ("[removed: lundi. ]", "[added: mardi. ]")
    assert "Audiences: [removed: Health professionals ] [added: Dispensers of insured services ]" in paul.words
    assert "Forms concerned: [added: 4058 ]" in paul.words
    assert [one.attrs["lang"] for one in paul.all(".p-compared")] == ["fr-CA"]


def test_a_new_notice_has_nothing_to_be_compared_with(paul: Writer) -> None:
    paul.opens(**NOTICE).checks()
    assert "What changes in the notice" not in paul.words


def test_a_text_that_is_the_same_says_so(paul: Writer) -> None:
    paul.publishes(**NOTICE)
    paul.opens(KEY).checks(KEY)
    assert "Nothing: the text and its facts are the same." in paul.words


def test_the_check_shows_the_page_and_the_item_of_each_language(paul: Writer) -> None:
    paul.opens(**NOTICE).checks()
    shown = [one.to_text() for one in paul.all(".d-shown")]
    assert len(shown) == 4
    assert all("Reprise du service" in one for one in shown[:2])
    assert all("Service resumes" in one for one in shown[2:])


def test_one_goes_back_from_the_check_and_loses_nothing(paul: Writer) -> None:
    typed = {**NOTICE, "rows": ["access-new"], "forms": "4058", "when": "at", "day": "2026-12-01", "hour": "08:30"}
    paul.opens(**typed).checks().sends("again")
    shown = paul.shown()
    assert {name: shown[name] for name in typed} == typed


def test_the_other_language_of_a_check_is_the_form(paul: Writer) -> None:
    paul.opens(**NOTICE).checks()
    switch = paul.all("header .p-language[hreflang]")[0]
    assert switch.attrs["href"] == "/desk/fr/avis/new/"
