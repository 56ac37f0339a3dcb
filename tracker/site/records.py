"""The records that a document is made of, and what is read off them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.contract import labels, walking
from tracker.contract.documents import DOCUMENTS
from tracker.site import values

Document = Mapping[str, Any]
Record = Mapping[str, Any]

MAIN_DATES = (
    "released_on",
    "deported_on",
    "handed_down_on",
    "brought_on",
    "decided_on",
    "happened_on",
    "ordered_on",
    "started_on",
    "from_on",
    "last_seen_on",
    "no_contact_since",
    "heard_on",
)


def records(document: Document) -> dict[str, tuple[str, Record]]:
    """The document and every record in it: {id: (kind, record)}."""
    return {record["id"]: (kind, record) for kind, record in walking.records(document)}


def composed(record: Record, name: str) -> str:
    """A term in years, months and days, an amount of money, or a claimed number, beside
    the words of a source where they say more.
    """
    if name == "money":
        return values.money(record["amount"], record["currency"])
    if name == "bail":
        return values.money(record["bail_amount"], record["bail_currency"])
    if name == "claim":
        stated = record["value_as_stated"]
        counted = values.claim(record["qualifier"], record["value"])
    else:
        stated = record.get(f"{name}_as_stated")
        counted = values.term(
            record.get(f"{name}_months"),
            record.get(f"{name}_days"),
            record.get(f"{name}_months_to"),
        )
    if counted and stated:
        return _("%(value)s (as stated: “%(words)s”)") % {
            "value": counted,
            "words": stated,
        }
    return counted or stated or ""


def called(kind: str, record: Record) -> str:
    """A record in a few words: “Release, 11 September 2025”."""
    day = None
    for name in MAIN_DATES:
        if record.get(name):
            day = record[name]
            break
    words = composed(record, "term")
    if kind == "charge":
        words = record.get("label_as_stated") or record.get("article") or ""
    parts = [str(labels.RECORDS[kind]), words, values.date_words(day)]
    return ", ".join(filter(None, parts))


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
