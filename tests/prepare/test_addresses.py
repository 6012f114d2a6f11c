"""The two addresses of a form: compared, told to whoever sent them, and kept nowhere."""

import logging

import pytest
import time_machine
from werkzeug.test import TestResponse

from tests.makers import PUBLIC_URL, Office
from tests.visitor import Visit, inspect, visit

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
PREPARE = {"fr": "/fr/preparer/", "en": "/en/prepare/"}
#: The mailboxes of nobody else: they are looked for in all that the portal writes.
USER, AUTHORISER = "canari.personnelle@gmail.com", "canari.professionnelle@xx.com"
FIT = {"fr": "Ces deux adresses sont différentes", "en": "These two addresses are different"}
AGAIN = {"fr": "Vérifiez ces adresses", "en": "Check these addresses"}


def sent(
    office: Office, language: str, user: str = USER, authoriser: str = AUTHORISER, *, one: str = "", **headers: str
) -> TestResponse:
    form = {"form": "1234", "date": "", "user": user, "authoriser": authoriser, "one_person": one}
    return office.post(PREPARE[language], form, **headers)


def told(office: Office, language: str, user: str = USER, authoriser: str = AUTHORISER, *, one: bool = False) -> Visit:
    return inspect(office, sent(office, language, user, authoriser, one="yes" if one else ""), PREPARE[language])


def verdict(found: Visit) -> str:
    return found.all(".p-answer__verdict")[0].to_text().strip()


def test_the_form_carries_what_was_asked_and_nothing_in_its_address(office: Office) -> None:
    for path in PREPARE.values():
        form = visit(office, f"{path}?form=1234&date=2021-07-22").all("main form")[0]
        assert (form.attrs["method"], form.attrs["action"]) == ("post", path)
        hidden = {entry.attrs["name"]: entry.attrs["value"] for entry in form.query("[type=hidden]")}
        assert hidden == {"form": "1234", "date": "2021-07-22"}


@pytest.mark.parametrize("one", [False, True])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_two_mailboxes_are_told_what_each_will_receive(office: Office, language: str, one: bool) -> None:
    found = told(office, language, one=one)
    assert verdict(found) == FIT[language]
    words = {
        "fr": "le mot de passe temporaire serait envoyé à l’adresse de la section 2, et le nom d’utilisateur à celle",
        "en": "the temporary password would go to the address of section 2, and the user name to that of section 3.",
    }
    assert words[language] in found.spoken
    assert found.one("#user").attrs["value"] == USER
    assert ("checked" in found.one("#one_person").attrs) == one


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("typed", "is_alike"),
    [(USER, True), (f" {USER.upper()} ", True), ("canaripersonnelle+acces@googlemail.com", False)],
)
def test_one_mailbox_for_both_is_refused_beside_its_field(
    office: Office, language: str, typed: str, is_alike: bool
) -> None:
    found = inspect(office, sent(office, language, USER, typed), PREPARE[language], status=422)
    assert found.one(".p-errors a").attrs["href"] == "#authoriser"
    error = found.one("#authoriser-error").to_text()
    alike = {"fr": "C’est l’adresse de la section 2.", "en": "This is the address of section 2."}
    other = {"fr": "mènent à la même boîte", "en": "lead to one mailbox"}
    assert (alike if is_alike else other)[language] in error
    assert found.one("#user").attrs["value"] == USER
    assert FIT[language] not in found.words


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_shared_mailbox_is_a_warning_that_names_its_word(office: Office, language: str) -> None:
    found = told(office, language, "reception@xx.com", "info@xx.com")
    assert verdict(found) == AGAIN[language]
    refused = {"fr": "Une boîte partagée n’est jamais acceptée", "en": "A shared mailbox is never accepted"}[language]
    assert found.spoken.count(refused) == 2
    user, authoriser = [
        part for part in found.all(".p-answer")[0].query("p") if "“" in part.to_text() or "«" in part.to_text()
    ]
    assert "reception" in user.to_text()
    assert "section 2" in user.to_text()
    assert "info" in authoriser.to_text()
    assert "section 3" in authoriser.to_text()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("typed", ["information@xx.com", " Information+canari@XX.com "])
def test_the_shared_mailbox_that_the_notice_names_is_refused(office: Office, language: str, typed: str) -> None:
    for fields in ({"user": typed}, {"authoriser": typed}, {"user": typed, "authoriser": "information@yy.com"}):
        found = inspect(office, sent(office, language, **fields), PREPARE[language], status=422)
        assert [a.attrs["href"] for a in found.all(".p-errors a")] == [f"#{name}" for name in fields]
        for name in fields:
            error = found.one(f"#{name}-error").to_text()
            assert {"fr": "n’est jamais acceptée", "en": "is never accepted"}[language] in error
            assert "canari" not in error


@pytest.mark.parametrize(
    ("user", "authoriser", "french", "english"),
    [
        ("a@gmail.com", "b@videotron.ca", "Les deux adresses semblent personnelles.", "Both addresses look personal."),
        ("a@xx.com", "b@gmail.com", "voyez si elles sont inversées", "see whether they are exchanged"),
    ],
)
def test_one_person_is_told_which_address_goes_where(
    office: Office, user: str, authoriser: str, french: str, english: str
) -> None:
    for language, words in (("fr", french), ("en", english)):
        assert words in told(office, language, user, authoriser, one=True).spoken
        assert verdict(told(office, language, user, authoriser)) == FIT[language]


BAD = ["", " ", "jacques", "@", "a@b", "a@xx.com,b@xx.com", "a b@xx.com", "a@xx.com\r\nBcc: b@xx.com", "\0a@xx.com"]
BAD += ["<script>x</script>@xx.com", "' OR 1=1;--", "é" * 10_000, "a@" + "x" * 20_000 + ".com", "\u202ea@xx.com"]


@pytest.mark.parametrize("typed", BAD, ids=lambda typed: ascii(typed)[:20])
def test_what_is_no_address_is_told_beside_its_field(office: Office, typed: str) -> None:
    for language, path in PREPARE.items():
        for name in ("user", "authoriser"):
            found = inspect(office, sent(office, language, **{name: typed}), path, status=422)
            assert found.one(".p-errors a").attrs["href"] == f"#{name}"
            assert "jacques.untel@xx.com" in found.one(f"#{name}-error").to_text()


def test_an_address_of_an_inner_network_is_told_why(office: Office) -> None:
    for language, words in (("fr", "finit par « .local »"), ("en", "ends in “.local”")):
        found = inspect(office, sent(office, language, "a@clinique.local"), PREPARE[language], status=422)
        assert words in found.one("#user-error").to_text().replace("\u00a0", " ")


def test_a_form_without_fields_is_told_what_is_missing(office: Office) -> None:
    for path in PREPARE.values():
        assert inspect(office, office.post(path, {}), path, status=422).one(".p-errors a").attrs["href"] == "#form"
        found = inspect(office, office.post(path, {"form": "1234"}), path, status=422)
        assert [a.attrs["href"] for a in found.all(".p-errors a")] == ["#user", "#authoriser"]


def test_of_a_field_sent_twice_the_first_counts(office: Office) -> None:
    twice = {"form": ["1234", "x"], "user": [USER, "x"], "authoriser": [AUTHORISER, USER]}
    answer = office.post(PREPARE["en"], twice)
    assert verdict(inspect(office, answer, PREPARE["en"])) == FIT["en"]


def test_a_form_that_goes_by_mail_compares_nothing(office: Office) -> None:
    for language, path in PREPARE.items():
        form = {"form": "4058", "date": "", "user": USER, "authoriser": USER}
        found = inspect(office, office.post(path, form), path)
        assert len(found.all(".p-answer")) == 1
        assert "canari" not in found.response.text, language


def test_the_date_is_asked_for_again_where_it_is_wrong(office: Office) -> None:
    for path in PREPARE.values():
        form = {"form": "1234", "date": "2999-01-01", "user": USER, "authoriser": AUTHORISER}
        found = inspect(office, office.post(path, form), path, status=422)
        assert found.one(".p-errors a").attrs["href"] == "#date"


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_a_body_beyond_the_limit_is_refused(office: Office, size: int) -> None:
    for language, path in PREPARE.items():
        inspect(office, sent(office, language, "a" * size), path, status=413)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": f"{PUBLIC_URL}.elsewhere.example"},
    ],
    ids=str,
)
def test_a_form_sent_from_another_site_is_refused(office: Office, headers: dict[str, str]) -> None:
    for language, path in PREPARE.items():
        inspect(office, sent(office, language, **headers), path, status=403)


@pytest.mark.parametrize("headers", [{}, {"Origin": PUBLIC_URL}, {"Sec_Fetch_Site": "same-origin"}], ids=str)
def test_our_own_form_and_a_client_that_is_no_browser_are_answered(office: Office, headers: dict[str, str]) -> None:
    assert verdict(inspect(office, sent(office, "en", **headers), PREPARE["en"])) == FIT["en"]


def test_the_thirty_first_try_in_a_minute_waits(office: Office, clock: time_machine.Traveller) -> None:
    for number in range(30):
        assert sent(office, "fr" if number % 2 else "en").status_code == 200
    for language, path in PREPARE.items():
        refused = sent(office, language)
        found = inspect(office, refused, path, status=429)
        assert 55 < int(refused.headers["Retry-After"]) <= 61
        assert len(found.all("a[href^='tel:']")) == 3
    assert sent(office, "fr", client="192.0.2.2").status_code == 200
    clock.shift(61)
    assert sent(office, "fr").status_code == 200


def test_an_answer_is_nobodys_but_the_askers(office: Office) -> None:
    for language in PREPARE:
        answer = told(office, language)
        assert answer.response.headers["Cache-Control"] == "no-store"
        assert not {"ETag", "Last-Modified", "Set-Cookie", "Location"} & set(answer.response.headers.keys())
        for element in answer.all("[href], [action], [content]"):
            assert not any("canari" in (element.attrs.get(name) or "") for name in ("href", "action", "content"))
        assert "canari" not in answer.words


def test_what_is_asked_in_the_address_is_not_read(office: Office) -> None:
    for path in PREPARE.values():
        found = visit(office, f"{path}?form=1234&user={USER}&authoriser={AUTHORISER}", is_kept=True)
        assert "canari" not in found.response.text


def test_the_addresses_are_kept_nowhere(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for language in PREPARE:
        told(office, language)
        sent(office, language, USER, USER)
        sent(office, language, "canari@", "canari@clinique.local")
        sent(office, language, USER, "information+canari@xx.com", one="yes")
        visit(office, f"{PREPARE[language]}?form=1234")
    assert "canari" not in caplog.text
    written = [file for file in office.data.rglob("*") if file.is_file()]
    assert written
    assert not [file for file in written if b"canari" in file.read_bytes()]
    assert "canari" not in "".join(office.dump())
