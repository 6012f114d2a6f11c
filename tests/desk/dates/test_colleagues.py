"""Two people at one table: the one who began before the other published is told, and loses nothing; drafts are kept."""

import pytest
from time_machine import travel

from tests.conftest import DEMO_DAY
from tests.desk.dates.clerks import ASK, CHECK, DRAFT, GIVE_UP, PUBLISH, TABLE, Clerk
from tests.desk.people import PASSWORD


def editions(clerk: Clerk) -> int:
    """Return how many editions the public reads of."""
    return clerk.office.get("/api/v1/editions").get_json()["total"]


@pytest.mark.parametrize("path", [CHECK, PUBLISH])
def test_who_began_before_the_last_change_is_told_both_texts_who_and_when(paul: Clerk, anne: Clerk, path: str) -> None:
    paul.opens()
    anne.publishes(date_access_new="11-10", date_b2b_new="10-16")
    words = paul.is_refused(path, status=409, date_access_new="11-13")
    assert "The table has changed since you began" in words
    assert (
        "Personne administrator, November 20, 2026, 10:00 a.m. – New access to the online services, New access to bus"
        in words
    )
    row = paul.words(".d-changes tbody")
    assert "November 10, 2026 Personne administrator, November 20, 2026, 10:00 a.m. November 13, 2026" in row


def test_from_the_conflict_one_publishes_ones_own_over_it(paul: Clerk, anne: Clerk) -> None:
    paul.opens()
    anne.publishes(date_access_new="11-10")
    paul.sends(PUBLISH, status=409, date_access_new="11-13")
    paul.sends(PUBLISH, status=303)
    assert "November 10, 2026 November 13, 2026" in paul.opens("/desk/en/dates/editions/108")


def test_from_the_conflict_one_goes_back_to_the_table_with_what_one_typed(paul: Clerk, anne: Clerk) -> None:
    paul.opens()
    anne.publishes(date_access_new="11-10")
    paul.sends(PUBLISH, status=409, date_access_new="11-13")
    paul.sends("/desk/en/dates/again")
    assert paul.all("#date-access-new")[0].attrs["value"] == "11-13"
    assert "November 10, 2026" in paul.words("main table")


def test_what_became_a_slip_meanwhile_is_questioned_anew(paul: Clerk, anne: Clerk) -> None:
    paul.opens()
    anne.publishes(date_access_new="11-16")
    paul.is_refused(PUBLISH, status=409, date_access_new="11-13")
    assert "The date goes back, from November 16, 2026 to November 13, 2026." in paul.words("#questions")


def test_a_stale_form_with_a_fault_is_told_both(paul: Clerk, anne: Clerk) -> None:
    paul.opens()
    anne.publishes(date_access_new="11-10")
    words = paul.is_refused(CHECK, status=409, date_access_new="x")
    assert "“x” is no date" in words
    assert "Personne administrator" in words


def test_a_colleague_who_publishes_meanwhile_is_told_while_one_types(paul: Clerk, anne: Clerk) -> None:
    paul.opens()
    anne.publishes(date_access_new="11-10")
    told = paul.sends(ASK, date_access_new="11-13").get_json()["told"]
    assert len(told) == 1
    assert told[0].startswith("The table has changed since you began: Personne administrator,")


def test_a_note_written_meanwhile_is_not_written_over_unseen(paul: Clerk, anne: Clerk) -> None:
    paul.opens()
    anne.publishes(fr_b2b_new="Une note d’Anne.", en_b2b_new="A note of Anne’s.")
    paul.sends(PUBLISH, status=409, date_access_new="11-13")
    paul.sends(PUBLISH, status=303)
    assert "A note of Anne’s." in paul.office.get("/en/dates/").text


def test_a_double_click_publishes_once_and_ends_at_the_edition(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="11-13")
    pressed = paul.held()
    first, second = (paul.sends_only(PUBLISH, status=303, **pressed) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] == "/desk/en/dates/editions/107"
    assert editions(paul) == 107


def test_two_who_publish_the_same_publish_it_once(paul: Clerk, anne: Clerk) -> None:
    for clerk in (paul, anne):
        clerk.opens()
        clerk.sends(CHECK, date_access_new="11-13")
    paul.sends(PUBLISH, status=303)
    answer = anne.sends(PUBLISH, status=303)
    assert answer.headers["Location"] == TABLE
    assert "Nothing to publish: the table says this already." in anne.opens()
    assert editions(paul) == 107


def test_a_form_that_does_not_say_from_what_it_began_publishes_nothing(paul: Clerk) -> None:
    for revision in ("", "x", "999", "-1", "9" * 400, "٢"):
        paul.opens()
        paul.is_refused(PUBLISH, status=409, date_access_new="11-13", expected=revision)


def test_what_is_typed_is_kept_as_a_draft_and_found_again(paul: Clerk) -> None:
    paul.opens()
    told = paul.sends(DRAFT, date_access_new="11-1", reason="Not yet").get_json()
    assert told["saved"].replace("\u00a0", " ") == "Kept as your draft: November 20, 2026, 10:00 a.m."
    assert "What you typed, as you left it" in paul.opens()
    assert paul.all("#date-access-new")[0].attrs["value"] == "11-1"
    assert paul.all("#reason")[0].attrs["value"] == "Not yet"


def test_a_draft_that_is_emptied_or_given_up_is_gone(paul: Clerk) -> None:
    for path, typed in ((DRAFT, {"date_access_new": ""}), (GIVE_UP, {})):
        paul.opens()
        paul.sends(DRAFT, date_access_new="11-13")
        assert "What you typed" in paul.opens()
        paul.sends(path, status=200 if typed else 303, **typed)
        assert "What you typed" not in paul.opens()


def test_a_draft_is_gone_once_it_is_published(paul: Clerk) -> None:
    paul.opens()
    paul.sends(DRAFT, date_access_new="11-13")
    paul.publishes(date_access_new="11-13")
    assert "What you typed" not in paul.opens()


def test_a_draft_holds_the_fields_of_the_table_alone(paul: Clerk) -> None:
    paul.opens()
    paul.sends(DRAFT, date_access_new="11-13", **{"date-nobody": "11-12", "password": PASSWORD})
    dump = "\n".join(paul.office.dump())
    assert PASSWORD not in dump
    assert "date-nobody" not in dump


def test_colleagues_see_who_is_typing_and_since_when_they_are_not(paul: Clerk, anne: Clerk) -> None:
    anne.opens()
    anne.sends(DRAFT, date_access_new="11-13")
    assert "Personne administrator is typing here: November 20, 2026, 10:00 a.m." in paul.opens()
    told = paul.sends(DRAFT, date_access_change="11-13").get_json()
    assert [words.replace("\u00a0", " ") for words in told["others"]] == [
        "Personne administrator, November 20, 2026, 10:00 a.m."
    ]
    with travel(f"{DEMO_DAY}T10:16:00-05:00"):
        assert "Personne administrator left a draft" in paul.opens()


def test_a_publisher_goes_on_with_the_draft_of_an_editor(paul: Clerk, eve: Clerk) -> None:
    eve.opens()
    eve.sends(DRAFT, date_access_new="11-13")
    paul.opens()
    paul.opens(paul.all("#others a")[0].attrs["href"])
    assert "What Personne editor typed" in paul.words()
    paul.sends(CHECK)
    paul.sends(PUBLISH, status=303)
    assert "What you typed" not in eve.opens(), "it is published: it is a draft no more"


def test_a_draft_tells_what_changed_since_it_was_begun(paul: Clerk, anne: Clerk) -> None:
    paul.opens()
    paul.sends(DRAFT, date_access_new="11-13")
    anne.publishes(date_access_new="11-10")
    words = paul.opens()
    assert "The table has changed since you began" in words
    assert paul.all("#date-access-new")[0].attrs["value"] == "11-13"
    paul.sends(CHECK)


def test_a_draft_of_nobody_is_no_draft(paul: Clerk) -> None:
    for number in ("999", "x", "-1", "9" * 400):
        paul.opens(f"{TABLE}?draft={number}")
        assert not paul.all("#date-access-new")[0].attrs.get("value")
