# ruff: noqa: INP001, S105  a script beside the guides; the password is on the sign-in page
"""Takes the pictures of the guides from a running portal with its demonstration data.

    .venv/bin/python docs/take_screenshots.py                      # http://localhost:8000 → docs/images/
    .venv/bin/python docs/take_screenshots.py --url http://localhost:8001 --only home queue

Needs Chromium (found by itself, or named in CHROMIUM). Each picture has 1280 or 390 pixels, Chinese or
English, and at most 200 KB.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "Portal-demo-2026"
LARGEST = 200_000  # bytes
WIDTHS = {1280: 900, 390: 844}
LANGUAGES = {"zh": ("zh-CN", "zh-hans"), "en": ("en-GB", "en")}


def number_of(page: Page, url: str) -> str:
    """The official number of the demonstration's entry 榆荚阅读."""
    page.goto(f"{url}/?q=榆荚阅读")
    found = re.search(r"教APP备\d+号", page.locator("main").inner_text())
    if found is None:
        raise SystemExit("The demonstration data are not there: start with make run, or manage.py seed_demo.")
    return found[0]


def filing_of(page: Page, url: str, name: str) -> str:
    """Address of the provider's filing of an app."""
    page.goto(f"{url}/provider/")
    return str(page.get_by_role("link", name=name, exact=True).first.get_attribute("href"))


def case_of(page: Page, url: str, name: str) -> str:
    """Address of a case in the reviewer's queue."""
    page.goto(f"{url}/review/queue/?q={name}")
    link = page.locator("main a[href*='/review/cases/']").first
    return str(link.get_attribute("href")).split("?")[0]


def use_of(page: Page, url: str, name: str) -> str:
    """Address of the institution's use of an app."""
    page.goto(f"{url}/institution/uses/?q={name}")
    return str(page.get_by_role("link", name=name, exact=True).first.get_attribute("href"))


Finder = Callable[[Page, str], str]


def first(list_address: str, ending: str = "") -> Finder:
    """Address of the first row of a list of supervision."""

    def find(page: Page, url: str) -> str:
        page.goto(url + list_address)
        return str(page.locator("main tbody a").first.get_attribute("href")).split("?")[0] + ending

    return find


def fixed(address: str) -> Finder:
    """An address that needs no looking for."""
    return lambda *_found: address


#: name → (account, how the address is found)
PAGES: dict[str, tuple[str, Finder]] = {
    "home": ("", fixed("/")),
    "search": ("", fixed("/?q=阅读")),
    "entry": ("", lambda page, url: f"/registry/{number_of(page, url)}/"),
    "verify": ("", lambda page, url: f"/v/{number_of(page, url)}"),
    "lists": ("", fixed("/lists/")),
    "article": ("", fixed("/articles/me-13/")),
    "help": ("", fixed("/help/")),
    "help-page": ("", fixed("/help/working-days/")),
    "login": ("", fixed("/accounts/login/")),
    "newcomer": ("newcomer@demo.test", fixed("/account/unit/new/")),
    "provider": ("provider@demo.test", fixed("/provider/")),
    "tasks": ("provider@demo.test", lambda page, url: filing_of(page, url, "榆荚阅读")),
    "field": ("provider@demo.test", lambda page, url: filing_of(page, url, "榆荚阅读") + "part/mlps/"),
    "check": ("provider@demo.test", lambda page, url: filing_of(page, url, "榆荚阅读") + "check/"),
    "inbox": ("provider@demo.test", fixed("/notices/")),
    "queue": ("reviewer.bj@demo.test", fixed("/review/queue/")),
    "case": ("reviewer.bj@demo.test", lambda page, url: case_of(page, url, "砚池书法")),
    "ministry": ("ministry@demo.test", fixed("/review/queue/")),
    "institution-home": ("school@demo.test", fixed("/institution/")),
    "institution-field": ("school@demo.test", lambda page, url: use_of(page, url, "浑仪备课") + "part/comparison/"),
    "complain": ("", fixed("/complaints/new/?kind=complaint")),
    "blacklist": ("", fixed("/lists/blacklist/")),
    "supervision": ("reviewer.bj@demo.test", fixed("/supervision/")),
    "complaint": ("reviewer.bj@demo.test", first("/supervision/?tab=mine")),
    "inspection": ("reviewer.bj@demo.test", first("/supervision/plans/?tab=inspections")),
    "listing-decision": ("lead.bj@demo.test", first("/supervision/orders/?tab=proposed", "list/")),
    "order": ("provider.gd@demo.test", first("/provider/supervision/")),
    "admin": ("admin@demo.test", fixed("/admin/health/")),
}


def chromium() -> str:
    """The browser's path."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise SystemExit("No Chromium was found. Name it in CHROMIUM.")


def signed_in(browser: Browser, url: str, email: str) -> dict:
    """The state of a browser session that is signed in; an empty one without an account."""
    context = browser.new_context()
    if email:
        page = context.new_page()
        page.goto(f"{url}/accounts/login/")
        page.locator("#id_login").fill(email)
        page.locator("#id_password").fill(PASSWORD)
        page.locator("#id_password").press("Enter")
        page.wait_for_url(lambda address: "/accounts/login/" not in address)
    state = context.storage_state()
    context.close()
    return dict(state)


def small(data: bytes) -> bytes:
    """The picture with a palette, with fewer colours until it is small enough."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        flat = image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            break
    return out.getvalue()


def take(browser: Browser, url: str, names: list[str], folder: Path) -> int:
    """Takes the pictures; returns how many."""
    taken = 0
    states: dict[str, dict] = {}
    for name in names:
        email, find = PAGES[name]
        if email not in states:
            states[email] = signed_in(browser, url, email)
        address = ""
        for width, height in WIDTHS.items():
            for short, (locale, code) in LANGUAGES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, locale=locale, storage_state=states[email]  # type: ignore[arg-type]
                )
                context.add_cookies([{"name": "django_language", "value": code, "url": url}])
                page = context.new_page()
                address = address or find(page, url)
                page.goto(url + address)
                page.wait_for_load_state("networkidle")
                path = folder / f"{name}-{short}-{width}.png"
                path.write_bytes(small(page.screenshot()))
                context.close()
                taken += 1
                sys.stdout.write(f"{path.name} {path.stat().st_size // 1000} KB\n")
    return taken


def main() -> None:
    """Reads the arguments and takes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images")
    parser.add_argument("--only", nargs="*", choices=sorted(PAGES), default=list(PAGES))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        try:
            take(browser, options.url.rstrip("/"), options.only, options.out)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
