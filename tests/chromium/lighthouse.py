"""What lighthouse says of the pages that people come for: each score must be 100. Reports in build/lighthouse."""

import json
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.chromium.pages import PAGES, Page
from tests.chromium.visitor import LAUNCH, demonstrated_site
from tests.serving import Served

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/lighthouse"
NODE = Path(sys.executable).with_name("node")
LIGHTHOUSE = ROOT / ".venv/node/node_modules/lighthouse/cli/index.js"
NAMES = ("front-front", "dates-table", "notices-notice", "contacts-contact")
#: Lighthouse's own two kinds of visitor: a phone on a slow network, and a desktop.
PRESETS = {"mobile": [], "desktop": ["--preset=desktop"]}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
BEST = 100
SECONDS = 120


def main() -> None:
    """Print the scores of each page; end with 1 if one is below 100."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = [page for page in PAGES if page.name in NAMES]
    print(f"{'':<32}{''.join(f'{name:>16}' for name in CATEGORIES)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="portal-lighthouse-") as folder, demonstrated_site(Path(folder)) as site:
        low = [_is_low(site, page, preset) for page, preset in product(pages, PRESETS)]
    sys.exit(any(low))


def _is_low(site: Served, page: Page, preset: str) -> bool:
    try:
        report = _report(site, page, preset)
    except subprocess.SubprocessError:
        print(f"{page} {preset}: lighthouse ended without a report; is the machine busy with something else?")
        return True
    scores = [round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES]
    print(f"{f'{page} {preset}':<32}{''.join(f'{score:>16}' for score in scores)}", flush=True)
    for name, score in zip(CATEGORIES, scores, strict=True):
        if score < BEST:
            print(*_reasons(report, name), sep="\n", flush=True)
    return min(scores) < BEST


def _report(site: Served, page: Page, preset: str) -> dict:
    path = FOLDER / f"{page}-{preset}"
    flags = f"--chrome-flags=--headless=new {' '.join(LAUNCH['args'])}"
    what = ["--output=json", "--output=html", f"--output-path={path}", f"--only-categories={','.join(CATEGORIES)}"]
    quietly = ["--quiet", "--no-enable-error-reporting"]
    command = [NODE, LIGHTHOUSE, site.address + page.path, *what, *PRESETS[preset], flags, *quietly]
    environment = {**os.environ, "CHROME_PATH": str(LAUNCH["executable_path"])}
    subprocess.run(command, env=environment, check=True, timeout=SECONDS)
    return json.loads(path.with_name(f"{path.name}.report.json").read_text("utf-8"))


def _reasons(report: dict, category: str) -> list[str]:
    """Return the audits that cost the page a point."""
    audits = [report["audits"][ref["id"]] for ref in report["categories"][category]["auditRefs"] if ref["weight"]]
    lost = [audit for audit in audits if audit["score"] is not None and audit["score"] < 1]
    return [f"  {category}: {audit['title']} {audit.get('displayValue', '')}".rstrip() for audit in lost]


if __name__ == "__main__":
    main()
