"""The way to the provider and back in a real browser, without script: to another site by a form, and back by a link."""

from pathlib import Path

from playwright.sync_api import expect

from tests.chromium.visitor import chromium, window
from tests.makers import an_office
from tests.serving import served
from tests.staff.agency.provider import CLIENT_SECRET, Provider

EMAIL = "marie@agence-essai.ca"


def test_a_browser_goes_to_the_provider_and_comes_back(tmp_path: Path, initialised: Path, provider: Provider) -> None:
    office = an_office(tmp_path / "site", like=initialised)
    office.did("staff", "add", EMAIL, "--name", "Marie", "--role", "administrator")
    provider.knows(EMAIL)
    settings = provider.settings(office.file(CLIENT_SECRET, "oidc-secret"))
    with (
        served(office.data, settings=settings) as site,
        chromium() as browser,
        window(browser, is_scripted=False) as held,
    ):
        tab = held.pages[0]
        tab.goto(f"{site.address}/desk/fr/session?next=/desk/fr/personnes/")
        tab.get_by_role("button", name="Se connecter avec le compte de l’agence").click()
        tab.wait_for_url(f"{provider.issuer}/oauth2/authorize**")
        tab.locator("[name=sub]").fill("someone")
        tab.locator("form button").first.click()
        tab.wait_for_url(f"{site.address}/desk/fr/personnes/")
        expect(tab.get_by_role("heading", level=1)).to_have_text("Personnes du bureau")
        tab.goto(f"{site.address}/desk/fr/session/confirm")
        tab.get_by_role("button", name="Utiliser le compte de l’agence").click()
        tab.wait_for_url(f"{provider.issuer}/oauth2/authorize**")
        assert "prompt=login" in tab.url
