"""A stranger's script recomputes what we publish, from the tables alone."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tests.published import publish
from tests.tracker.site_pages import text
from tracker.audiences import PUBLIC

PAGE = settings.BASE_DIR / "docs" / "research.md"


def download(client: Client, folder: Path) -> None:
    answer: Any = client.get("/api/v1/tables.zip")
    (folder / "tables.zip").write_bytes(b"".join(answer.streaming_content))
    (script,) = re.findall(r"```python\n(.+?)```", PAGE.read_text(), re.DOTALL)
    (folder / "three_numbers.py").write_text(script)


def recomputed(folder: Path, day: str, event: str) -> dict[str, str]:
    command = [sys.executable, "-I", "three_numbers.py", "tables.zip", day, event]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    )
    return dict(line.split(": ") for line in done.stdout.splitlines())


def listed(client: Client, day: str) -> int:
    asked = {"status": "detained,imprisoned", "status_on": day, "limit": "100"}
    return len(client.get("/api/v1/prisoners/", asked).json()["results"])


def identified(client: Client, event: str) -> str:
    page = text(client.get(f"/en/releases/{event}/").content.decode())
    found = re.search(r"(\d+) (?:people|person) released here", page)
    assert found
    return found[1]


@pytest.mark.django_db
def test_of_the_fixtures(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.DEBUG = settings.DEMO = True
    call_command("demo", stdout=StringIO())
    download(client, tmp_path)
    events = client.get("/api/v1/release-events/").json()["results"]
    for event, day in zip(events, ("2025-09-10", "2025-10-07"), strict=True):
        numbers = recomputed(tmp_path, day, event["id"])
        assert numbers[f"held on {day} or possibly"] == str(listed(client, day))
        assert numbers["named as released there"] == identified(client, event["id"])
        assert numbers["held and no longer"] == "0"  # nobody knows since when


@pytest.mark.django_db
def test_of_people_whose_days_are_known(client: Client, tmp_path: Path) -> None:
    event = publish(PUBLIC, "release_event", {"occurred_on": "2025-09-11"})["id"]
    for since, sure in (("2025-09-01", []), ("2025-08-22", []), ("2025-01-01", ["?"])):
        held = ["detained", "not_known"] if sure else ["detained"]
        spans = [
            {"since": since, "until": "2025-09-02", "statuses": held},
            {"since": "2025-09-02", "until": "2025-09-11", "statuses": ["imprisoned"]},
            {"since": "2025-09-11", "until": None, "statuses": ["released"]},
        ]
        release = {"release_event": event, "released_on": "2025-09-11"}
        publish(PUBLIC, "prisoner", {"status": spans, "releases": [release, release]})
    still = {"since": "2025-09-10", "until": None, "statuses": ["imprisoned"]}
    publish(PUBLIC, "prisoner", {"status": [still]})
    download(client, tmp_path)
    numbers = recomputed(tmp_path, "2025-09-10", event)
    assert numbers == {
        "held on 2025-09-10 or possibly": "4",
        "named as released there": "3",
        "held and no longer": "3",
        "median of days held, at least": "10",
        "median of days held, at most": "20",
    }
    assert listed(client, "2025-09-10") == 4
    assert identified(client, event) == "3"
