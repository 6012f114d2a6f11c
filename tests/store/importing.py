"""What the tests of the requests on both databases have in common: files, and what became of them."""

import re
from zlib import crc32

from sqlalchemy import text

from portal.app import create_app
from portal.core.numbers import printed_reference, reference_of
from portal.store.database import database
from tests.makers import Office, a_requests_file

ONE, TWO, THREE = (printed_reference(reference_of(number)) for number in (776_655_443_322, 998_877_665_544, 5_544_332))
#: A form whose credentials go by e-mail, once a row covers it.
FORM = "1234"
ROW = f"row,group,group_fr,group_en,label_fr,label_en,forms\nnew,online,Services,Services,Nouveau,New,{FORM}\n"


def imports(office: Office, *lines: str, more: tuple[str, ...] = ()) -> str:
    return office.did("import", "requests", office.file(a_requests_file(*lines)), *more)


def refusal(office: Office, *lines: str) -> str:
    result = office.portal("import", "requests", office.file(a_requests_file(*lines)))
    assert result.exit_code == 1, result.output
    return result.output


def told(office: Office, reference: str, day: str = "2026-10-01") -> str:
    answer = office.post("/en/status/", {"reference": reference, "date": day}).text
    return re.sub(r"<[^>]+>", "", answer)


def counts(office: Office) -> tuple[int, int]:
    app = create_app(office.config)
    with app.app_context(), database.engine.connect() as connection:
        found = [connection.scalar(text(f"SELECT count(*) FROM {t}")) for t in ("requests", "request_references")]  # noqa: S608 — our own tables
    with app.app_context():
        database.engine.dispose()
    return found[0], found[1]


def pairs(*lines: tuple[str, str, str]) -> str:
    """A file in which each person has a reference of their own."""
    body = [f"{user},{authoriser},2026-10-01,{FORM},{stage},2026-10-20\n" for user, authoriser, stage in lines]
    return "reference,authoriser_reference,received_on,form,stage,changed_on\n" + "".join(body)


def imports_pairs(office: Office, *lines: tuple[str, str, str], more: tuple[str, ...] = ()) -> str:
    return office.did("import", "requests", office.file(pairs(*lines)), *more)


def with_keys(office: Office, *lines: str) -> Office:
    """The same installation after its secret file was changed, and every process started again."""
    (office.data / "secret").write_text("\n".join(lines))
    # Another setting makes another application.
    misses = 1_000 + crc32("".join(lines).encode()) % 99_000
    return Office(office.data, {**office.settings, "PORTAL_MOST_MISSES": str(misses)})
