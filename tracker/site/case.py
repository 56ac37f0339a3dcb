"""The page of one case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _

from tracker.asking.questions import PastDayField
from tracker.contract import contact, past
from tracker.contract.hedges import is_hidden
from tracker.contract.telling import on_page
from tracker.contract.vocabulary import Agreement
from tracker.contract.walking import lists_of
from tracker.language_names import language_name
from tracker.site import corrections, glance, in_force, letters, status, timeline
from tracker.site.account import Account, RecordOnPage
from tracker.site.base import DocumentPage
from tracker.site.citing import title
from tracker.site.drawing import drawn
from tracker.site.names_shown import shown_name
from tracker.site.records import page_of
from tracker.site.values import date_words, words

Case = Mapping[str, Any]


class CasePage(DocumentPage):
    template_name = "tracker/case.html"
    kind = "prisoner"
    parameters = frozenset({"on"})

    def tell(self, document: Case) -> dict[str, Any]:
        """Four queries at most: the case, its corrections, what these name, and what
        sources repeat.
        """
        day_back = self._day_back()
        if day_back:
            document = past.on_day(document, day_back)
        account, changes = corrections.with_account([document])
        if day_back:
            changes["corrections"] = []  # they are of the page of today
        told = tell(account)
        return {
            "case": document,
            **told,
            **changes,
            "sources": account.sources(),
            "address": self.request.build_absolute_uri(self.request.path),
            "day_back": day_back,
            "objects_to_search_engines": _objects(document, told["related"]),
        }

    def _day_back(self) -> date | None:
        """Raises Http404 for what is no day, or not yet."""
        try:
            return PastDayField(required=False).clean(self.request.GET.get("on"))
        except ValidationError:
            raise Http404 from None


def tell(account: Account) -> dict[str, Any]:
    """In the order of the page, so that its sources are numbered from 1 downwards."""
    case = account.documents[0]
    now = status.last_known(case)
    basis = []
    for row_id in now.basis:
        if row_id in account.records:
            basis.append((f"r-{row_id}", account.name_of(row_id)))
    told: dict[str, Any] = {
        "name": shown_name(case),
        "status": now,
        "glance": glance.of(account, now),
        "drawing": drawn(case["status"]),
        "history": status.history(case),
        "basis": basis,
        "no_contact": _no_contact(case),
        "in_force": in_force.of(account),
        "last_place": _last_place(account),
        "letters": letters.of(account),
        "names": _names(account),
        "summary": account.summary("prisoner", case),
        "timeline": timeline.of(account),
        "person": account.record("prisoner", case),
        "identifiers": case["identifiers"],
        "related": _related(account),
    }
    sections = _sections(account, case)
    shown = [told["person"]]
    for records in sections.values():
        shown += records
    return {**told, **sections, "disagreements": glance.disagreements(shown)}


def _sections(account: Account, case: Case) -> dict[str, list[RecordOnPage]]:
    """In the order of the contract, which is that of the page. Names and identifiers
    are told in a way of their own.
    """
    sections = {}
    for name, kind in lists_of("prisoner").items():
        if any(on_page(kind)):
            records = []
            for part in case.get(name) or ():
                records.append(account.with_parts(kind, part))
            sections[name] = records
    sections["whereabouts"] = [
        _heard_again(case, missing, record)
        for missing, record in zip(
            case["whereabouts"], sections["whereabouts"], strict=True
        )
    ]
    return sections


def _heard_again(
    case: Case, missing: Mapping[str, Any], record: RecordOnPage
) -> RecordOnPage:
    sighting = contact.heard_again(case, missing)
    if sighting is None:
        return record
    note = _("This ended: the person was heard of or seen.")
    if sighting["heard_on"]:
        note = _("This ended: the person was heard of or seen (%(day)s).") % {
            "day": date_words(sighting["heard_on"])
        }
    return replace(record, note=note, note_on=f"r-{sighting['id']}")


def _last_place(account: Account) -> dict[str, str] | None:
    told = account.documents[0].get("last_place")
    facility = account.others.get(told["facility"]) if told else None
    if told is None or facility is None:
        return None
    return {
        "title": title(facility),
        "page": page_of(facility),
        "day": date_words(told["as_of"]),
        "anchor": f"r-{told['placement']}",
    }


def _related(account: Account) -> list[Case]:
    """Those that readers may see now."""
    ids = account.documents[0].get("related_cases") or ()
    return [account.others[one] for one in ids if one in account.others]


def _objects(case: Case, related: list[Case]) -> bool:
    """Or does one of those whose names stand on the page?"""
    return any(one.get("search_engines") is False for one in (case, *related))


def _no_contact(case: Case) -> list[tuple[str, str]]:
    """Said beside the status: (anchor, day)."""
    said = []
    for missing in contact.lost(case):
        said.append((f"r-{missing['id']}", date_words(missing["no_contact_since"])))
    return said


def _names(account: Account) -> list[dict[str, Any]]:
    return [_name(account, name) for name in account.documents[0]["names"]]


def _name(account: Account, name: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "anchor": f"r-{name['id']}",
        "value": name["value"],
        "lang": name["language"] or "",
        "language": language_name(name["language"]),
        "kind": words("person_name", "name_kind", name["name_kind"]),
        "preferred": name["preferred"],
        **_said_of_name(account, name["id"]),
    }


def _said_of_name(account: Account, name_id: str) -> dict[str, Any]:
    """Of who says otherwise stands in the list of sources."""
    agreeing = []
    uncited = True
    fields = (None, "value", "name_kind", "language")
    for citation in account.heard.of(name_id, *fields):
        if citation["agreement"] == Agreement.CONTRADICTS:
            continue
        agreeing.append(citation)
        supports = citation["agreement"] == Agreement.SUPPORTS
        if (supports or is_hidden(citation)) and citation["field"] == "value":
            uncited = False
    return {
        "said": account.citations.said(agreeing),
        "statements": account.citations.beneath(agreeing),
        "uncited": uncited,
    }
