"""How many independent sources a fact rests on, and which facts of a case want one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import aggregate, sourcing
from cases.models import Source
from cases.models.base import Root
from cases.publishing import publish_pending
from cases.sourcing import FactStanding, Relations, Sources
from tests import factories as make

IDS = "abcdef"
ROOMS = ["Reuters", "Associated Press", "Deutsche Welle"]


@st.composite
def webs(draw: st.DrawFn) -> dict[str, Relations]:
    """Six sources that repeat, relay and retract as they like, in circles too."""
    return {
        one: Relations(
            derived_from=draw(st.frozensets(st.sampled_from(IDS), max_size=2)) - {one},
            relays=draw(st.frozensets(st.sampled_from(ROOMS), max_size=2)),
            publisher=draw(st.sampled_from(["", "", "Reuters ", "A paper"])),
            retracted=draw(st.booleans()),
        )
        for one in IDS
    }


some = st.frozensets(st.sampled_from(IDS))


@given(webs(), some, st.sampled_from(IDS))
def test_one_more_source_never_makes_fewer_and_at_most_one_more(
    web: dict[str, Relations], cited: frozenset[str], more: str
) -> None:
    sources = Sources(web)
    before, after = sources.independent(cited), sources.independent(cited | {more})
    assert before <= after <= before + 1


@given(webs(), some)
def test_a_copy_of_what_is_cited_counts_nothing(
    web: dict[str, Relations], cited: frozenset[str]
) -> None:
    for original in cited:
        web = {
            **web,
            f"copy of {original}": Relations(derived_from=frozenset(original)),
        }
    sources = Sources(web)
    assert sources.independent(
        {*cited, *(f"copy of {one}" for one in cited)}
    ) == sources.independent(cited)


@given(webs(), some)
def test_retracted_sources_count_nothing_wherever_they_are_cited(
    web: dict[str, Relations], cited: frozenset[str]
) -> None:
    sources = Sources(web)
    assert sources.independent(cited) == sources.independent(
        one for one in cited if not web[one].retracted
    )
    assert sources.independent(sources.void) == 0


@given(webs(), some)
def test_it_does_not_matter_in_which_order_they_come_or_how_often(
    web: dict[str, Relations], cited: frozenset[str]
) -> None:
    assert Sources(web).independent([*sorted(cited), *sorted(cited)]) == Sources(
        web
    ).independent(sorted(cited, reverse=True))


@given(webs(), st.sampled_from(IDS), st.sampled_from(IDS))
def test_two_are_independent_only_if_no_way_of_repeating_joins_them(
    web: dict[str, Relations], one: str, other: str
) -> None:
    sources = Sources(web)
    if sources.independent([one, other]) == 2:
        assert one != other
        assert not sources.origins(one) & sources.origins(other)
        assert not {one, other} & sources.void


@pytest.mark.parametrize(
    ("web", "independent"),
    [
        ({"a": Relations(), "b": Relations()}, 2),
        ({"a": Relations(), "b": Relations(derived_from=frozenset("a"))}, 1),
        (
            {
                "a": Relations(derived_from=frozenset("c")),
                "b": Relations(derived_from=frozenset("c")),
            },
            1,
        ),
        (
            {
                "a": Relations(relays=frozenset(["Reuters"])),
                "b": Relations(relays=frozenset(["reuters "])),
            },
            1,
        ),
        (
            {
                "a": Relations(relays=frozenset(["Reuters"])),
                "b": Relations(publisher="Reuters"),
            },
            1,
        ),
        (
            {
                "a": Relations(relays=frozenset(["Reuters"])),
                "b": Relations(relays=frozenset(["AFP"])),
            },
            2,
        ),
        ({"a": Relations(publisher="A paper"), "b": Relations(publisher="A paper")}, 1),
        (
            {
                "a": Relations(retracted=True),
                "b": Relations(derived_from=frozenset("a")),
            },
            0,
        ),
        (
            {
                "a": Relations(retracted=True),
                "b": Relations(frozenset("a"), relays=frozenset(["AFP"])),
            },
            1,
        ),
    ],
)
def test_who_repeats_whom_counts_once(
    web: dict[str, Relations], independent: int
) -> None:
    assert Sources(web).independent("ab") == independent


# --- The facts of a case -----------------------------------------------------------------------------------------


def standings(root: Root) -> dict[str, FactStanding]:
    """By “record.field”, with the entry of a list."""
    case = aggregate.read(root.kind, [root.id])[root.id]
    found = sourcing.assess(root.kind, case, sourcing.read(case["sources"]))
    return {
        f"{one.target}.{one.field}" + (f".{one.item}" if one.item else ""): one
        for one in found
    }


def questions(root: Root) -> dict[str, list[str]]:
    return {
        name: [str(one.value) for one in standing.questions]
        for name, standing in standings(root).items()
    }


@pytest.mark.django_db
class TestACase:
    def test_each_fact_it_holds_asks_for_its_own_source(self) -> None:
        case = make.make_prisoner(
            "Ales", occupations=["journalist", "blogger"], last_verified_on="2025"
        )
        make.make_sentence(
            case, term_months=60, replaces=make.make_sentence(case, court="Minsk")
        )
        one, other = make.make_source("One"), make.make_source("Other")
        make.make_citation(case, "occupations", one, item="journalist")
        for source in (one, other):
            make.make_citation(case.names.get(), "value", source)

        found = questions(case)

        assert found.pop("person_name.value") == []
        assert found.pop("prisoner.occupations.journalist") == ["single_source"]
        assert found.pop("prisoner.occupations.blogger") == ["uncited"]
        assert set(found) == {
            "sentence.court",
            "sentence.term_months",
            "sentence.punishment",
        }
        assert all(asked == ["uncited"] for asked in found.values())

    def test_a_citation_of_a_record_as_a_whole_says_only_that_it_is_so(self) -> None:
        case = make.make_prisoner()
        make.make_citation(make.make_release(case, released_on="2025"), "")
        make.make_citation(make.make_whereabouts(case), "")
        found = questions(case)
        assert found["release.released_on"] == ["uncited"]
        assert found["whereabouts."] == ["single_source"]

    def test_a_reported_count_is_one_claim(self) -> None:
        count = make.make_count(value=52, qualifier="exactly")
        source = make.make_source()
        make.make_citation(count, "", source)
        assert set(questions(count)) == {
            "reported_count.measure",
            "reported_count.value",
            "reported_count.qualifier",
        }
        assert {one.independent for one in standings(count).values()} == {1}
        make.make_citation(count, "value", source, states=48)
        assert standings(count)["reported_count.value"].supports == (), (
            "it says something else of that itself"
        )

    def test_what_a_source_says_against_it_is_told_even_where_nothing_is_held(
        self,
    ) -> None:
        case = make.make_prisoner("", occupations=["journalist"])
        make.make_citation(case, "occupations", states=["journalist", "lawyer"])
        make.make_citation(case, "occupations", item="blogger")
        make.make_citation(case, "born_on", states="1970")
        make.make_citation(case, "sex", states="male", hedge="predicted")
        assert questions(case) == {
            "prisoner.occupations.journalist": ["single_source"],
            "prisoner.occupations": ["sources_disagree"],
            "prisoner.born_on": ["sources_disagree"],
        }

    def test_a_denial_of_one_entry_contradicts_that_entry(self) -> None:
        case = make.make_prisoner("", occupations=["journalist", "blogger"])
        make.make_citation(case, "occupations", item="blogger", hedge="denied")
        assert questions(case) == {
            "prisoner.occupations.journalist": ["uncited"],
            "prisoner.occupations.blogger": ["uncited", "sources_disagree"],
        }

    def test_a_source_speaks_for_itself_and_an_address_book_is_looked_up(self) -> None:
        assert standings(make.make_source(publisher="A paper")) == {}
        assert standings(make.make_facility(country="BY")) == {}

    def test_the_desk_counts_what_is_open_and_follows_the_sources(
        self, settings: Any
    ) -> None:
        original, copy = make.make_source("Original"), make.make_source("Copy")
        case = make.make_prisoner("", sex="male")
        for source in (original, copy):
            make.make_citation(case, "sex", source)

        def asked() -> dict[str, int]:
            publish_pending()
            case.refresh_from_db()
            return case.desk.open_questions

        assert asked() == {"no_name": 1}
        copy.derived_from.add(original)
        assert asked() == {"no_name": 1, "single_source": 1}
        Source.objects.filter(pk=original.pk).update(standing="retracted")
        assert asked() == {"no_name": 1, "uncited": 1}
        copy.derived_from.clear()
        assert asked() == {"no_name": 1, "single_source": 1}
        Source.objects.update(standing="current", publisher="One house")
        assert asked() == {"no_name": 1, "single_source": 1}
