"""All tables in one file: a workbook, or a data package."""

import csv
import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.keys import as_partner, key_for
from tests.published import publish
from tests.tracker.test_read_api_schema import given
from tracker import workbooks
from tracker.api import tables, whole
from tracker.audiences import PARTNERS, PUBLIC
from tracker.contract.documents import DOCUMENTS
from tracker.contract.sheets.every import SHEETS
from tracker.contract.walking import CHILD_KINDS
from tracker.models import PublicFeed

pytestmark = pytest.mark.django_db

WORKBOOK, PACKAGE, DESCRIBED = (
    f"/api/v1/{name}" for name in ("tables.xlsx", "tables.zip", "datapackage.json")
)


def content(client: Client, address: str, **asked: str) -> bytes:
    answer: Any = client.get(address, asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def workbook(client: Client, **asked: str) -> dict[str, list[list[Any]]]:
    file = io.BytesIO(content(client, WORKBOOK, **asked))
    read = CalamineWorkbook.from_filelike(file)
    return {name: read.get_sheet_by_name(name).to_python() for name in read.sheet_names}


def package(client: Client, **asked: str) -> tuple[Any, dict[str, list[Any]]]:
    archive = zipfile.ZipFile(io.BytesIO(content(client, PACKAGE, **asked)))
    described = json.loads(archive.read("datapackage.json"))
    rows = {}
    for resource in described["resources"]:
        text = archive.read(resource["path"]).decode()
        rows[resource["name"]] = list(csv.DictReader(io.StringIO(text, newline="")))
    return described, rows


def publish_one_of_each() -> None:
    for kind in DOCUMENTS:
        if kind not in CHILD_KINDS:
            publish(PUBLIC, kind, given(kind))


def test_all_files_have_the_same_rows_and_say_what_they_are(client: Client) -> None:
    publish_one_of_each()
    sheets = workbook(client)
    described, rows = package(client)
    edition = PublicFeed.objects.get()
    about = dict(row[:2] for row in sheets.pop("about")[1:])
    assert about["Edition"] == f"{edition.epoch} {edition.last_seq}"
    assert (described["epoch"], described["last_seq"]) == (
        str(edition.epoch),
        edition.last_seq,
    )
    assert about["For whom"] == described["audience"] == "public"
    assert list(sheets) == list(rows) == list(SHEETS)
    for name, lines in rows.items():
        answer: Any = client.get(f"/api/v1/tables/{name}.csv")
        text = b"".join(answer.streaming_content).decode()
        assert list(csv.DictReader(io.StringIO(text, newline=""))) == lines, name
        heading, *cells = sheets[name]
        assert heading == [column.name for column in SHEETS[name].columns]
        assert len(cells) == len(lines), name
        for row, line in zip(cells, lines, strict=True):
            assert [as_text(cell) for cell in row] == list(line.values()), name
    assert sum(map(len, rows.values())) > len(SHEETS) / 2


def as_text(cell: Any) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell))
        case datetime() | date():
            return cell.isoformat()[:10]
    return str(cell)


def test_a_filter_leaves_the_cases_that_it_finds_and_what_they_name(
    client: Client,
) -> None:
    place, source, other = (
        publish(PUBLIC, kind)["id"] for kind in ("facility", "source", "source")
    )
    relative = None
    for sex in ("male", "female"):
        cited = {"source": source if sex == "female" else other, "record": {}}
        relative = publish(
            PUBLIC,
            "prisoner",
            {
                "sex": sex,
                "related_cases": [relative] if relative else [],
                "detentions": [{"placements": [{"facility": place}]}],
                "sentences": [{"court": sex}],
                "citations": [cited],
            },
        )["id"]
    publish(PUBLIC, "reported_count")
    described, rows = package(client, sex="female")
    assert described["filters"] == "sex=female"
    assert [row["court"] for row in rows["sentences"]] == ["female"]
    assert [row["id"] for row in rows["sources"]] == [source]
    assert [len(rows[name]) for name in ("prisoners", "placements")] == [1, 1]
    assert rows["reported-counts"] == []
    day = {"status": "released", "status_on": "2025-01-01"}
    _described, rows = package(client, **day)
    assert rows["prisoners"] == []


def test_too_many_cases_are_refused_before_anything_is_read(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "MOST_CASES", 1)
    for sex in ("female", "male"):
        publish(PUBLIC, "prisoner", {"sex": sex})
    for address in (WORKBOOK, PACKAGE):
        answer = client.get(address)
        assert answer.status_code == 400
        assert "more than 1 cases" in answer.json()["detail"]
        content(client, address, sex="male")
        assert client.get(address, {"limit": "5"}).status_code == 400
        assert client.head(address).content == b""


def test_a_partner_gets_the_partners(client: Client) -> None:
    publish(PUBLIC, "prisoner")
    theirs = publish(PARTNERS, "prisoner")["id"]
    reader = as_partner(key_for("Example Rights Centre"))
    described, rows = package(reader)
    assert described["audience"] == "partners"
    assert [row["id"] for row in rows["prisoners"]] == [theirs]
    assert reader.get(DESCRIBED).json()["audience"] == "partners"


@pytest.mark.django_db(transaction=True)
def test_all_tables_are_of_one_moment(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published while the file is made is in none of them."""
    publish(PUBLIC, "prisoner")
    in_chunks = tables.in_chunks
    levels = []

    def meanwhile(*given: Any, **more: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            levels.append(cursor.fetchone()[0])
        return in_chunks(*given, **more)

    monkeypatch.setattr(whole, "in_chunks", meanwhile)
    content(client, PACKAGE)
    assert levels == ["repeatable read"] * len(DOCUMENTS)


def test_what_is_longer_than_a_sheet_goes_on_in_another_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    monkeypatch.setattr(workbooks, "MOST_CHARACTERS", 20)
    for name in ("=1+1", "B", "C with a name of many letters"):
        publish(PUBLIC, "prisoner", {"name": name})
    sheets = workbook(client)
    told = [row[1] for row in sheets["prisoners"]]
    assert told == ["name", "'=1+1", "B"]
    assert [row[1] for row in sheets["prisoners (2)"]] == [
        "name",
        "C with a name of […]",
    ]


def test_the_description_holds_together_and_the_data_keep_to_it(
    client: Client,
) -> None:
    publish_one_of_each()
    described = client.get(DESCRIBED).json()
    from_package, rows = package(client)
    assert described == from_package
    resources = {resource["name"]: resource for resource in described["resources"]}
    linked = 0
    for name, resource in resources.items():
        schema = resource["schema"]
        fields = {field["name"]: field for field in schema["fields"]}
        for link in schema.get("foreignKeys", ()):
            (column,) = link["fields"]
            other = link["reference"]["resource"]
            assert "id" in resources[other]["schema"]["primaryKey"]
            known = {row["id"] for row in rows[other]}
            values = {row[column] for row in rows[name]} - {""}
            assert column in fields
            assert values <= known, (name, column)
            linked += len(values)
        for row in rows[name]:
            assert list(row) == list(fields)
            for column, value in row.items():
                codes = fields[column].get("constraints", {}).get("enum")
                assert not codes or value in ("", *codes), (name, column)
    assert linked > 10
    answer = client.get(DESCRIBED)
    again = client.get(DESCRIBED, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
