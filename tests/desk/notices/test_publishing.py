"""Who may do what, and in whose place: roles, the button pressed twice, two who write at a time, what is typed."""

from typing import Any

import pytest
from time_machine import Traveller

from tests.desk.notices.writers import ENGLISH, FRENCH, KEY, NOTICE, Writer

OTHER = f"{FRENCH} Merci de votre patience."


def lines(writer: Writer, action: str = "notices.publish") -> int:
    return sum(action in line for line in writer.office.did("audit").splitlines())


def total(writer: Writer) -> int:
    return writer.office.another_worker().get("/api/v1/notices").get_json()["total"]


def body(writer: Writer) -> str:
    notices = writer.office.another_worker().get("/api/v1/notices").get_json()["notices"]
    return next(one["html"]["fr"] for one in notices if one["key"] == KEY)


@pytest.mark.parametrize(
    "when", [{"when": "now"}, {"when": "draft"}, {"when": "at", "day": "2026-12-01", "hour": "08:30"}]
)
def test_a_button_pressed_twice_keeps_a_new_notice_once(paul: Writer, time: Traveller, when: dict[str, Any]) -> None:
    paul.opens(**{**NOTICE, **when}).checks()
    before = lines(paul)
    first = paul.keeps()
    time.shift(61)  # in another minute
    second = paul.keeps()
    assert first.headers["Location"] == second.headers["Location"] == paul.path(KEY)
    assert lines(paul) == before + 1
    paul.looks("/desk/en/notices/")
    assert paul.words.count("Service resumes") == 1


def test_a_change_is_told_once_however_often_the_button_is_pressed(paul: Writer, time: Traveller) -> None:
    paul.publishes(**NOTICE)
    time.shift(60)
    note = {"weight": "major", "note_fr": "C’est mardi.", "note_en": "Tuesday.", "body_en": f"{ENGLISH} Thanks."}
    paul.opens(KEY, body_fr=OTHER, **note).checks(KEY)
    before = lines(paul)
    paul.keeps(KEY)
    time.shift(5)
    assert paul.keeps(KEY).status_code == 303
    assert lines(paul) == before + 1


def test_two_who_publish_one_after_the_other_are_shown_both_texts(paul: Writer, anne: Writer, time: Traveller) -> None:
    paul.publishes(**NOTICE)
    paul.opens(KEY, body_fr=OTHER)
    time.shift(60)
    anne.publishes(KEY, body_fr=f"{FRENCH} Bonne journée.")
    assert "Bonne journée" in body(paul)
    before = paul.office.dump()
    paul.checks(KEY, status=409)
    assert paul.office.dump() == before
    assert "The notice has changed since you began" in paul.words
    assert "Personne administrator" in paul.words
    assert [name in paul.words_of(".d-kept") for name in ("Bonne journée.", "Merci de votre patience.")] == [
        True,
        True,
    ]
    assert "[removed: Bonne journée." in paul.words_of(".p-compared del")
    paul.keeps(KEY)  # over the other one, which was shown
    assert "Merci de votre patience" in body(paul)


def test_a_notice_that_changes_between_check_and_button_is_not_overwritten(paul: Writer, anne: Writer) -> None:
    paul.publishes(**NOTICE)
    paul.opens(KEY, body_fr=OTHER).checks(KEY)
    anne.publishes(KEY, body_fr=f"{FRENCH} Bonne journée.")
    assert "Keep mine in place of the other" in paul.refused("keep", KEY, status=409)
    assert "Bonne journée" in body(paul)


def test_a_scheduled_notice_is_not_overwritten_either(paul: Writer, anne: Writer) -> None:
    paul.publishes(**{**NOTICE, "when": "at", "day": "2026-12-01", "hour": "08:30"})
    paul.opens(KEY, body_fr=OTHER)
    anne.publishes(KEY, body_fr=f"{FRENCH} Bonne journée.")
    paul.refused("keep", KEY, status=409)


def test_a_form_without_its_beginning_is_stale(paul: Writer) -> None:
    paul.publishes(**NOTICE)
    paul.opens(KEY, body_fr=OTHER)
    for base in ("", "x", "-1", "٣", "9" * 12):
        paul.refused("keep", KEY, status=409, base=base)


def test_a_form_from_the_future_keeps_nothing(paul: Writer) -> None:
    paul.publishes(**NOTICE)
    paul.opens(KEY, body_fr=OTHER)
    paul.refused("keep", KEY, status=409, base="99999")


def test_a_change_of_another_notice_is_no_conflict(paul: Writer, anne: Writer) -> None:
    paul.publishes(**NOTICE)
    paul.opens(KEY, body_fr=OTHER)
    anne.publishes(**{**NOTICE, "title_fr": "Autre avis", "title_en": "Other notice"})
    paul.checks(KEY).keeps(KEY)
    assert "Merci" in body(paul)


def test_an_editor_keeps_a_draft_that_nobody_sees(eve: Writer) -> None:
    before = total(eve)
    eve.publishes(**{**NOTICE, "when": "draft"})
    assert total(eve) == before
    eve.publishes(KEY, body_fr=OTHER)
    assert total(eve) == before


@pytest.mark.parametrize("when", [{"when": "now"}, {"when": "at", "day": "2026-12-01", "hour": "08:30"}])
def test_an_editor_publishes_nothing(eve: Writer, when: dict[str, Any]) -> None:
    eve.opens(**{**NOTICE, **when}).checks()
    assert "Send for publishing" in eve.words
    assert "Only a publisher lets the public see something." in eve.refused("keep", status=403)


def test_an_editor_changes_nothing_that_is_public_or_scheduled(paul: Writer, eve: Writer) -> None:
    paul.publishes(**NOTICE)
    eve.opens(KEY, body_fr=OTHER).checks(KEY)
    eve.refused("keep", KEY, status=403)
    paul.publishes(**{**NOTICE, "title_fr": "Autre avis", "when": "at", "day": "2026-12-01", "hour": "08:30"})
    eve.opens("autre-avis", when="draft").checks("autre-avis")
    eve.refused("keep", "autre-avis", status=403)


def test_an_editor_sends_a_notice_and_a_publisher_publishes_it(paul: Writer, eve: Writer) -> None:
    eve.opens(**NOTICE).checks().sends("send", status=303)
    paul.looks("/desk/en/notices/")
    assert "Waiting for a publisher Reprise du service – Personne editor, November 20, 2026, 10:00" in paul.words
    link = next(a.attrs["href"] for a in paul.all("main ul a") if "draft=" in a.attrs["href"])
    paul.opens(draft=link.partition("draft=")[2])
    assert "Personne editor wrote this" in paul.words
    paul.checks().keeps()
    assert FRENCH in body(paul)
    paul.looks("/desk/en/notices/")
    assert "Waiting for a publisher" not in paul.words


def test_what_was_sent_and_is_typed_anew_is_not_sent_any_more(eve: Writer) -> None:
    eve.opens(**NOTICE).checks().sends("send", status=303)
    eve.opens(body_fr=OTHER).sends("draft")
    eve.looks("/desk/en/notices/")
    assert "Waiting for a publisher" not in eve.words
    assert "Being written" in eve.words


def test_an_editor_withdraws_nothing(paul: Writer, eve: Writer) -> None:
    paul.publishes(**NOTICE)
    eve.opens(KEY)
    assert "Withdraw this notice" not in eve.words
    eve.refused("withdraw", KEY, status=403, reason="Non.")


def test_what_is_typed_is_kept_and_restored_whole(eve: Writer, time: Traveller) -> None:
    typed = {
        **NOTICE,
        "body_fr": "  Un début",
        "audiences": ["dispensers", "developers"],
        "rows": ["access-new", "b2b-new"],
    }
    typed |= {"when": "at", "day": "2026-12-0", "hour": "08:30", "keeps": "", "forms": "40"}
    answer = eve.opens(**typed).sends("draft")
    assert answer.get_json() == {"saved": "Kept as your draft: November\xa020, 2026, 10:00\xa0a.m."}
    time.shift(600)
    restored = eve.opens().shown()
    assert {name: restored.get(name) for name in typed} == {**typed, "body_fr": "Un début"}
    assert "You typed this (November 20, 2026, 10:00 a.m.); it is not published." in eve.words


def test_what_is_restored_still_knows_from_which_text_it_began(paul: Writer, anne: Writer) -> None:
    paul.publishes(**NOTICE)
    paul.opens(KEY, body_fr=OTHER).sends("draft", KEY)
    anne.publishes(KEY, body_fr=f"{FRENCH} Bonne journée.")
    paul.opens(KEY)
    assert "The notice has changed since this was begun." in paul.words
    paul.checks(KEY, status=409)


def test_publishing_forgets_what_one_typed_and_nothing_of_a_colleague(paul: Writer, eve: Writer) -> None:
    eve.opens(title_fr="Le mien").sends("draft")
    paul.opens(**NOTICE).sends("draft")
    paul.checks().keeps()
    paul.opens()
    assert paul.form["title_fr"] == ""
    assert eve.opens().form["title_fr"] == "Le mien"


def test_what_one_typed_can_be_forgotten(eve: Writer) -> None:
    eve.opens(title_fr="Non").sends("draft")
    eve.opens()
    eve.sends("forget", status=303)
    assert eve.opens().form["title_fr"] == ""


def test_somebody_who_writes_at_the_same_time_is_named(paul: Writer, eve: Writer, time: Traveller) -> None:
    paul.publishes(**NOTICE)
    eve.opens(KEY, body_fr=OTHER).sends("draft", KEY)
    paul.opens(KEY)
    assert "Personne editor is writing here too (last typed at 10:00 a.m.)." in paul.words
    time.shift(16 * 60)
    assert "is writing here too" not in paul.opens(KEY).words


def test_nobody_opens_a_draft_that_is_not_there(paul: Writer) -> None:
    for draft in ("999", "x", "-1"):
        paul.opens(draft=draft, status=404)
