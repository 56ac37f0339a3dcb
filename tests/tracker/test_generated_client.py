"""A program that writes clients from the description gives one that reads the answers."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.published import publish, withdraw
from tests.tracker.test_read_api_schema import given
from tracker.audiences import PUBLIC
from tracker.contract.documents import DOCUMENTS, PLACES
from tracker.feed import ROOT_KINDS

pytestmark = pytest.mark.django_db

# Of these the program makes no class: a picture, lines, and files of tables.
NOT_READ = {"image/png, image/jpeg", "application/x-ndjson", "application/zip"}
NOT_READ |= {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def write_client(client: Client, folder: Path) -> str:
    """What the program says of what it leaves out."""
    description = folder / "description.json"
    description.write_bytes(client.get("/api/schema/?format=json").content)
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n")
    command = [sys.executable, "-m", "openapi_python_client", "generate"]
    command += ["--path", str(description), "--config", str(config)]
    command += ["--meta", "none", "--output-path", str(folder / "written_client")]
    written = subprocess.run(command, capture_output=True, text=True, check=False)
    assert written.returncode == 0, written.stdout + written.stderr
    return written.stderr


def test_a_client_that_a_program_writes_gives_each_answer_its_class(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = write_client(client, tmp_path)
    left_out = re.findall(r"Unsupported content_type ([^)]*)\)", said)
    assert set(left_out) == NOT_READ
    assert said.count("WARNING") == len(left_out)
    monkeypatch.syspath_prepend(tmp_path)
    models: Any = importlib.import_module("written_client.models")
    for kind in DOCUMENTS:
        publish(PUBLIC, kind, given(kind))
    withdraw(PUBLIC, publish(PUBLIC, "facility")["id"])

    changes = client.get("/api/v1/changes").json()
    told = models.ChangesDocument.from_dict(changes)
    assert told.to_dict() == changes
    names = {type(change).__name__ for change in told.results}
    assert names >= {"FeedDeletion", "PrisonerFeedPublished", "SourceFeedPublished"}
    assert len(names) == len(ROOT_KINDS) + 1
    for kind, place in PLACES.items():
        (document, *_more) = client.get(f"/api/v1/{place}/").json()["results"]
        name = DOCUMENTS[kind].__name__
        assert getattr(models, name).from_dict(document).to_dict() == document
    held = client.get("/api/v1/charts/held/").json()
    assert models.HeldDocument.from_dict(held).to_dict() == held
