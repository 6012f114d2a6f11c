"""Colleagues in front of the table of dates: they open its pages, and send the forms that these show."""

import io
import re
from dataclasses import dataclass

from werkzeug.test import TestResponse

from tests.desk.people import Colleague
from tests.makers import Office
from tests.visitor import Visit

#: Addresses of the desk.
TABLE, CHECK, PUBLISH = "/desk/en/dates/", "/desk/en/dates/check", "/desk/en/dates/publish"
ASK, DRAFT, AGAIN, GIVE_UP = (f"/desk/en/dates/{name}" for name in ("questions", "draft", "again", "give-up"))
NBSP = "\u00a0"


@dataclass
class Clerk:
    """Someone with the table of dates before them."""

    colleague: Colleague
    name: str
    page: Visit | None = None

    @property
    def office(self) -> Office:
        return self.colleague.office

    def all(self, selector: str) -> list:
        """Return elements of the page before them."""
        assert self.page, "no page is open"
        return self.page.all(selector)

    def opens(self, path: str = TABLE, *, status: int = 200) -> str:
        """Open a page, and return its words."""
        self._seen(self.colleague.get(path, status=status))
        return self.words()

    def sends(self, path: str, *, status: int = 200, **typed: object) -> TestResponse:
        """Send what was typed, with all that the fields of the page seen hold already."""
        return self.sends_only(path, status=status, **(self.held() | spelled(typed)))

    def sends_only(self, path: str, *, status: int, **fields: object) -> TestResponse:
        """Send these fields and no other; a file is its bytes."""
        form = {
            name: (io.BytesIO(value), "file.csv") if isinstance(value, bytes) else value
            for name, value in fields.items()
        }
        return self._seen(self.colleague.send(path, form, status=status))

    def is_refused(self, path: str, *, status: int = 422, **typed: object) -> str:
        """Send what must be refused without a trace, and return the words of the answer."""
        before = self.office.dump()
        self.sends(path, status=status, **typed)
        assert self.office.dump() == before, "a refused form leaves no trace"
        if status == 422:
            assert self.words("title").startswith("Error:"), "the title of a form with errors says so"
            assert self.all(".p-errors[role='alert']"), "what is wrong is told at once"
        return self.words()

    def publishes(self, *, password: str = "", **typed: object) -> TestResponse:
        """Open the table, check what is typed, and press the button that publishes it."""
        self.opens()
        self.sends_only(CHECK, status=200, **(self.held() | spelled(typed)))
        return self.sends(PUBLISH, status=303, **typed, password=password)

    def held(self) -> dict[str, object]:
        """Return what the fields of the form hold, as a browser would send it."""
        fields = self.all("main form[action*='/dates/'] input")
        ticked = [
            one.attrs for one in fields if one.attrs.get("type") not in ("file", "checkbox") or "checked" in one.attrs
        ]
        return {field["name"]: field.get("value") or "" for field in ticked}

    def questions(self) -> list[str]:
        """Return the name of each question on the page before publishing."""
        return [box.attrs["value"] for box in self.all("input[name='confirmed']")]

    def words(self, selector: str = "main") -> str:
        """Return words of the page seen, each space as one, no-break spaces too."""
        found = " ".join(one.to_text(separator=" ", strip=False) for one in self.all(selector))
        return re.sub(r" (?=[.,])", "", " ".join(found.replace(NBSP, " ").split()))

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            self.page = Visit.of(answer)
        return answer


def spelled(typed: dict[str, object]) -> dict[str, object]:
    """Return fields by their names: `date_access_new` is `date-access-new`."""
    parts = ("date", "same", "meaning", "next", "fr", "en", "was")
    return {name.replace("_", "-") if name.partition("_")[0] in parts else name: value for name, value in typed.items()}
