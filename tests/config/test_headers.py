"""What answers ask of browsers and proxies, whatever is asked, and what requests may
bring.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import Resolver404, resolve

from cases.desk.management.commands.demo import approve_everything, load_fixtures
from cases.publishing import publish_pending
from tests import factories as make
from tests import published
from tests.keys import key_for
from tests.leaks.crawler import fixed_addresses
from tests.leaks.test_endpoints_by_role import addresses, somebody
from tests.tracker.site_pages import Outline
from tracker.audiences import PUBLIC
from tracker.site import urls

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.crawl,
    pytest.mark.usefixtures("told_again"),
]

DESK = settings.DESK_ADDRESSES
PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), fullscreen=(), "
    "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), picture-in-picture=(), screen-wake-lock=(), usb=()"
)
HEAVIEST = 15_000  # bytes of a page, as they are sent
LOADING = {"src", "srcset", "data", "poster", "background", "xlink:href"}


class Loads(HTMLParser):
    """`foreign`: what a page would load from elsewhere; `inline`: what its own policy
    refuses; `links`: to follow.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.inline: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (
            tag == "script"
            and "src" not in given
            and "json" not in (given.get("type") or "")
        ):
            self.inline.append(tag)
        for name, value in given.items():
            if (
                name == "style"
                or name.startswith("on")
                or (value or "").startswith("javascript:")
            ):
                self.inline.append(f"{tag} {name}={value}")
            loads = name in LOADING or (name, tag) in {
                ("href", "link"),
                ("action", "form"),
            }
            if loads and urlsplit(value or "").netloc:
                self.foreign.append(f"{tag} {name}={value}")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")


def pages(client: Client) -> Iterator[tuple[str, Any]]:
    """One answer for each kind of address that links lead to."""
    waiting, seen = list(reversed(fixed_addresses())), set()
    while waiting:
        address = waiting.pop()
        try:
            kind = resolve(urlsplit(address).path).route
        except Resolver404:
            continue
        if kind in seen or "logout" in address:
            continue
        seen.add(kind)
        response = client.get(address)
        yield address, response
        if response.get("Content-Type", "").startswith("text/html"):
            found = (
                urldefrag(urljoin(address, link)).url
                for link in Loads(response.content.decode()).links
            )
            waiting += [link for link in found if link.startswith("/")]


@pytest.fixture
def seeds() -> None:
    load_fixtures()
    approve_everything()
    publish_pending()


def test_every_public_page_is_valid_light_and_reachable_by_its_links(
    seeds: None,
) -> None:
    """In each language. Nesting, ids and inner links; bytes as they are sent."""
    waiting, seen = ["/en/", "/be/", "/ru/"], set()
    wrong, kinds = {}, set()
    client = Client(headers={"Accept-Encoding": "gzip"})
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        is_page = answer.get("Content-Type", "").startswith("text/html")
        if answer.status_code != 200 or not is_page:
            wrong[address] = [f"{answer.status_code}"]
            continue
        kinds.add(resolve(address).url_name)
        html = gzip.decompress(answer.content).decode()
        page = Outline(html)
        found = list(page.faults)
        found += [id for id, count in Counter(page.ids).items() if count > 1]
        if len(answer.content) > HEAVIEST:
            found.append(f"{len(answer.content)} bytes")
        for link in Loads(html).links:
            path, fragment = urldefrag(link)
            if not path and fragment and fragment not in page.ids:
                found.append(link)
            is_page = path.startswith(address[:4]) and path.endswith("/")
            if is_page and "feed" not in path and path not in seen:
                seen.add(path)
                waiting.append(path)
        if found:
            wrong[address] = found
    assert wrong == {}
    pages = {pattern.name for pattern in urls.urlpatterns}
    files = {"rows_held", "rows_releases", "time_held_rows", "statistics_rows"}
    no_pages = {"feed", "copy", *files}
    of_none_in_the_seeds = {"court_case", "facility"}
    assert pages - kinds == no_pages | of_none_in_the_seeds


def test_no_page_loads_from_elsewhere_or_holds_a_script_or_style_that_the_policy_refuses(
    seeds: None,
) -> None:
    client = Client()
    client.force_login(make.make_documenter())
    wrong, found = {}, []
    for address, response in pages(client):
        if response.get("Content-Type", "").startswith("text/html"):
            page = Loads(response.content.decode())
            found.append(address)
            if page.foreign or page.inline:
                wrong[address] = page.foreign + page.inline
    assert wrong == {}
    for one in (
        "/admin/cases/prisoner/[^/]+/change/",
        "/en/cases/[^/]+/",
        "/api/docs/",
    ):
        assert any(re.fullmatch(one, address) for address in found), one


@pytest.mark.parametrize("role", ["anyone", "partner", "administrator"])
def test_every_answer_asks_the_browser_to_be_careful_and_to_keep_nothing(
    role: str,
) -> None:
    """But what the API tells to anyone. And nobody gets a cookie but at the desk."""
    client = somebody(role)
    for address in [*addresses(), "/static/tracker/site.css", "/nowhere"]:
        if role == "anyone":
            client = Client()  # who comes for the first time
        answer = client.get(address)
        b"".join(answer)  # a file that is not read stays open
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert answer.get("X-Frame-Options") == "DENY" or address.startswith(
            "/static/"
        ), address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address
        is_open = (
            role != "partner"
            and address.startswith(("/api/v1/", "/api/schema/"))
            and not address.startswith("/api/v1/proposals/")
        )
        other_pages = (
            answer["Cross-Origin-Resource-Policy"],
            answer.get("Access-Control-Allow-Origin"),
        )
        expected = ("cross-origin", "*") if is_open else ("same-origin", None)
        assert other_pages == expected, address
        assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"]), address
        assert "geolocation=()" in answer["Permissions-Policy"], address
        assert answer["Referrer-Policy"] == (
            "same-origin" if address.startswith(DESK) else "no-referrer"
        ), address
        if address not in ("/static/tracker/site.css", "/nowhere"):
            assert is_kept_nowhere(answer, address, role), address
        if role == "anyone":
            assert not client.cookies or address.startswith(DESK), address


def is_kept_nowhere(answer: Any, address: str, role: str) -> bool:
    """Or it is what anyone may read by the API."""
    kept = answer["Cache-Control"]
    if "no-store" in kept:
        return True
    if address.startswith("/api/v1/") and role != "partner":
        return bool(kept == "public, no-cache")
    return address == "/api/schema/"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/en/cases/", 200),
        ("/", 302),
        ("/nowhere", 404),
        ("/static/tracker/site.css", 200),
        ("/admin/account/sign-in/", 200),
        ("/api/v1/prisoners/", 200),
    ],
)
def test_whatever_is_answered_no_page_may_use_what_no_page_needs(
    address: str, status: int
) -> None:
    answer = Client().get(address)
    b"".join(answer)
    assert (answer.status_code, answer["Permissions-Policy"]) == (status, PERMISSIONS)


def test_a_page_of_others_reads_what_anyone_may_also_a_refusal_and_nothing_else(
    settings: Any, django_assert_num_queries: Any
) -> None:
    def told(method: str, address: str, **headers: str) -> tuple[int, str | None]:
        answer = Client(headers=headers).generic(method, address)
        b"".join(answer)
        is_for_all = answer.get("Access-Control-Allow-Origin") == "*"
        policy = "cross-origin" if is_for_all else "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == policy
        assert ("Access-Control-Expose-Headers" in answer) == is_for_all
        assert "Access-Control-Allow-Credentials" not in answer
        if address.startswith("/api/v1/"):
            assert "Authorization" in answer["Vary"]
        return answer.status_code, answer.get("Access-Control-Allow-Origin")

    tag = {"If-None-Match": "*"}
    asked = {"Access-Control-Request-Method": "GET", "Origin": "https://elsewhere.test"}
    key = {"Authorization": f"Api-Key {key_for('Example').secret}"}
    assert told("GET", "/api/v1/prisoners/") == (200, "*")
    assert told("GET", "/api/v1/prisoners/", **tag) == (304, "*")
    assert told("HEAD", "/api/v1/export.ndjson") == (200, "*")
    assert told("GET", "/api/v1/prisoners/?sex=x") == (400, "*")
    assert told("GET", "/api/v1/prisoners/7/") == (404, "*")
    assert told("GET", "/api/v1/nothing/") == (404, "*")
    assert told("GET", "/api/v1/prisoners/", **{"Transfer-Encoding": "chunked"}) == (
        411,
        "*",
    )
    with django_assert_num_queries(0):
        assert told("OPTIONS", "/api/v1/prisoners/", **asked) == (204, "*")
    assert told("OPTIONS", "/api/v1/prisoners/") == (405, "*")

    for method, address, headers in (
        ("GET", "/api/v1/prisoners/", key),
        ("GET", "/api/v1/prisoners/", {"Authorization": "none"}),
        ("OPTIONS", "/api/v1/prisoners/", {**asked, **key}),
        ("POST", "/api/v1/prisoners/", {}),
        ("GET", "/api/v1/proposals/", {}),
        ("GET", "/api/v1/proposals", {}),
        ("OPTIONS", "/api/v1/proposals/", asked),
        ("GET", "/api/editorial/v1/prisoners/", {}),
        ("OPTIONS", "/api/editorial/v1/prisoners/", asked),
        ("GET", "/en/cases/", {}),
        ("GET", "/admin/account/sign-in/", {}),
        ("GET", "/static/tracker/site.css", {}),
    ):
        assert told(method, address, **headers)[1] is None, (method, address)
    settings.SERVE = "partners"
    assert told("GET", "/api/v1/prisoners/")[1] is None

    settings.SERVE = "all"
    preflight = Client(headers=asked).options("/api/v1/prisoners/")
    assert preflight["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert preflight["Access-Control-Allow-Headers"] == "If-None-Match"


def test_an_answer_has_the_id_that_a_trusted_proxy_gave_or_a_random_one(
    settings: Any,
) -> None:
    def named(given: str) -> str:
        answer = Client(headers={"X-Request-ID": given}).get("/nowhere")
        name: str = answer["X-Request-ID"]
        return name

    of_proxy = "6f1d6c3e8f0b4c4e9d7a2b1c0d9e8f7a"
    assert named(of_proxy) != of_proxy
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert named(of_proxy) == of_proxy
    for forged in ("ales-example-of-minsk", "АЛЕС", of_proxy * 3, "a b"):
        assert re.fullmatch("[0-9a-f]{32}", named(forged)), forged
    assert named("") != named("")


def test_what_is_refused_or_sent_on_before_it_is_read_has_the_headers_too(
    settings: Any,
) -> None:
    refused = Client().post(
        "/en/cases/", b"{}", "application/json", CONTENT_LENGTH="-1"
    )
    assert (refused.status_code, refused["Permissions-Policy"]) == (413, PERMISSIONS)
    settings.SECURE_SSL_REDIRECT = True
    sent_on = Client().get("/en/cases/")
    assert (sent_on.status_code, sent_on["Permissions-Policy"]) == (301, PERMISSIONS)


# --- Proxies ------------------------------------------------------------------------------------------------------


def test_a_proxy_may_keep_a_page_and_asks_whether_it_still_holds() -> None:
    case = published.publish(PUBLIC, "prisoner", {"name": "Ales Example"})
    client = Client()
    page = client.get(f"/en/cases/{case['id']}/")
    assert (page["Cache-Control"], page["CDN-Cache-Control"]) == (
        "no-store",
        "public, no-cache",
    )
    assert page["X-Accel-Expires"] == "@1"

    for method in (client.get, client.head):
        again = method(
            f"/en/cases/{case['id']}/", headers={"If-None-Match": page["ETag"]}
        )
        assert (again.status_code, again.content, again["ETag"]) == (
            304,
            b"",
            page["ETag"],
        )
        assert again["Cache-Control"] == "no-store"
    published.publish(PUBLIC, "prisoner", {**case, "name": "Jana Sample"})
    changed = client.get(
        f"/en/cases/{case['id']}/", headers={"If-None-Match": page["ETag"]}
    )
    assert (changed.status_code, "Jana Sample" in changed.content.decode()) == (
        200,
        True,
    )


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/en/cases/?q=Ales",
            "/api/v1/prisoners/?q=Ales",
            "/en/cases/",
            "/en/nothing/",
        ),
        *("/en/cases/?text=Ales", "/api/v1/prisoners/?identifier=list:1"),
    ],
)
def test_no_proxy_keeps_what_was_searched_for_or_not_found(address: str) -> None:
    client = Client()
    answer = (
        client.get(address)
        if "cases/" not in address or "?" in address
        else client.post(address, {"q": "Ales"})
    )
    assert "CDN-Cache-Control" not in answer
    assert "X-Accel-Expires" not in answer


def test_the_api_lets_a_proxy_keep_what_anyone_sees_and_nothing_of_a_partners() -> None:
    anyone = Client().get("/api/v1/prisoners/")
    assert (anyone["Cache-Control"], anyone["X-Accel-Expires"]) == (
        "public, no-cache",
        "@1",
    )
    assert "Authorization" in anyone["Vary"]
    partner = Client(
        headers={"Authorization": f"Api-Key {key_for('Example').secret}"}
    ).get("/api/v1/prisoners/")
    assert (partner.status_code, partner["Cache-Control"]) == (200, "private, no-store")
    assert "X-Accel-Expires" not in partner
    assert "CDN-Cache-Control" not in partner


# --- Mirrors ------------------------------------------------------------------------------------------------------


def test_on_a_mirror_every_address_stays_on_the_mirror(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["tracker.onion"]
    for name in ("Ales", "Jana", "Mikola"):
        published.publish(PUBLIC, "prisoner", {"name": name})
    reader = Client(headers={"Host": "tracker.onion"})
    asked = ["/", "/api/v1/changes?limit=1", "/api/v1/prisoners/?limit=1", "/en/cases"]
    told = ""
    for address in [
        *asked,
        *(one for one in fixed_addresses(desk=False) if one != "/api/schema/"),
    ]:
        if not address.endswith((".zip", ".xlsx")):  # the rows of the tables, packed
            answer = reader.get(address)
            told += f"{answer.headers} {b''.join(answer).decode()}"
    hosts = set(re.findall(r"https?://([^/\s\"'<>]+)", told))
    forms = {"datapackage.org", "schema.org", "www.sitemaps.org", "www.w3.org"}
    assert hosts == {"tracker.onion", *forms}  # names of forms: nobody goes there


def test_pages_by_https_tell_of_the_onion_service_and_the_desk_does_not(
    settings: Any,
) -> None:
    settings.ONION_ADDRESS = f"http://{'a2' * 28}.onion"
    reader = Client()
    page, asked = "/en/method/", "/en/cases/?q=Ales"
    for address in (page, asked):
        told = reader.get(address, secure=True)["Onion-Location"]
        assert told == f"{settings.ONION_ADDRESS}{address}"
    by_onion = reader.get(page)
    others = [reader.get("/api/v1/", secure=True), by_onion]
    others.append(reader.get("/admin/account/sign-in/", secure=True))
    assert not any("Onion-Location" in answer.headers for answer in others)


# --- Bodies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", ["2500001", "9" * 30, "-1", "many"])
@pytest.mark.parametrize(
    "address",
    [
        "/en/cases/",
        "/api/v1/prisoners/",
        "/admin/account/sign-in/",
        "/api/editorial/v1/sources/",
    ],
)
def test_what_is_too_large_is_refused_before_it_is_read(
    address: str, length: str
) -> None:
    answer = Client().post(
        address, b"{}", content_type="application/json", CONTENT_LENGTH=length
    )
    assert answer.status_code == 413
    if address.startswith("/api/"):
        assert json.loads(answer.content)["status"] == 413
    else:
        assert "larger than this site takes in" in answer.content.decode()


@pytest.mark.parametrize("address", ["/en/cases/", "/api/v1/prisoners/"])
def test_what_does_not_say_how_long_it_is_is_refused(address: str) -> None:
    sent = Client().post(
        address,
        b"{}",
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
    )
    assert sent.status_code == 411


def test_a_file_comes_in_at_the_desk_alone_and_up_to_its_own_cap(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 3_000_000

    def sent(address: str, length: int) -> int:
        return (
            Client()
            .post(address, {"file": ContentFile(b"x" * length, "list.csv")})
            .status_code
        )

    assert sent("/admin/account/sign-in/", 2_900_000) == 200
    assert sent("/admin/account/sign-in/", 3_000_000) == 413
    assert sent("/en/cases/", 2_900_000) == 413


def test_a_long_case_has_more_fields_than_django_takes_by_default() -> None:
    fields = {f"names-{number}-value": "x" for number in range(3000)}
    assert Client().post("/admin/account/sign-in/", fields).status_code == 200


def test_no_cookie_of_the_desk_outlives_the_browser() -> None:
    answer = Client().get("/admin/account/sign-in/")
    assert answer.cookies
    for cookie in answer.cookies.values():
        assert (cookie["max-age"], cookie["expires"]) == ("", "")
