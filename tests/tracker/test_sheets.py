"""Tables to compute with: a row for each record, one value in a cell."""

import csv
import io
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.keys import as_partner, key_for
from tests.published import publish
from tests.tracker.test_read_api_schema import given
from tracker.api import tables
from tracker.api.examples import example
from tracker.audiences import PARTNERS, PUBLIC
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import Date
from tracker.contract.sheets import every
from tracker.contract.sheets.every import SHEETS
from tracker.contract.sheets.fields import NAMED_BY, SEVERAL
from tracker.contract.sheets.shape import BOOLEAN, DAY, ID, INTEGER, STRING
from tracker.contract.terms import FIELDS as TERMS
from tracker.contract.walking import CHILD_KINDS, RECORDS, fields_of
from tracker.spreadsheets import Cell

# What may stand in no row beside those of many people.
NOT_TOLD = {
    ("prisoner", "related_cases"),
    ("prisoner", "search_engines"),
    ("prisoner", "letters"),
    ("prisoner", "birthday"),
    ("court_case", "people"),
    ("hearing", "judge"),
    ("hearing", "prosecutor"),
    *(("personal_detail", name) for name in fields_of("personal_detail")),
}
PAGES = {"prisoner": "/en/cases/"}


def rows(name: str, document: Any, day: date | None = None) -> list[dict[str, Cell]]:
    sheet = SHEETS[name]
    titles = [column.name for column in sheet.columns]
    found = sheet.rows(document, {}, PAGES, day)
    return [dict(zip(titles, cells, strict=True)) for cells in found]


def lines(client: Client, name: str, **asked: str) -> list[dict[str, str]]:
    answer: Any = client.get(f"/api/v1/tables/{name}.csv", asked)
    assert answer.status_code == 200, answer.content
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- The contract ----------------------------------------------------------------------


def test_every_field_stands_in_one_sheet_or_says_that_it_may_not() -> None:
    told = set()
    for sheet in SHEETS.values():
        titles = {column.name for column in sheet.columns}
        for name, form in fields_of(sheet.record_kind or sheet.kind).items():
            several = isinstance(form, SEVERAL)
            if sheet.record_kind and not several and name in titles:
                told.add((sheet.record_kind, name))
                if isinstance(form, Date):
                    assert {f"{name}_earliest", f"{name}_latest"} <= titles
        for column in sheet.columns:
            if column.leads_to in NAMED_BY:
                assert f"{column.name}_name" in titles, (sheet.name, column.name)
        fields = [column for column in sheet.columns if column.name == "field"]
        if "value" in titles and fields:
            kinds = [column.codes for column in sheet.columns][
                [column.name for column in sheet.columns].index("record_kind")
            ]
            for kind in kinds:
                told |= {
                    (kind, name) for name in fields[0].codes if name in fields_of(kind)
                }
    for kind in RECORDS:
        whole = {(kind, name) for name in fields_of(kind) if name != "kind"}
        missing = whole - told - NOT_TOLD
        assert missing == set(), f"{missing}: in a sheet, or in_rows=False."
        assert not told & NOT_TOLD


def test_no_two_sheets_and_no_two_columns_have_one_name() -> None:
    assert len(list(every._sheets())) == len(SHEETS)
    for sheet in SHEETS.values():
        times = Counter(column.name for column in sheet.columns)
        assert times.most_common(1)[0][1] == 1, sheet.name
        assert list(times)[-4:] == ["page", *TERMS]


def test_each_cell_holds_what_its_column_says() -> None:
    filled = set()
    for name, sheet in SHEETS.items():
        for cells in sheet.rows(example(sheet.kind), {}, PAGES):
            for column, cell in zip(sheet.columns, cells, strict=True):
                if cell in ("", None):
                    continue
                filled.add(column.holds)
                assert ";" not in str(cell)
                if column.codes:
                    assert cell in column.codes, (name, column.name)
                if column.holds == BOOLEAN:
                    assert cell in ("true", "false"), (name, column.name)
                elif column.holds == INTEGER:
                    assert isinstance(cell, int), (name, column.name)
                elif column.holds == DAY:
                    date.fromisoformat(str(cell))
                elif column.holds == ID:
                    UUID(str(cell))
                else:
                    assert isinstance(cell, str), (name, column.name)
    assert filled == {STRING, ID, BOOLEAN, INTEGER, DAY}


def test_what_may_not_stand_beside_others_stands_in_no_row_and_nor_is_it_cited() -> (
    None
):
    secret = "a word that no table tells"
    for kind in ("prisoner", "court_case"):
        document = example(kind)
        parts = document.get("personal_details") or document["hearings"]
        parts[0] |= {"told_as": secret, "judge": secret, "prosecutor": secret}
        record = {"kind": "personal_detail", "id": parts[0]["id"]}
        fields = ["told_as", None]
        if kind == "court_case":
            record["kind"] = "hearing"
            fields = ["judge", "prosecutor"]
        (cited,) = example("prisoner")["citations"]
        for field in fields:
            document["citations"].append(
                {**cited, "record": record, "field": field, "quote": secret}
            )
        assert secret in str(document)
        for name, sheet in SHEETS.items():
            if sheet.kind == kind:
                assert secret not in str(rows(name, document)), name
    told = rows("citations", example("prisoner"))
    assert [row["field"] for row in told] == ["released_on"]


# --- What a row says -------------------------------------------------------------------


def test_a_fact_stands_with_its_bounds_its_hedge_and_who_denies_it(
    client: Client, db: None
) -> None:
    event = publish(PUBLIC, "release_event", {"title": "An exchange"})["id"]
    place = publish(PUBLIC, "facility", {"names": {"be": "Турма", "en": "Prison"}})
    source = publish(PUBLIC, "source", {"title": "A report"})["id"]
    release = "6a1f3a52-6b3f-4b0a-9d5d-2f2f4f0f1c11"
    case = example("prisoner")["id"]
    said = {
        "record": {"kind": "release", "id": release},
        "field": "released_on",
        "source": source,
    }
    about = {"kind": "prisoner", "id": case}
    publish(
        PUBLIC,
        "prisoner",
        {
            "id": case,
            "name": "Ales Example",
            "occupations": ["journalist", "poet"],
            "releases": [
                {"id": release, "released_on": "2025-09", "release_event": event}
            ],
            "detentions": [
                {
                    "started_on": "2025-08",
                    "placements": [{"facility": place["id"]}, {"facility": None}],
                }
            ],
            "status": [
                {"since": None, "until": None, "statuses": ["released", "died"]}
            ],
            "citations": [
                {**said, "hedge": "reported", "agreement": "supports"},
                {**said, "hedge": "denied", "agreement": "contradicts"},
                {
                    **said,
                    "record": about,
                    "field": "occupations",
                    "item": "poet",
                    "hedge": "alleged",
                    "agreement": "supports",
                    "claimant": {"name": "Vera", "protected_pseudonym": True},
                },
            ],
        },
    )
    (line,) = lines(client, "releases")
    expected = {
        "id": release,
        "prisoner": case,
        "prisoner_name": "Ales Example",
        "release_event": event,
        "release_event_name": "An exchange",
        "release_event_hedge": "no_source",
        "released_on": "2025-09",
        "released_on_earliest": "2025-09-01",
        "released_on_latest": "2025-09-30",
        "released_on_hedge": "reported",
        "released_on_disputed": "true",
        "ground": "",
        "ground_hedge": "",
        "ground_disputed": "",
        "page": f"/en/cases/{case}/",
        "address": f"/api/v1/prisoners/{case}/",
        "audience": "public",
    }
    assert {name: line[name] for name in expected} == expected
    there = [line["facility_name"] for line in lines(client, "placements")]
    assert there == ["Prison", ""]
    told = [
        (line["field"], line["place"], line["value"], line["hedge"])
        for line in lines(client, "values")
    ]
    assert told == [
        ("occupations", "1", "journalist", "no_source"),
        ("occupations", "2", "poet", "alleged"),
    ]
    assert {line["source_name"] for line in lines(client, "citations")} == {"A report"}
    assert lines(client, "citations")[2]["claimant_name"] == (
        "Vera [protected pseudonym]"
    )
    (line,) = lines(client, "prisoners")
    assert (line["status"], line["statuses_possible"]) == ("", "2")
    assert [line["status"] for line in lines(client, "status")] == ["released", "died"]


def test_a_sheet_is_asked_and_ordered_as_its_list_is(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "CHUNK", 2)
    for name in ("C", "A", "B"):
        for sex in ("female", "male"):
            publish(
                PUBLIC,
                "prisoner",
                {
                    "name": f"{name} Example",
                    "sex": sex,
                    "detentions": [{"started_on": "2025"}, {}],
                    "sentences": [{"court": f"{name} {sex}"}],
                },
            )
    women = lines(client, "detentions", sex="female", ordering="-name")
    named = [line["prisoner_name"] for line in women]
    assert named == [f"{letter} Example" for letter in "CCBBAA"]
    (line,) = lines(client, "sentences", court="A male")
    assert line["prisoner_name"] == "A Example"
    refused = client.get("/api/v1/tables/detentions.csv?court=A")
    assert list(refused.json()["errors"]) == ["court"]


def test_every_sheet_is_served_and_a_partner_gets_the_partners(
    client: Client, db: None
) -> None:
    for kind in DOCUMENTS:
        if kind not in CHILD_KINDS:
            publish(PUBLIC, kind, given(kind))
    theirs = publish(PARTNERS, "prisoner", {"detentions": [{}]})["id"]
    reader = as_partner(key_for("Example Rights Centre"))
    for name, sheet in SHEETS.items():
        titles = [column.name for column in sheet.columns]
        for line in lines(client, name):
            assert list(line) == titles
            assert line["audience"] == "public"
    (line,) = lines(reader, "detentions")
    assert (line["prisoner"], line["audience"]) == (theirs, "partners")
    assert line["page"] == ""  # the pages show what everyone may see


def test_a_byte_order_mark_comes_on_request(client: Client, db: None) -> None:
    for address in ("prisoners.csv", "tables/detentions.csv"):
        begins = []
        for asked in ({}, {"bom": "false"}, {"bom": "true"}):
            answer: Any = client.get(f"/api/v1/{address}", asked)
            begins.append(b"".join(answer.streaming_content)[:3] == b"\xef\xbb\xbf")
        assert begins == [False, False, True]
        refused = client.get(f"/api/v1/{address}", {"bom": "yes"})
        assert list(refused.json()["errors"]) == ["bom"]
