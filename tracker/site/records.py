"""The records that a document is made of, and what is read off them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.site import values

Document = Mapping[str, Any]
Record = Mapping[str, Any]

# Facts told in one breath: the name on the page, and the fields that it is made of;
# None is the record as a whole.
COMPOSED: dict[str, tuple[str | None, ...]] = {
    "term": ("term_months", "term_days", "term_as_stated"),
    "remaining": ("remaining_months", "remaining_days", "remaining_as_stated"),
    "claim": (None, "qualifier", "value", "value_as_stated"),
}
PAGES = {
    "prisoner": "case",
    "release_event": "release",
    "source": "source",
    "facility": "facility",
}
# The lists of a case, by the kind of record that they hold.
LISTS = {
    "person_name": "names",
    "identifier": "identifiers",
    "recognition": "recognitions",
    "detention": "detentions",
    "charge": "charges",
    "sentence": "sentences",
    "release": "releases",
    "deportation": "deportations",
    "whereabouts": "whereabouts",
}
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
    found: dict[str, tuple[str, Record]] = {
        document["id"]: (document["kind"], document)
    }
    if document["kind"] == "prisoner":
        for kind, name in LISTS.items():
            found |= {record["id"]: (kind, record) for record in document[name]}
        for detention in document["detentions"]:
            found |= {
                record["id"]: ("placement", record)
                for record in detention["placements"]
            }
    return found


def composed(record: Record, name: str) -> str:
    """A term in years, months and days, or a claimed number, beside the words of a
    source where they say more.
    """
    if name == "claim":
        stated = record["value_as_stated"]
        counted = values.claim(record["qualifier"], record["value"])
    else:
        months, days, stated = (record.get(one or "") for one in COMPOSED[name])
        counted = values.term(months, days)
    if counted and stated:
        return _("%(value)s (as stated: “%(words)s”)") % {
            "value": counted,
            "words": stated,
        }
    return counted or stated or ""


def page_of(document: Document) -> str:
    return reverse(f"site:{PAGES[document['kind']]}", args=[document["id"]])


def machine_date(value: Any) -> str:
    """For the `datetime` attribute, which knows only years, months and days; "" for
    what is less exact.
    """
    if not isinstance(value, Mapping):
        return ""
    edtf = str(value.get("edtf", ""))
    return edtf if edtf.replace("-", "").isdecimal() and "/" not in edtf else ""
