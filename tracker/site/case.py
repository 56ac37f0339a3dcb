"""The page of one case."""

from collections.abc import Mapping
from typing import Any

from tracker.contract.vocabulary import Agreement
from tracker.site import corrections, status, timeline
from tracker.site.account import Account, Told
from tracker.site.base import DocumentPage
from tracker.site.values import language_name, words

Case = Mapping[str, Any]

PERSON = (
    ("sex", "born_on", "citizenships", "occupations"),
    (
        "age_as_stated",
        "affiliation",
        "died_on",
        "death_in_custody",
        "cause_of_death_by_authorities",
        "cause_of_death_by_family",
        "stated_end_of_term",
        "last_verified_on",
    ),
)
DETENTION = (("started_on", "ended_on", "ground"), ("authority",))
PLACEMENT = (
    ("place_kind", "facility"),
    ("from_on", "to_on", "conditions", "duration_as_stated"),
)
RECOGNITION = (("outcome", "organisation", "decided_on"), ("criteria", "reason"))
# The sections of a case, in their order: the list of the document, the kind of its
# records, what is always shown of them, and what is shown where a source says
# something.
SECTIONS = {
    "charges": (
        "charge",
        ("outcome", "brought_on"),
        ("label_as_stated", "article", "code"),
    ),
    "sentences": (
        "sentence",
        ("punishment", "term", "handed_down_on", "court"),
        (
            "charges",
            "decision",
            "regime",
            "in_force_on",
            "in_absentia",
            "replaces",
            "adds_to",
        ),
    ),
    "releases": (
        "release",
        ("released_on", "ground", "to_liberty"),
        ("release_event", "remaining", "conditions"),
    ),
    "deportations": (
        "deportation",
        (
            "outcome",
            "deported_on",
            "from_country",
            "to_country",
            "passport_fate",
            "may_return",
        ),
        (
            "crossing",
            "coercion",
            "own_national",
            "replacement_document",
            "document_issuer",
            "document_handed_over_by",
            "valid_identity_document",
        ),
    ),
    "whereabouts": (
        "whereabouts",
        ("last_seen_on", "last_seen_where", "no_contact_since"),
        (),
    ),
}


class CasePage(DocumentPage):
    template_name = "tracker/case.html"
    kind = "prisoner"

    def tell(self, document: Case) -> dict[str, Any]:
        """Four queries at most: the case, its corrections, what these name, and what
        sources repeat.
        """
        account, changes = corrections.with_account([document])
        told = tell(account)
        return {"case": document, **told, **changes, "sources": account.sources()}


def tell(account: Account) -> dict[str, Any]:
    """In the order of the page, so that its sources are numbered from 1 downwards."""
    case = account.documents[0]
    now = status.on(case, status.today())
    return {
        "name_language": name_language(case),
        "status": now,
        "history": status.history(case),
        "basis": [
            (f"r-{id}", account.name_of(id))
            for id in now.basis
            if id in account.records
        ],
        "names": _names(account),
        "summary": account.summary("prisoner", case),
        "timeline": timeline.of(account),
        "person": account.record("prisoner", case, *PERSON),
        "identifiers": case["identifiers"],
        "recognitions": [
            account.record("recognition", one, *RECOGNITION)
            for one in case["recognitions"]
        ],
        "detentions": [_detention(account, one) for one in case["detentions"]],
        **{
            name: [account.record(kind, one, always, if_known) for one in case[name]]
            for name, (kind, always, if_known) in SECTIONS.items()
        },
    }


def _detention(account: Account, detention: Mapping[str, Any]) -> Told:
    told = account.record("detention", detention, *DETENTION)
    told.parts.extend(
        account.record("placement", one, *PLACEMENT) for one in detention["placements"]
    )
    return told


def _names(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "anchor": f"r-{name['id']}",
            "value": name["value"],
            "lang": name["language"] or "",
            "language": language_name(name["language"]),
            "kind": words("person_name", "name_kind", name["name_kind"]),
            "preferred": name["preferred"],
            **_marks_of_name(account, name["id"]),
        }
        for name in account.documents[0]["names"]
    ]


def _marks_of_name(account: Account, name_id: str) -> dict[str, Any]:
    """Of who says otherwise stands in the list of sources."""
    rows = account.citations.of(name_id, None, "value", "name_kind", "language")
    agreeing = [row for row in rows if row["agreement"] != Agreement.CONTRADICTS]
    uncited = not any(
        row["field"] == "value" and row["agreement"] == Agreement.SUPPORTS
        for row in agreeing
    )
    return {"marks": account.citations.marks(agreeing), "uncited": uncited}


def name_language(case: Case) -> str:
    """The language of the name in the title, for those who have pages read out to them."""
    return next(
        (
            one["language"] or ""
            for one in case["names"]
            if one["value"] == case["name"]
        ),
        "",
    )
