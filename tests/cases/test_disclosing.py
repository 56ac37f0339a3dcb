"""What may be shown of a case, rule by rule and without a database. What is published
of it in the end: test_disclosure.py.
"""

from datetime import date
from typing import Any

import pytest

from cases.disclosure.disclosing import Merged, disclose
from cases.disclosure.naming import who_sees_the_name
from cases.disclosure.seeing import seen_case, who_sees, who_sees_the_case
from cases.disclosure.surroundings import Surroundings
from cases.models import (
    Charge,
    Consent,
    Deportation,
    Designation,
    Detention,
    Identifier,
    PersonName,
    Placement,
    Prisoner,
    Recognition,
    Release,
    Sentence,
    Source,
    Whereabouts,
)
from tests.cases.aggregates import (
    TODAY,
    case,
    cited,
    claimant,
    present,
    row,
    shown,
    source,
)
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.contract.vocabulary import ToldWithoutName

SUMMARY = {"en": "A story."}
NAME = row(PersonName, "name", value="Ales Example", preferred=True)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [record["id"] for record in rows]


def consent(audience: str = "public", **fields: Any) -> dict[str, Any]:
    values = {"subject": "name", "audience": audience, **fields}
    return row(Consent, "consent", **values)


# --- The case itself ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "public", "partners"),
    [
        ("public", "public", True, True),
        ("public", "partners", False, True),
        ("partners", "public", False, True),
        ("partners", "partners", False, True),
        ("public", "internal", False, False),
        ("internal", "public", False, False),
        ("partners", "internal", False, False),
    ],
)
def test_a_case_is_shown_to_whom_it_was_approved_for_and_is_visible_now(
    then: str, now: str, public: bool, partners: bool
) -> None:
    for audience, sees in ((PUBLIC, public), (PARTNERS, partners)):
        content = shown(case(visibility=then), case(visibility=now), audience)
        assert (content is not None) is sees


def test_nothing_is_shown_of_a_case_that_was_deleted() -> None:
    around = Surroundings(today=TODAY)
    assert disclose("prisoner", case(), None, PUBLIC, around) is None


@pytest.mark.parametrize(
    ("then", "now", "published", "into"),
    [
        ("other", "other", {"other"}, "other"),
        ("other", "other", {"third"}, None),
        ("other", "third", {"other", "third"}, None),
        ("other", None, {"other"}, None),
    ],
)
def test_a_merged_case_leads_to_the_other_one_only_where_that_is_published(
    then: str, now: str | None, published: set[str], into: str | None
) -> None:
    merged = shown(
        case(merged_into_id=then),
        case(merged_into_id=now),
        published=frozenset(published),
        named=frozenset(published),
    )
    assert merged == Merged(into)


def test_a_case_that_is_shown_again_as_it_was_approved_hides_nothing() -> None:
    content = shown(
        case(summary=SUMMARY, names=[NAME], born_on="1980-05-17", sex="male")
    )
    assert (content["kind"], content["subtracted"]) == ("prisoner", False)
    assert (content["name"], content["name_withheld"]) == ("Ales Example", False)
    assert (content["summary"], content["born_on"]) == (SUMMARY, "1980-05-17")


def test_earlier_ids_are_told_to_whom_they_were_known_and_in_order() -> None:
    merged = case(merged_from_ids=["b", "a", "c", "d"])
    now = case(merged_from_ids=["d", "b", "a"])
    assert shown(merged, now, known=frozenset("abcx"))["previous_ids"] == ["a", "b"]
    assert shown(merged, now)["previous_ids"] == []


# --- Parts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "seen", "subtracted"),
    [
        (None, None, True, False),
        ("public", "public", True, False),
        ("public", None, True, False),
        (None, "internal", False, True),
        (None, "partners", False, True),
        ("internal", None, False, False),
        ("partners", "public", False, False),
    ],
)
def test_a_part_is_shown_as_it_was_approved_and_only_while_it_is_visible(
    then: str | None, now: str | None, seen: bool, subtracted: bool
) -> None:
    approved = case(
        summary=SUMMARY,
        sentences=[row(Sentence, "sentence", visibility=then, court="A court")],
    )
    today = case(
        sentences=[row(Sentence, "sentence", visibility=now, court="Another court")]
    )
    content = shown(approved, today)
    assert [sentence["court"] for sentence in content["sentences"]] == [
        "A court"
    ] * seen
    assert content["subtracted"] is subtracted
    assert content["summary"] == ({} if subtracted else SUMMARY)


def test_a_part_that_was_deleted_is_hidden_and_one_that_is_new_waits() -> None:
    approved = case(summary=SUMMARY, charges=[row(Charge, "gone"), row(Charge, "kept")])
    content = shown(approved, case(charges=[row(Charge, "new"), row(Charge, "kept")]))
    assert ids(content["charges"]) == ["kept"]
    assert (content["subtracted"], content["summary"]) == (True, {})


def test_consents_are_in_no_document() -> None:
    assert "consents" not in shown(case(consents=[consent()]))


def test_places_are_shown_in_their_detention_and_go_with_it() -> None:
    approved = case(
        detentions=[
            row(Detention, "seen"),
            row(Detention, "hidden", visibility="internal"),
        ],
        placements=[
            row(Placement, "a", detention_id="seen", facility_id="colony"),
            row(Placement, "b", detention_id="hidden", facility_id="colony"),
            row(Placement, "c", detention_id="seen", facility_id="secret"),
        ],
    )
    content = shown(approved, published=frozenset({"colony"}))
    (detention,) = content["detentions"]
    assert "placements" not in content
    assert [(place["id"], place["facility"]) for place in detention["placements"]] == [
        ("a", "colony"),
        ("c", None),
    ]
    assert content["subtracted"] is False


def test_what_a_part_refers_to_is_named_only_if_it_is_seen() -> None:
    approved = case(
        charges=[row(Charge, "charge"), row(Charge, "inside", visibility="internal")],
        sentences=[
            row(Sentence, "first"),
            row(Sentence, "inside sentence", visibility="internal"),
            row(
                Sentence,
                "second",
                charges_ids=["inside", "charge"],
                replaces_id="first",
                adds_to_id="inside sentence",
            ),
            row(Sentence, "third", replaces_id="inside sentence", adds_to_id="second"),
        ],
        releases=[
            row(Release, "release", release_event_id="event"),
            row(Release, "other", release_event_id="unpublished"),
            row(Release, "inside release", visibility="internal"),
        ],
        deportations=[
            row(Deportation, "a", release_id="release"),
            row(Deportation, "b", release_id="inside release"),
        ],
    )
    content = shown(approved, published=frozenset({"event"}))
    by_id = {sentence["id"]: sentence for sentence in content["sentences"]}
    assert by_id["second"]["charges"] == ["charge"]
    assert (by_id["second"]["replaces"], by_id["second"]["adds_to"]) == ("first", None)
    assert (by_id["third"]["replaces"], by_id["third"]["adds_to"]) == (None, "second")
    assert [release["release_event"] for release in content["releases"]] == [
        "event",
        None,
    ]
    assert [deportation["release"] for deportation in content["deportations"]] == [
        "release",
        None,
    ]


def test_others_numbers_are_never_shown_and_take_nothing_with_them() -> None:
    theirs = row(Identifier, "theirs", value="1", owner_organisation="Another")
    ours = row(Identifier, "ours", value="2")
    content = shown(case(summary=SUMMARY, identifiers=[theirs, ours]))
    assert ids(content["identifiers"]) == ["ours"]
    assert (content["subtracted"], content["summary"]) == (False, SUMMARY)


def test_a_number_that_turns_out_to_be_anothers_is_taken_back() -> None:
    ours = row(Identifier, "number", value="1")
    theirs = row(Identifier, "number", value="1", owner_organisation="Another")
    content = shown(
        case(summary=SUMMARY, identifiers=[ours]), case(identifiers=[theirs])
    )
    assert (content["identifiers"], content["subtracted"]) == ([], True)
    assert content["summary"] == {}
    assert (
        shown(case(identifiers=[theirs]), case(identifiers=[ours]))["identifiers"] == []
    )


def test_status_follows_from_what_is_seen() -> None:
    detention = row(Detention, "detention", started_on="2020")
    release = row(Release, "release", released_on="2025-01-01", visibility="internal")
    content = shown(case(detentions=[detention], releases=[release]))
    assert content["status"][-1] == {
        "since": "2020-12-31",
        "until": None,
        "statuses": ["detained"],
        "hedge": "inferred",
        "disputed": False,
        "as_of": "2020",
        "reasons": [],
        "basis": ["detention"],
    }


# --- The name -------------------------------------------------------------------------


def named(**facts: Any) -> dict[str, Any]:
    """A case with a name, a number, and words that may repeat it."""
    return case(
        **{
            "summary": SUMMARY,
            "affiliation": "Friends of Ales",
            "names": [NAME],
            "identifiers": [row(Identifier, "number", value="ales-example")],
            "told_without_name": list(ToldWithoutName),
            **facts,
        }
    )


def told(content: dict[str, Any]) -> tuple[bool, bool, bool, bool]:
    """Is the name told, is it said to be withheld, do words stay, does the summary?"""
    assert bool(content["names"]) is bool(content["name"])
    assert bool(content["identifiers"]) is bool(content["name"])
    return (
        content["name"] is not None,
        content["name_withheld"],
        content["affiliation"] is not None,
        content["summary"] == SUMMARY,
    )


ALL_IS_TOLD = (True, False, True, True)
WITHOUT_ITS_NAME = (False, True, True, True)
NOR_ITS_WORDS = (False, True, False, False)


def test_who_ticked_that_the_name_is_withheld_vouches_for_the_words() -> None:
    ticked = named(name_withheld=True)
    assert told(shown(named())) == ALL_IS_TOLD
    assert told(shown(ticked)) == WITHOUT_ITS_NAME
    assert told(shown(ticked, named())) == WITHOUT_ITS_NAME
    assert told(shown(named(), ticked)) == NOR_ITS_WORDS


@pytest.mark.parametrize(
    ("born_on", "approved_on", "today", "told_to_all"),
    [
        ("2007-03-15", None, date(2025, 3, 15), True),
        ("2007-03-16", None, date(2025, 3, 15), False),
        ("2007-04-14", None, date(2025, 3, 15), False),
        ("2007-02-16", None, date(2025, 3, 15), True),
        ("2007-03-16", date(2025, 3, 15), date(2025, 3, 20), False),
        ("2007-03-16", date(2025, 3, 20), date(2025, 3, 15), False),
        ("2007-03-16", date(2025, 3, 16), date(2025, 3, 20), True),
        ("2007-03-16", None, date(2025, 3, 16), True),
        ("../2007-03-15", None, date(2025, 3, 15), True),
        ("2007-03-15/..", None, date(2025, 3, 15), False),
    ],
)
def test_a_minor_on_the_day_of_approval_is_one_until_the_next(
    born_on: str, approved_on: date | None, today: date, told_to_all: bool
) -> None:
    content = shown(named(born_on=born_on), approved_on=approved_on, today=today)
    assert told(content) == (ALL_IS_TOLD if told_to_all else NOR_ITS_WORDS)


@pytest.mark.parametrize("then", [True, False])
@pytest.mark.parametrize(
    "facts", [{"born_on": "2015"}, {"age_as_stated": 17}, {"born_on": "2010/.."}]
)
def test_who_may_be_a_minor_by_what_was_approved_or_by_what_is_known_now_is_one(
    facts: dict[str, Any], then: bool
) -> None:
    young, unknown = named(**facts), named()
    content = shown(young, unknown) if then else shown(unknown, young)
    assert told(content) == NOR_ITS_WORDS


def test_of_birth_and_stated_age_the_younger_counts() -> None:
    assert told(shown(named(born_on="1980", age_as_stated=16))) == NOR_ITS_WORDS
    assert told(shown(named(born_on="2015", age_as_stated=40))) == NOR_ITS_WORDS
    assert told(shown(named(born_on="1980", age_as_stated=40))) == ALL_IS_TOLD
    assert told(shown(named(age_as_stated=18))) == ALL_IS_TOLD


@pytest.mark.parametrize(
    ("then", "now", "public", "partners"),
    [
        ([consent()], [consent()], True, True),
        ([consent("partners")], [consent("partners")], False, True),
        ([consent()], [consent("partners")], False, True),
        ([consent("partners")], [consent()], False, True),
        ([consent()], [], False, False),
        ([], [consent()], False, False),
        ([consent(subject="story")], [consent(subject="story")], False, False),
        ([consent()], [consent(withdrawn_on="2025")], False, False),
        ([consent(withdrawn_on="2025")], [consent()], False, False),
        ([consent(withdrawn_on="2025"), consent()], [consent()], True, True),
    ],
)
def test_the_name_of_a_minor_is_told_to_whom_consent_was_given_then_and_is_now(
    then: list[Any], now: list[Any], public: bool, partners: bool
) -> None:
    for audience, allowed in ((PUBLIC, public), (PARTNERS, partners)):
        content = shown(
            named(age_as_stated=16, consents=then),
            named(age_as_stated=16, consents=now),
            audience,
        )
        assert told(content) == (ALL_IS_TOLD if allowed else NOR_ITS_WORDS)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ([], [], ALL_IS_TOLD),
        ([consent()], [], ALL_IS_TOLD),
        ([consent()], [consent(withdrawn_on="2025")], NOR_ITS_WORDS),
        ([consent(withdrawn_on="2025")], [], NOR_ITS_WORDS),
        ([consent(withdrawn_on="2025")], [consent()], NOR_ITS_WORDS),
        ([consent(withdrawn_on="2025"), consent()], [consent()], ALL_IS_TOLD),
        (
            [consent(subject="photo", withdrawn_on="2025")],
            [consent(subject="photo", withdrawn_on="2025")],
            ALL_IS_TOLD,
        ),
    ],
)
def test_of_an_adult_the_name_goes_when_consent_was_given_and_taken_back(
    then: list[Any], now: list[Any], expected: tuple[bool, ...]
) -> None:
    assert told(shown(named(consents=then), named(consents=now))) == expected


def test_consent_to_the_story_that_was_taken_back_takes_the_summary_alone() -> None:
    given = [consent(subject="story")]
    taken_back = [consent(subject="story", withdrawn_on="2025")]
    content = shown(named(consents=given), named(consents=taken_back))
    assert told(content) == (True, False, True, False)
    assert content["subtracted"] is True
    assert told(shown(named(consents=given))) == ALL_IS_TOLD


def test_a_case_is_called_by_its_preferred_name() -> None:
    other = row(PersonName, "other", value="Other Name")
    assert shown(case(names=[other, NAME]))["name"] == "Ales Example"
    assert shown(case(names=[other]))["name"] == "Other Name"
    assert shown(case(names=[]))["name"] is None


def test_words_go_when_one_of_several_names_is_hidden_since() -> None:
    alias = row(PersonName, "alias", value="Secret")
    inside = row(PersonName, "alias", value="Secret", visibility="internal")
    content = shown(named(names=[NAME, alias]), named(names=[NAME, inside]))
    assert told(content) == (True, False, False, False)
    assert [name["value"] for name in content["names"]] == ["Ales Example"]
    content = shown(named(names=[NAME, inside]))
    assert told(content) == ALL_IS_TOLD


# --- What may give a name away --------------------------------------------------------


@pytest.mark.parametrize(
    ("born_on", "left"),
    [
        ("1990-05-17", "1990"),
        ("1990", "1990"),
        ("1990-05/1990-07", "1990"),
        ("1990/1991", None),
        ("199X", None),
        ("1990/..", None),
        ("../1990", None),
        (None, None),
    ],
)
def test_of_the_birth_only_the_year_stays_where_the_name_is_withheld(
    born_on: str | None, left: str | None
) -> None:
    assert shown(named(name_withheld=True, born_on=born_on))["born_on"] == left
    if born_on != "1990/..":  # which may be a minor's
        assert shown(named(born_on=born_on))["born_on"] == born_on


def test_a_citation_of_the_birth_says_nothing_of_the_day() -> None:
    said = {"states": "1990-05-18", "quote": "born on 18 May", "locator": "p. 7"}
    citations = [
        cited(Prisoner, "case", field="born_on", id="birth", **said),
        cited(Prisoner, "case", field="sex", id="sex", **said),
    ]
    sources = {"report": source()}
    kept = {"citations": citations, "born_on": "1990-05-17", "sources": sources}
    published = frozenset({"report"})

    def words(**facts: Any) -> list[tuple[Any, ...]]:
        content = shown(named(**kept, **facts), published=published)
        return [
            (citation["states"], citation["quote"], citation["locator"])
            for citation in content["citations"]
        ]

    assert words() == [("1990-05-18", "born on 18 May", "p. 7")] * 2
    assert words(name_withheld=True) == [
        (None, None, "p. 7"),
        ("1990-05-18", "born on 18 May", "p. 7"),
    ]


def test_words_that_may_repeat_the_name_are_those_that_people_typed() -> None:
    parts: dict[str, Any] = {
        "charges": [row(Charge, "charge", article="130", label_as_stated="Words")],
        "detentions": [row(Detention, "detention", authority="The KDB")],
        "placements": [
            row(
                Placement,
                "place",
                detention_id="detention",
                place_kind="prison",
                duration_as_stated="Words",
            )
        ],
        "sentences": [
            row(Sentence, "sentence", court="A court", term_as_stated="Words")
        ],
        "releases": [row(Release, "release", conditions="Words", ground="pardon")],
        "recognitions": [
            row(Recognition, "recognition", organisation="A centre", reason="Words")
        ],
        "designations": [
            row(Designation, "list", authority="A ministry", list_as_stated="Words")
        ],
        "whereabouts": [row(Whereabouts, "whereabouts", last_seen_on="2025")],
        "citations": [
            cited(
                Sentence,
                "sentence",
                field="term_months",
                quote="Words",
                locator="Words",
                states=states,
                id=f"citation {place}",
            )
            for place, states in enumerate(("Words", 48, True))
        ],
        "sources": {"report": source()},
    }
    young: dict[str, Any] = {
        "age_as_stated": 16,
        "cause_of_death_by_family": "Words",
    }
    content = shown(named(**parts, **young), published=frozenset({"report"}))
    assert "Words" not in str(content)
    assert content["charges"][0]["article"] == "130"
    assert content["detentions"][0]["authority"] == "The KDB"
    assert content["detentions"][0]["placements"][0]["place_kind"] == "prison"
    assert content["sentences"][0]["court"] == "A court"
    assert content["releases"][0]["ground"] == "pardon"
    assert content["recognitions"][0]["organisation"] == "A centre"
    assert content["designations"][0]["authority"] == "A ministry"
    assert content["whereabouts"][0]["last_seen_on"] == "2025"
    assert [citation["states"] for citation in content["citations"]] == [None, 48, True]
    ticked = named(**parts, **young, name_withheld=True)
    assert str(shown(ticked, published=frozenset({"report"}))).count("Words") > 8


# --- Single facts ---------------------------------------------------------------------


def test_a_fact_that_is_withheld_is_as_if_it_were_not_known() -> None:
    kept: dict[str, Any] = {
        "affiliation": "A party",
        "occupations": ["blogger", "teacher"],
        "summary": SUMMARY,
        "sex": "male",
    }
    withheld = {"case": dict.fromkeys(["affiliation", "occupations"], "internal")}
    content = shown(case(**kept, withheld=withheld))
    assert (content["affiliation"], content["occupations"]) == (None, [])
    assert (content["sex"], content["summary"]) == ("male", SUMMARY)
    assert content["subtracted"] is False


@pytest.mark.parametrize(
    ("fact", "column", "left"),
    [
        ("occupations:blogger", "occupations", ["teacher"]),
        ("occupations:nothing", "occupations", ["blogger", "teacher"]),
        ("summary:be", "summary", {"en": "A story."}),
        ("summary", "summary", {}),
    ],
)
def test_of_a_list_or_of_words_in_languages_one_entry_may_be_withheld(
    fact: str, column: str, left: Any
) -> None:
    content = shown(
        case(
            occupations=["blogger", "teacher"],
            summary={"en": "A story.", "be": "Гісторыя."},
            withheld={"case": {fact: "internal"}},
        )
    )
    assert content[column] == left


def test_a_fact_may_be_withheld_from_the_public_alone() -> None:
    kept = case(affiliation="A party", withheld={"case": {"affiliation": "partners"}})
    assert shown(kept)["affiliation"] is None
    assert shown(kept, audience=PARTNERS)["affiliation"] == "A party"


@pytest.mark.parametrize(
    ("then", "now", "left", "subtracted"),
    [
        ({}, {"affiliation": "internal"}, None, True),
        ({"affiliation": "internal"}, {}, None, False),
        ({"affiliation": "internal"}, {"affiliation": "internal"}, None, False),
        ({"affiliation": "partners"}, {"affiliation": "internal"}, None, False),
        ({"sex": "internal"}, {"affiliation": "internal"}, None, True),
        ({}, {}, "A party", False),
    ],
)
def test_a_fact_withheld_since_goes_at_once_and_one_given_back_waits(
    then: dict[str, str], now: dict[str, str], left: str | None, subtracted: bool
) -> None:
    kept: dict[str, Any] = {"affiliation": "A party", "summary": SUMMARY}
    content = shown(
        case(**kept, withheld={"case": then}), case(**kept, withheld={"case": now})
    )
    assert content["affiliation"] == left
    assert content["subtracted"] is subtracted
    assert content["summary"] == ({} if subtracted else SUMMARY)


def test_what_an_edition_of_before_says_nothing_of_is_not_withheld() -> None:
    kept = case(affiliation="A party")
    kept["root"]["withheld"] = None
    assert shown(kept)["affiliation"] == "A party"


def test_a_fact_of_a_part_is_withheld_from_that_part_alone() -> None:
    content = shown(
        case(
            sentences=[
                row(Sentence, "a", court="A court", replaces_id="b"),
                row(Sentence, "b", court="A court", charges_ids=["charge"]),
            ],
            charges=[row(Charge, "charge")],
            withheld={
                "a": {"court": "internal", "replaces": "internal"},
                "b": {"charges": "internal"},
            },
        )
    )
    assert [sentence["court"] for sentence in content["sentences"]] == [None, "A court"]
    assert [sentence["replaces"] for sentence in content["sentences"]] == [None, None]
    assert [sentence["charges"] for sentence in content["sentences"]] == [[], []]


@pytest.mark.parametrize(
    ("then", "now", "subtracted"),
    [
        ({}, {"sentence": {"court": "internal"}}, True),
        ({"sentence": {"court": "internal"}}, {}, False),
    ],
)
def test_either_of_then_and_now_keeps_a_fact_of_a_part_inside(
    then: dict[str, Any], now: dict[str, Any], subtracted: bool
) -> None:
    sentences = [row(Sentence, "sentence", court="A court")]
    content = shown(
        case(sentences=sentences, withheld=then),
        case(sentences=sentences, withheld=now),
    )
    assert content["sentences"][0]["court"] is None
    assert content["subtracted"] is subtracted


@pytest.mark.parametrize(
    ("withheld", "subtracted"),
    [({"value": "internal"}, False), ({"no such": "internal"}, True)],
)
def test_a_part_that_cannot_be_without_a_fact_goes_whole(
    withheld: dict[str, str], subtracted: bool
) -> None:
    alias = row(PersonName, "alias", value="Secret")
    content = shown(
        case(summary=SUMMARY, names=[alias, NAME], withheld={"alias": withheld})
    )
    assert ids(content["names"]) == ["name"]
    assert content["subtracted"] is subtracted
    assert content["summary"] == ({} if subtracted else SUMMARY)


def test_what_a_part_cannot_be_without_depends_on_its_kind() -> None:
    content = shown(
        case(
            recognitions=[row(Recognition, "recognition", organisation="A centre")],
            charges=[row(Charge, "charge", article="130")],
            withheld={
                "recognition": {"organisation": "internal"},
                "charge": {"article": "internal"},
            },
        )
    )
    assert content["recognitions"] == []
    assert [charge["article"] for charge in content["charges"]] == [None]


@pytest.mark.parametrize("fact", ["no such", "id", "no such:entry"])
def test_a_case_of_which_somebody_withheld_what_it_has_not_is_kept_inside(
    fact: str,
) -> None:
    assert shown(case(withheld={"case": {fact: "internal"}})) is None
    kept = case(withheld={"case": {fact: "partners"}})
    assert shown(kept) is None
    assert shown(kept, audience=PARTNERS) is not None


def test_who_subtracts_from_a_document_is_told_what_is_withheld() -> None:
    kept = case(withheld={"case": {"affiliation": "internal", "sex": "partners"}})
    for reader, facts in (
        (PUBLIC, {"affiliation", "sex"}),
        (PARTNERS, {"affiliation"}),
    ):
        seen = seen_case("prisoner", kept, kept, reader, TODAY)
        assert seen is not None
        assert seen.withheld.of("case") == facts


# --- Citations ------------------------------------------------------------------------

PUBLISHED = frozenset({"report"})
SAID = {
    "locator": "p. 7",
    "quote": "He said so.",
    "states": "male",
    "as_of": "2025-01",
}


def test_a_citation_of_a_published_source_says_all_that_it_says() -> None:
    (citation,) = shown(
        case(
            sex="male",
            citations=[cited(Prisoner, "case", field="sex", **SAID)],
            sources={"report": source()},
        ),
        published=PUBLISHED,
        sources={"report": present()},
    )["citations"]
    assert {name: citation[name] for name in SAID} == SAID
    assert (citation["source"], citation["source_label"]) == ("report", None)
    assert citation["record"] == {"kind": "prisoner", "id": "case"}
    assert (citation["agreement"], citation["claimant"]) == ("supports", None)


def test_a_citation_of_a_hidden_source_says_only_that_there_is_one() -> None:
    (citation,) = shown(
        case(
            sex="male",
            citations=[cited(Prisoner, "case", field="sex", item="male", **SAID)],
            sources={"report": source("internal", "a neighbour")},
        ),
        sources={"report": present("internal", "a neighbour")},
    )["citations"]
    assert {name: citation[name] for name in SAID} == dict.fromkeys(SAID)
    assert (citation["source"], citation["item"]) == (None, None)
    assert citation["source_label"] == "a neighbour"
    assert (citation["agreement"], citation["hedge"]) == (None, None)


@pytest.mark.parametrize(
    ("then", "audience", "told"),
    [
        ("public", PUBLIC, True),
        ("partners", PUBLIC, False),
        ("partners", PARTNERS, True),
        ("internal", PUBLIC, False),
        ("internal", PARTNERS, False),
    ],
)
def test_what_was_approved_while_its_source_was_hidden_waits_for_an_approval(
    then: str, audience: Audience, told: bool
) -> None:
    approved = case(
        sex="male",
        citations=[cited(Prisoner, "case", field="sex", **SAID)],
        sources={"report": source(then, "a neighbour")},
    )
    now = {"report": present("public", "a neighbour")}
    content = shown(approved, None, audience, published=PUBLISHED, sources=now)
    (citation,) = content["citations"]
    assert [citation["quote"], citation["source"]] == (
        ["He said so.", "report"] if told else [None, None]
    )
    assert citation["source_label"] == (None if told else "a neighbour")
    assert content["subtracted"] is False


@pytest.mark.parametrize(
    ("item", "left"), [("blogger", "blogger"), ("spy", None), ("", None)]
)
def test_an_entry_that_only_a_hidden_source_names_would_give_it_away(
    item: str, left: str | None
) -> None:
    citation = cited(Prisoner, "case", field="occupations", item=item)
    (citation,) = shown(case(occupations=["blogger"], citations=[citation]))[
        "citations"
    ]
    assert citation["item"] == left


@pytest.mark.parametrize(
    ("then", "now", "label"),
    [
        (source("internal", "a friend"), present("internal", "a friend"), "a friend"),
        (source("internal", "a friend"), present("internal", "a source"), None),
        (None, present("internal", "a friend"), None),
        (source("internal", "a friend"), None, None),
    ],
)
def test_the_label_of_a_hidden_source_is_the_one_that_was_approved_and_is_so_still(
    then: Any, now: Any, label: str | None
) -> None:
    (citation,) = shown(
        case(
            citations=[cited(Prisoner, "case", field="sex")],
            sources={"report": then} if then else {},
        ),
        sources={"report": now} if now else {},
    )["citations"]
    assert citation["source_label"] == label


@pytest.mark.parametrize(
    ("then", "now", "published", "subtracted"),
    [
        ("public", "public", True, False),
        ("public", "internal", False, True),
        ("public", "partners", False, True),
        ("public", None, False, True),
        ("internal", "internal", False, False),
        ("partners", "internal", False, False),
        ("public", "public", False, False),
        (None, "internal", False, False),
    ],
)
def test_a_source_hidden_since_takes_the_summary_with_it(
    then: str | None, now: str | None, published: bool, subtracted: bool
) -> None:
    content = shown(
        case(
            summary=SUMMARY,
            citations=[cited(Prisoner, "case", field="sex")],
            sources={"report": source(then)} if then else {},
        ),
        published=PUBLISHED if published else frozenset(),
        sources={"report": present(now)} if now else {},
    )
    assert content["subtracted"] is subtracted
    assert content["summary"] == ({} if subtracted else SUMMARY)
    assert len(content["citations"]) == 1


def test_of_several_sources_one_that_is_hidden_is_enough() -> None:
    content = shown(
        case(
            citations=[
                cited(Prisoner, "case", "hidden", id="a", field="sex"),
                cited(Prisoner, "case", field="sex"),
            ],
            sources={"hidden": source(), "report": source()},
        ),
        published=PUBLISHED,
        sources={"hidden": present("internal"), "report": present()},
    )
    assert content["subtracted"] is True
    assert [citation["source"] for citation in content["citations"]] == [None, "report"]


def test_a_citation_follows_the_record_that_it_is_of() -> None:
    content = shown(
        case(
            sentences=[
                row(Sentence, "seen"),
                row(Sentence, "hidden", visibility="internal"),
            ],
            citations=[
                cited(Sentence, "seen", id="a"),
                cited(Sentence, "hidden", id="b"),
                cited(Sentence, "seen", id="c", visibility="internal"),
                cited(Prisoner, "case", id="d"),
            ],
        )
    )
    assert [
        (citation["id"], citation["record"]["kind"])
        for citation in content["citations"]
    ] == [
        ("a", "sentence"),
        ("d", "prisoner"),
    ]
    assert content["subtracted"] is False


def test_a_citation_hidden_since_takes_the_summary_with_it() -> None:
    citation = cited(Prisoner, "case", field="sex")
    content = shown(case(summary=SUMMARY, citations=[citation]), case())
    assert (content["citations"], content["subtracted"]) == ([], True)
    assert content["summary"] == {}


def test_a_citation_of_a_fact_that_is_withheld_would_repeat_it() -> None:
    kept = case(
        occupations=["blogger", "teacher"],
        citations=[
            cited(Prisoner, "case", id="a", field="occupations", item="blogger"),
            cited(Prisoner, "case", id="b", field="occupations", item="teacher"),
            cited(Prisoner, "case", id="c", field="occupations"),
            cited(Prisoner, "case", id="d", field="sex"),
        ],
    )
    for fact, left in (
        ("occupations", ["d"]),
        ("occupations:blogger", ["b", "d"]),
        ("sex", ["a", "b", "c"]),
        ("affiliation", ["a", "b", "c", "d"]),
    ):
        kept["root"]["withheld"] = {"case": {fact: "internal"}}
        assert ids(shown(kept)["citations"]) == left


def test_a_source_that_was_retracted_agrees_with_nothing() -> None:
    content = shown(
        case(sex="male", citations=[cited(Prisoner, "case", field="sex")]),
        published=PUBLISHED,
        sources={"report": present()},
        void=PUBLISHED,
    )
    assert content["citations"][0]["agreement"] is None


# --- Claimants ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "name", "role_as_stated"),
    [
        ({}, {}, "Real Name", "a neighbour"),
        ({"role": "relative"}, {"role": "relative"}, None, None),
        ({"role": "relative"}, {}, None, None),
        ({}, {"role": "relative"}, None, None),
        ({}, {"name": "Other"}, None, "a neighbour"),
        ({}, {"protected_pseudonym": True}, None, "a neighbour"),
        ({"protected_pseudonym": True}, {}, None, "a neighbour"),
        ({}, {"role_as_stated": "a cellmate"}, "Real Name", None),
        ({}, {"role": "official"}, "Real Name", "a neighbour"),
    ],
)
def test_of_a_claimant_what_was_approved_and_is_so_still(
    then: Any, now: Any, name: str | None, role_as_stated: str | None
) -> None:
    said = {"role_as_stated": "a neighbour"}
    content = shown(
        case(
            citations=[cited(Prisoner, "case", claimant_id="witness")],
            claimants={"witness": claimant(**{**said, **then})},
        ),
        claimants={"witness": claimant(**{**said, **now})},
    )
    told_of = content["citations"][0]["claimant"]
    assert (told_of["name"], told_of["role_as_stated"]) == (name, role_as_stated)
    assert told_of["role"] == then.get("role", "witness")
    assert told_of["protected_pseudonym"] is False
    assert len(told_of) == 4


@pytest.mark.parametrize(
    ("role", "told"), [("witness", ("Real Name", True)), ("relative", (None, False))]
)
def test_that_a_name_is_another_one_is_said_with_that_name_alone(
    role: str, told: tuple[str | None, bool]
) -> None:
    known = {"witness": claimant(role=role, protected_pseudonym=True)}
    content = shown(
        case(
            citations=[cited(Prisoner, "case", claimant_id="witness")],
            claimants=known,
        ),
        claimants=known,
    )
    said = content["citations"][0]["claimant"]
    assert (said["name"], said["protected_pseudonym"]) == told


def test_that_the_preferred_name_is_hidden_shows_in_no_other_name() -> None:
    names = [
        row(PersonName, "hidden", value="A", preferred=True, visibility="internal"),
        row(PersonName, "first", value="B", preferred=False),
        row(PersonName, "second", value="C", preferred=False),
    ]
    content = shown(case(names=names))
    assert content["name"] == "B"
    assert [(name["value"], name["preferred"]) for name in content["names"]] == [
        ("B", True),
        ("C", False),
    ]


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("internal", "public"),
        ("public", "internal"),
        ("public", "partners"),
        (None, "public"),
        ("public", None),
    ],
)
def test_of_a_claimant_who_is_not_seen_nothing_is_said(
    then: str | None, now: str | None
) -> None:
    content = shown(
        case(
            citations=[cited(Prisoner, "case", claimant_id="witness")],
            claimants={"witness": claimant(visibility=then)} if then else {},
        ),
        claimants={"witness": claimant(visibility=now)} if now else {},
    )
    assert content["citations"][0]["claimant"] is None


# --- Other kinds ----------------------------------------------------------------------


def a_source(**fields: Any) -> dict[str, Any]:
    held = {"file_name": "page.html", "sha256": "b" * 64, "summary": {}, **fields}
    held.pop("summary")
    return case("source", **held)


@pytest.mark.parametrize(
    ("then", "now", "described", "subtracted"),
    [
        (True, True, True, False),
        (True, False, False, True),
        (False, True, False, False),
        (False, False, False, False),
    ],
)
def test_the_copy_of_a_source_is_described_while_it_is_public(
    then: bool, now: bool, described: bool, subtracted: bool
) -> None:
    content = shown(
        a_source(copy_is_public=then), a_source(copy_is_public=now), kind="source"
    )
    assert (content["file_name"] is not None) is described
    assert (content["sha256"] is not None) is described
    assert content["subtracted"] is subtracted


def test_a_source_names_those_that_it_repeats_if_they_are_published() -> None:
    content = shown(
        a_source(derived_from_ids=["report", "secret"]),
        kind="source",
        published=PUBLISHED,
    )
    assert content["derived_from"] == ["report"]


def test_a_source_may_be_cited_for_what_it_says_of_itself() -> None:
    kept = a_source(
        citations=[cited(Source, "case", "case", field="title", **SAID)],
        sources={"case": source()},
    )
    content = shown(kept, kind="source")
    assert content["subtracted"] is False
    (citation,) = content["citations"]
    assert (citation["source"], citation["quote"]) == ("case", "He said so.")


def test_a_reported_count_names_its_event_and_its_claimant_as_a_citation_does() -> None:
    count = case(
        "reported_count",
        release_event_id="event",
        claimant_id="witness",
        claimants={"witness": claimant()},
    )
    known = {"witness": claimant()}
    content = shown(
        count, kind="reported_count", published=frozenset({"event"}), claimants=known
    )
    assert (content["release_event"], content["claimant"]["name"]) == (
        "event",
        "Real Name",
    )
    content = shown(count, kind="reported_count")
    assert (content["release_event"], content["claimant"]) == (None, None)
    assert content["subtracted"] is False


def test_a_kind_without_rules_of_its_own_is_shown_as_it_was_approved() -> None:
    kept = case("release_event", title="52 freed", visibility="public")
    content = shown(kept, kind="release_event")
    assert (content["title"], content["kind"]) == ("52 freed", "release_event")
    assert content["subtracted"] is False


# --- Who would see it -----------------------------------------------------------------


def test_of_each_record_it_is_known_who_would_see_it() -> None:
    kept = named(
        sentences=[
            row(Sentence, "partners", visibility="partners"),
            row(Sentence, "inside", visibility="internal"),
        ],
        citations=[cited(Prisoner, "case"), cited(Sentence, "partners")],
        consents=[consent("partners")],
        born_on="2015",
    )
    assert who_sees("prisoner", kept, TODAY) == {
        "case": "public",
        "name": "partners",
        "number": "partners",
        "partners": "partners",
        "citation of case": "public",
        "citation of partners": "partners",
    }
    assert who_sees("prisoner", case(merged_into_id="other"), TODAY) == {}
    assert who_sees("prisoner", case(visibility="internal"), TODAY) == {}


@pytest.mark.parametrize(
    ("facts", "who"),
    [
        ({}, "public"),
        ({"visibility": "partners"}, "partners"),
        ({"visibility": "internal"}, "internal"),
        ({"withheld": {"case": {"no such": "internal"}}}, "internal"),
        ({"withheld": {"case": {"no such": "partners"}}}, "partners"),
        ({"withheld": {"case": {"sex": "internal"}}}, "public"),
    ],
)
def test_of_the_case_itself_too(facts: dict[str, Any], who: str) -> None:
    assert who_sees_the_case("prisoner", case(**facts)) == who


@pytest.mark.parametrize(
    ("facts", "who"),
    [
        ({}, "public"),
        ({"name_withheld": True}, "internal"),
        ({"born_on": "2015"}, "internal"),
        ({"born_on": "2015", "consents": [consent("partners")]}, "partners"),
        ({"born_on": "2015", "consents": [consent("public")]}, "public"),
        ({"consents": [consent(withdrawn_on="2025")]}, "internal"),
    ],
)
def test_and_of_its_name(facts: dict[str, Any], who: str) -> None:
    assert who_sees_the_name(case(**facts), TODAY) == who
