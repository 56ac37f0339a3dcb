"""The desk and the readers of an organisation that has a file of its own. What its
settings are is decided when a process starts, so this is a process of its own.

    python -m tests.config.another_country enter account
    python -m tests.config.another_country read

prints what was answered, as JSON.
"""

import json
import sys
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import django

CASE = {
    "visibility": "public",
    "names": [{"value": "U Example", "preferred": True}],
    "occupations": ["mm:monk", "teacher"],
    "citizenships": ["MM", "XW"],
    "recognitions": [
        {
            "organisation": "Example Prisoners' Archive",
            "outcome": "recognised",
            "criteria": ["mm:spring"],
        }
    ],
    "sentences": [
        {
            "punishment": "imprisonment",
            "regime": "mm:hard_labour",
            "hard_labour": "yes",
            "term_months": 36,
            "handed_down_on": "2022-03-02",
        }
    ],
    "deportations": [],
}


class Boxes(HTMLParser):
    """The names of the boxes of a page: those that stand open, and those in a fold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.opened: Counter[str] = Counter()
        self.folded: Counter[str] = Counter()
        self._folds: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        attributes = dict(attrs)
        name = attributes.get("name") or ""
        if tag == "details":
            self._folds.append("open" in attributes)
        is_seen = attributes.get("type") not in {"hidden", "submit"}
        if tag in {"input", "select", "textarea"} and is_seen:
            if all(self._folds):
                self.opened[name] += 1
            else:
                self.folded[name] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._folds.pop()


def enter(account: str) -> dict[str, Any]:
    from django.contrib.auth.models import User

    from cases.models import Prisoner
    from tests.cases.editorial import Desk
    from tests.factories import make_source
    from tests.sessions import as_a_browser

    as_a_browser()
    desk = Desk(User.objects.get(username=account))
    source = str(make_source(visibility="public").pk)
    whole = {**CASE, "supported_by": [{"source": source}]}
    made = desk.post("prisoners/", whole)
    refused = desk.post("prisoners/", {**whole, "occupations": ["mm:unheard_of"]})
    entered = {"status": made.status_code, "refused": refused.json()}
    if made.status_code != 201:
        return {**entered, "body": made.json()}
    prisoner = Prisoner.objects.get(pk=made.json()["id"])
    page = f"/admin/cases/prisoner/{prisoner.pk}/change/?edit=all"
    boxes = Boxes(desk.client.get(page).content.decode())
    return {
        **entered,
        "id": str(prisoner.pk),
        "opened": sorted(boxes.opened),
        "folded": sorted(boxes.folded),
    }


def read() -> dict[str, Any]:
    from django.test import Client
    from django.utils import translation

    from tracker.site.records import page_of

    answers = {}
    for address in (
        "/api/v1/changes",
        "/api/v1/prisoners/?occupations=mm:monk",
        "/api/v1/prisoners.csv",
        "/api/v1/sentences.csv",
        "/api/v1/vocabularies/regime/",
        "/api/v1/vocabularies/country/",
        "/api/v1/schemas/prisoner.json",
        "/api/v1/",
    ):
        response = Client().get(address)
        answers[address] = response.getvalue().decode()
    found = json.loads(answers["/api/v1/changes"])["results"]
    for change in found:
        if change["kind"] == "prisoner":
            for language in ("en", "my"):
                with translation.override(language):
                    own_page = page_of(change)
                page = Client().get(own_page)
                answers[language] = page.getvalue().decode()
    return answers


def main() -> None:
    django.setup()
    what, *said = sys.argv[1:]
    print(json.dumps(enter(*said) if what == "enter" else read()))


if __name__ == "__main__":
    main()
