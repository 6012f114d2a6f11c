"""Who may open what at the desk: a table, and its keeper. What is not in it is refused."""

from collections.abc import Mapping
from typing import Literal

from werkzeug.exceptions import RequestEntityTooLarge

from portal.staff.rules import PUBLISHING, ROLES, Role
from portal.status.files import LARGEST_FILE

Access = frozenset[Role] | Literal["anyone"]

EVERYONE: frozenset[Role] = frozenset(ROLES)
NOBODY: frozenset[Role] = frozenset()
WRITING: frozenset[Role] = frozenset({"editor", "publisher"})
REQUESTS: frozenset[Role] = frozenset({"clerk"})
ADMINISTRATION: frozenset[Role] = frozenset({"administrator"})
APPROVING: frozenset[Role] = PUBLISHING | ADMINISTRATION
AUDIT: frozenset[Role] = frozenset({"administrator", "auditor"})
#: A file, and the fields of its form around it.
LARGEST_UPLOAD = LARGEST_FILE + 64 * 1024

#: Endpoint → who may; deny by default (the README shows the table, a test holds it to the routes).
ACCESS: Mapping[str, Access] = {
    "desk.entrance": "anyone",
    "desk.home": EVERYONE,
    "desk.here": EVERYONE,
    "account.show": EVERYONE,
    "account.end": EVERYONE,
    "agency.start": "anyone",  # to sign in, or to confirm
    "agency.finish": "anyone",
    "desk_dates.edit": WRITING,
    "desk_dates.again": WRITING,
    "desk_dates.autosave": WRITING,
    "desk_dates.give_up": WRITING,
    "desk_dates.ask": WRITING,
    "desk_dates.check": WRITING,
    "desk_dates.publish": PUBLISHING,
    "desk_editions.show": WRITING,
    "desk_editions.undo": PUBLISHING,
    "desk_scheduled.show": WRITING,
    "desk_scheduled.take_up": PUBLISHING,
    "desk_scheduled.cancel": PUBLISHING,
    "desk_contact.edit": PUBLISHING,
    "desk_contact.hours": PUBLISHING,
    "desk_contact.exception": PUBLISHING,
    "desk_contact.holidays": PUBLISHING,
    "desk_contact.phone": PUBLISHING,
    "desk_rules.edit": PUBLISHING,
    "desk_rules.cover": PUBLISHING,
    "desk_rules.end": PUBLISHING,
    "desk_requests.index": REQUESTS,
    "desk_requests.open_one": REQUESTS,
    "desk_requests.move": REQUESTS,
    "desk_requests.correct": REQUESTS,
    "desk_requests.file.try_file": REQUESTS,
    "desk_requests.file.import_tried": REQUESTS,
    "desk_notices.index": WRITING,
    "desk_notices.edit": WRITING,
    "desk_notices.autosave": WRITING,
    "desk_notices.forget": WRITING,
    "desk_notices.preview": WRITING,
    "desk_notices.check": WRITING,
    "desk_notices.again": WRITING,
    "desk_notices.send": WRITING,
    "desk_notices.keep": WRITING,  # an editor keeps what nobody else is to see: the view looks
    "desk_notices.withdrawal": PUBLISHING,
    "desk_notices.withdraw": PUBLISHING,
    "approvals.show": APPROVING,  # of these, whoever may do it: the view looks
    "approvals.refuse": APPROVING,
    "log.index": AUDIT,
    "log.file": AUDIT,
    "log.verification": AUDIT,
    "people.add": ADMINISTRATION,
    "people.show": ADMINISTRATION,
    "people.keep": ADMINISTRATION,
    "people.index": ADMINISTRATION,
    "security.login": "anyone",
    "security.logout": "anyone",
    "security.reset_password": "anyone",
    "security.forgot_password": "anyone",  # where an invitation that is over leads: to signing in
    "security.two_factor_token_validation": "anyone",
    "security.tf_select": "anyone",
    "security.mf_recovery": "anyone",
    "security.wan_signin": "anyone",
    "security.wan_signin_response": "anyone",
    "security.two_factor_setup": "anyone",  # the first sign-in sets it up
    "security.two_factor_setup_validate": EVERYONE,
    "security.verify": EVERYONE,
    "security.wan_verify": EVERYONE,
    "security.wan_verify_response": EVERYONE,
    "security.change_password": EVERYONE,
    "security.mf_recovery_codes": EVERYONE,
    "security.wan_register": EVERYONE,
    "security.wan_register_response": EVERYONE,
    "security.wan_delete": EVERYONE,
    "security.two_factor_rescue": NOBODY,  # recovery codes do
}

#: The endpoints that take files, each with the most bytes of what is sent there, by whoever may open it.
UPLOADS: Mapping[str, int] = {
    "desk_requests.file.try_file": LARGEST_UPLOAD,
    "desk_requests.file.import_tried": LARGEST_UPLOAD,
}


class FileTooLarge(RequestEntityTooLarge):
    """Somebody who may send a file sends one that is too large; nothing of it is read."""
