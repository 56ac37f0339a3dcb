"""Readers who follow every link, ask every question and keep what they were told."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit
from uuid import UUID
from zipfile import ZipFile

from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, get_resolver, reverse

from tests.keys import key_for
from tests.leaks.canaries import found
from tracker.asking.filters import FILTERS
from tracker.contract.documents import DOCUMENTS, PLACES
from tracker.contract.sheets.every import SHEETS

HOST = "http://testserver"
SCRIPTS = "/static/drf_spectacular_sidecar"
OTHER_LANGUAGES = ("/be/", "/ru/")
# What a question may be answered with, by what its field takes; nothing of it is a
# canary.
_ANSWERS = {
    "DayField": "1900-01-01",
    "IdsField": str(UUID(int=7)),
    "IdentifiersField": "scheme:value",
}
SHAPES = (
    "view=summary&include=sources,facilities",
    "fields=page,citations&include=sources",
)
# A chart leads to the list of each month: one of them is enough.
_DAY = re.compile(r"status_on=[\d-]+")
_LINK = re.compile(rf'(?:href|src|action)="([^"]+)"|"({HOST}/[^"]*)"|<({HOST}/[^>]*)>;')


def _addresses_without_id(kind: str) -> tuple[str, ...]:
    """In the read API, and on the site if the kind has a page there."""
    found = [f"/api/v1/{PLACES[kind]}/"]
    page = DOCUMENTS[kind].page
    if page:
        one = UUID(int=0)
        found.append(reverse(f"site:{page}", args=[one]).removesuffix(f"{one}/"))
    return tuple(found)


KINDS = {kind: _addresses_without_id(kind) for kind in DOCUMENTS}


def patterns(under: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site, as its pattern."""
    for one in (under or get_resolver()).url_patterns:
        text = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield text, one
        else:
            yield from patterns(one, text)


@dataclass
class Reader:
    """`sees`: the levels of this audience; `told`: every canary that an answer held,
    with the address it came from.
    """

    sees: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    # Whoever comes for the first time each time comes to one site: its middleware is
    # made once.
    _handler: ClientHandler = field(
        default_factory=lambda: ClientHandler(enforce_csrf_checks=False)
    )

    @classmethod
    def anyone(cls) -> "Reader":
        return cls(("public",))

    @classmethod
    def partner(cls) -> "Reader":
        return cls(
            ("public", "partners"),
            {"Authorization": f"Api-Key {key_for('partner').secret}"},
        )

    @property
    def leaks(self) -> dict[str, str]:
        return {
            canary: address
            for canary, address in self.told.items()
            if not found(canary, self.sees)
        }

    def ask(self, method: str, address: str, data: Any = None) -> Any:
        client = Client(raise_request_exception=False, headers=self.headers)
        client.handler = self._handler
        response = (
            client.generic(method, address)
            if data is None
            else client.post(address, data)
        )
        text = answer_text(response)
        for canary in found(text) - found(address) - self.told.keys():
            at = text.index(canary)
            before_and_after = text[max(at - 60, 0) : at + 60]
            self.told[canary] = f"{method} {address}: …{before_and_after}…"
        self.asked.add(address)
        assert response.status_code < 500, f"{method} {address}"
        return response, text

    def crawl(self, start: Iterable[str]) -> None:
        waiting = list(dict.fromkeys(start))
        known = set(waiting)
        while waiting:
            address = waiting.pop()
            _response, text = self.ask("GET", address)
            for link in _links(address, text):
                shape = _DAY.sub("status_on=", link)
                if shape not in known:
                    known.add(shape)
                    waiting.append(link)


def answer_text(response: Any) -> str:
    """Headers and body, as a reader has them: also what is packed in a file; but not
    what each answer has of its own: its id, and how many more may be asked.
    """
    body = (
        b"".join(response.streaming_content) if response.streaming else response.content
    )
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as archive:
            body = b"\n".join(map(archive.read, archive.namelist()))
    told = [f"{name}: {value}" for name, value in response.items()]
    of_its_own = ("X-Request-ID", "RateLimit:")
    headers = "\n".join(line for line in told if not line.startswith(of_its_own))
    return f"{response.status_code}\n{headers}\n\n{unescape(body.decode(errors='replace'))}"


def _links(address: str, text: str) -> Iterator[str]:
    for match in _LINK.finditer(text):
        link = urldefrag(
            urljoin(HOST + address, next(filter(None, match.groups())))
        ).url
        parts = urlsplit(link)
        is_ours = f"{parts.scheme}://{parts.netloc}" == HOST
        # A question is asked in one language, a page is read in each. The file of what
        # is asked has the rows of its list: `questions` asks for files.
        is_file = parts.path.endswith((".csv", ".xlsx"))
        is_asked_already = parts.query and (
            is_file or parts.path.startswith(OTHER_LANGUAGES)
        )
        if is_ours and not is_asked_already and not parts.path.startswith(SCRIPTS):
            yield link.removeprefix(HOST)


def fixed_addresses(*, desk: bool = True, once: bool = True) -> list[str]:
    """Those without an id in them, with the desk's or without. Who asks more than `once`
    needs no table by itself, since tables.zip has the rows of all, and no description of
    the API.
    """
    left_out: tuple[str, ...] = ()
    if not desk:
        left_out += ("/admin/", "/api/editorial/")
    if not once:
        left_out += ("/api/v1/tables/", "/api/v1/tables.xlsx", "/api/schema/")
    texts = ["/" + re.sub(r"[\^$]", "", text) for text, _one in patterns()]
    return [
        text
        for text in texts
        if "<" not in text and "(" not in text and not text.startswith(left_out)
    ]


def addresses_of(kind: str, record_id: Any) -> list[str]:
    found = [f"{one}{record_id}/" for one in KINDS[kind]]
    shaped = [f"{found[0]}?{shape}" for shape in SHAPES]
    return [*found, f"{found[0]}corrections/", *shaped]


def questions() -> Iterator[str]:
    """Each list by every filter and in every order; the feed of each kind."""
    for kind, addresses in KINDS.items():
        filters = FILTERS[kind]
        asked = [
            f"{name}={sample(one.field)}" for name, one in filters.base_filters.items()
        ]
        asked += [
            f"ordering={sign}{name}" for name in filters.orderings for sign in ("", "-")
        ]
        for address in addresses:
            yield from (
                f"{address}?{one}"
                for one in [*asked, "limit=2", "nonsense=1", "cursor=nonsense"]
            )
        yield from (f"{addresses[0]}?{shape}" for shape in SHAPES)
        yield from (f"{addresses[0].rstrip('/')}.csv?{one}" for one in asked)
        # The same code finds the rows of all tables of a kind: each is asked one thing.
        sheets = [name for name, sheet in SHEETS.items() if sheet.kind == kind]
        for name, one in zip(sheets, asked, strict=False):
            yield f"/api/v1/tables/{name}.csv?{one}"
        yield from (
            f"/api/v1/{one}?kind={kind}"
            for one in ("changes", "export.ndjson", "digest")
        )
    yield from (
        "/api/v1/changes?limit=1000",
        "/api/v1/changes?limit=7",
        "/api/v1/changes?since=nonsense",
    )


def sample(question: Any) -> str:
    """A value that the question understands."""
    choices = [code for code, _label in getattr(question, "choices", ())]
    return str(choices[0]) if choices else _ANSWERS.get(type(question).__name__, "1")


READERS = {"anyone": Reader.anyone, "a partner": Reader.partner}
