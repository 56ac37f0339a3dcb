"""The records that a document is made of, and what is read off them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.contract import walking
from tracker.contract.documents import DOCUMENTS
from tracker.contract.telling import COMPOSED
from tracker.site import values

Document = Mapping[str, Any]
Record = Mapping[str, Any]

MAIN_DATES = (
    "released_on",
    "deported_on",
    "handed_down_on",
    "brought_on",
    "decided_on",
    "started_on",
    "from_on",
    "last_seen_on",
)


def records(document: Document) -> dict[str, tuple[str, Record]]:
    """The document and every record in it: {id: (kind, record)}."""
    return {record["id"]: (kind, record) for kind, record in walking.records(document)}


def composed(record: Record, name: str) -> str:
    """A term in years, months and days, or a claimed number, beside the words of a
    source where they say more.
    """
    if name == "claim":
        stated = record["value_as_stated"]
        counted = values.claim(record["qualifier"], record["value"])
    else:
        months, days, stated = (record.get(part or "") for part in COMPOSED[name])
        counted = values.term(months, days)
    if counted and stated:
        return _("%(value)s (as stated: “%(words)s”)") % {
            "value": counted,
            "words": stated,
        }
    return counted or stated or ""


def page_of(document: Document) -> str:
    page = DOCUMENTS[document["kind"]].page
    return reverse(f"site:{page}", args=[document["id"]])


def machine_date(value: object) -> str:
    """For the `datetime` attribute, which knows only years, months and days; "" for
    what is less exact.
    """
    if not isinstance(value, Mapping):
        return ""
    edtf = str(value.get("edtf", ""))
    if "/" in edtf or not edtf.replace("-", "").isdecimal():
        return ""
    return edtf
