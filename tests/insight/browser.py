"""A real browser without a window, steered through its DevTools pipe: NUL-separated JSON, commands
in on descriptor 3, answers and events out on 4
(https://chromedevtools.github.io/devtools-protocol/)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)  # fmt: skip
_ONTO_3_AND_4 = (
    "import fcntl, os, sys; a, b = (fcntl.fcntl(int(one), fcntl.F_DUPFD, 10) for one in sys.argv[1:3]); "
)
_ONTO_3_AND_4 += "os.dup2(a, 3); os.dup2(b, 4); os.execv(sys.argv[3], sys.argv[3:])"
_PATIENCE = 60


def installed() -> str | None:
    """The path of a browser, if there is one."""
    return next((found for one in NAMES if (found := shutil.which(one))), None)


class Browser:
    """One browser with one page open. `events` are those that came since the last `open`."""

    def __init__(self, place: Path) -> None:
        found = installed()
        assert found is not None
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()
        self._rest, self._number, self.events = b"", 0, list[dict[str, Any]]()
        with open(place / "browser.log", "wb") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    _ONTO_3_AND_4,
                    str(commands),
                    str(answers),
                    found,
                    *FLAGS,
                    f"--user-data-dir={place / 'profile'}",
                ],
                pass_fds=(commands, answers),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        os.close(commands)
        os.close(answers)
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Security"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Do something and return its result; events that come meanwhile are kept."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            got = self._next()
            if got.get("id") == self._number:
                assert "error" not in got, f"{method}: {got['error']}"
                return dict(got["result"])
            self.events.append(got)

    def open(self, page: Path, width: int, *, dark: bool = False, height: int = 900) -> None:
        """Show a page as a screen of this width shows it; a narrow one is a phone's. Returns when
        it is loaded and laid out.
        """
        self.shape(width, dark=dark, height=height)
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())
        self.run("document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => done(1))))")

    def shape(self, width: int, *, dark: bool = False, height: int = 900) -> None:
        """Make the screen this wide, light or dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}],
        )

    def run(self, script: str) -> Any:
        """What an expression comes to in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, file: Path, *, whole: bool = True) -> None:
        """The whole page as a PNG, or what of it is on the screen."""
        found = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(found["data"]))

    def printed(self) -> bytes:
        """The page as a PDF."""
        return base64.b64decode(
            self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"]
        )

    def close(self) -> None:
        """End the browser and every process that it started."""
        with contextlib.suppress(OSError, AssertionError):
            self._session = None
            self.call("Browser.close")
        try:
            self._process.wait(10)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, 9)
            self._process.wait()
            os.close(self._read)
            os.close(self._write)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], _PATIENCE)
            assert ready, f"the browser said nothing for {_PATIENCE} s"
            got = os.read(self._read, 1 << 20)
            if not got:
                raise BrokenPipeError("the browser ended")
            self._rest += got
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))
