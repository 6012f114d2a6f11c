"""Programs of the back office: each holds a token, and sends documents to the addresses that it opens."""

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from portal.tokens.rules import Scope
from tests.makers import PUBLIC_URL, Office

API = "/api/v1"
JSON = "application/json"


@dataclass
class Program:
    """A program with a token; `answer` is what it was told last."""

    office: Office
    token: str

    @classmethod
    def of(cls, office: Office, scope: Scope) -> "Program":
        """Return a program whose token allows one thing; it is named as the scope."""
        made = office.portal("tokens", "add", scope.replace(".", "-"), "--scope", scope, "--days", "30")
        return cls(office, made.stdout.strip())

    def send(self, path: str, document: Any = None, *, status: int = 200, query: str = "", **headers: str) -> Any:
        """Send a document, or a body that is none; what is answered must have this status. Return it."""
        answer = self.sent(path, document, query=query, **headers)
        assert answer.status_code == status, f"{path}: {answer.status}\n{answer.text}"
        kind = JSON if status < 400 else "application/problem+json"
        assert answer.content_type.partition(";")[0] == kind, answer.content_type
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.get_json(force=True)

    def sent(self, path: str, document: Any = None, *, query: str = "", **headers: str) -> TestResponse:
        body = document if isinstance(document, bytes) else json.dumps(document or {}).encode()
        named = {"Authorization": f"Bearer {self.token}", "Content_Type": JSON, **headers}
        fit = {name.replace("_", "-"): value for name, value in named.items() if value}
        return self.office._client.post(API + path + query, base_url=PUBLIC_URL, data=body, headers=fit)

    def refused(self, path: str, document: Any, *, status: int = 422, **more: Any) -> Any:
        """Send what must be refused without a trace; return what is answered."""
        before = self.office.dump()
        told = self.send(path, document, status=status, **more)
        assert self.office.dump() == before, "what is refused leaves no trace"
        assert (told["status"], bool(told["title"]), bool(told["detail"])) == (status, True, True)
        return told

    def tries(self, path: str, document: Any) -> Any:
        """Try what would be done; return what is answered."""
        before = self.office.dump()
        told = self.send(path, document, query="?dry-run=yes")
        assert self.office.dump() == before, "a trial leaves no trace"
        assert told["dry_run"] is True
        return told


def pointers(told: Any) -> dict[str, str]:
    """Return what is said of each place of a document that was refused."""
    return {one["pointer"]: one["sentence"] for one in told["problems"]}
