"""Following one's own request: one answer for whoever holds its reference, one answer for every miss."""

from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from werkzeug.test import TestResponse

from portal.core.numbers import EXAMPLE_REFERENCE, printed_reference, reference_of
from tests.makers import PUBLIC_URL, Office, a_request, a_requests_file, in_quebec
from tests.visitor import Visit, inspect, visit

pytestmark = pytest.mark.usefixtures("clock")
#: On a holiday eve or not, nothing here depends on the hour but the block of telephones: a Wednesday at ten.
NOW = "2026-11-18 10:00"
FORM = {"fr": "/fr/suivi/", "en": "/en/status/"}
#: It holds 0 and 1, which people read as O, I and L.
REFERENCE = printed_reference(reference_of(0b00000_00001_10010_00000_00001_11111_01010_00101_00000_00011))
UNKNOWN = printed_reference(reference_of(123_456_789))
RECEIVED = "2026-10-01"
MISS = {"fr": "Aucune demande trouvée", "en": "No request found"}


def imports(office: Office, *lines: str) -> None:
    office.did("import", "requests", office.file(a_requests_file(*lines)))


@pytest.fixture
def kept(office: Office) -> Office:
    """An office that holds one request."""
    imports(office, a_request(reference=REFERENCE, received_on=RECEIVED))
    return office


def sent(office: Office, language: str, reference: str, day: str, **headers: str) -> TestResponse:
    return office.post(FORM[language], {"reference": reference, "date": day}, **headers)


def asked(office: Office, language: str, reference: str = REFERENCE, day: str = RECEIVED) -> Visit:
    return inspect(office, sent(office, language, reference, day), FORM[language])


def is_told(office: Office, reference: str = REFERENCE, day: str = RECEIVED) -> bool:
    return "status of your request" in asked(office, "en", reference, day).one("h1").to_text().lower()


def test_the_form_is_never_kept(office: Office) -> None:
    for path in FORM.values():
        found = visit(office, path, is_kept=False)
        assert "ETag" not in found.response.headers
        form = found.one("main form")
        assert (form.attrs["method"], form.attrs["action"]) == ("post", path)


def test_the_form_offers_the_check_that_needs_no_reference_first(office: Office) -> None:
    for path, check in ((FORM["fr"], "/fr/dates/verifier"), (FORM["en"], "/en/dates/check")):
        links = visit(office, path, is_kept=False).all("main a")
        assert links[0].attrs["href"] == check


def test_what_is_asked_in_the_address_is_not_read(kept: Office) -> None:
    found = visit(kept, f"{FORM['en']}?reference={REFERENCE}&date={RECEIVED}", is_kept=False)
    assert REFERENCE not in found.response.text
    assert not found.all(".p-errors, .p-summary")


STAGES = [
    ("received", "Nous avons reçu votre demande.", "We have received your request."),
    ("in_line", "Votre demande est dans la file d’attente.", "Your request is in line."),
    ("in_processing", "Votre demande est en traitement.", "Your request is being processed."),
    ("more_information", "Nous avons demandé des renseignements.", "We have asked for more information."),
    ("processed", "Votre demande a été traitée.", "Your request has been processed."),
    ("closed", "Votre demande est fermée.", "Your request is closed."),
]


@pytest.mark.parametrize(("stage", "french", "english"), STAGES)
def test_each_stage_is_told_in_words_in_both_languages(office: Office, stage: str, french: str, english: str) -> None:
    imports(office, a_request(reference=REFERENCE, received_on=RECEIVED, stage=stage, changed_on="2026-11-01"))
    found = asked(office, "fr").spoken
    assert french in found
    assert "Dernier changement : 1er novembre 2026. Reçue le 1er octobre 2026." in found
    found = asked(office, "en").spoken
    assert english in found
    assert "Last change: November 1, 2026. Received on October 1, 2026." in found


BARE = REFERENCE.replace("-", "")


@pytest.mark.parametrize(
    "typed",
    [
        REFERENCE,
        BARE,
        BARE.lower(),
        " ".join(BARE),
        f"  {REFERENCE}  ",
        "\u2011".join((BARE[:4], BARE[4:])),
        BARE.replace("0", "O"),
        BARE.replace("0", "o"),
        BARE.replace("1", "I"),
        BARE.replace("1", "l"),
    ],
)
def test_a_reference_is_forgiven_how_it_was_copied(kept: Office, typed: str) -> None:
    assert is_told(kept, typed)
    assert "Votre demande est en traitement." in asked(kept, "fr", typed).spoken


def test_a_reference_really_holds_what_people_confuse() -> None:
    assert {"0", "1"} <= set(BARE)


def answer_of(response: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    return response.status_code, response.data, sorted(response.headers)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_miss_is_the_same_answer_to_the_byte(office: Office, language: str) -> None:
    old = printed_reference(reference_of(987_654_321))
    imports(
        office,
        a_request(reference=REFERENCE, received_on=RECEIVED),
        a_request(reference=old, received_on="2026-01-05", stage="closed", changed_on="2026-08-19"),
    )
    misses = [
        sent(office, language, UNKNOWN, RECEIVED),
        sent(office, language, REFERENCE, "2026-10-02"),
        sent(office, language, old, "2026-01-05"),
    ]
    assert answer_of(misses[0]) == answer_of(misses[1]) == answer_of(misses[2])
    assert inspect(office, misses[0], FORM[language]).one("h1").to_text().strip() == MISS[language]


def test_a_miss_says_that_wrong_dates_make_one_wait(kept: Office) -> None:
    for language, words in (("fr", "Après plusieurs dates inexactes, attendez une heure"), ("en", "wait an hour")):
        assert words in asked(kept, language, UNKNOWN).spoken


def test_an_unknown_reference_is_not_told_its_neighbours_request(kept: Office) -> None:
    # By its hash, each stands before the only request or after it, and they give its date.
    for number in range(10):
        assert not is_told(kept, printed_reference(reference_of(number)))


def test_a_closed_request_is_told_for_ninety_days(office: Office, clock: time_machine.Traveller) -> None:
    imports(office, a_request(reference=REFERENCE, received_on=RECEIVED, stage="closed", changed_on="2026-11-01"))
    clock.move_to(in_quebec("2027-01-30 23:59"))
    assert is_told(office)
    clock.move_to(in_quebec("2027-01-31 00:00"))
    assert not is_told(office)


MISTYPED = {"fr": "Un caractère de cette référence est faux.", "en": "One symbol of this reference is wrong."}
MALFORMED = {"fr": "Une référence compte 11 caractères", "en": "A reference has 11 characters"}
LAST = {"fr": "le dernier peut être *, ~, $ ou\u00a0=", "en": "the last one may be *, ~, $ or ="}
SWAPPED = REFERENCE[:2] + REFERENCE[3] + REFERENCE[2] + REFERENCE[4:]
BAD_REFERENCES = [
    (REFERENCE[:-1] + "X", MISTYPED),
    (SWAPPED, MISTYPED),
    ("", MALFORMED),
    (BARE[:-1], MALFORMED),
    (BARE + "0", MALFORMED),
    ("U" + BARE[1:], MALFORMED),
    ("8" * 10_000, MALFORMED),
    ("\0" * 11, MALFORMED),
    ("٠١٢٣٤٥٦٧٨٩٠", MALFORMED),
    ("<script>x</script>", MALFORMED),
    ("' OR 1=1;--", MALFORMED),
]


@pytest.mark.parametrize(("typed", "sentences"), BAD_REFERENCES, ids=lambda value: repr(value)[:14])
def test_a_bad_reference_is_told_beside_its_field(kept: Office, typed: str, sentences: dict[str, str]) -> None:
    for language, path in FORM.items():
        found = inspect(kept, sent(kept, language, typed, RECEIVED), path, status=422)
        assert sentences[language] in found.one("#reference-error").to_text()
        assert "reference-error" in found.one("#reference").attrs["aria-describedby"].split()
        assert found.one("#date").attrs["value"] == RECEIVED
        assert "ETag" not in found.response.headers


def test_a_reference_is_described_with_the_signs_that_may_end_it(kept: Office) -> None:
    glossary = {"fr": "/fr/lexique/", "en": "/en/glossary/"}
    for language, path in FORM.items():
        found = inspect(kept, sent(kept, language, BARE[:-1], RECEIVED), path, status=422)
        for part in ("#reference-error", "#reference-hint"):
            assert LAST[language] in found.one(part).to_text().lower()
            assert found.one(f"{part} .p-together").to_text() == EXAMPLE_REFERENCE
        assert LAST[language] in visit(kept, glossary[language]).one("#reference + dd").to_text()


@pytest.mark.parametrize("day", ["", "2021-02-30", "32/13/2021", "9999-12-31", "2026-11-19", "1989-12-31", "9" * 9_999])
def test_a_bad_date_is_told_beside_its_field(kept: Office, day: str) -> None:
    for language, path in FORM.items():
        found = inspect(kept, sent(kept, language, REFERENCE, day), path, status=422)
        assert found.one("#date").attrs["aria-invalid"] == "true"
        assert found.one("#date-error").to_text()
        assert found.one("#reference").attrs["value"] == REFERENCE


def test_of_a_field_given_twice_the_first_counts(kept: Office) -> None:
    for first, second, words in ((REFERENCE, UNKNOWN, "Status of your request"), (UNKNOWN, REFERENCE, MISS["en"])):
        form = {"reference": [first, second], "date": [RECEIVED, "2026-10-02"]}
        found = inspect(kept, kept.post(FORM["en"], form), FORM["en"])
        assert found.one("h1").to_text().strip() == words


def test_a_form_without_fields_is_told_both(kept: Office) -> None:
    for path in FORM.values():
        assert len(inspect(kept, kept.post(path, {}), path, status=422).all(".p-errors li")) == 2


@pytest.mark.parametrize("body", ["[1]", "5", "null", '"x"', '{"reference": 5}', "{", "reference=x"])
def test_a_body_that_is_no_form_is_told_both(kept: Office, body: str) -> None:
    for path in FORM.values():
        answer = kept.post(path, body, Content_Type="application/json")
        assert len(inspect(kept, answer, path, status=422).all(".p-errors li")) == 2


@pytest.mark.parametrize("name", ["reference", "date"])
def test_a_file_in_place_of_a_field_is_no_answer_to_it(kept: Office, name: str) -> None:
    for path in FORM.values():
        form = {"reference": REFERENCE, "date": RECEIVED, name: (BytesIO(b"x"), "x.txt")}
        found = inspect(kept, kept.post(path, form), path, status=422)
        assert [a.attrs["href"] for a in found.all(".p-errors a")] == [f"#{name}"]


def test_a_body_beyond_the_limit_is_refused(kept: Office) -> None:
    for language, path in FORM.items():
        inspect(kept, sent(kept, language, "8" * 100_000, RECEIVED), path, status=413)


def test_an_answer_is_nobodys_but_the_askers(kept: Office) -> None:
    for language, path in FORM.items():
        answer = asked(kept, language).response
        assert answer.headers["Cache-Control"] == "no-store"
        assert not {"ETag", "Last-Modified", "Set-Cookie"} & set(answer.headers.keys())
        for spelling in (REFERENCE, BARE, BARE.lower()):
            assert spelling not in answer.text
        assert "@" not in answer.text
        assert f'action="{path}"' not in answer.text


def kept_on_disk(office: Office) -> dict[Path, bytes]:
    """Return every file of an office."""
    return {file: file.read_bytes() for file in office.data.rglob("*") if file.is_file()}


def test_an_answer_leaves_nothing_for_the_next_visitor(kept: Office) -> None:
    asked(kept, "en", UNKNOWN)
    before = kept_on_disk(kept)
    assert asked(kept, "en").all(".p-summary")
    assert kept_on_disk(kept) == before
    found = visit(kept, FORM["en"], is_kept=False)
    assert REFERENCE not in found.response.text
    assert not found.all(".p-summary")


MAIL = ("arrivent par courrier recommandé.", "come by registered mail.")
EMAIL = ("mot de passe temporaire est envoyé par courriel", "password goes by e-mail to the user")


@pytest.mark.parametrize(
    ("form", "received", "words", "others"),
    [
        ("", "2021-07-21", MAIL, EMAIL),
        ("4058", "2021-07-21", MAIL, EMAIL),
        ("4058", "2021-07-22", MAIL, EMAIL),
        ("4346", "2026-10-01", MAIL, EMAIL),
        ("1234", "2026-10-01", EMAIL, MAIL),
    ],
)
def test_the_channel_of_the_credentials_follows_the_rule_of_july_2021(
    office: Office, form: str, received: str, words: tuple[str, str], others: tuple[str, str]
) -> None:
    row = "row,group,group_fr,group_en,label_fr,label_en,forms\nnew,online,Services,Services,Nouveau,New,1234\n"
    office.did("dates", "rows", office.file(row))
    imports(office, a_request(reference=REFERENCE, received_on=received, form=form, stage="processed"))
    for number, language in enumerate(("fr", "en")):
        found = asked(office, language, day=received).spoken
        assert words[number] in found
        assert others[number] not in found


@pytest.mark.parametrize("received", ["2021-07-21", "2026-10-01"])
def test_a_request_with_a_form_that_we_do_not_know_is_told_no_channel(office: Office, received: str) -> None:
    line = a_request(reference=REFERENCE, received_on=received, form="9999", stage="processed")
    imports(office, line)
    for number, language in enumerate(("fr", "en")):
        found = asked(office, language, day=received).spoken
        assert not [words for words in (MAIL, EMAIL) if words[number] in found]
    told = office.did("status", "acknowledgements", office.file(a_requests_file(line)))
    assert "courriel" not in told
    assert "mail" not in told


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_request_without_a_form_is_told_no_channel_where_forms_differ(office: Office, language: str) -> None:
    imports(office, a_request(reference=REFERENCE, received_on="2021-07-22", stage="processed"))
    found = asked(office, language, day="2021-07-22")
    assert not [words for words in (*MAIL, *EMAIL) if words in found.spoken]
    assert {"fr": "Le numéro du formulaire ne figure pas", "en": "without the number of its form"}[
        language
    ] in found.spoken
    assert found.all(f"main a[href='/{language}/{ {'fr': 'formulaires', 'en': 'forms'}[language] }/']")


def test_a_form_of_a_row_that_ended_is_still_known(office: Office) -> None:
    row = "row,group,group_fr,group_en,label_fr,label_en,forms,last_day\nold,old,S,S,Vieux,Old,1234,2026-10-31\n"
    office.did("dates", "rows", office.file(row))
    imports(office, a_request(reference=REFERENCE, received_on=RECEIVED, form="1234", stage="processed"))
    assert EMAIL[1] in asked(office, "en").spoken


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_eleventh_try_in_a_minute_waits_and_is_given_the_telephones(
    office: Office, clock: time_machine.Traveller, language: str
) -> None:
    tries = [sent(office, language, printed_reference(reference_of(n)), RECEIVED).status_code for n in range(10)]
    assert tries == [200] * 10
    refused = sent(office, language, UNKNOWN, RECEIVED)
    found = inspect(office, refused, FORM[language], status=429)
    wait = int(refused.headers["Retry-After"])
    assert 55 < wait <= 61
    assert found.one("h1").to_text().strip() == {"fr": "Trop d’essais", "en": "Too many tries"}[language]
    assert len(found.all("a[href^='tel:']")) == 3
    visit(office, FORM[language], is_kept=False)
    clock.shift(wait)
    assert sent(office, language, UNKNOWN, RECEIVED).status_code == 200


def test_the_fifty_first_try_of_a_day_waits_for_the_next(office: Office, clock: time_machine.Traveller) -> None:
    for number in range(50):
        assert sent(office, "en", printed_reference(reference_of(number)), RECEIVED).status_code == 200
        clock.shift(60)
    refused = sent(office, "en", UNKNOWN, RECEIVED)
    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    assert 23 * 3_600 < wait <= 24 * 3_600 - 50 * 60 + 1
    clock.shift(wait)
    assert sent(office, "en", UNKNOWN, RECEIVED).status_code == 200


def test_both_languages_count_together(office: Office) -> None:
    for number in range(10):
        sent(office, "fr" if number % 2 else "en", UNKNOWN, RECEIVED)
    assert sent(office, "fr", UNKNOWN, RECEIVED).status_code == 429


def test_mistyped_references_count_as_tries(office: Office) -> None:
    for _ in range(10):
        assert sent(office, "en", SWAPPED, RECEIVED).status_code == 422
    assert sent(office, "en", SWAPPED, RECEIVED).status_code == 429


def test_after_five_wrong_dates_even_the_right_one_misses(kept: Office, clock: time_machine.Traveller) -> None:
    assert is_told(kept)
    for day in range(2, 7):
        assert not is_told(kept, day=f"2026-10-{day:02}")
    right, unknown = sent(kept, "en", REFERENCE, RECEIVED), sent(kept, "en", UNKNOWN, RECEIVED)
    assert answer_of(right) == answer_of(unknown)
    clock.shift(3_601)
    assert is_told(kept)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": PUBLIC_URL},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": f"{PUBLIC_URL}.elsewhere.example"},
    ],
    ids=str,
)
def test_a_form_sent_from_another_site_is_refused(kept: Office, headers: dict[str, str]) -> None:
    for language, title in (("fr", "Refusé"), ("en", "Refused")):
        answer = sent(kept, language, REFERENCE, RECEIVED, **headers)
        assert inspect(kept, answer, FORM[language], status=403).one("h1").to_text().strip() == title


@pytest.mark.parametrize("headers", [{}, {"Origin": PUBLIC_URL}, {"Sec_Fetch_Site": "same-origin"}], ids=str)
def test_our_own_form_and_a_client_that_is_no_browser_are_answered(kept: Office, headers: dict[str, str]) -> None:
    answer = sent(kept, "en", REFERENCE, RECEIVED, **headers)
    assert "Your request is being processed." in inspect(kept, answer, FORM["en"]).spoken
