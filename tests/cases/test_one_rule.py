"""The desk and the public page count the same citations as support."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases import aggregate, sourcing
from cases.models import Prisoner, Source
from cases.models.base import Record
from cases.publishing import publish_pending
from tests import factories as make
from tracker.contract.telling import COMPOSED

pytestmark = pytest.mark.django_db

_FACT = re.compile(
    r'<div id="f-([0-9a-f-]{36})-(\w+)"><dt>.*?</dt><dd>(.*?)</dd>', re.DOTALL
)
_NAME = re.compile(r'<li id="r-([0-9a-f-]{36})">(.*?)</li>', re.DOTALL)
_FIELDS = {
    "prisoner": ("sex", "occupations", "born_on"),
    "person_name": ("value",),
    "detention": ("started_on", "ground"),
    "placement": ("place_kind", "conditions"),
    "sentence": ("term_months", "punishment"),
    "release": ("released_on", "ground"),
}


def rich_case() -> Prisoner:
    case = make.make_prisoner(
        "Ales Example", sex="male", occupations=["teacher"], born_on="1980"
    )
    detention = make.make_detention(case, started_on="2020", ground="serving_sentence")
    make.make_placement(detention, place_kind="prison", conditions=["denied_visits"])
    make.make_sentence(case, term_months=60, punishment="imprisonment").charges.add(
        make.make_charge(case)
    )
    make.make_release(case, released_on="2025-09-11", ground="pardon")
    make.make_whereabouts(case)
    make.make_sighting(case, visibility=None)
    return case


def records(case: Prisoner) -> dict[str, Record]:
    detention = case.detentions.get()
    return {
        "prisoner": case,
        "person_name": case.names.get(),
        "detention": detention,
        "placement": detention.placements.get(),
        "sentence": case.sentences.get(),
        "release": case.releases.get(),
    }


def as_a_whole(case: Prisoner, source: Source) -> None:
    for record in records(case).values():
        make.make_citation(record, "", source)


def each_fact(case: Prisoner, source: Source) -> None:
    for target, record in records(case).items():
        for field in _FIELDS[target]:
            make.make_citation(record, field, source)


def half_of_them_denied(case: Prisoner, source: Source) -> None:
    for target, record in records(case).items():
        for number, field in enumerate(_FIELDS[target]):
            make.make_citation(
                record, field, source, hedge="stated" if number % 2 else "denied"
            )


def the_person_alone(case: Prisoner, source: Source) -> None:
    make.make_citation(case, "", source)


def uncited_at_the_desk(case: Prisoner) -> set[tuple[str, str]]:
    (read,) = aggregate.read("prisoner", [case.pk]).values()
    sources = sourcing.read({one["source_id"] for one in read["citations"]})
    asked = sourcing.assess("prisoner", read, sources)
    return {
        (one.record_id, one.field)
        for one in asked
        if sourcing.Question.UNCITED in one.questions
    }


def uncited_in_public(
    client: Client, case: Prisoner
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Of the facts that the page tells: those without a source, and all."""
    html = client.get(f"/en/cases/{case.pk}/").content.decode()
    told = [
        (record, column or "", text)
        for record, name, text in _FACT.findall(html)
        for column in COMPOSED.get(name, (name,))
    ]
    told += [(record, "value", text) for record, text in _NAME.findall(html)]
    facts = {
        (record, name) for record, name, text in told if 'class="unknown"' not in text
    }
    return {
        (record, name) for record, name, text in told if "no source yet" in text
    }, facts


@pytest.mark.parametrize(
    "cite", [the_person_alone, as_a_whole, each_fact, half_of_them_denied]
)
def test_a_fact_without_a_source_at_the_desk_is_one_without_in_public(
    cite: Callable[[Prisoner, Source], None], client: Client, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    case = rich_case()
    cite(case, make.make_source(visibility="public"))
    Prisoner.objects.filter(pk=case.pk).update(visibility="public")
    publish_pending()
    asked, (flagged, told) = uncited_at_the_desk(case), uncited_in_public(client, case)
    held = {
        (record, name)
        for record, name in told
        if name not in {"term_months_to", "term_days", "term_as_stated"}
    }
    assert len(held) > 10
    assert flagged & held == asked & held
