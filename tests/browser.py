# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A real server on a copy of the database, and real browsers in front of it."""

import contextlib
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import axe_playwright_python
import requests
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
# What axe-core looks for: WCAG 2.2 up to level AA, and good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESKTOP = (360, 780), (1280, 900)
# Seconds until a server that doesn't answer is taken for broken.
PATIENCE = 90
# Where pictures of the pages are kept, if anywhere.
PICTURES = os.environ.get("PORTAL_PICTURES")


def find_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serve(database, workers=2):
    """An Odoo server of its own on this database.

    :return: its address
    """
    port = find_port()
    log = ROOT / ".local" / "log" / f"server_{database}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "odoo", "--database", database),
        *("--db-filter", f"^{database}$", "--workers", str(workers)),
        *("--max-cron-threads", "0", "--limit-time-real", "600"),
        *("--http-interface", "127.0.0.1", "--http-port", str(port)),
        *("--gevent-port", str(find_port()), "--logfile", str(log)),
    ]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process, log)
        yield address
    finally:
        stop(process)


def stop(process):
    """End a server and its workers; it may have ended by itself."""
    for name, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, name)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def wait_for(address, process, log):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{address}/web/login", timeout=PATIENCE).ok:
                return
        time.sleep(0.5)
    raise AssertionError(f"the server doesn't answer:\n{log.read_text()[-3000:]}")


@contextlib.contextmanager
def open_browser():
    """Chromium, as installed."""
    path = next(
        filter(
            None, map(shutil.which, ("google-chrome", "chromium", "chromium-browser"))
        )
    )
    # Odoo limits the memory of its process, and so that of what it starts.
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limits[1], limits[1]))
    with sync_playwright() as playwright:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class Visitor:
    """Somebody in front of a browser window. Whatever page they look at has to be
    accessible, to fit into the window, and to run without complaints."""

    def __init__(self, browser, address, size=DESKTOP, *, javascript=True):
        self._address = address
        self._size = size
        self._has_javascript = javascript
        self._context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=javascript,
            locale="en-US",
            timezone_id="Europe/Brussels",
        )
        self.page = self._context.new_page()
        self.page.set_default_timeout(30_000)
        self.complaints = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message):
        # a page that says what is wrong in a form is answered with status 422
        is_answer = "status of 422" in message.text
        if message.type == "error" and not is_answer:
            self.complaints.append(message.text)

    def close(self):
        self._context.close()

    def sign_in(self, login):
        self.go("/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url("**/my**")

    def go(self, path):
        self.page.goto(path if path.startswith("http") else self._address + path)

    def click(self, name, role="button", nth=0):
        """Click what leads to another page."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name).nth(nth).click()

    def read(self):
        return self.page.locator("#wrap").inner_text()

    def check(self, picture=None):
        """The page is accessible, fits into the window, and complains of nothing."""
        page = self.page
        page.wait_for_load_state("load")
        if picture and PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{picture}.png", full_page=True)
        assert self.complaints == [], self.complaints
        if not self._has_javascript:
            return
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= self._size[0], f"{page.url} is {width} pixels wide"
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        violations = [describe(violation) for violation in found["violations"]]
        assert not violations, f"{page.url}\n" + "\n".join(violations)


def describe(violation):
    nodes = [re.sub(r"\s+", " ", node["html"])[:200] for node in violation["nodes"]]
    return f"{violation['id']}: {violation['help']}: {nodes[:3]}"
