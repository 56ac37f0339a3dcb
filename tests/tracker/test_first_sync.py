"""The ten lines of shell in docs/api.md, run as they stand there."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.keys import key_for
from tests.published import publish, withdraw
from tracker.audiences import PARTNERS

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def sync(
    folder: Path, site: str, before: str = ""
) -> "subprocess.CompletedProcess[str]":
    (script,) = re.findall(r"```sh\n(set -eu\n.*?)```", DOCS.read_text(), re.DOTALL)
    assert len(script.splitlines()) <= 10
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "SITE": site}
    return subprocess.run(
        ["sh", "-c", before + script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def copied(folder: Path) -> dict[str, Any]:
    return {
        file.stem: json.loads(file.read_text())
        for file in (folder / "documents").iterdir()
    }


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq"
)
@pytest.mark.django_db(transaction=True)
def test_they_make_a_copy_and_keep_it(live_server: LiveServer, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(key_for("Example Rights Centre").secret + "\n")
    stays = publish(PARTNERS, "prisoner", {"name": 'Наста \\n "Example"'})
    goes = publish(PARTNERS, "source", {"title": "A report"})
    assert sync(tmp_path, live_server.url).returncode == 0
    assert copied(tmp_path) == {stays["id"]: stays, goes["id"]: goes}
    withdraw(PARTNERS, goes["id"])
    long = publish(PARTNERS, "prisoner", {"summary": {"en": "x" * 100_000}})
    held = copied(tmp_path), (tmp_path / "cursor").read_text()
    no_room = "ulimit -f 50; trap '' XFSZ\n"  # for more than 25,600 bytes
    assert sync(tmp_path, live_server.url, no_room).returncode != 0
    assert (copied(tmp_path), (tmp_path / "cursor").read_text()) == held
    changed = publish(PARTNERS, "prisoner", {**stays, "affiliation": "A paper"})
    assert sync(tmp_path, live_server.url).returncode == 0
    assert copied(tmp_path) == {stays["id"]: changed, long["id"]: long}


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq"
)
@pytest.mark.django_db(transaction=True)
def test_a_refused_key_leaves_the_copy_and_the_cursor_as_they_were(
    live_server: LiveServer, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("none.such\n")
    assert sync(tmp_path, live_server.url).returncode != 0
    assert (tmp_path / "cursor").read_text() == ""
    assert copied(tmp_path) == {}
