"""Chromium as the tests use it: found on the machine, strict about scripts that fail or dialogs that open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import services

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000
"""For one thing to show: a turn takes milliseconds, a loaded machine takes longer."""

expect.set_options(timeout=PATIENCE_MS)


def chromium_path() -> str | None:
    """Where Chromium is on this machine; None: nowhere."""
    fixed = Path("/usr/bin/chromium")
    names = ("chromium", "chromium-browser", "google-chrome")
    return (
        str(fixed) if fixed.exists() else next((path for name in names if (path := shutil.which(name))), None)
    )


def need_chromium() -> None:
    """Skip what needs Chromium where there is none; where nothing may be skipped, fail."""
    if chromium_path() is None:
        if services.MUST_RUN_ALL:
            raise FileNotFoundError("Chromium is not installed")
        pytest.skip("Chromium is not installed")


@contextmanager
def launched() -> Iterator[Browser]:
    """A running Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visits:
    """Gives each person of a test a browser of their own, and remembers what went wrong in any of them."""

    browser: Browser
    address: str
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def person(self, locale: str, **options: Any) -> Page:
        """A page of a new person: own cookies, own storage. `options` are those of a browser context."""
        manner = {"viewport": DESKTOP, "timezone_id": "Europe/Madrid", "reduced_motion": "reduce", **options}
        context = self.browser.new_context(base_url=self.address, locale=locale, **manner)
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", self._watch)
        self.contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        """End all browsers of the test."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("dialog", self._refuse)

    def _refuse(self, dialog: Any) -> None:
        self.problems.append(f"a script opened a dialog: {dialog.message}")
        dialog.dismiss()
