"""What readers see alike of a case is disclosed once, and a status is derived once for
all who see the same of it. That changes nothing of what each of them is told.
"""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import custody
from cases.aggregate import Aggregate
from cases.chronology import chronology
from cases.disclosure import disclosing
from cases.disclosure.disclosing import disclose, disclose_to_each
from cases.disclosure.readers import Reader
from cases.disclosure.surroundings import NotedSurroundings, Surroundings
from cases.models import (
    Citation,
    Consent,
    Deportation,
    Detention,
    PersonName,
    Prisoner,
    Release,
    Sentence,
    Source,
)
from cases.models.base import Record
from cases.publishing import mark_everything, publish_pending
from cases.publishing.gate import BATCH
from cases.sentence_in_force import (
    derived_sentence_in_force,
    sentence_in_force,
    sentence_in_force_of,
)
from tests.cases.aggregates import (
    TODAY,
    case,
    cited,
    claimant,
    present,
    row,
    source,
)
from tests.cases.test_custody import cited_cases
from tests.cases.test_status_of_lives import LIVES
from tracker.audiences import AUDIENCES, PARTNERS, Audience

# Mostly the same is visible to all.
SEEN_BY = st.sampled_from(["public"] * 6 + ["partners", "internal"])
HEDGES = st.sampled_from(["stated", "alleged", "denied"])
DAYS = st.sampled_from([None, "2024", "2024-01-10", "2025-03-01"])


CITED: list[tuple[str, type[Record]]] = [
    ("held", Detention),
    ("freed", Release),
    ("sentence", Sentence),
]
SOME = st.sampled_from([frozenset(), frozenset(), frozenset("a"), frozenset("ab")])
WITHHELD = st.sampled_from(
    [{}, {}, {"held": {"started_on": "partners"}}, {"case": {"born_on": "internal"}}]
)


@st.composite
def consents(draw: st.DrawFn) -> list[dict[str, Any]]:
    given = []
    for number in range(draw(st.integers(0, 2))):
        given.append(
            row(
                Consent,
                f"consent {number}",
                subject=draw(st.sampled_from(["name", "story"])),
                audience=draw(st.sampled_from(["public", "partners"])),
                withdrawn_on=draw(st.sampled_from([None, "2024-01-01"])),
            )
        )
    return given


def told_each_alone(
    then: Aggregate, now: Aggregate, around: dict[Audience, Surroundings]
) -> dict[str, Any]:
    contents = {}
    for audience in AUDIENCES:
        contents[audience.name] = disclose(
            "prisoner", then, now, audience, around[audience], TODAY
        )
    return contents


def told_together(
    then: Aggregate, now: Aggregate, around: dict[Audience, Surroundings]
) -> dict[str, Any]:
    return disclose_to_each("prisoner", then, now, around, TODAY)


@st.composite
def cases_seen_unlike(
    draw: st.DrawFn,
) -> tuple[Aggregate, Aggregate, dict[Audience, Surroundings]]:
    """As it was approved, as it is, and what each audience is shown of the sources."""
    citations = []
    for number in range(draw(st.integers(0, 4))):
        about, model = draw(st.sampled_from(CITED))
        citations.append(
            cited(
                model,
                about,
                draw(st.sampled_from(["a", "b"])),
                id=f"citation {number}",
                hedge=draw(HEDGES),
                as_of=draw(DAYS),
                still_so=draw(st.booleans()),
                claimant_id=draw(st.sampled_from([None, "somebody"])),
                visibility=draw(SEEN_BY),
            )
        )
    then = case(
        names=[
            row(PersonName, "name", value="Ales Example", visibility=draw(SEEN_BY)),
            row(PersonName, "other", value="Ales Other", visibility="public"),
        ],
        detentions=[
            row(Detention, "held", started_on=draw(DAYS), visibility=draw(SEEN_BY))
        ],
        releases=[
            row(Release, "freed", released_on=draw(DAYS), visibility=draw(SEEN_BY))
        ],
        sentences=[
            row(
                Sentence,
                "sentence",
                handed_down_on=draw(DAYS),
                punishment="imprisonment",
                term_months=24,
                visibility=draw(SEEN_BY),
            )
        ],
        citations=citations,
        consents=draw(consents()),
        sources={name: source(draw(SEEN_BY)) for name in "ab"},
        claimants={"somebody": claimant(visibility=draw(SEEN_BY))},
        withheld=draw(WITHHELD),
        summary={"en": "A story."},
        merged_from_ids=draw(st.sampled_from([[], ["a"]])),
        born_on=draw(st.sampled_from([None, "1980-05-06", "2010-05-06"])),
    )
    now = deepcopy(then)
    now["releases"][0]["visibility"] = draw(SEEN_BY)
    now["names"][0]["visibility"] = draw(SEEN_BY)
    now["consents"] = draw(consents())
    sources = {name: present(draw(SEEN_BY)) for name in "ab"}
    claimants = {"somebody": claimant(visibility=draw(SEEN_BY))}
    around = {}
    for audience in AUDIENCES:
        seen = frozenset(
            name for name in sources if sources[name]["visibility"] in audience.sees
        )
        around[audience] = Surroundings(
            today=TODAY,
            sources=sources,
            claimants=claimants,
            published=seen,
            known=seen,
            void=draw(SOME),
            repeating=draw(SOME),
            published_on=dict.fromkeys(draw(SOME), "2024-02"),
        )
    return then, now, around


@settings(deadline=None, max_examples=300)
@given(cases_seen_unlike())
def test_each_reader_is_told_what_would_be_told_to_it_alone(
    seen: tuple[Aggregate, Aggregate, dict[Audience, Surroundings]],
) -> None:
    together = told_together(*seen)
    assert together == told_each_alone(*seen)


@settings(deadline=None, max_examples=300)
@given(cases_seen_unlike())
def test_what_was_derived_before_is_what_would_be_derived_anew(
    seen: tuple[Aggregate, Aggregate, dict[Audience, Surroundings]],
) -> None:
    kept = told_each_alone(*seen)
    custody.spans_of.cache_clear()
    sentence_in_force_of.cache_clear()
    assert kept == told_each_alone(*seen)


@pytest.fixture
def disclosed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The readers for whom a case was disclosed."""
    readers = []
    really = disclosing.disclose

    def counted(kind: str, then: Any, now: Any, reader: Reader, *rest: Any) -> Any:
        readers.append(str(vars(reader)["_reader"].name))
        return really(kind, then, now, reader, *rest)

    monkeypatch.setattr(disclosing, "disclose", counted)
    return readers


def same_around(**given: Any) -> dict[Audience, Surroundings]:
    return {audience: Surroundings(today=TODAY, **given) for audience in AUDIENCES}


HELD = row(Detention, "held", started_on="2024-01-10", visibility="public")


def test_what_all_see_alike_is_disclosed_once(disclosed: list[str]) -> None:
    seen_by_all = case(detentions=[HELD])
    told_together(seen_by_all, seen_by_all, same_around())
    assert disclosed == ["public"]


def test_what_some_see_more_of_is_disclosed_to_each(disclosed: list[str]) -> None:
    for_partners = case(detentions=[{**HELD, "visibility": "partners"}])
    contents = told_together(for_partners, for_partners, same_around())
    assert disclosed == ["public", "partners"]
    assert contents["public"]["detentions"] == []
    assert len(contents["partners"]["detentions"]) == 1


def test_that_others_see_a_source_of_another_case_is_nothing_to_this_one(
    disclosed: list[str],
) -> None:
    citations = [cited(Detention, "held", "a")]
    seen_by_all = case(detentions=[HELD], citations=citations, sources={"a": source()})
    sources = {"a": present(), "b": present("partners")}
    around = {
        audience: Surroundings(
            today=TODAY, sources=sources, published=frozenset(published)
        )
        for audience, published in zip(AUDIENCES, ("a", "ab"), strict=True)
    }
    told_together(seen_by_all, seen_by_all, around)
    assert disclosed == ["public"]


@pytest.mark.parametrize(
    "differs", ["published", "known", "void", "repeating", "published_on"]
)
def test_what_differs_of_its_own_source_is_disclosed_to_each(
    differs: str, disclosed: list[str]
) -> None:
    seen_by_all = case(
        detentions=[HELD],
        citations=[cited(Detention, "held", "a")],
        sources={"a": source()},
        merged_from_ids=["a"],
    )
    around = same_around(sources={"a": present()}, published=frozenset("a"))
    if differs == "published":
        more: Any = frozenset()
    elif differs == "published_on":
        more = {"a": "2024-01-10"}
    else:
        more = frozenset("a")
    around[PARTNERS] = replace(around[PARTNERS], **{differs: more})
    together = told_together(seen_by_all, seen_by_all, around)
    assert disclosed == ["public", "partners"]
    assert together == told_each_alone(seen_by_all, seen_by_all, around)


def test_what_surrounds_a_case_is_asked_for_by_an_id_alone() -> None:
    """What was asked in another way would not be noted."""
    noting = NotedSurroundings(
        Surroundings(published=frozenset("a"), today=TODAY)
    ).noting
    assert "a" in noting.published
    for question in (iter, len, bool):
        with pytest.raises((TypeError, NotImplementedError)):
            question(noting.published_on)
    for name in ("intersection", "union", "__iter__", "__len__"):
        assert not hasattr(noting.published, name)


def test_a_consent_for_some_is_asked_of_each(disclosed: list[str]) -> None:
    """Its words stand for partners, not for the public."""
    story = {"subject": "story", "audience": "partners", "withdrawn_on": None}
    gone = {**story, "audience": "public", "withdrawn_on": "2024-01-01"}
    told_of = case(
        summary={"en": "A story."},
        consents=[row(Consent, "some", **story), row(Consent, "all", **gone)],
    )
    contents = told_together(told_of, told_of, same_around())
    assert disclosed == ["public", "partners"]
    assert contents["public"]["summary"] == {}
    assert contents["partners"]["summary"] == {"en": "A story."}


@pytest.mark.django_db
def test_a_status_is_derived_once_for_the_desk_and_for_all_readers() -> None:
    report = Source.objects.create(
        title="Report", published_on="2024-02-01", visibility="public"
    )
    prisoner = Prisoner.objects.create(visibility="public")
    held = Detention.objects.create(prisoner=prisoner, started_on="2024-01-10")
    freed = Release.objects.create(prisoner=prisoner, released_on="2024-05-01")
    Deportation.objects.create(
        prisoner=prisoner, release=freed, outcome="expelled", to_country="LT"
    )
    Sentence.objects.create(prisoner=prisoner, punishment="imprisonment")
    Citation.objects.create(source=report, detention=held, still_so=True)
    publish_pending()
    mark_everything()
    custody.spans_of.cache_clear()
    publish_pending()
    assert custody.spans_of.cache_info().misses == 1
    assert custody.spans_of.cache_parameters()["maxsize"] > BATCH


@settings(deadline=None)
@given(cited_cases())
def test_what_is_possible_on_a_day_depends_on_no_day_that_was_asked_before(
    facts: dict[str, Any],
) -> None:
    def asked() -> custody._Asked:
        return custody._Asked(chronology(facts))

    of_all = asked()
    for day in of_all.turning_points():
        possible, alone = of_all.on(day), asked().on(day)
        assert possible.statuses == alone.statuses
        assert possible.reasons == alone.reasons
        assert possible.basis == alone.basis


@settings(deadline=None)
@given(cited_cases())
def test_a_status_follows_from_nothing_but_what_bears_on_it(
    facts: dict[str, Any],
) -> None:
    """What else it read, readers would not share."""
    assert custody.spans(facts) == custody.derived_spans(facts)


@settings(deadline=None)
@given(cited_cases())
def test_nor_does_the_sentence_in_force(facts: dict[str, Any]) -> None:
    assert sentence_in_force(facts) == derived_sentence_in_force(facts)


@pytest.mark.parametrize("life", sorted(LIVES))
def test_so_it_is_in_the_lives_that_were_worked_out_by_hand(life: str) -> None:
    facts = LIVES[life]
    assert custody.spans(facts) == custody.derived_spans(facts)
    assert sentence_in_force(facts) == derived_sentence_in_force(facts)


@settings(deadline=None)
@given(cited_cases(), st.data())
def test_nothing_of_a_case_is_changed_by_what_is_derived(
    facts: dict[str, Any], data: st.DataObject
) -> None:
    before = deepcopy(facts)
    custody.spans(facts).clear()
    assert facts == before
    assert custody.spans(facts) == custody.derived_spans(facts)
