"""Editions in the shape of today, whichever shape they were stored in."""

from copy import deepcopy
from typing import Any

import pytest
from django.db import models

from cases import editions, upgrades
from cases.models import (
    Citation,
    Claimant,
    Consent,
    PersonName,
    Prisoner,
    ReportedCount,
    Sentence,
    Source,
)
from cases.upgrades import NewerForm, Upgrade
from tests.editions.kept import KINDS, forms, read, stored


def test_there_is_an_edition_of_every_form_before_this_one() -> None:
    assert forms() == list(range(upgrades.FORM))
    steps = [upgrade.to for upgrade in upgrades.UPGRADES]
    assert steps == sorted(set(steps) & set(range(2, upgrades.FORM + 1)))


@pytest.mark.parametrize("form", forms())
@pytest.mark.parametrize("kind", KINDS)
def test_reading_an_edition_leaves_it_as_it_is_stored(kind: str, form: int) -> None:
    snapshot = stored(kind, form)
    editions.read(kind, snapshot)
    assert snapshot == stored(kind, form)


class TestWhatAnEditionLacks:
    def test_is_empty_in_it(self) -> None:
        snapshot = stored("prisoner")
        for name in ("affiliation", "occupations", "summary", "born_on"):
            del snapshot["root"][name]
        del snapshot["sentences"][0]["charges_ids"]
        del snapshot["whereabouts"]
        case = editions.read("prisoner", snapshot)
        root = case["root"]
        assert (root["affiliation"], root["occupations"]) == ("", [])
        assert (root["summary"], root["born_on"]) == ({}, None)
        assert case["sentences"][0]["charges_ids"] == []
        assert case["whereabouts"] == []

    @pytest.mark.parametrize(
        ("model", "name", "nothing"),
        [
            (Citation, "hedge", None),
            (Citation, "states", None),
            (Source, "standing", None),
            (Source, "relays", []),
            (Source, "url", ""),
            (Source, "copy_is_public", False),
            (ReportedCount, "value", None),
            (Prisoner, "withheld", {}),
            (Prisoner, "name_withheld", False),
            (Sentence, "in_absentia", None),
            (Consent, "audience", None),
        ],
    )
    def test_is_never_what_a_new_record_would_have(
        self, model: Any, name: str, nothing: Any
    ) -> None:
        assert editions.empty(model._meta.get_field(name)) == nothing

    def test_is_nothing_where_a_box_would_be_ticked_at_first(self) -> None:
        assert editions.empty(models.BooleanField(default=True)) is None

    @pytest.mark.parametrize("model", [Prisoner, Source, Claimant])
    def test_is_the_narrowest_where_it_says_who_sees_the_record(
        self, model: Any
    ) -> None:
        assert editions.empty(model._meta.get_field("visibility")) == "internal"

    def test_is_as_wide_as_the_case_where_a_part_need_not_say(self) -> None:
        assert editions.empty(PersonName._meta.get_field("visibility")) is None

    def test_of_sources_and_claimants_too(self) -> None:
        snapshot = stored("reported_count")
        (claimant,) = snapshot["claimants"].values()
        del claimant["role_as_stated"]
        (claimant,) = editions.read("reported_count", snapshot)["claimants"].values()
        assert claimant["role_as_stated"] == ""


def test_what_the_models_no_longer_have_is_left_out() -> None:
    snapshot = stored("prisoner") | {"hobbies": [{"id": "1"}], "erased_by": [7]}
    snapshot["root"]["shoe_size"] = 43
    snapshot["names"][0]["colour"] = "red"
    assert editions.read("prisoner", snapshot) == read("prisoner")


def test_what_a_newer_release_stored_is_not_guessed_at() -> None:
    with pytest.raises(NewerForm):
        editions.read("prisoner", stored("prisoner") | {"form": upgrades.FORM + 1})


# --- Upgrades, made up -------------------------------------------------------------------------------------------


# Before any of these upgrades.
CASE, FORM = read("prisoner"), upgrades.FORM


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Declares it as the newest form."""

    def declare(**changes: Any) -> None:
        to = upgrades.FORM + 1
        monkeypatch.setattr(upgrades, "FORM", to)
        declared = (*upgrades.UPGRADES, Upgrade(to=to, **changes))
        monkeypatch.setattr(upgrades, "UPGRADES", declared)

    return declare


def rename(row: dict[str, Any], **names: str) -> None:
    """From the name of today to the one of then."""
    for today, then in names.items():
        row[then] = row.pop(today)


def older() -> dict[str, Any]:
    """What the record says of the prisoner, to be put in the words of an older form."""
    return deepcopy(CASE) | {"form": FORM}


def citations_of(case: dict[str, Any], column: str, field: str) -> list[dict[str, Any]]:
    return [
        citation
        for citation in case["citations"]
        if citation[column] and citation["field"] == field
    ]


def test_a_fact_that_was_renamed_keeps_its_citations_and_stays_withheld(
    upgrade: Any,
) -> None:
    snapshot, sentence = older(), CASE["sentences"][1]
    withheld = snapshot["root"]["withheld"][sentence["id"]]
    rename(withheld, term_as_stated="term_in_words")
    for row in snapshot["sentences"]:
        rename(row, court="tribunal", term_as_stated="term_in_words")
    (first, *others) = citations_of(snapshot, "sentence_id", "court")
    for citation in (first, *others):
        citation["field"] = "tribunal"
    upgrade(
        renamed={
            ("sentence", "tribunal"): "court",
            ("sentence", "term_in_words"): "term_as_stated",
        }
    )
    assert others
    assert editions.read("prisoner", snapshot) == CASE


def test_a_rename_is_of_one_record_and_not_of_all_that_have_such_a_field(
    upgrade: Any,
) -> None:
    snapshot = older()
    upgrade(renamed={("sentence", "value"): "words"})
    assert editions.read("prisoner", snapshot) == CASE


def test_a_reference_and_links_to_several_are_renamed_by_their_fields(
    upgrade: Any,
) -> None:
    snapshot = older()
    for row in snapshot["placements"]:
        rename(row, facility_id="place_id")
    for row in snapshot["sentences"]:
        rename(row, charges_ids="counts_ids")
    for citation in citations_of(snapshot, "placement_id", "facility"):
        citation["field"] = "place"
    upgrade(
        renamed={
            ("placement", "place"): "facility",
            ("sentence", "counts"): "charges",
        }
    )
    assert editions.read("prisoner", snapshot) == CASE


def test_a_citation_finds_its_record_though_it_called_it_otherwise(
    upgrade: Any,
) -> None:
    snapshot = older()
    for citation in citations_of(snapshot, "sentence_id", "court"):
        citation["field"] = "tribunal"
    for citation in snapshot["citations"]:
        rename(citation, sentence_id="verdict_id")
    for row in snapshot["sentences"]:
        rename(row, court="tribunal")
    upgrade(
        renamed={
            ("citation", "verdict"): "sentence",
            ("sentence", "tribunal"): "court",
        }
    )
    assert editions.read("prisoner", snapshot) == CASE


def test_codes_change_in_the_fact_in_what_sources_state_and_in_what_is_withheld(
    upgrade: Any,
) -> None:
    snapshot, case_id = older(), CASE["root"]["id"]
    snapshot["root"]["occupations"] = ["reporter", "teacher"]
    (citation,) = citations_of(snapshot, "prisoner_id", "occupations")
    citation["item"], citation["states"] = "reporter", ["reporter", "lawyer"]
    snapshot["root"]["withheld"][case_id]["occupations:reporter"] = "partners"
    upgrade(values={("prisoner", "occupations"): {"reporter": "journalist"}})
    case = editions.read("prisoner", snapshot)
    (citation,) = citations_of(case, "prisoner_id", "occupations")
    assert case["root"]["occupations"] == ["journalist", "teacher"]
    assert citation["item"] == "journalist"
    assert citation["states"] == ["journalist", "lawyer"]
    assert "occupations:journalist" in case["root"]["withheld"][case_id]
    assert "occupations:reporter" not in case["root"]["withheld"][case_id]


def test_a_citation_of_a_code_that_is_no_more_goes_and_claims_nothing_else(
    upgrade: Any,
) -> None:
    snapshot = older()
    upgrade(values={("prisoner", "occupations"): {"journalist": None}})
    case = editions.read("prisoner", snapshot)
    assert case["root"]["occupations"] == ["teacher"]
    assert citations_of(case, "prisoner_id", "occupations") == []


def test_a_fact_that_was_dropped_goes_with_its_citations_and_withholds_nothing(
    upgrade: Any,
) -> None:
    snapshot, case_id = older(), CASE["root"]["id"]
    snapshot["root"]["shoe_size"] = 43
    snapshot["root"]["withheld"][case_id]["shoe_size"] = "internal"
    (citation, *_others) = citations_of(snapshot, "prisoner_id", "")
    snapshot["citations"].append(citation | {"id": "1", "field": "shoe_size"})
    upgrade(dropped=[("prisoner", "shoe_size")])
    assert editions.read("prisoner", snapshot) == CASE


def test_upgrades_follow_one_another(upgrade: Any) -> None:
    snapshot = older()
    for row in snapshot["sentences"]:
        rename(row, court="tribunal")
    upgrade(renamed={("sentence", "tribunal"): "bench"})
    upgrade(renamed={("sentence", "bench"): "court"})
    assert editions.read("prisoner", snapshot) == CASE


def test_upgrades_begin_after_the_form_that_is_stored(upgrade: Any) -> None:
    """The same code may mean something else since."""
    upgrade(values={("prisoner", "sex"): {"male": "other"}})
    snapshot = older()
    assert editions.read("prisoner", snapshot)["root"]["sex"] == "other"
    snapshot["form"] = upgrades.FORM
    assert editions.read("prisoner", snapshot)["root"]["sex"] == "male"


def test_an_upgrade_leaves_the_stored_edition_as_it_is(upgrade: Any) -> None:
    snapshot = older()
    before = deepcopy(snapshot)
    upgrade(
        renamed={("sentence", "court"): "bench"},
        dropped=[("prisoner", "affiliation")],
        values={("prisoner", "occupations"): {"journalist": "reporter"}},
    )
    editions.read("prisoner", snapshot)
    assert snapshot == before


def test_what_has_to_be_erased_is_found_by_its_older_names(upgrade: Any) -> None:
    upgrade(renamed={("placement", "place"): "site"})
    upgrade(renamed={("placement", "site"): "facility"})
    assert upgrades.former_columns("facility_id") == {"site_id", "place_id"}
    assert upgrades.former_columns("court") == set()
