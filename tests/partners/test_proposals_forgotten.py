"""An erased name is not kept in what partners handed in."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from cases.desk.proposals.models import Proposal
from tests.cases.test_erasing import REAL, corrected_case, erase, staff  # noqa: F401
from tests.partners.proposing import hand_in, proposed, proposer, row
from tracker.contract.vocabulary import ProposalState

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_proposal_that_says_an_erased_name_in_any_spelling_is_emptied_and_stays_what_it_was(
    erase: Any,
) -> None:
    partner = proposer()
    fates = proposed(
        partner,
        row("RC-1", REAL),
        row("RC-2", "Рэал Уітнес", affiliation=f"with {REAL.upper()}"),
    )
    (other,) = proposed(partner, row("RC-3", "Real Somebody"))

    erase(case=corrected_case().pk, containing=REAL)

    contents = dict(Proposal.objects.values_list("id", "content"))
    assert [contents.pop(Proposal.objects.get(pk=fate["id"]).pk) for fate in fates] == [
        {},
        {},
    ]
    assert [content["names"][0]["value"] for content in contents.values()] == [
        "Real Somebody"
    ]
    assert partner.get(f"/api/v1/proposals/{fates[0]['id']}/").json() == fates[0]
    assert hand_in(partner, row("RC-3", "Real Somebody")).json()["results"] == [other]


def test_what_was_decided_long_ago_is_emptied_where_the_organisation_says_so(
    settings: Any, as_owner: Any
) -> None:
    rows = [row("RC-1"), row("RC-2"), row("RC-3")]
    old, young, _waiting = (fate["id"] for fate in proposed(proposer(), *rows))
    for proposal_id, days in ((old, 101), (young, 99)):
        Proposal.objects.filter(pk=proposal_id).update(
            state=ProposalState.REJECTED,
            reason="Not a prisoner.",
            decided_at=Now() - timedelta(days=days),
        )

    def emptied() -> set[str]:
        with as_owner():
            call_command("forget_access")
        gone = Proposal.objects.filter(content={})
        return {str(key) for key in gone.values_list("pk", flat=True)}

    assert emptied() == set()  # never, if nobody set it
    settings.PROPOSAL_DAYS = 100
    assert emptied() == {old}
    assert Proposal.objects.get(pk=old).reason == "Not a prisoner."
