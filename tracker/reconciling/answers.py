"""The answers of the Reconciliation Service API 0.2 of the W3C's community group:
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from uuid import UUID

from tracker.reconciling.candidates import Candidate, candidates
from tracker.reconciling.people import People
from tracker.reconciling.properties import (
    COMPARED,
    EXTENDING,
    Document,
    Labels,
    Property,
    Reading,
    Said,
)

MOST_QUERIES, MOST_IDS = 1000, 1000  # of one call
SOME, MOST = 10, 20  # candidates, unless `limit` says otherwise, and at most
WIDTH, HEIGHT = 400, 220  # of a preview, in pixels
PERSON = {"id": "prisoner", "name": "Person"}
DOCUMENTATION = "https://openrefine.org/docs/manual/reconciling"

Answer = dict[str, Any]


class Refused(Exception):
    """A sentence for whoever asked."""


class Service:
    """`address` is that of the tracker."""

    def __init__(self, address: str, people: People, labels: Labels) -> None:
        self.address, self.people, self.labels = address, people, labels

    @property
    def reading(self) -> Reading:
        def facility(row_id: str) -> Document | None:
            return self.people.document_of("facility", row_id)

        return Reading(self.address, self.labels, facility)

    def manifest(self, here: str) -> Answer:
        """`here` is this service's own address, as the caller wrote it."""
        suggest = {}
        for kind in ("entity", "property", "type"):
            suggest[kind] = {"service_url": here, "service_path": f"/suggest/{kind}"}
        return {
            "versions": ["0.2"],
            "name": f"Cases of {self.address}",
            "identifierSpace": f"{self.address}/cases/",
            "schemaSpace": f"{self.address}/api/v1/schemas/prisoner.json",
            "defaultTypes": [PERSON],
            "view": {"url": f"{self.address}/cases/{{{{id}}}}/"},
            "preview": {
                "url": f"{here}/preview?id={{{{id}}}}",
                "width": WIDTH,
                "height": HEIGHT,
            },
            "suggest": suggest,
            "extend": {
                "propose_properties": {
                    "service_url": here,
                    "service_path": "/extend/propose",
                },
                "property_settings": [],
            },
        }

    # --- Reconciling --------------------------------------------------------------------

    def reconcile(self, queries: str) -> Answer:
        asked = _object(queries, "queries")
        if len(asked) > MOST_QUERIES:
            raise Refused(f"A call may hold {MOST_QUERIES} queries.")
        return {name: {"result": self._result(query)} for name, query in asked.items()}

    def _result(self, query: Any) -> list[Answer]:
        if not isinstance(query, dict):
            raise Refused("Each query is an object.")
        text = str(query.get("query") or "").replace("\0", "").strip()
        if not text or not _asks_for_people(query.get("type")):
            return []
        found = candidates(self.people, text, _given(query), self.labels)
        return [self._told(each) for each in found[: _limit(query.get("limit"))]]

    def _told(self, candidate: Candidate) -> Answer:
        features: list[Answer] = [
            {"id": "same_name", "value": candidate.is_same_name},
        ]
        for asked, said in candidate.said.items():
            features.append({"id": asked, "value": said == Said.SAME})
        return {
            "id": str(candidate.person_id),
            "name": candidate.document["name"],
            "description": self._description(candidate.document, candidate.name),
            "score": round(candidate.score, 1),
            "match": candidate.match,
            "type": [PERSON],
            "features": features,
        }

    def _description(self, document: Document, found_by: str = "") -> str:
        texts = self._texts(document)
        parts = []
        if found_by and found_by != document["name"]:
            parts.append(f"found by the name {found_by}")
        if texts["born_on"]:
            parts.append(f"born {texts['born_on']}")
        parts.append(texts["citizenships"])
        if texts["status"]:
            as_of = f" (as of {texts['status_as_of']})" if texts["status_as_of"] else ""
            parts.append(f"{texts['status']}{as_of}")
        return "; ".join(part for part in parts if part)

    def _texts(self, document: Document) -> dict[str, str]:
        texts = {}
        for asked, cells in self.reading.cells(document).items():
            values = [str(value) for cell in cells for value in cell.values()]
            texts[asked] = ", ".join(values)
        return texts

    # --- Suggesting -------------------------------------------------------------------

    def suggest_entities(self, prefix: str) -> Answer:
        result = []
        for candidate in candidates(self.people, prefix, {}, self.labels)[:MOST]:
            result.append(
                {
                    "id": str(candidate.person_id),
                    "name": candidate.document["name"],
                    "description": self._description(
                        candidate.document, candidate.name
                    ),
                    "notable": [PERSON],
                }
            )
        return {"result": result}

    def suggest_properties(self, prefix: str) -> Answer:
        """Those that a column of a list can be compared with."""
        result = []
        for asked in COMPARED:
            if prefix.casefold() in f"{asked.id} {asked.name}".casefold():
                result.append(_told_property(asked))
        return {"result": result}

    def suggest_types(self, prefix: str) -> Answer:
        is_meant = prefix.casefold() in " ".join(PERSON.values()).casefold()
        return {"result": [PERSON] if is_meant else []}

    # --- Adding -----------------------------------------------------------------------

    def propose(self) -> Answer:
        properties = [_told_property(asked) for asked in EXTENDING]
        return {"type": PERSON["id"], "properties": properties}

    def extend(self, extension: str) -> Answer:
        asked = _object(extension, "extend")
        ids, wanted = asked.get("ids"), asked.get("properties")
        if not isinstance(ids, list) or not isinstance(wanted, list):
            raise Refused("“extend” holds the lists ids and properties.")
        if len(ids) > MOST_IDS:
            raise Refused(f"A call may hold {MOST_IDS} ids.")
        properties = _known(wanted)
        rows = {str(row_id): self._row(str(row_id), properties) for row_id in ids}
        meta = [{"id": asked.id, "name": asked.name} for asked in properties]
        return {"meta": meta, "rows": rows}

    def _row(self, row_id: str, properties: Sequence[Property]) -> Answer:
        """Without values if there is no such case, or no longer."""
        document = self._living(row_id)
        cells = self.reading.cells(document) if document else {}
        return {asked.id: cells.get(asked.id, []) for asked in properties}

    def _living(self, row_id: str) -> Document | None:
        try:
            person_id = UUID(row_id)
        except ValueError:
            return None
        return self.people.document(self.people.lives_on_in(person_id))

    # --- Previews ---------------------------------------------------------------------

    def preview(self, row_id: str) -> str:
        document = self._living(row_id)
        if document is None:
            return _page("<p>There is no such case, or it is no longer published.</p>")
        texts = self._texts(document)
        lines = []
        for asked in EXTENDING:
            if texts.get(asked.id) and asked.id not in ("id", "page", "name"):
                value = escape(texts[asked.id])
                lines.append(f"<dt>{escape(asked.name)}</dt><dd>{value}</dd>")
        name = escape(texts["name"] or "Name withheld")
        link = f'<a href="{escape(texts["page"])}" target="_blank" rel="noreferrer">'
        return _page(f"<h1>{link}{name}</a></h1><dl>{''.join(lines)}</dl>")


def _page(body: str) -> str:
    style = (
        "body{font:14px/1.4 system-ui,sans-serif;margin:8px;color:#1b1b1b;background:#fff}"
        "h1{font-size:16px;margin:0 0 6px}dl{margin:0}dt{float:left;clear:left;"
        "margin-right:6px;color:#595959}dt::after{content:':'}dd{margin:0 0 2px}"
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Case</title>'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refused(f"“{name}” is a JSON object.")
    return value


def _asks_for_people(types: Any) -> bool:
    wanted = types if isinstance(types, list) else [types]
    return any(each in (None, "", PERSON["id"]) for each in wanted)


def _given(query: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values by property; of a value that is an entity itself its name."""
    given: dict[str, list[Any]] = {}
    for part in query.get("properties") or []:
        if not isinstance(part, dict) or "pid" not in part:
            raise Refused("Each of “properties” has pid and v.")
        values = part.get("v")
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                value = value.get("name") or value.get("id")
            given.setdefault(str(part["pid"]), []).append(value)
    return given


def _limit(limit: Any) -> int:
    if isinstance(limit, int | float) and limit >= 1:
        return min(int(limit), MOST)
    return SOME


def _known(wanted: Sequence[Any]) -> list[Property]:
    by_id = {asked.id: asked for asked in EXTENDING}
    properties = []
    for each in wanted:
        row_id = each.get("id") if isinstance(each, dict) else None
        if row_id not in by_id:
            raise Refused(f"A property is one of: {', '.join(by_id)}.")
        properties.append(by_id[row_id])
    return properties


def _told_property(asked: Property) -> Answer:
    return {"id": asked.id, "name": asked.name, "description": asked.description}
