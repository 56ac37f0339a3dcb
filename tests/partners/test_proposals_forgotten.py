"""An erased name is not kept in what partners handed in."""

from typing import Any

import pytest

from cases.desk.proposals.models import Proposal
from tests.cases.test_erasing import REAL, corrected_case, erase, staff  # noqa: F401
from tests.partners.proposing import hand_in, proposed, proposer, row

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
