"""Alertmanager and Grafana post here, and each alert becomes a command: declare while it fires, then resolve.

    RECEIVER_TOKEN=a-long-random-word python3 receiver.py
    RECEIVER_TOKEN=a-long-random-word python3 receiver.py --port 9095 --escalate /opt/bin/escalate

They post to http://127.0.0.1:9095/TOKEN. It listens on loopback only and needs nothing but Python. What could
not be stored is answered with 500, so that they send it again; the key of an alert sees to it that a repeat
is no second incident.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SEVERITIES = {"critical": "critical", "page": "critical", "warning": "minor", "info": "minor"}
"""the label `severity` of an alert: a severity of yours; what is not named has your default severity"""

SERVICE = "service"
"""the label that names a service of yours; without it the words of the alert are routed"""

STORED = (0, 6)
"""exit codes of `declare` that say that the incident is stored"""

UNKNOWN = 4
"""exit code of `declare` where the configuration has no such severity or service"""


def commands(escalate: str, alert: dict[str, Any]) -> Iterator[list[str]]:
    """What to run for one alert."""
    labels, notes = alert.get("labels", {}), alert.get("annotations", {})
    key = f"alert:{alert['fingerprint']}"
    if alert.get("status") == "resolved":
        yield [escalate, "resolve", "--key", key, "--by", "monitor", "--message", "the alert is over"]
        return
    command = [escalate, "declare", "--key", key, "--by", "monitor"]
    if message := notes.get("description") or notes.get("message"):
        command += [f"--message={message}"]
    if severity := SEVERITIES.get(labels.get("severity", "")):
        command += [f"--severity={severity}"]
    if service := labels.get(SERVICE):
        command += [f"--service={service}"]
    yield [*command, "--", notes.get("summary") or labels.get("alertname") or "an alert without a name"]


class Receiver(BaseHTTPRequestHandler):
    """POST /TOKEN with `alerts[]`, as Alertmanager and Grafana send them."""

    timeout = 30
    token = escalate = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not hmac.compare_digest(self.path.strip("/").encode(), self.token.encode()):
            self.send_error(403)
            return
        try:
            alerts = json.loads(body)["alerts"]
            codes = [self.run(words) for alert in alerts for words in commands(self.escalate, alert)]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.send_error(400, f"not alerts: {type(error).__name__}")
            return
        except (OSError, subprocess.SubprocessError) as error:
            self.send_error(500, f"escalate could not be run: {type(error).__name__}")
            return
        self.send_response(200 if all(code in STORED for code in codes) else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The address holds the token: it is not written down."""

    def run(self, command: list[str]) -> int:
        ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if ran.returncode == UNKNOWN:  # no alert is lost for a severity or a service
            command = [word for word in command if not word.startswith(("--severity=", "--service="))]
            ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if ran.stderr:
            print(ran.stderr.decode(errors="replace"), end="", file=sys.stderr, flush=True)
        return ran.returncode


def main() -> None:
    parser = argparse.ArgumentParser(description="Alerts of Alertmanager and Grafana to escalate")
    parser.add_argument("--port", type=int, default=9095, help="default 9095; 0 for any that is free")
    parser.add_argument("--escalate", default="escalate", metavar="PROGRAM", help="where escalate is")
    asked = parser.parse_args()
    Receiver.token, Receiver.escalate = os.environ.get("RECEIVER_TOKEN", ""), asked.escalate
    if len(Receiver.token) < 12:
        sys.exit("receiver.py: set RECEIVER_TOKEN to a random word of at least 12 letters")
    server = ThreadingHTTPServer(("127.0.0.1", asked.port), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_address[1]}/TOKEN", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("closed", file=sys.stderr)


if __name__ == "__main__":
    main()
