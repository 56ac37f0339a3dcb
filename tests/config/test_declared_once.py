"""Whoever adds a field declares it: on its model, and in one line of the contract
(docs/changing.md). Everything else reads these two lines.
"""

import json
from typing import Any

import pytest

from tests.config.another_country import Boxes
from tests.config.one_more_field import FIELD, INSIDE, LABEL, WORDS
from tests.config.test_organisation import program

pytestmark = pytest.mark.django_db

# What each place says of the field that is published.
AT_THE_DESK = {
    "export": LABEL.lower(),
    "proposals": "True",
    "history": LABEL.lower(),
    "page of its own": f'name="{FIELD}"',
    "editorial API": f'"{FIELD}":"yes"',
    "its filter": f'"{FIELD}":"yes"',
    "its schema": f'"{FIELD}"',
}
OUTSIDE = {
    "document": f'"{FIELD}":"yes"',
    "feed": f'"{FIELD}":"yes"',
    "filter": f'"{FIELD}":"yes"',
    "counts": f'"{FIELD}"',
    "CSV": f",{FIELD},",
    "sheet": f",{FIELD},",
    "data package": f'"{FIELD}"',
    "JSON Schema": f'"{FIELD}"',
    "OpenAPI": f'"name": "{FIELD}"',
    "page": LABEL,
    "page of the list": "A. Example",
}


def test_a_new_field_stands_everywhere_and_what_stays_inside_only_at_the_desk(
    django_db_setup: None,
) -> None:
    ended = program(
        "-m",
        "tests.config.one_more_field",
        DATABASE_LOGIN="owner",
        ORGANISATION_FILE="",
    )
    said: Any = json.loads(ended)
    desk, outside = said["desk"], said["outside"]
    lacking = [place for place in AT_THE_DESK if AT_THE_DESK[place] not in desk[place]]
    lacking += [place for place in OUTSIDE if OUTSIDE[place] not in outside[place]]
    assert not lacking
    for found in (desk["its other filter"], outside["other filter"]):
        assert json.loads(found)["results"] == []

    boxes = Boxes(desk["page of the case"])
    for name in (FIELD, INSIDE):
        assert (
            boxes.opened[f"releases-0-{name}"] + boxes.folded[f"releases-0-{name}"] == 1
        )
        assert boxes.folded[f"releases-__prefix__-{name}"] == 1
    assert WORDS in desk["editorial API"]
    assert desk["proposals of what stays inside"] == "False"
    assert INSIDE not in desk["export"]
    for place, text in outside.items():
        assert INSIDE not in text, place
        assert WORDS not in text, place
