"""The browser of the tests: which tests need it, what is said when there is none, pages, and axe."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NO_CHROMIUM = "no Chromium on this machine"
LOOK = """() => {
    const root = document.documentElement
    return [root.lang, document.querySelectorAll("h1").length, root.scrollWidth, root.clientWidth]
}"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def chromium() -> str | None:
    """The browser's path: the variable CHROMIUM, or what the system has."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return str(mac) if mac.exists() else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that use the browser carry its marker, and are skipped where there is none.

    They look at pages whose code the tests without a browser run: coverage, which doubles their time, is not measured.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            item.add_marker("no_cover")
            if chromium() is None:
                if os.environ.get("PORTAL_REQUIRE_BROWSER"):
                    continue  # the fixture fails
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """What a browser test finds set up is not measured either: pytest-cov leaves out the test's own call alone."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = getattr(plugin, "cov_controller", None) if item.get_closest_marker("browser") else None
    if controller is not None:
        controller.pause()
    yield
    if controller is not None:
        controller.resume()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    # Counted from the reports, since the tests may have run in processes of their own.
    reports = terminalreporter.stats.get("skipped", [])
    count = sum(NO_CHROMIUM in str(report.longrepr) for report in reports)
    if count:
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.write_line(
            f"{count} browser tests were skipped: no Chromium was found. Install it, or name it in CHROMIUM."
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium under Playwright, one for the whole run."""
    path = chromium()
    if path is None:
        pytest.fail("no Chromium was found, and PORTAL_REQUIRE_BROWSER is set")
    # Playwright's loop runs in this thread, while Django's calls beside it are ordinary ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """``new_page(width=1280, language="zh-CN")`` opens a page in a browser session of its own.

    At the end of the test no page may have had a script error or broken the content policy.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def heard(message: Any) -> None:
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            complaints.append(message.text)

    def make(*, width: int = 1280, height: int = 900, language: str = "zh-CN", **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", heard)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A page 1280 pixels wide, in Chinese."""
    return new_page()


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[..., None]:
    """``assert_accessible(page)``: axe finds nothing against WCAG 2.2 AA, and nothing runs out of the page's width.

    axe is the dear part. Where a page is looked at in two languages and two widths, wide in Chinese and narrow in
    English have axe; for the other two ``assert_fits`` does, since their elements are the same.
    """
    import axe_core_python

    script = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

    def check(page: Any, *, leave_out: list[str] | None = None) -> None:
        if page.evaluate("typeof axe === 'undefined'"):  # a page that changed without reloading has it
            page.evaluate(script)
        options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
        context = {"exclude": [[selector] for selector in leave_out or []]}
        call = f"{json.dumps(context)}, {json.dumps(options)}" if leave_out else json.dumps(options)
        found = page.evaluate(f"axe.run({call}).then(found => found.violations)")  # the rest is long, and not read
        lines = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
            + "\n    ".join(
                node["html"][:200] + "  " + " ".join(map(str, node["target"]))
                for node in violation["nodes"][:5]
            )
            for violation in found
        ]
        assert not lines, f"{page.url}\n" + "\n".join(lines)
        assert_fits(page)

    return check


def assert_fits(page: Any) -> None:
    """Says its language, has one heading of the first rank, and nothing runs out of its width."""
    language, headings, wide, window = page.evaluate(LOOK)
    assert language, f"{page.url} does not say its language"
    assert headings == 1, f"{page.url} has {headings} headings of the first rank"
    assert wide <= window + 1, f"{page.url} is {wide} px wide in a window of {window}"
