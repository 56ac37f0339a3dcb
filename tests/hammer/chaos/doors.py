"""The ways in: SQL, the editorial API and the admin, the last two by HTTP. Each says
whether a change was acknowledged, refused, or not answered.
"""

from typing import Any, Protocol
from uuid import uuid4

import httpx
import psycopg
from psycopg import sql

from tests.cases.admin_pages import boxes_of
from tests.hammer.chaos.ledger import Change

EDITORIAL = "/api/editorial/v1"
REASON = "chaos"
TABLES = {
    "prisoner": "cases_prisoner",
    "source": "cases_source",
    "consent": "cases_consent",
    "person_name": "cases_personname",
}
PLACES = {"prisoner": "prisoners", "source": "sources", "consent": "consents"}


class Refused(Exception):
    """Nothing was changed, and the answer says so."""


class Unanswered(Exception):
    """Nobody knows whether it was changed."""


class Door(Protocol):
    name: str

    def change(self, change: Change) -> None:
        """Raises Refused or Unanswered."""

    def close(self) -> None: ...


class Sql:
    """By the desk's login; what its transaction has committed is acknowledged."""

    name = "SQL"

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def change(self, change: Change) -> None:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(
                    self._url, autocommit=True, connect_timeout=5
                )
            with self._connection.transaction():
                changed = self._run(self._connection, change)
        except psycopg.OperationalError as error:
            self.close()
            raise Unanswered("no connection") from error
        if not changed and not change.deletes:
            raise Refused(f"no such {change.table}")

    def _run(self, connection: psycopg.Connection[Any], change: Change) -> int:
        if change.makes:
            row = [uuid4(), change.case, change.value]
            return connection.execute(
                "INSERT INTO cases_personname"
                " (id, prisoner_id, value, language, preferred, internal_notes)"
                " VALUES (%s, %s, %s, '', FALSE, '')",
                row,
            ).rowcount
        table = sql.Identifier(TABLES[change.table])
        key = "id"
        if change.table == "person_name":
            key = "value"
        where = sql.SQL("WHERE {} = %s").format(sql.Identifier(key))
        if change.deletes:
            statement = sql.SQL("DELETE FROM {} {}").format(table, where)
            return connection.execute(statement, [change.id]).rowcount
        statement = sql.SQL("UPDATE {} SET {} = %s {}").format(
            table, sql.Identifier(change.field), where
        )
        return connection.execute(statement, [change.value, change.id]).rowcount

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Web:
    def __init__(self, address: str, cookies: dict[str, str]) -> None:
        self._client = httpx.Client(base_url=address, cookies=cookies, timeout=30)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise Unanswered("no connection") from error
        if answer.status_code >= 500:
            raise Unanswered(f"{answer.status_code}{_moment(answer)}")
        return answer

    def close(self) -> None:
        self._client.close()


class EditorialApi(_Web):
    name = "the editorial API"

    def change(self, change: Change) -> None:
        if not self._client.cookies.get("csrftoken"):
            self._ask("GET", "/admin/cases/prisoner/add/")
        if change.makes:
            body = {"prisoner": change.case, "value": change.value}
            self._send("POST", f"{EDITORIAL}/person-names/", body)
            return
        path = f"{EDITORIAL}/{PLACES.get(change.table)}/{change.id}/"
        if change.table == "person_name":
            found = self._name(change)
            if not found:
                return  # an attempt before this one has deleted it
            path = f"{EDITORIAL}/person-names/{found}/"
        seen = self._ask("GET", path)
        if seen.status_code != 200:
            raise Refused(f"{seen.status_code} for what is to be changed")
        if change.deletes:
            self._send("DELETE", path, None, seen.headers["ETag"])
        else:
            body = {change.field: change.value}
            self._send("PATCH", path, body, seen.headers["ETag"])

    def _name(self, change: Change) -> str:
        rows = self._ask(
            "GET", f"{EDITORIAL}/person-names/", params={"prisoner": change.case}
        ).json()
        for row in rows["results"]:
            if row["value"] == change.id:
                return str(row["id"])
        return ""

    def _send(self, method: str, path: str, body: Any, seen: str = "") -> None:
        headers = {
            "X-CSRFToken": self._client.cookies.get("csrftoken") or "",
            "X-Change-Reason": REASON,
        }
        if seen:
            headers["If-Match"] = seen
        answer = self._ask(method, path, json=body, headers=headers)
        if answer.status_code >= 400:
            raise Refused(f"{answer.status_code} {answer.text[:300]}")


FORESEEN = "foreseen"


class Admin(_Web):
    """Opens the page, types, and presses Save."""

    name = "the admin"

    def change(self, change: Change) -> None:
        path = f"/admin/cases/prisoner/{change.case or change.id}/change/?edit=all"
        opened = self._ask("GET", path)
        if opened.status_code != 200:
            raise Refused(f"{opened.status_code} for the page")
        boxes = boxes_of(opened.text)
        boxes["change_reason"] = REASON
        self._type(boxes, change)
        saved = self._ask("POST", path, data=boxes)
        if saved.status_code == 200 and FORESEEN in boxes_of(saved.text):
            # It says first what readers will see, and asks.
            boxes[FORESEEN] = boxes_of(saved.text)[FORESEEN]
            saved = self._ask("POST", path, data=boxes)
        if saved.status_code != 302:
            raise Refused(f"{saved.status_code} {_complaint(saved.text)}")
        if saved.headers["Location"] != "/admin/cases/prisoner/":
            raise Unanswered(f"302 to {saved.headers['Location'].partition('?')[0]}")

    def _type(self, boxes: dict[str, Any], change: Change) -> None:
        if change.table == "prisoner":
            boxes[change.field] = change.value
            if change.value is True:
                boxes[change.field] = "on"
            if change.value is False:
                boxes.pop(change.field, None)
            return
        rows = "names" if change.table == "person_name" else "consents"
        if change.makes:
            number = int(boxes[f"{rows}-TOTAL_FORMS"][0])
            boxes[f"{rows}-TOTAL_FORMS"] = str(number + 1)
            boxes[f"{rows}-{number}-value"] = change.value
            return
        known_by = "value" if change.table == "person_name" else "id"
        for name, values in list(boxes.items()):
            is_row = name.startswith(f"{rows}-") and name.endswith(f"-{known_by}")
            if is_row and values == [change.id]:
                row = name.removesuffix(known_by)
                if change.deletes:
                    boxes[f"{row}DELETE"] = "on"
                else:
                    boxes[f"{row}{change.field}"] = change.value


def _moment(answer: httpx.Response) -> str:
    """Does it say when to come back?"""
    if "Retry-After" in answer.headers:
        return ", come back"
    return ""


def _complaint(page: str) -> str:
    start = page.find("errorlist")
    return page[start : start + 300]
