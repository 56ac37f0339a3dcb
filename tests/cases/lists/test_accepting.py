"""Rows of a list are compared with the record, and accepted: one, or all at once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from cases.desk.lists import accepting
from cases.desk.lists.comparing import compare
from cases.desk.lists.models import List, Row
from cases.desk.proposals.writing import Refused
from cases.history import timeline
from cases.models import (
    Citation,
    CourtCase,
    Identifier,
    Prisoner,
    Prosecution,
    Source,
)
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.lists.brought import SHA256, make_list
from tests.roles import acting_as
from tracker.audiences import AUDIENCES

pytestmark = pytest.mark.django_db

OWNER = "Example Rights Centre"
SENTENCE = {"handed_down_on": "2021-11", "term_months": 60}


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def documenter() -> User:
    return make.make_documenter("documenter")


def verdicts(brought: List) -> dict[str, str]:
    list(compare(brought))
    return dict(brought.rows.values_list("identifier", "verdict"))


def accepted(brought: List, by: User, reason: str = "") -> int:
    list(compare(brought))
    return sum(accepting.accept(brought.rows.all(), by=by, reason=reason))


def test_a_row_is_new_or_known_or_perhaps_somebody_or_cannot_be_read(
    documenter: User,
) -> None:
    known = make.make_prisoner("Another Name", sex="male")
    for value in ("RC-1", "RC-2"):
        Identifier.objects.create(
            prisoner=known, scheme="x", value=value, owner_organisation=OWNER
        )
    namesake = make.make_prisoner("Алесь Прыклад")
    publish_pending()
    brought = make_list(
        documenter,
        {"identifier": "RC-1", "sex": "male"},
        {"identifier": "RC-2", "sex": "female"},
        {"identifier": "RC-3", "name": "Ales Pryklad"},
        {"identifier": "RC-4", "name": "Vera Sample"},
        {"identifier": "RC-5"},
        {"identifier": "RC-6", "sex": "nonsense"},
    )

    found = verdicts(brought)

    assert found == {
        "RC-1": "differs",  # nobody of theirs was cited for it yet
        "RC-2": "differs",
        "RC-3": "maybe",
        "RC-4": "new",
        "RC-5": "unreadable",
        "RC-6": "unreadable",
    }
    by_identifier = dict(brought.rows.values_list("identifier", "found"))
    assert by_identifier["RC-1"] == known.pk
    assert by_identifier["RC-3"] == namesake.pk


def test_new_rows_become_cases_inside_only_and_each_fact_is_cited_to_its_row(
    documenter: User,
) -> None:
    brought = make_list(
        documenter,
        {
            "identifier": "RC-1",
            "name": "Ales Example",
            "sex": "male",
            "sentences": [SENTENCE],
            "columns": {"sex": "Sex", "sentences-0.term_months": "Sentence"},
        },
        {"identifier": "RC-2", "name": "Vera Sample"},
    )

    assert accepted(brought, documenter, "Agreed with them.") == 2

    ales, vera = (row.accepted_as for row in brought.rows.order_by("number"))
    assert (ales.visibility, ales.sex) == ("internal", "male")
    sentence = ales.sentences.get()
    assert sentence.term_months == 60
    source = Source.objects.get()
    assert (source.title, source.visibility, source.publisher, source.file_name) == (
        "A list",
        "internal",
        OWNER,
        "",
    )
    (cited,) = ales.citations.all()
    assert (cited.field, cited.source, cited.locator) == ("sex", source, "row 2, Sex")
    assert sorted(sentence.citations.values_list("field", "locator")) == [
        ("handed_down_on", "row 2"),
        ("term_months", "row 2, Sentence"),
    ]
    assert [one.value for one in vera.identifiers.all()] == ["RC-2"]
    assert set(Citation.objects.values_list("source", flat=True)) == {source.pk}
    assert (
        timeline("prisoner", ales.pk)[0].why
        == f"Agreed with them. (A list, SHA-256 {SHA256})"
    )
    row = brought.rows.get(number=2)
    assert (row.state, row.decided_by) == ("accepted", documenter)


def test_nothing_of_a_list_is_published_by_accepting_it(documenter: User) -> None:
    case = make.make_prisoner("Ales Example", visibility="public")
    Identifier.objects.create(
        prisoner=case, scheme="x", value="RC-1", owner_organisation=OWNER
    )
    make.approve(case)
    publish_pending()
    secret = "qzonlyinthelistzq"
    brought = make_list(
        documenter,
        {"identifier": "RC-1", "name": secret, "affiliation": secret},
        {"identifier": "RC-2", "name": secret, "affiliation": secret},
        title=secret,
    )

    accepted(brought, documenter)
    publish_pending()

    assert Prisoner.objects.filter(affiliation=secret).count() == 2
    for audience in AUDIENCES:
        documents = audience.document_model._default_manager
        assert not documents.filter(document__contains=secret).exists()
        assert documents.filter(kind="prisoner").count() == 1


def test_what_a_confidential_row_says_is_cited_inside_only_whatever_becomes_of_the_source(
    documenter: User,
) -> None:
    row = {"name": "Ales Example", "sex": "male", "sentences": [SENTENCE]}
    brought = make_list(
        documenter,
        {**row, "identifier": "RC-1", "confidential": True},
        {**row, "identifier": "RC-2"},
    )
    accepted(brought, documenter)
    for row_ in brought.rows.order_by("number"):
        cited = Citation.objects.filter(root_id=row_.accepted_as_id)
        hidden = "internal" if row_.confidential else None
        assert set(cited.values_list("visibility", flat=True)) == {hidden}


def test_what_a_row_says_is_cited_to_the_source_that_it_names(
    documenter: User,
) -> None:
    """One source for each address. The list counts as no second voice: it is cited,
    inside only, for the row as a whole, and for words and numbers of its own.
    """
    news = make.make_source("An article", url="https://www.news.example/1")
    row = {"sex": "male", "sentences": [SENTENCE], "columns": {"sex": "Sex"}}
    ours, others = news.url, "https://www.other.example/2"
    brought = make_list(
        documenter,
        {**row, "identifier": "RC-1", "name": "Ales One", "source_address": ours},
        {**row, "identifier": "RC-2", "name": "Vera Two", "source_address": others},
        {
            **row,
            "identifier": "RC-3",
            "name": "Ivan Three",
            "source_address": others,
            "confidential": True,
        },
        {**row, "identifier": "RC-4", "name": "Yana Four"},
    )

    accepted(brought, documenter)

    in_list = List.objects.get().source
    new = Source.objects.get(url=others)
    assert (new.visibility, new.publisher) == ("internal", "other.example")
    assert Source.objects.count() == 3
    cited = {}
    for row_ in brought.rows.all():
        citations = Citation.objects.filter(root_id=row_.accepted_as_id)
        of_row: dict[Any, set[Any]] = {}
        for citation in citations:
            where = citation.source, citation.visibility, citation.locator
            fact = citation.target_name, citation.field
            of_row.setdefault(where, set()).add(fact)
        cited[row_.identifier] = of_row
    sentence = {("sentence", "handed_down_on"), ("sentence", "term_months")}
    name = {("person_name", "value")}
    said = {("prisoner", "sex"), *sentence, *name}
    number = {
        ("identifier", field) for field in ("scheme", "value", "owner_organisation")
    }
    whole = {("prisoner", "")}
    assert cited == {
        "RC-1": {
            (news, None, ""): said,
            (in_list, "internal", "row 2"): whole | number,
        },
        "RC-2": {
            (new, None, ""): said,
            (in_list, "internal", "row 3"): whole | number,
        },
        "RC-3": {
            (new, "internal", ""): said,
            (in_list, "internal", "row 4"): whole | number,
        },
        "RC-4": {
            (in_list, None, "row 5, Sex"): {("prisoner", "sex")},
            (in_list, None, "row 5"): sentence | number | name,
        },
    }


def test_rows_of_one_court_case_are_tied_to_one_record(documenter: User) -> None:
    """By number and court. Of several courts, the one that is said."""
    known = make.make_court_case(number="65/2021", court="High Court")
    high = {"number": "1356/2019", "court": "High Court"}
    said = [
        [high],
        [{**high, "number": "1356/2019"}, {"number": "65/2021"}],
        [{**high, "court": "Military Court"}],
        [{"number": "1356/2019"}],
        [{"number": "1356/2019"}],
    ]
    rows = []
    for place, prosecutions in enumerate(said):
        rows.append(
            {
                "identifier": f"RC-{place}",
                "name": f"Ales Number{place}",
                "prosecutions": prosecutions,
                "columns": {"prosecutions-0.number": "Case"},
            }
        )
    brought = make_list(documenter, *rows)

    accepted(brought, documenter)

    tied = {}
    for row in brought.rows.all():
        of_person = Prosecution.objects.filter(prisoner=row.accepted_as_id)
        tied[row.identifier] = sorted(str(one.court_case) for one in of_person)
    assert tied == {
        "RC-0": ["1356/2019, High Court"],
        "RC-1": ["1356/2019, High Court", "65/2021, High Court"],
        "RC-2": ["1356/2019, Military Court"],
        "RC-3": ["1356/2019"],
        "RC-4": ["1356/2019"],
    }
    assert CourtCase.objects.count() == 4
    new = CourtCase.objects.get(number="1356/2019", court="High Court")
    assert new.visibility == "internal"
    cited = new.citations.values_list("field", "locator")
    assert sorted(cited) == [("court", "row 2"), ("number", "row 2, Case")]
    assert not known.citations.exists()
    first = Prosecution.objects.get(prisoner__identifiers__value="RC-0")
    assert first.citations.get().locator == "row 2, Case"

    # Next month's list says the same, and one thing more.
    rows[0]["prosecutions"] = [high, {"number": "77/2026"}]
    again = make_list(documenter, *rows)
    verdicts(again)
    assert [row.verdict for row in again.rows.all()] == ["differs", *["same"] * 4]
    accepted(again, documenter)
    assert CourtCase.objects.count() == 5
    assert Prosecution.objects.filter(prisoner=first.prisoner).count() == 2


def test_the_next_list_of_the_same_owner_shows_what_is_new_and_changed_and_gone(
    documenter: User,
) -> None:
    """What they said before is neither cited again nor told as a change."""
    ales = {"identifier": "RC-1", "name": "Ales Example", "sentences": [SENTENCE]}
    vera = {"identifier": "RC-2", "name": "Vera Sample", "sex": "female"}
    gone = {"identifier": "RC-3", "name": "Other Person"}
    accepted(make_list(documenter, ales, vera, gone), documenter)
    publish_pending()
    case = Prisoner.objects.get(identifiers__value="RC-1")
    freed = {**ales, "releases": [{"released_on": "2026-11"}]}
    new = {"identifier": "RC-4", "name": "Somebody New"}

    second = make_list(documenter, freed, vera, new, title="The next")

    assert verdicts(second) == {"RC-1": "differs", "RC-2": "same", "RC-4": "new"}
    assert [row.identifier for row in accepting.gone(second)] == ["RC-3"]
    accepted(second, documenter)
    assert case.releases.get().released_on == "2026-11"
    assert case.sentences.count() == case.names.count() == 1
    cited = Citation.objects.filter(source__title="The next", root_id=case.pk)
    assert [(one.field, one.locator) for one in cited] == [("released_on", "row 2")]
    assert Prisoner.objects.count() == 4


def test_of_another_owner_the_same_identifier_is_somebody_else(
    documenter: User,
) -> None:
    accepted(
        make_list(documenter, {"identifier": "1", "name": "Ales Example"}), documenter
    )
    publish_pending()
    theirs = make_list(
        documenter, {"identifier": "1", "name": "Vera Sample"}, owner="Others"
    )
    assert verdicts(theirs) == {"1": "new"}


def test_without_identifiers_the_next_list_finds_people_by_name_and_age(
    documenter: User,
) -> None:
    row = {"name": "Ales Example", "sex": "male"}
    accepted(make_list(documenter, row), documenter)
    publish_pending()
    second = make_list(documenter, {**row, "born_on": "1990"})
    assert verdicts(second) == {"": "differs"}
    accepted(second, documenter)
    assert Prisoner.objects.get().born_on == "1990"
    assert not Identifier.objects.exists()


def test_what_differs_is_noted_beside_ours_which_stands(documenter: User) -> None:
    row = {"identifier": "RC-1", "name": "Ales Example", "sex": "male"}
    accepted(make_list(documenter, {**row, "sentences": [SENTENCE]}), documenter)
    changed = {**SENTENCE, "term_months": 84}
    second = make_list(
        documenter,
        {**row, "sex": "female", "occupations": ["teacher"], "sentences": [changed]},
        title="The next",
    )

    accepted(second, documenter)

    case = Prisoner.objects.get()
    assert (case.sex, case.occupations) == ("male", ["teacher"])
    assert case.sentences.get().term_months == 60
    noted = Citation.objects.filter(source__title="The next").exclude(states=None)
    assert sorted((one.field, str(one.states)) for one in noted) == [
        ("sex", "female"),
        ("term_months", "84"),
    ]


def test_nothing_is_accepted_where_too_much_cannot_be_read_or_rows_are_missing(
    documenter: User,
) -> None:
    unread = {"column": "Age", "text": "?", "reason": "-", "code": "-"}
    row = {"identifier": "RC-1", "name": "Ales Example", "sex": "male"}
    brought = make_list(
        documenter,
        {**row, "cells": [unread]},
        most_quarantined=33,
        expected_rows=2,
    )

    with pytest.raises(Refused) as refused:
        accepted(brought, documenter)

    assert refused.value.sentences == (
        "The list has 1 rows; you expected 2.",
        "34 % of the cells cannot be read; you allowed 33 %.",
    )
    assert not Prisoner.objects.exists()
    brought.most_quarantined, brought.expected_rows = 34, 1
    brought.save(update_fields=["most_quarantined", "expected_rows"])
    assert accepted(brought, documenter) == 1


def test_a_batch_is_accepted_as_a_whole_or_not_at_all_and_the_next_call_goes_on(
    documenter: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(accepting, "AT_ONCE", 2)
    rows = [{"identifier": f"RC-{n}", "name": f"Somebody {n}"} for n in range(4)]
    brought = make_list(documenter, *rows)
    last = brought.rows.get(number=5)
    with acting_as("owner"):
        Row.objects.filter(pk=last.pk).update(content={})

    batches = accepting.accept(brought.rows.all(), by=documenter)
    assert next(iter(batches)) == 2
    with pytest.raises(Refused, match="row 5"):
        next(iter(batches))

    assert Prisoner.objects.count() == 2
    with acting_as("owner"):
        Row.objects.filter(pk=last.pk).update(content=last.content)
    assert accepted(brought, documenter) == 2
    assert Prisoner.objects.count() == 4


def test_what_was_decided_stays_decided(documenter: User) -> None:
    brought = make_list(documenter, {"identifier": "RC-1", "name": "Ales Example"})
    accepted(brought, documenter)
    rows = Row.objects.filter(in_list=brought)
    for change in ({"state": "left_out", "accepted_as": None}, {"decided_at": Now()}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        rows.delete()
    with acting_as("owner"):  # as erasing does
        assert rows.update(content={}, identity="") == 1


def test_what_a_row_says_is_written_once(documenter: User) -> None:
    brought = make_list(documenter, {"identifier": "RC-1", "name": "Ales Example"})
    change: dict[str, Any]
    for change in ({"content": {}}, {"number": 7}, {"owner": "Others"}):
        with pytest.raises(DatabaseError, match="denied"), transaction.atomic():
            brought.rows.update(**change)


def test_a_row_that_is_left_out_is_accepted_no_more(documenter: User) -> None:
    brought = make_list(documenter, {"identifier": "RC-1", "name": "Ales Example"})
    (row,) = brought.rows.all()
    accepting.leave_out([row.pk], by=documenter)
    with pytest.raises(Refused, match="decided after"):
        accepting.accept_one(row.pk, None, {"names-0": "take"}, by=documenter)
    assert accepted(brought, documenter) == 0
