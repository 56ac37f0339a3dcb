"""The copy that a partner keeps, asked over HTTP on the partner's own machine:

    python -m tracker.mirror serve https://tracker.example --key-file key --into copy

The copy is kept equal meanwhile. Nothing that is asked leaves the machine or is written
anywhere. docs/reconciliation.md
"""

import argparse
import contextlib
import ipaddress
import json
import sqlite3
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from tqdm import tqdm

from tracker.mirror import Copy, Failed, Mirror, Passing, connect
from tracker.reconciling.answers import Answer, Refused, Service
from tracker.reconciling.people import People
from tracker.reconciling.properties import Labels

PORT = 8765
EVERY = 60.0  # seconds between two looks at the tracker
PATIENCE = 60.0  # seconds; the next look comes anyway
MOST_BYTES = 5_000_000  # of a question
LOCAL_NAMES = {"localhost"}
EXPOSED = (
    "Whoever reaches {host} could read every name of this copy, without a password, and"
    " whoever is on the line could read the lists that are compared: it is not encrypted."
    " If that is what you want, add --beyond-this-machine."
)
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, service: Service) -> None:
        super().__init__((host, port), Handler)
        self.is_local = _is_local(host)
        self.service = service
        self.one_at_a_time = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """A page of another site in the same browser must not read the copy: it may ask this
    machine, too. So only pages of this machine get an answer, and only under its own name.
    """

    server: Server
    timeout = 30
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self.close_connection = True
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is too much at once."
            )
            return
        try:
            form = self.rfile.read(int(length)).decode()
        except UnicodeDecodeError:
            self._refuse(HTTPStatus.BAD_REQUEST, "A form is written in UTF-8.")
            return
        self._answer(_fields(form))

    def do_OPTIONS(self) -> None:
        self._answer({})

    def _answer(self, form: dict[str, str]) -> None:
        if not self._is_from_here():
            self._refuse(
                HTTPStatus.FORBIDDEN, "Only programs of this machine are answered."
            )
            return
        if self.command == "OPTIONS":
            self._send(HTTPStatus.NO_CONTENT, "", "text/plain")
            return
        address = urlsplit(self.path)
        asked = _fields(address.query) | form
        try:
            with self.server.one_at_a_time:
                self.server.service.people.catch_up()
                answer = self._told(address.path, asked)
        except Refused as refusal:
            self._refuse(HTTPStatus.BAD_REQUEST, str(refusal))
            return
        except sqlite3.OperationalError:
            busy = "The copy is being written. Ask again in a moment."
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, busy)
            return
        if answer is None:
            self._refuse(HTTPStatus.NOT_FOUND, "There is nothing at this address.")
        elif isinstance(answer, str):
            self._send(HTTPStatus.OK, answer, "text/html; charset=utf-8")
        else:
            self._send_json(HTTPStatus.OK, answer)

    def _told(self, path: str, asked: dict[str, str]) -> Answer | str | None:
        """A page is a text."""
        service, prefix = self.server.service, asked.get("prefix", "")
        if path == "/suggest/entity":
            return service.suggest_entities(prefix)
        if path == "/suggest/property":
            return service.suggest_properties(prefix)
        if path == "/suggest/type":
            return service.suggest_types(prefix)
        if path == "/extend/propose":
            return service.propose()
        if path == "/preview":
            return service.preview(asked.get("id", ""))
        if path != "/":
            return None
        if "callback" in asked:
            raise Refused(
                "“callback” would hand the answer to a page of any site. Use CORS."
            )
        if "queries" in asked:
            return service.reconcile(asked["queries"])
        if "extend" in asked:
            return service.extend(asked["extend"])
        return service.manifest(f"http://{self.headers['Host']}")

    def _is_from_here(self) -> bool:
        host = self.headers.get("Host", "")
        if self.server.is_local and not _is_local(urlsplit(f"//{host}").hostname or ""):
            return False
        origin = self.headers.get("Origin")
        return origin is None or _is_local(urlsplit(origin).hostname or "")

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self._send_json(status, {"status": "error", "message": sentence})

    def _send_json(self, status: HTTPStatus, answer: Answer) -> None:
        text = json.dumps(answer, ensure_ascii=False)
        self._send(status, text, "application/json; charset=utf-8")

    def _send(self, status: HTTPStatus, text: str, media_type: str) -> None:
        content = text.encode(errors="replace")
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Vary", "Origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        origin = self.headers.get("Origin")
        if origin and _is_local(urlsplit(origin).hostname or ""):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Methods", "GET, POST")
            self.send_header("Access-Control-Allow-Headers", "Content-Type")
        self.end_headers()
        self.wfile.write(content)

    def version_string(self) -> str:
        return "tracker-mirror"

    def log_message(self, *args: object) -> None:
        """Nothing: names of people who are in nobody's copy would stay in it."""


def _fields(form: str) -> dict[str, str]:
    """What is asked with nothing is asked, too: it is refused, and not left out."""
    asked = parse_qs(form, keep_blank_values=True)
    return {name: values[-1] for name, values in asked.items()}


def _is_local(host: str) -> bool:
    if host in LOCAL_NAMES:
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


# --- The command ------------------------------------------------------------------------


def serve(arguments: list[str]) -> int:
    options = options_of(arguments)
    if not _is_local(options.host) and not options.beyond_this_machine:
        print(EXPOSED.format(host=options.host), file=sys.stderr)
        return 2
    try:
        key = options.key_file.read_text().strip() if options.key_file else None
        with connect(options.address, key) as client:
            mirror = mirror_of(options, client)
            bring_up_to_date(mirror)
            threading.Thread(
                target=keep_equal, args=[options, client], daemon=True
            ).start()
            answer_until_stopped(options, labels_of(mirror))
    except (Failed, OSError, sqlite3.Error, httpx.InvalidURL) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def mirror_of(options: argparse.Namespace, client: httpx.Client) -> Mirror:
    """One for each thread, as SQLite asks."""
    copy = Copy(options.into, options.address.rstrip("/"))
    mirror = Mirror(client, copy, PATIENCE)
    mirror.warn = lambda trouble: print(trouble, file=sys.stderr)
    return mirror


def bring_up_to_date(mirror: Mirror) -> None:
    """A copy that is there can be asked without a line to the tracker, too."""
    try:
        mirror.sync()
    except Failed as trouble:
        if mirror.copy.cursor is None:
            raise
        mirror.warn(f"The copy may be behind: {trouble}")


def keep_equal(options: argparse.Namespace, client: httpx.Client) -> None:
    mirror = mirror_of(options, client)
    while True:
        time.sleep(options.every)
        try:
            mirror.sync()
        except (Failed, OSError, sqlite3.Error) as trouble:
            mirror.warn(f"The copy may be behind: {trouble}")


def labels_of(mirror: Mirror) -> Labels:
    """What the tracker calls its codes. Without it the codes themselves are told."""
    try:
        vocabularies = b"".join(mirror.lines("/api/v1/vocabularies/", {}))
        return Labels(json.loads(vocabularies)["results"])
    except (Failed, Passing, json.JSONDecodeError) as trouble:
        mirror.warn(f"Statuses and countries are told by their codes: {trouble}")
        return Labels()


def answer_until_stopped(options: argparse.Namespace, labels: Labels) -> None:
    with (
        contextlib.closing(open_to_read(options.into)) as copy,
        tqdm(unit=" names", disable=None) as bar,
    ):
        people = People(copy)
        people.report = bar.update
        people.catch_up()
        service = Service(options.address.rstrip("/"), people, labels)
        with Server(options.host, options.port, service) as server:
            tqdm.write(f"Add this service in OpenRefine: {address_of(server)}")
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()


def open_to_read(directory: Path) -> sqlite3.Connection:
    file = (directory / "mirror.sqlite3").resolve().as_uri()
    return sqlite3.connect(
        f"{file}?mode=ro", uri=True, timeout=60, check_same_thread=False
    )


def address_of(server: Server) -> str:
    host, port = server.server_address[:2]
    return f"http://{host!s}:{port}"


def options_of(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tracker.mirror serve",
        description="Compare lists with the copy, on this machine, and keep it equal.",
    )
    parser.add_argument("address", help="of the tracker, without /api/")
    parser.add_argument("--key-file", type=Path, help="a file with your key")
    parser.add_argument("--into", type=Path, required=True, metavar="DIRECTORY")
    parser.add_argument("--port", type=int, default=PORT, help=f"{PORT} unless given")
    parser.add_argument(
        "--every",
        type=float,
        default=EVERY,
        metavar="SECONDS",
        help="between two looks at the tracker; a minute unless given",
    )
    parser.add_argument("--host", default="127.0.0.1", help="this machine unless given")
    parser.add_argument(
        "--beyond-this-machine",
        action="store_true",
        help="with --host: whoever reaches it reads every name of the copy",
    )
    return parser.parse_args(arguments)
