"""Colleagues in front of a real browser: the desk as it is served, the people of it, their telephones and keys."""

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Locator, Page as Tab, Response

from portal.staff.rules import ROLES
from tests.chromium.pages import TODAY
from tests.chromium.visitor import SEND, Visitor, visiting, window
from tests.desk.browser.pages import (
    ADMINISTRATOR,
    ANEW,
    COLLEAGUE,
    EDITOR,
    HALF,
    HOLDER,
    INVITED,
    NEWCOMER,
    NOBODY,
    PUBLISHER,
    SUBMIT,
    Screen,
)
from tests.desk.people import PASSWORD, STEP
from tests.serving import Served, free_port, served

#: A telephone that knows its owner's finger, and keeps passkeys.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
DESK = "/desk/fr/"
#: Somewhat less than the desk takes a password for fresh.
FRESH_SECONDS = 600
#: How long it may take to type a code and send it, on a busy machine.
TYPING_SECONDS = 15


@contextmanager
def desk_site(folder: Path, **more: str) -> Generator[Served]:
    """Serve the demonstration of today, by a name: no passkey is for an address of figures."""
    folder.mkdir(exist_ok=True)
    port = str(free_port())
    address = f"http://localhost:{port}"
    settings = {"PORT": port, "PORTAL_PUBLIC_URL": address, "PORTAL_PROXY_HOPS": "1", **more}
    with served(folder / "data", settings=settings) as site:
        site.did("demo", "--day", str(TODAY))
        yield replace(site, address=address)


@dataclass
class Telephone:
    """An application for codes; none of them is good twice."""

    key: str
    last_step: int = 0

    def code(self) -> str:
        """Return the next code, once the desk takes it: whoever has given the last one waits for another to show."""
        now = datetime.now(UTC).timestamp()
        # A code is good until the end of the next step: none is given that ends while it is typed.
        self.last_step = max(self.last_step + 1, int(now + TYPING_SECONDS) // STEP - 1)
        seconds = (self.last_step - 1) * STEP - now
        assert seconds <= STEP, "too many codes in so little time: take another person"
        sleep(max(seconds, 0))
        return TOTP(key=self.key).generate(self.last_step * STEP).token


def address(who: str) -> str:
    return f"{who}@services-aux-professionnels.agence-essai.ca"


def _fill(entry: Locator, value: str) -> None:
    kind = entry.first.evaluate("(entry) => entry.type")
    if kind in ("checkbox", "radio"):
        entry.and_(entry.page.locator(f"[value='{value}']")).check()
    elif kind == "select-one":
        entry.select_option(value)
    elif kind == "file":
        entry.set_input_files({"name": "requests.csv", "mimeType": "text/csv", "buffer": value.encode()})
    elif kind == "hidden":  # a page that was opened before something changed
        entry.evaluate_all("(entries, value) => entries.forEach((entry) => { entry.value = value; })", value)
    else:
        entry.fill(value)


def send(tab: Tab, typed: Mapping[str, str], press: str = SUBMIT) -> Response:
    """Fill in the form of a page and press a button, which may be in parts that open; return what comes."""
    fields = [f"[name='{name}']:not([type=hidden])" for name in typed]
    for wanted in (press, *fields):
        for closed in tab.locator(f"main details:not([open]):has({wanted}) > summary").all():
            closed.click()
    for name, value in typed.items():
        _fill(tab.locator(f"main form [name='{name}']"), value)
    with tab.expect_navigation() as navigation:
        tab.locator(press).first.click()
    return navigation.value


def show(visitor: Visitor, screen: Screen) -> None:
    """Open a page of the list, as far as the state that it is in."""
    visitor.expected = screen.status
    if screen.form:
        visitor.tab.goto(visitor.site.address + DESK)
        with visitor.tab.expect_navigation() as navigation:
            visitor.tab.evaluate(SEND, [screen.path, dict(screen.form)])
        answer = navigation.value
    else:
        answer = visitor.tab.goto(visitor.site.address + screen.path)
    for sending in screen.sent:
        answer = send(visitor.tab, sending.typed, sending.press)
    assert answer is not None
    assert answer.status == screen.status, (
        f"{screen}: {answer.status}\n{visitor.tab.locator('main').inner_text()[:400]}"
    )


def choose_password(visitor: Visitor, invitation: str) -> None:
    """Accept an invitation."""
    visitor.tab.goto(invitation)
    send(visitor.tab, {"password": PASSWORD, "password_confirm": PASSWORD})


def give_password(visitor: Visitor, who: str) -> None:
    """Do the first half of signing in."""
    visitor.tab.goto(f"{visitor.site.address}{DESK}session")
    send(visitor.tab, {"email": address(who), "password": PASSWORD})


def set_up_codes(tab: Tab) -> Telephone:
    """Set up an application for codes, as the page that is open asks."""
    send(tab, {})
    telephone = Telephone(tab.locator(".p-together").inner_text().replace("-", ""))
    send(tab, {"code": telephone.code()})
    return telephone


def accept(visitor: Visitor, who: str, invitation: str) -> Telephone:
    """Choose a password, sign in for the first time and set up an application for codes."""
    choose_password(visitor, invitation)
    give_password(visitor, who)
    return set_up_codes(visitor.tab)


def give_keys(tab: Tab) -> None:
    """Give the browser of a tab something that makes and keeps passkeys."""
    tools = tab.context.new_cdp_session(tab)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def make_passkey(visitor: Visitor, name: str) -> None:
    visitor.tab.goto(f"{visitor.site.address}{DESK}account/passkeys")
    send(visitor.tab, {"name": name})
    visitor.tab.wait_for_url(f"**{DESK}compte/")


def give_code(visitor: Visitor, telephone: Telephone) -> None:
    """Do the second half of signing in, with the application where there is a choice."""
    if visitor.tab.locator("[value=authenticator]").count():
        send(visitor.tab, {}, "[value=authenticator]")
    send(visitor.tab, {"code": telephone.code()})


@dataclass
class Accounts:
    """What is known of the people of a served desk: invitations, who has come, and their telephones."""

    site: Served
    invitations: dict[str, str] = field(default_factory=dict)
    telephones: dict[str, Telephone] = field(default_factory=dict)
    come: set[str] = field(default_factory=set)


@dataclass
class Staff:
    """The people of a desk in front of one browser: a window for each, who gets an account at the first need."""

    accounts: Accounts
    browser: Browser
    open_windows: ExitStack
    windows: dict[str, tuple[BrowserContext, float]] = field(default_factory=dict)

    @property
    def site(self) -> Served:
        return self.accounts.site

    def window(self, who: str) -> BrowserContext:
        """Return the window of somebody who has come as far as the list of pages says, the password still fresh."""
        if who == NOBODY:
            return self._new_window()
        if who not in self.windows:
            self.windows[who] = (self._come(who), monotonic())
        context, at = self.windows[who]
        if monotonic() - at > FRESH_SECONDS and who not in (HALF, NEWCOMER, HOLDER):
            with visiting(context, self.site) as visitor:
                visitor.tab.goto(f"{self.site.address}{DESK}session/confirm")
                send(visitor.tab, {"password": PASSWORD})
            self.windows[who] = (context, monotonic())
        return context

    @contextmanager
    def at(self, screen: Screen) -> Generator[Visitor]:
        """Open a page of the list in the window of whom it is for."""
        path = screen.path
        if "{invitation}" in path:
            path = path.format(invitation=self.invitation(INVITED).rpartition("/")[2])
        if "{person}" in path:
            path = path.format(person=self._number(ANEW))
        with visiting(self.window(screen.who), self.site) as visitor:
            show(visitor, replace(screen, path=path))
            yield visitor

    def invitation(self, who: str, role: str = EDITOR) -> str:
        """Return the invitation that somebody was given when their account was made."""
        if who not in self.accounts.invitations:
            self.accounts.invitations[who] = self._first(who) if who == ADMINISTRATOR else self._invite(who, role)
        return self.accounts.invitations[who]

    def _first(self, who: str) -> str:
        return self.site.did("staff", "add", address(who), "--name", f"Personne {who}", "--role", who).strip()

    def _invite(self, who: str, role: str) -> str:
        with visiting(self.window(ADMINISTRATOR), self.site) as visitor:
            visitor.tab.goto(f"{self.site.address}{DESK}personnes/")
            send(visitor.tab, {"name": f"Personne {who}", "email": address(who), "role": role})
            return visitor.tab.locator("main .p-summary code").inner_text()

    def _number(self, who: str) -> str:
        self.invitation(who)
        with visiting(self.window(ADMINISTRATOR), self.site) as visitor:
            visitor.tab.goto(f"{self.site.address}{DESK}personnes/")
            link = visitor.tab.get_by_role("link", name=f"Personne {who}", exact=True)
            return str(link.get_attribute("href")).split("/")[-2]

    def _new_window(self) -> BrowserContext:
        return self.open_windows.enter_context(window(self.browser))

    def _come(self, who: str) -> BrowserContext:
        role = PUBLISHER if who == COLLEAGUE else who if who in ROLES else EDITOR
        invitation, context = self.invitation(who, role), self._new_window()
        with visiting(context, self.site) as visitor:
            if who in self.accounts.come:
                give_password(visitor, who)
                if who not in (HALF, NEWCOMER, HOLDER):
                    give_code(visitor, self.accounts.telephones[who])
                return context
            choose_password(visitor, invitation)
            self.accounts.come.add(who)
            if who != NEWCOMER:
                give_password(visitor, who)
                self.accounts.telephones[who] = set_up_codes(visitor.tab)
            if who in (ADMINISTRATOR, HOLDER):
                give_keys(visitor.tab)
                make_passkey(visitor, "Téléphone")
        return self._come(who) if who in (HALF, NEWCOMER, HOLDER) else context
