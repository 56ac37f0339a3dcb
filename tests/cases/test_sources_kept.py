"""The database keeps what sources said, and shows no case for which none is named,
whoever writes.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cases.history import timeline
from cases.models import Citation, Prisoner, ReleaseEvent, ReportedCount
from tests import factories as make
from tests.transactions import committed

pytestmark = pytest.mark.django_db


def states(citation: Citation) -> Any:
    citation.refresh_from_db()
    return citation.states


def in_psql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# --- What a source said --------------------------------------------------------------------------------------------


def test_a_source_cited_for_a_value_goes_on_stating_it_when_the_record_changes() -> (
    None
):
    sentence = make.make_sentence(
        make.make_prisoner(), term_months=60, court="Minsk", handed_down_on="2021"
    )
    of_term, of_court = (
        make.make_citation(sentence, "term_months"),
        make.make_citation(sentence, "court"),
    )
    of_another = make.make_citation(
        make.make_sentence(sentence.prisoner, term_months=60), "term_months"
    )
    as_a_whole = make.make_citation(sentence)

    in_psql(f"UPDATE cases_sentence SET term_months = 48 WHERE id = '{sentence.pk}'")

    assert states(of_term) == 60
    assert [states(one) for one in (of_court, of_another, as_a_whole)] == [
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("in_absentia", False, True),
        ("handed_down_on", "2021-02", "2021-02-03"),
        ("punishment", "imprisonment", None),
        ("court", "Minsk", ""),
    ],
)
def test_whatever_kind_of_value_it_is(field: str, before: Any, after: Any) -> None:
    sentence = make.make_sentence(make.make_prisoner(), **{field: before})
    citation = make.make_citation(sentence, field)
    setattr(sentence, field, after)
    sentence.save()
    assert states(citation) == before
    citation.full_clean()


def test_a_record_that_is_referred_to_is_kept_by_its_id() -> None:
    first, second = make.make_release_event("First"), make.make_release_event("Second")
    release = make.make_release(make.make_prisoner(), release_event=first)
    citation = make.make_citation(release, "release_event")
    release.release_event = second
    release.save()
    assert states(citation) == str(first.pk)


def test_of_a_list_an_entry_is_kept_when_it_goes_and_the_whole_when_anything_changes() -> (
    None
):
    case = make.make_prisoner(occupations=["journalist", "blogger"])
    journalist = make.make_citation(case, "occupations", item="journalist")
    blogger = make.make_citation(case, "occupations", item="blogger")
    both = make.make_citation(case, "occupations")

    Prisoner.objects.filter(pk=case.pk).update(occupations=["journalist", "lawyer"])

    assert states(journalist) is None
    assert states(blogger) == "blogger"
    assert states(both) == ["journalist", "blogger"]
    for citation in (journalist, blogger, both):
        citation.full_clean()


def test_what_it_stated_already_stays_and_what_was_cited_in_advance_states_what_comes() -> (
    None
):
    case = make.make_prisoner(affiliation="A paper")
    rival = make.make_citation(case, "affiliation", states="A party")
    early = make.make_citation(case, "born_on")
    Prisoner.objects.update(affiliation="A union", born_on="1970")
    assert states(rival) == "A party"
    assert states(early) is None
    Prisoner.objects.update(born_on="1971")
    assert states(early) == "1970"


def test_who_is_cited_for_a_count_as_a_whole_is_not_made_to_say_another_number() -> (
    None
):
    count = make.make_count(value=52, qualifier="exactly")
    agency, rival = make.make_source("Agency"), make.make_source("Rival")
    whole = make.make_citation(count, "", agency, locator="p. 1", hedge="reported")
    make.make_citation(count, "", rival)
    make.make_citation(count, "value", rival, states=48)

    ReportedCount.objects.update(value=50)

    assert states(whole) is None
    kept = Citation.objects.get(field="value", source=agency)
    assert (kept.states, kept.locator, kept.hedge, kept.root_id) == (
        52,
        "p. 1",
        "reported",
        count.pk,
    )
    kept.full_clean()
    assert set(Citation.objects.values_list("source__title", "field")) == {
        ("Agency", ""),
        ("Agency", "value"),
        ("Rival", ""),
        ("Rival", "value"),
    }
    ReportedCount.objects.update(value=49)
    assert states(kept) == 52


def test_a_change_of_something_else_touches_no_citation() -> None:
    case = make.make_prisoner(affiliation="A paper")
    citation = make.make_citation(case, "affiliation")
    before = len(timeline("prisoner", case.pk))
    Prisoner.objects.update(affiliation="A paper", sex="male", internal_notes="x")
    assert states(citation) is None
    assert len(timeline("prisoner", case.pk)) == before + 2, (
        "the case, and that its notes changed"
    )


def test_that_it_is_kept_stands_in_the_history_with_the_change() -> None:
    case = make.make_prisoner(affiliation="A paper")
    make.make_citation(case, "affiliation")
    Prisoner.objects.update(affiliation="A union")
    changes = {
        change.model.__name__: change.after
        for change in timeline("prisoner", case.pk)[-2:]
    }
    assert changes == {
        "Citation": {"states": "A paper"},
        "Prisoner": {"affiliation": "A union"},
    }


# --- What nobody is named for ----------------------------------------------------------------------------------------


def in_a_transaction(change: Callable[[], object]) -> None:
    with transaction.atomic():
        change()
        committed()


@pytest.mark.parametrize("model", [Prisoner, ReleaseEvent, ReportedCount])
@pytest.mark.parametrize("visibility", ["partners", "public"])
def test_a_case_without_a_citation_is_shown_to_nobody_outside(
    model: Any, visibility: str
) -> None:
    needed: dict[Any, dict[str, Any]] = {
        ReportedCount: {"measure": "released", "value": 52},
        ReleaseEvent: {"title": "Release"},
    }
    fields = needed.get(model, {})
    case = model.objects.create(**fields)
    with pytest.raises(
        IntegrityError, match="without any citation cannot be made more visible"
    ):
        in_a_transaction(lambda: model.objects.update(visibility=visibility))
    with pytest.raises(IntegrityError, match="without any citation"):
        in_a_transaction(lambda: model.objects.create(visibility=visibility, **fields))
    make.make_citation(case)
    model.objects.update(visibility=visibility)
    committed()


def test_the_citation_may_come_later_in_the_same_transaction() -> None:
    case = Prisoner.objects.create(visibility="public")
    make.make_citation(make.make_name(case, "Ales"))
    committed()


def test_a_withdrawal_is_never_refused() -> None:
    case = make.make_prisoner(visibility="public")
    committed()
    Citation.objects.all().delete()
    Prisoner.objects.update(visibility="partners")
    Prisoner.objects.update(affiliation="A paper")
    committed()
    with pytest.raises(IntegrityError):
        in_a_transaction(lambda: Prisoner.objects.update(visibility="public"))
    Prisoner.objects.filter(pk=case.pk).delete()
    committed()


def test_sources_and_facilities_need_none() -> None:
    make.make_source(visibility="public").full_clean()
    make.make_facility(visibility="public").full_clean()
    committed()
