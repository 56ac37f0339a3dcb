"""The pack as a page to read and to print: no script, nothing from elsewhere, no link
that leads out of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from tracker.contract.vocabulary import Visibility
from tracker.site import corrections, counts
from tracker.site.account import Account
from tracker.site.case import tell

Document = Mapping[str, Any]


def page(
    case: Document,
    documents: Mapping[str, Document],
    changes: Sequence[Any],
    approvals: Sequence[Any],
    audience: str,
) -> str:
    """In the language of the installation, whoever makes it: two packs of one state are
    the same.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(
            "cases/evidence.html", _told(case, documents, changes, approvals, audience)
        )


def _told(
    case: Document,
    documents: Mapping[str, Document],
    changes: Sequence[Any],
    approvals: Sequence[Any],
    audience: str,
) -> dict[str, Any]:
    events = [one for one in documents.values() if one["kind"] == "release_event"]
    claims = [one for one in documents.values() if one["kind"] == "reported_count"]
    account = Account([case, *events, *claims], documents)
    return {
        "case": case,
        "audience": Visibility(audience).label,
        **tell(account),
        "events": [
            {
                "event": event,
                "record": account.record("release_event", event),
                "summary": account.summary("release_event", event),
            }
            for event in events
        ],
        "measures": counts.by_measure(account, claims),
        "approvals": approvals,
        "corrections": corrections.told(
            account, [row for row in changes if str(row.of_id) in account.records]
        ),
        "sources": account.sources(),
    }
