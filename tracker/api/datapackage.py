"""What the tables hold, in the words of Data Package 2: for programs that read them."""

import re
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request

from tracker import feed
from tracker.api.service import terms_of
from tracker.api.views import PublishedView, as_json
from tracker.audiences import Audience
from tracker.contract.documents import CONTRACT
from tracker.contract.labels import RECORDS
from tracker.contract.sheets.every import SHEETS, sheet_of
from tracker.contract.sheets.shape import ID, STRING, Column, Sheet

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_NAME_OF_LICENCE = re.compile(r"[-a-zA-Z0-9._]+")


def described(audience: Audience, now: feed.Counter) -> dict[str, Any]:
    """`epoch` and `last_seq` say which edition it is, `contract` what the columns mean."""
    terms = terms_of(audience)
    package: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"prisoners-{audience.name}",
        "title": str(_("Tables of the tracker of prisoners")),
        "description": " ".join(method()),
        "audience": audience.name,
        "epoch": str(now.epoch),
        "last_seq": now.last_seq,
        "contract": CONTRACT,
        "terms": terms,
        "resources": [_resource(sheet) for sheet in SHEETS.values()],
    }
    if terms["organisation"]:
        publisher = {"title": terms["organisation"], "roles": ["publisher"]}
        package["contributors"] = [publisher]
    licence = _licence(terms)
    if licence:
        package["licenses"] = [licence]
    return package


def method() -> list[str]:
    """How the tables are to be read, in sentences."""
    return [
        _("A row is a record; a cell holds one value."),
        _("What is unknown, or not published, is empty."),
        _(
            "Dates are as exact as their source: beside each stand its first and its"
            " last possible day."
        ),
        _(
            "Columns that end in “_hedge” say how surely a fact is known; those that end"
            " in “_disputed”, whether a source denies it."
        ),
        _(
            "The status is the last known, and days are counted to the day of which a"
            " source last speaks; nothing depends on the day of the download."
        ),
        _("A person’s name is told only where it is published."),
    ]


def _licence(terms: dict[str, Any]) -> dict[str, str]:
    licence: dict[str, str] = {}
    name = terms["licence"] or ""
    if _NAME_OF_LICENCE.fullmatch(name):
        licence["name"] = name
    if terms["licence_url"]:
        licence["path"] = terms["licence_url"]
    if licence:
        licence["title"] = name or terms["licence_url"]
    return licence


def _resource(sheet: Sheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "title": title_of(sheet),
        "type": "table",
        "path": f"tables/{sheet.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": _schema(sheet),
    }


def title_of(sheet: Sheet) -> str:
    """What a row is."""
    if sheet.record_kind:
        return str(RECORDS[sheet.record_kind])
    return f"{RECORDS[sheet.kind]}: {sheet.name.rpartition('-')[2]}"


def _schema(sheet: Sheet) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in sheet.columns],
        "missingValues": [""],
    }
    if sheet.columns[0].name == "id":
        schema["primaryKey"] = ["id"]
    links = []
    for column in sheet.columns:
        other = sheet_of(column.leads_to) if column.leads_to else None
        if other:
            reference = {"resource": other.name, "fields": ["id"]}
            links.append({"fields": [column.name], "reference": reference})
    if links:
        schema["foreignKeys"] = links
    return schema


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": column.holds}
    if column.holds == ID:
        field |= {"type": STRING, "format": "uuid"}
    if column.label:
        field["title"] = str(column.label)
    constraints: dict[str, Any] = {}
    if column.name == "id":
        constraints |= {"required": True, "unique": True}
    if column.codes:
        constraints["enum"] = list(column.codes)
    if constraints:
        field["constraints"] = constraints
    return field


class DataPackageView(PublishedView):
    """Data Package 2: the columns of every table below `tables/`, with their types,
    codes and links.
    """

    @extend_schema(
        responses=OpenApiTypes.OBJECT,
        examples=[
            OpenApiExample(
                "Tables and their columns",
                value={
                    "$schema": PROFILE,
                    "name": "prisoners-public",
                    "audience": "public",
                    "resources": [
                        {
                            "name": "releases",
                            "path": "tables/releases.csv",
                            "schema": {"fields": [{"name": "id", "type": "string"}]},
                        }
                    ],
                },
            )
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        now = feed.counter(self.audience)
        return self.answer_if_new(as_json(described(self.audience, now)))
