"""What a request is told of the row of its form: its verdict while it waits, and how long to allow once it is sent."""

from itertools import product

import pytest
import time_machine

from portal.core.numbers import printed_reference, reference_of
from tests.makers import Office, a_notice, a_request, a_requests_file, in_quebec
from tests.visitor import Visit, inspect

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
REFERENCE = printed_reference(reference_of(776_655_443_322))
FORM = {"fr": "/fr/suivi/", "en": "/en/status/"}
ROWS = (
    "row,group,group_fr,group_en,label_fr,label_en,forms,update_every_days,tolerance_days,grace_days,credentials,"
    "last_day,merged_into,notice\n"
    "new,services,S,S,Nouveau,New,1111,7,3,10,,,,\n"
    "halted,services,S,S,Arrêté,Halted,2222,7,3,10,,,,halt\n"
    "current,services,S,S,Courant,Current,3333,7,3,10,,,,\n"
    "bare,services,S,S,Sans envoi,Bare,8888,7,3,10,no,,,\n"
    "over,services,S,S,Terminé,Over,5555,7,3,10,no,2026-11-10,,\n"
    "old,services,S,S,Vieux,Old,6666,7,3,10,,2026-11-10,new,\n"
    "silent,services,S,S,Muet,Silent,7777,7,3,10,,,,\n"
)
DATES = (
    "row,meaning,received_on\nnew,received_on,2026-10-16\nhalted,suspended,\ncurrent,up_to_date,\n"
    "bare,received_on,2026-10-16\n"
)


@pytest.fixture
def table(office: Office) -> Office:
    """An office whose rows stand in every state; `over` and `old` have ended."""
    office.did("notices", "publish", office.file(a_notice(key="halt"), "halt.md"))
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates(DATES, as_of="2026-11-16")
    return office


def told(
    office: Office,
    form: str,
    *,
    received_on: str = "2026-11-02",
    stage: str = "in_line",
    changed_on: str = "2026-11-16",
    language: str = "en",
) -> Visit:
    line = a_request(reference=REFERENCE, received_on=received_on, form=form, stage=stage, changed_on=changed_on)
    office.did("import", "requests", office.file(a_requests_file(line)), "--correct", "A trial")
    answer = office.post(FORM[language], {"reference": REFERENCE, "date": received_on})
    return inspect(office, answer, FORM[language])


NOTHING_TO_DO = {"fr": "Vous n’avez rien à faire", "en": "You have nothing to do"}
CALL = {"fr": "Appelez-nous, et donnez-nous la référence", "en": "Call us, and give us the reference"}
VERDICTS = [
    ("1111", "2026-11-02", "demandes reçues le 16 octobre 2026.", "received on October 16, 2026.", False),
    ("1111", "2026-10-16", "reçues le même jour que la vôtre", "received on the same day as yours", False),
    ("1111", "2026-10-15", "Prévoyez jusqu’au 30 novembre 2026", "Allow until November 30, 2026", False),
    ("2222", "2026-11-02", "La vôtre garde sa date de réception", "Yours keeps its received date", False),
    ("3333", "2026-11-10", "traitées dès leur arrivée", "are processed as they arrive", False),
    ("3333", "2026-09-01", "le délai à prévoir est passé", "the time to allow has passed", True),
    ("5555", "2026-11-02", "le dernier jour était le 10 novembre 2026", "the last day was November 10, 2026", False),
    ("6666", "2026-11-02", "demandes reçues le 16 octobre 2026.", "received on October 16, 2026.", False),
    ("7777", "2026-11-02", "Nous n’avons pas encore publié de date", "We have not published a date", False),
]  # fmt: skip


@pytest.mark.parametrize(("form", "received_on", "french", "english", "is_late"), VERDICTS)
def test_a_request_that_waits_is_told_the_verdict_of_its_date(
    table: Office, form: str, received_on: str, french: str, english: str, is_late: bool
) -> None:
    for language, words in (("fr", french), ("en", english)):
        found = told(table, form, received_on=received_on, language=language).spoken
        assert words in found
        assert (CALL[language] in found) is is_late
        assert (NOTHING_TO_DO[language] in found) is not is_late


def test_a_date_passed_longer_ago_than_the_time_to_allow_is_told_to_call(
    table: Office, clock: time_machine.Traveller
) -> None:
    clock.move_to(in_quebec("2026-12-01 10:00"))
    for form, stage in product(("1111", "3333"), ("received", "in_line", "in_processing")):
        found = told(table, form, received_on="2026-10-15", stage=stage).spoken
        assert "the time to allow has passed. " in found
        assert CALL["en"] in found
        assert NOTHING_TO_DO["en"] not in found


def test_a_suspended_row_names_the_notice_that_explains_it(table: Office) -> None:
    assert told(table, "2222").all("main a[href*='closing-days']")


def test_a_forecast_is_told_while_it_waits_and_not_once_it_is_processed_nor_when_the_row_is_late(
    table: Office, clock: time_machine.Traveller
) -> None:
    no_forecast = "We cannot say when this date will be reached."
    assert no_forecast in told(table, "1111").spoken
    assert no_forecast not in told(table, "1111", stage="in_processing").spoken
    assert no_forecast not in told(table, "1111", received_on="2026-10-16").spoken
    clock.move_to(in_quebec("2026-11-27 10:00"))
    late = told(table, "1111", received_on="2026-11-03").spoken
    assert no_forecast not in late
    assert "This date has not been updated since November 16, 2026." in late


@pytest.mark.parametrize(
    ("form", "french", "english"),
    [
        (
            "1111",
            "Prévoyez jusqu’au 30 novembre 2026 pour recevoir les courriels",
            "November 30, 2026 for the e-mails",
        ),
        ("8888", "Prévoyez jusqu’au 30 novembre 2026", "Allow until November 30, 2026 for our answer"),
    ],
)
def test_a_processed_request_is_told_how_long_to_allow_then_to_call(
    table: Office, clock: time_machine.Traveller, form: str, french: str, english: str
) -> None:
    assert french in told(table, form, stage="processed", language="fr").spoken
    assert english in told(table, form, stage="processed").spoken
    clock.move_to(in_quebec("2026-12-01 00:00"))
    assert "The time to allow is over: if nothing has come, call us" in told(table, form, stage="processed").spoken
    french_words = told(table, form, stage="processed", language="fr").spoken
    assert "Le délai à prévoir est passé : si vous n’avez rien reçu, appelez-nous" in french_words


@pytest.mark.parametrize("form", ["8888", "5555"])
@pytest.mark.parametrize("stage", ["in_processing", "processed"])
def test_a_form_that_sends_no_credentials_promises_none_even_after_its_row(
    table: Office, form: str, stage: str
) -> None:
    found = told(table, form, stage=stage).spoken
    assert "credentials were sent" not in found
    assert "Who receives what" not in found
    line = a_request(reference=REFERENCE, form=form)
    printed = table.did("status", "acknowledgements", table.file(a_requests_file(line)), "--language", "en")
    assert "password" not in printed


def test_a_request_is_told_the_number_of_its_form(table: Office) -> None:
    assert "Form 1111." in told(table, "1111").spoken
    assert "Formulaire 1111." in told(table, "1111", language="fr").spoken
    assert "Form ." not in told(table, "").spoken


def test_what_was_told_before_the_office_closes_is_not_told_after(table: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-18 11:59"))
    assert "Open now" in told(table, "1111").document.to_text()
    clock.move_to(in_quebec("2026-11-18 12:00"))
    assert "Closed for lunch" in told(table, "1111").document.to_text()
