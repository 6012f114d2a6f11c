"""The steps of signing in: in their order, of one person, and never to another site."""

import re
from urllib.parse import quote

import pytest
from time_machine import Traveller
from werkzeug.test import TestResponse

from tests.desk.people import PASSWORD, SIGN_IN, Colleague, Desk, address
from tests.makers import PUBLIC_URL
from tests.staff.authenticator import PRESENT, Authenticator, asked
from tests.staff.conftest import Ask

CODE, FACTOR, RECOVERY, PASSKEY = (f"/desk/fr/session/{step}" for step in ("code", "factor", "recovery", "passkey"))
APPLICATION, PASSKEYS, CONFIRM = "/desk/fr/account/application", "/desk/fr/account/passkeys", "/desk/fr/session/confirm"
NOW = "2026-11-20 10:00"
#: What nobody may open who has given the password alone.
CLOSED = (
    "/desk/fr/",
    "/desk/fr/ici",
    "/desk/fr/compte/",
    "/desk/fr/personnes/",
    "/desk/fr/account/password",
    "/desk/fr/account/codes",
    "/desk/fr/account/passkeys",
    CONFIRM,
)


@pytest.fixture(autouse=True)
def standing_clock(clock: Traveller) -> Traveller:
    return clock


def is_out(someone: Colleague) -> bool:
    return someone.client.get("/desk/fr/", base_url=PUBLIC_URL).status_code == 302


def has_passkey(someone: Colleague, device: Authenticator, name: str = "bureau") -> Colleague:
    """Keep a passkey for somebody who is signed in."""
    someone.get(PASSKEYS)
    path, options = asked(someone.send(PASSKEYS, {"name": name, "usage": "first"}, status=200))
    someone.send(path, {"credential": device.made(options)})
    return someone


def asked_for_passkey(someone: Colleague) -> tuple[str, dict]:
    """Give the password, choose the passkey, and return what the page asks of it."""
    someone.get(someone.give_password().headers["Location"])
    someone.get(someone.send(FACTOR, {"which": "webauthn"}).headers["Location"])
    return asked(someone.send(PASSKEY, status=200))


def test_a_password_alone_opens_nothing_in_any_order(desk: Desk, clock: Traveller) -> None:
    someone = desk.someone("administrator")
    someone.give_password()
    steps = (CODE, FACTOR, RECOVERY, PASSKEY, APPLICATION)
    for step in steps:
        someone.client.get(step, base_url=PUBLIC_URL)
        someone.client.post(step, **someone.posted({"setup": "authenticator", "which": "authenticator", "code": ""}))
        for path in CLOSED:
            assert "/desk/fr/session" in someone.get(path, status=302).headers["Location"]
        someone.give_password()


@pytest.mark.parametrize("step", [CODE, FACTOR, RECOVERY, PASSKEY, PASSKEY + "/x", APPLICATION, APPLICATION + "/x"])
def test_no_step_can_be_taken_before_the_password(desk: Desk, step: str) -> None:
    someone = desk.someone("editor")
    someone.get(SIGN_IN)
    code = someone.code()
    answer = someone.client.post(step, **someone.posted({"code": code, "setup": "authenticator"}))
    assert answer.status_code in (302, 401, 404)
    assert is_out(someone)


def test_whoever_has_left_after_the_password_begins_again(desk: Desk, clock: Traveller) -> None:
    someone = desk.someone("editor")
    someone.get(someone.give_password().headers["Location"])
    clock.shift(14 * 60)
    someone.get(CODE)
    clock.shift(60)
    assert someone.send(CODE, {"code": someone.code()}).headers["Location"].startswith(SIGN_IN)
    assert is_out(someone)


def test_the_steps_of_two_people_do_not_mix(desk: Desk) -> None:
    someone, other = desk.someone("editor"), desk.someone("clerk")
    someone.get(someone.give_password().headers["Location"])
    someone.email = other.email
    someone.give_password()  # the other one's password, in the same browser
    someone.send(CODE, {"code": someone.code()}, status=422)
    someone.key, someone.last_step = other.key, 0
    someone.send(CODE, {"code": someone.code()})
    assert "Personne clerk" in someone.get("/desk/fr/").text


def test_a_first_application_cannot_be_put_in_after_the_first(desk: Desk) -> None:
    invitation = desk.office.did("staff", "add", "neuf@agence-essai.ca", "--name", "Neuve", "--role", "editor").split()[
        0
    ]
    other = Colleague(desk.office, "neuf@agence-essai.ca")
    someone = Colleague(desk.office, "neuf@agence-essai.ca")
    someone.get(invitation.removeprefix(PUBLIC_URL))
    someone.send(invitation.removeprefix(PUBLIC_URL), {"password": PASSWORD, "password_confirm": PASSWORD})
    for half in (other, someone):  # both know the password; one of them is not the person
        half.get(half.give_password().headers["Location"])
    page = other.send(APPLICATION, {"setup": "authenticator"}, status=200)
    someone.set_up_codes()
    someone.get("/desk/fr/")
    assert other.send(APPLICATION, {"setup": "authenticator"}).headers["Location"].startswith(SIGN_IN)
    other.get(other.give_password().headers["Location"])
    other.key = re.findall(r">([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)<", page.text)[0].replace("-", "")
    other.send(CODE, {"code": other.code()}, status=422)


def test_a_step_that_was_begun_is_over_once_the_person_is_let_out(desk: Desk, clock: Traveller, ask: Ask) -> None:
    has_passkey(desk.signed_in("editor"), device := Authenticator())
    by_code, by_passkey = desk.someone("editor"), desk.someone("editor")
    by_code.get(by_code.give_password().headers["Location"])
    path, options = asked_for_passkey(by_passkey)
    desk.office.did("staff", "disable", address("editor"))
    clock.shift(30)
    by_code.send(CODE, {"code": by_code.code()})
    by_passkey.send(path, {"credential": device.given(options)})
    desk.office.did("staff", "enable", address("editor"))
    assert is_out(by_code)
    assert is_out(by_passkey)
    assert ask("SELECT count(*) FROM staff_sessions WHERE ended_at IS NULL AND staff_id = 1") == [(0,)]


def test_a_passkey_is_kept_and_opens_the_desk_after_the_password(desk: Desk, ask: Ask) -> None:
    has_passkey(desk.signed_in("editor"), device := Authenticator())
    assert ask("SELECT name, usage FROM staff_passkeys") == [("bureau", "secondary")]
    someone = desk.someone("editor")
    path, options = asked_for_passkey(someone)
    someone.send(path, {"credential": device.given(options)})
    someone.get("/desk/fr/")


def test_a_passkey_of_somebody_else_opens_nothing(desk: Desk) -> None:
    has_passkey(desk.signed_in("editor"), Authenticator())
    has_passkey(desk.signed_in("administrator"), theirs := Authenticator())
    someone = desk.someone("editor")
    path, options = asked_for_passkey(someone)
    someone.send(path, {"credential": theirs.given(options)})
    assert is_out(someone)


def test_what_a_passkey_said_is_good_once(desk: Desk, clock: Traveller) -> None:
    has_passkey(desk.signed_in("editor"), device := Authenticator())
    clock.shift(10)
    someone, thief = desk.someone("editor"), desk.someone("editor")
    path, options = asked_for_passkey(someone)
    said = device.given(options)
    asked_for_passkey(thief)
    clock.shift(2)
    someone.send(path, {"credential": said})
    someone.get("/desk/fr/")
    thief.send(path, {"credential": said})
    assert is_out(thief)


def test_a_passkey_that_another_site_asked_opens_nothing(desk: Desk) -> None:
    has_passkey(desk.signed_in("editor"), device := Authenticator())
    device.origin = "http://portal.test.example"
    someone = desk.someone("editor")
    path, options = asked_for_passkey(someone)
    someone.send(path, {"credential": device.given(options)})
    assert is_out(someone)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "5",
        "[]",
        "null",
        "{}",
        '{"id": 1}',
        "\0",
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","attestationObject":"oA"}}',
    ],
)
def test_what_is_no_passkey_is_refused_in_words(desk: Desk, said: str) -> None:
    someone = has_passkey(desk.signed_in("editor"), Authenticator())
    path, _options = asked(someone.send(PASSKEYS, {"name": "autre", "usage": "secondary"}, status=200))
    words = someone.get(someone.send(path, {"credential": said}).headers["Location"]).text
    assert re.search("pas pu lire|pas pu être vérifiée", words)
    other = desk.someone("editor")
    path, _options = asked_for_passkey(other)
    other.send(path, {"credential": said})
    assert is_out(other)


def test_an_open_desk_takes_no_factor_without_the_password(desk: Desk, clock: Traveller, ask: Ask) -> None:
    someone, thief = desk.signed_in("editor"), desk.signed_in("clerk")
    thief.get(APPLICATION)
    page = thief.send(APPLICATION, {"setup": "authenticator"}, status=200)
    application = re.findall(rf'action="({APPLICATION}/[^"]+)"', page.text)[0]
    key = re.findall(r">([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)<", page.text)[0].replace("-", "")
    passkey, options = asked(thief.send(PASSKEYS, {"name": "voleur", "usage": "secondary"}, status=200))
    before = ask("SELECT tf_totp_secret FROM staff ORDER BY id")
    clock.shift(16 * 60)
    someone.get("/desk/fr/")
    token = someone.token
    for path, form in (
        (application, {"code": Colleague(desk.office, "", key).code()}),
        (passkey, {"credential": Authenticator().made(options)}),
        (APPLICATION, {"setup": "authenticator"}),
        (PASSKEYS, {"name": "voleur", "usage": "secondary"}),
        ("/desk/fr/account/passkeys/remove", {"name": "bureau"}),
        ("/desk/fr/account/codes", {"generate_new_codes": "1"}),
    ):
        someone.token = token
        assert someone.send(path, form).headers["Location"].startswith(CONFIRM)
    assert ask("SELECT tf_totp_secret FROM staff ORDER BY id") == before
    assert ask("SELECT count(*) FROM staff_passkeys") == [(0,)]
    someone.get(CONFIRM)
    someone.send(CONFIRM, {"password": "trois girafes rapides"}, status=422)
    someone.send(CONFIRM, {"password": PASSWORD})
    someone.get(APPLICATION)


def test_a_passkey_that_confirms_knows_its_person(desk: Desk, clock: Traveller) -> None:
    someone = has_passkey(desk.signed_in("editor"), device := Authenticator())
    clock.shift(16 * 60)
    someone.get(CONFIRM + "/passkey")
    for flags, where in ((PRESENT, CONFIRM + "/passkey"), (device.flags, "/desk/fr/")):
        path, options = asked(someone.send(CONFIRM + "/passkey", status=200))
        assert options["userVerification"] == "required"
        device.flags = flags
        assert someone.send(path, {"credential": device.given(options)}).headers["Location"] == where


def test_whoever_is_signed_in_is_at_no_step_of_signing_in(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    for step in (SIGN_IN, CODE, FACTOR, RECOVERY, PASSKEY):
        assert someone.get(step, status=302).headers["Location"] == "/desk/fr/"
    someone.get("/desk/fr/")


#: Ways back that lead elsewhere, or that a browser or a server may read so.
FOREIGN = [
    *("//evil.example", "///evil.example", "////evil.example", "\\\\evil.example", "/\\evil.example"),
    *("\\/evil.example", "http://evil.example", "https://evil.example/", "http:evil.example"),
    *("http:/evil.example", "https:///evil.example", "//evil.example/desk/fr/"),
    *("//evil.example\\@portal.test/desk/", "http://portal.test@evil.example/desk/"),
    *("http://portal.test.evil.example/desk/", "http://evil.example#@portal.test/"),
    *("http://evil.example?portal.test/", "http://portal.test:80@evil.example/"),
    *("http://portal.test\\.evil.example/", "//portal.test:99999999/desk/", "http://[evil", "//[::1"),
    *("http://[::1]:x/", "//[", "http://portal.test:evil/desk/", "//0x7f.1/", "//2130706433/"),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)"),
    *("javascript://portal.test/%0aalert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"),
    *("blob:x", "ftp://evil.example/", "mailto:x@evil.example", "\t//evil.example", " //evil.example"),
    *("\n//evil.example", "/\t/evil.example", "/\r/evil.example", "\x19//evil.example", "\x00//evil.example"),
    *("/\x00/evil.example", "/desk/\r\nSet-Cookie: a=b", "/desk/\r\n\r\n<script>", "\u200b//evil.example"),
    *("/desk/../..//evil.example", "/desk/../\\evil.example", "/desk/..//evil.example"),
    *("/desk//evil.example", "/desk/.//evil.example", "/desk/%2e%2e//evil.example"),
    *("/desk/..%2f..%2fevil.example", "/%2f%2fevil.example", "%2f%2fevil.example", "/%5cevil.example"),
    *("／／evil.example", "//evil。example", "//evil．example", "/／evil.example", "https:／／evil.example"),
    *("//ⓔvil.example", "/fr/", "/", "evil.example", "?next=//evil.example", "#//evil.example"),
    *("/desk\\evil.example", "/deskevil.example"),
]


def leads_home(answer: TestResponse) -> bool:
    return (
        re.fullmatch(r"/desk/(fr|en)/[a-z/]*(\?next=(%2F|/)desk(%2F|/)fr(%2F|/))?", answer.headers["Location"])
        is not None
    )


def test_no_way_back_leaves_the_desk(desk: Desk, clock: Traveller) -> None:
    assert len(FOREIGN) >= 60
    outside, inside, half = desk.someone("editor"), desk.signed_in("editor"), desk.someone("editor")
    half.get(half.give_password().headers["Location"])
    for number, way in enumerate(FOREIGN):
        query = f"?next={quote(way, safe='')}"
        for someone in (outside, inside, half):
            someone.address = f"198.51.100.{number}"
        outside.get(SIGN_IN + query)
        assert leads_home(inside.get(SIGN_IN + query, status=302)), way
        assert leads_home(inside.get(CODE + query, status=302)), way
        inside.get(CONFIRM + query)
        inside.get(CONFIRM + "/passkey" + query)
        half.get(CODE + query)
        half.get(RECOVERY + query)


@pytest.mark.parametrize("where", ["query", "form"])
def test_no_way_back_leaves_the_desk_when_a_step_is_done(desk: Desk, clock: Traveller, where: str) -> None:
    someone = desk.someone("editor")  # in a browser that is known: whoever signs in so often elsewhere has to wait
    for number, way in enumerate(FOREIGN):
        query = f"?next={quote(way, safe='')}" if where == "query" else ""
        form = {"next": way} if where == "form" else {}
        someone.address = f"198.51.100.{number}"
        clock.shift(30 * 60)
        someone.get(SIGN_IN + query)
        someone.get(
            someone.send(SIGN_IN + query, {"email": someone.email, "password": PASSWORD, **form}).headers["Location"]
        )
        assert leads_home(someone.send(CODE + query, {"code": someone.code(), **form})), way
        someone.get("/desk/fr/")
        assert leads_home(someone.send(CONFIRM + query, {"password": PASSWORD, **form})), way
        assert leads_home(someone.send("/desk/fr/session/end" + query, form)), way


@pytest.mark.parametrize("way", ["/desk/fr/compte/", "/desk/fr/personnes/?page=2&mot=%C3%A9t%C3%A9%20//x", "/desk/en/"])
def test_a_way_back_inside_the_desk_is_kept(desk: Desk, way: str) -> None:
    someone = desk.someone("administrator")
    someone.get(someone.give_password(path=f"{SIGN_IN}?next={quote(way, safe='')}").headers["Location"])
    path = f"{CODE}?next={quote(way, safe='')}"
    assert someone.send(path, {"code": someone.code()}).headers["Location"] == way


@pytest.mark.parametrize("body", ["[1]", "5", '{"email": {"a": 1}, "password": ["x"]}', "{"])
def test_only_forms_are_read(desk: Desk, body: str) -> None:
    someone = desk.someone("editor")
    someone.get(SIGN_IN)
    sent = {**someone.posted({}, X_CSRFToken=someone.token), "data": body, "content_type": "application/json"}
    assert someone.client.post(SIGN_IN, **sent).status_code == 400
