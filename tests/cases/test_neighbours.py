"""What is told of a case does not depend on which others are published with it."""

import pytest

from cases.models import Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tracker.models import PublicDocument


@pytest.mark.django_db
def test_what_a_source_states_is_told_whoever_else_is_published_with_it() -> None:
    """Of a prison that another case names, and this one does not: whether it is seen was
    never asked for this case.
    """
    elsewhere = make.make_facility("Elsewhere", visibility="public")
    case, other = (
        make.make_prisoner(name, visibility="public") for name in ("Ales", "Zina")
    )
    source = make.make_source("News", visibility="public")
    placements = []
    for prisoner, facility in (
        (case, make.make_facility(visibility="public")),
        (other, elsewhere),
    ):
        detention = make.make_detention(prisoner)
        placement = make.make_placement(detention, facility=facility)
        make.make_citation(placement, source=source)
        placements.append(placement)
    make.make_citation(
        placements[0],
        "facility",
        source,
        states=str(elsewhere.pk),
    )
    for root in (source, elsewhere, placements[0].facility, case):
        make.approve(root)
    publish_pending()
    alone = PublicDocument.objects.get(pk=case.pk).document
    make.approve(other)
    Prisoner.objects.filter(pk=case.pk).update(affiliation="A party")
    Prisoner.objects.filter(pk=case.pk).update(affiliation="")
    make.approve(case)
    publish_pending()
    assert PublicDocument.objects.get(pk=case.pk).document == alone
    assert alone
    assert str(elsewhere.pk) not in alone
