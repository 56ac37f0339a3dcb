"""Everyone can use every page of the desk: in a wide window and in a narrow one, in
light and in dark. A new address comes under this by itself.

Looking at a page in a browser takes seconds, and many pages are made of the same kinds
of element, as the lists are. So a page is looked at if it has a kind of element that no
page before it had, and left out if it has none.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from cases.desk.admin.sections import edit_url, happened_url
from cases.models import Prisoner
from tests import factories as make
from tests.browser.conftest import Visit, wrong_with
from tests.desk_pages import at_the_desk, filled_in, one_of_each

pytestmark = pytest.mark.django_db(transaction=True)

Kind = tuple[str, ...]

NO_END = {"input", "img", "br", "hr", "link", "meta", "use", "path", "rect", "line"}
BOXES = {"input", "select", "textarea"}
UNSEEN = {"hidden", "submit", "button"}
# Of these each has its own: they say what it holds and not how it looks.
SAYS_WHAT_IT_HOLDS = ("field-", "column-", "model-", "app-", "dynamic-", "errors")


class Elements(HTMLParser):
    """Which kinds of element a page has, each within its parent; of a box, too, if
    anything says what it is for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[Kind] = set()
        self.boxes: list[tuple[Kind, str]] = []
        self.labelled: set[str] = set()
        self.within: list[str] = [""]

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        look = f"{tag}.{_classes(attributes)}"
        kind = (
            self.within[-1],
            look,
            attributes.get("type", ""),
            attributes.get("role", ""),
        )
        self.kinds.add(kind)
        if tag == "label":
            self.labelled.add(attributes.get("for", ""))
        is_box = tag in BOXES and attributes.get("type") not in UNSEEN
        is_named = "aria-label" in "".join(attributes)
        if is_box and not is_named and "label" not in self.within[-1]:
            self.boxes.append((kind, attributes.get("id", "")))
        if tag not in NO_END:
            self.within.append(look)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.within) - 1, 0, -1):
            if self.within[place].partition(".")[0] == tag:
                del self.within[place:]
                return

    def all(self) -> set[Kind]:
        unnamed = {
            (*kind, "without a label")
            for kind, id_ in self.boxes
            if id_ not in self.labelled
        }
        return self.kinds | unnamed


def _classes(attributes: dict[str, str]) -> str:
    names = []
    for name in attributes.get("class", "").split():
        if not name.startswith(SAYS_WHAT_IT_HOLDS):
            names.append(name)
    return ".".join(sorted(names))


def addresses(records: dict[str, Any]) -> Iterator[str]:
    """Pages of a case first: they have most kinds of element."""
    case = full_case()
    source = make.make_source("The source in hand", visibility="public")
    file = edit_url(case).partition("?")[0]
    yield file
    yield f"{edit_url(case)}&recording={source.pk}"
    model_admin: Any = admin.site.get_model_admin(Prisoner)
    request = RequestFactory().get(file)
    request.user = User.objects.get(username="documenter")
    for section in model_admin._names(request, case):
        yield edit_url(case, section)
    for happening in model_admin.happenings:
        yield happened_url(case, happening.code)
    yield "/admin/cases/prisoner/?_facets=True&sex__is=male"
    for text, _pattern in at_the_desk(own_account=True):
        if text.startswith("admin/"):
            yield filled_in(text, records)[0]


def full_case() -> Prisoner:
    """With something in each section, and something of it open."""
    case = make.make_prisoner(
        "Mikola Example", sex="male", born_on="1970", occupations=["journalist"]
    )
    source = make.make_source("A" * 90)
    detention = make.make_detention(case, started_on="2020-09", ground="pre_trial")
    make.make_placement(detention, facility=make.make_facility())
    make.make_charge(case)
    sentence = make.make_sentence(case, term_months=60, court="A court")
    make.make_further_punishment(sentence)
    make.make_release(
        case, released_on="2021-01", release_event=make.make_release_event()
    )
    make.make_deportation(case)
    make.make_whereabouts(case)
    make.make_sighting(case)
    make.make_citation(sentence, "term_months", source, states=48, locator="p. 7")
    make.make_citation(detention, "started_on", source)
    return case


def test_everyone_can_use_every_page_of_the_desk(documenter: Visit) -> None:
    records = one_of_each()
    client = Client()
    client.force_login(User.objects.get(username="documenter"))
    known: set[Kind] = set()
    looked_at = 0
    wrong: dict[str, list[str]] = {}
    for address in dict.fromkeys(addresses(records)):
        kinds = kinds_of(client.get(address))
        if kinds <= known:
            continue
        known |= kinds
        looked_at += 1
        documenter.page.goto(address)
        if found := wrong_with(documenter):
            wrong[address] = found
    assert wrong == {}
    assert looked_at > 30


def kinds_of(response: Any) -> set[Kind]:
    """None of what is no page."""
    is_page = "text/html" in response.headers.get("Content-Type", "")
    if response.status_code != 200 or not is_page:
        return set()
    elements = Elements()
    elements.feed(response.content.decode())
    return elements.all()
