"""The record as the five seed texts give it. The numbers were counted by hand from the
texts.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError
from django.test import TestCase

from cases import aggregate, custody
from cases.catalogue import KINDS
from cases.models import (
    TARGETS,
    Charge,
    Citation,
    Claimant,
    Deportation,
    Detention,
    PersonName,
    Placement,
    Prisoner,
    Release,
    ReleaseEvent,
    ReportedCount,
    Sentence,
    Source,
    Whereabouts,
)
from cases.models.base import Record
from cases.plausibility import doubts_of
from tracker.clock import today

FILES = sorted((settings.BASE_DIR / "fixtures").glob("*.json"))
SEEDS = settings.BASE_DIR.parent / "shared" / "seeds"
needs_seeds = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the seed texts are not kept in the repository"
)


def fixture_rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def loaded_models() -> list[type[Record]]:
    return [apps.get_model(fixture_rows(path)[0]["model"]) for path in FILES]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def runs_of_words(text: str, length: int = 8) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {
        tuple(words[start : start + length]) for start in range(len(words) - length + 1)
    }


def called(name: str) -> Prisoner:
    return Prisoner.objects.get(names__value=name, names__preferred=True)


def source(number: str) -> Source:
    return Source.objects.get(file_name__startswith=number)


def said_of(record: Any, field: str) -> dict[str, str]:
    """{text: hedge} of the citations of one fact."""
    said = record.citations.filter(field=field)
    rows = said.values_list("source__file_name", "hedge")
    return {name[:3]: hedge for name, hedge in rows}


def status_on(prisoner: Prisoner, day: str) -> set[str]:
    facts = {name: list(getattr(prisoner, name).values()) for name in STATUS_FACTS}
    for detention in facts["detentions"]:
        detention["placements"] = list(
            Placement.objects.filter(detention=detention["id"]).values()
        )
    for rows in facts.values():
        for row in rows:
            for name, value in row.items():
                if isinstance(value, UUID):
                    row[name] = str(value)
            row["release"] = row.get("release_id")
    root = {
        name: getattr(prisoner, name)
        for name in ("died_on", "death_in_custody", "last_verified_on")
    }
    return set(
        custody.on(custody.spans({**root, **facts}), date.fromisoformat(day)).statuses
    )


STATUS_FACTS = (
    "detentions",
    "sentences",
    "releases",
    "deportations",
    "whereabouts",
    "sightings",
)
DAYS = (
    "2025-09-10",
    "2025-09-11",
    "2025-09-30",
    "2025-10-07",
    "2025-10-08",
    "2026-11-22",
)
EXPELLED = [{"released_and_expelled"}] * 5
# No text says on which day he tried to return, was last seen, or was taken again.
OUT_MISSING_OR_DETAINED = {"released", "whereabouts_unknown", "detained"}


class TestTheSeedsAsARecord(TestCase):
    fixtures = [str(path) for path in FILES]

    def test_nothing_in_them_is_hardly_so(self) -> None:
        sentences: list[str] = []
        for kind, model in KINDS.items():
            ids = list(model._default_manager.values_list("pk", flat=True))
            for case in aggregate.read(kind, ids).values():
                sentences += [str(doubt) for doubt in doubts_of(kind, case, today())]
        assert sentences == []

    def test_every_model_has_as_many_records_as_the_seeds_give(self) -> None:
        assert {
            model.__name__: model._default_manager.count() for model in loaded_models()
        } == {
            "Source": 5,
            "Claimant": 26,
            "ReleaseEvent": 2,
            "Prisoner": 8,
            "PersonName": 12,
            "Detention": 8,
            "Placement": 2,
            "Charge": 1,
            "Sentence": 4,
            "Release": 7,
            "Deportation": 8,
            "Whereabouts": 1,
            "ReportedCount": 37,
            "Citation": 366,
        }

    def test_every_record_keeps_the_rules_of_its_fields(self) -> None:
        for model in loaded_models():
            for record in model._default_manager.all():
                record.full_clean()

    def test_every_record_is_cited_by_at_least_one_source(self) -> None:
        for name, model in TARGETS.items():
            cited = Citation.objects.exclude(**{name: None}).values(name)
            uncited = model._default_manager.exclude(pk__in=cited)
            assert not uncited.exists(), [str(record) for record in uncited]

    def test_every_fact_of_a_person_is_cited_by_itself_or_with_its_record(self) -> None:
        parts = (
            PersonName,
            Detention,
            Placement,
            Charge,
            Sentence,
            Release,
            Deportation,
            Whereabouts,
        )
        unsaid = {
            "id",
            "visibility",
            "prisoner",
            "detention",
            "release",
            "after",
            "preferred",
            "name_kind",
            "language",
        }
        for model in (Prisoner, *parts):
            for record in model._default_manager.all():
                cited = set(record.citations.values_list("field", flat=True))
                held = {
                    field.name
                    for field in model._meta.concrete_fields
                    if field.editable
                } - unsaid
                missing = {
                    name
                    for name in held
                    if getattr(record, name) not in (None, "", [], {}, False)
                } - cited
                assert "" in cited or not missing, (
                    model.__name__,
                    str(record),
                    missing,
                )

    def test_every_citation_stands_at_a_place_of_its_source(self) -> None:
        assert not Citation.objects.filter(locator="").exists()

    def test_everything_that_the_seeds_say_in_public_is_public(self) -> None:
        for model in (Prisoner, ReleaseEvent, Source, ReportedCount, Claimant):
            assert set(model._default_manager.values_list("visibility", flat=True)) == {
                "public"
            }

    def test_people_bear_every_spelling_of_every_seed(self) -> None:
        spellings: dict[str, set[str]] = {}
        for value, file_name in PersonName.objects.values_list(
            "value", "citations__source__file_name"
        ):
            spellings.setdefault(value, set()).add(file_name[:3])
        assert spellings == {
            "Mikalai Dzjadok": {"001", "002"},
            "Nikolai Dziadok": {"000"},
            "Nikolai (Mikola) Dziadok": {"000"},
            "Mikola Dziadok": {"000"},
            "Mikalai Statkevich": {"000", "001", "002", "003", "004"},
            "Mikola Statkevich": {"000"},
            "Aliaksandr Yarashuk": {"001", "002"},
            "Ihar Losik": {"002"},
            "Aleksandr Mantsevich": {"002"},
            "Dzmitry Kuchuk": {"002"},
            "Iryna Slaunikava": {"002"},
            "Ihar Ilyash": {"003"},
        }

    def test_the_eight_people_their_work_and_their_terms(self) -> None:
        # name, occupations, months of the sentence, months that remained, whether
        # released
        table = [
            ("Mikalai Dzjadok", ["blogger"], 60, None, True),
            ("Mikalai Statkevich", ["politician"], None, None, True),
            ("Aliaksandr Yarashuk", ["trade_union_leader"], 48, None, True),
            ("Ihar Losik", ["journalist"], None, None, True),
            ("Aleksandr Mantsevich", [], None, None, True),
            ("Dzmitry Kuchuk", [], None, 72, True),
            ("Iryna Slaunikava", ["journalist"], None, 4, True),
            ("Ihar Ilyash", ["journalist"], 48, None, False),
        ]
        for name, occupations, term, remaining, released in table:
            prisoner = called(name)
            assert prisoner.occupations == occupations
            assert (
                prisoner.sentences.values_list("term_months", flat=True).first() == term
            )
            assert (
                prisoner.releases.values_list("remaining_months", flat=True).first()
                == remaining
            )
            assert (
                prisoner.releases.filter(
                    release_event__occurred_on="2025-09-11"
                ).exists()
                is released
            )

    def test_the_status_of_the_eight_people_over_time(self) -> None:
        table: dict[str, list[set[str]]] = {
            "Mikalai Dzjadok": [{"imprisoned"}, *EXPELLED],
            "Aliaksandr Yarashuk": [{"imprisoned"}, *EXPELLED],
            "Dzmitry Kuchuk": [{"imprisoned"}, *EXPELLED],
            "Iryna Slaunikava": [{"imprisoned"}, *EXPELLED],
            "Ihar Losik": [{"detained"}, *EXPELLED],
            "Aleksandr Mantsevich": [{"detained"}, *EXPELLED],
            "Mikalai Statkevich": [
                *[{"detained"}, OUT_MISSING_OR_DETAINED, OUT_MISSING_OR_DETAINED],
                *[{"detained"}, {"detained"}, {"detained"}],
            ],
            "Ihar Ilyash": [
                *[{"not_known"}, {"not_known"}, {"not_known", "sentenced"}],
                *[{"sentenced"}, {"sentenced"}, {"sentenced"}],
            ],
        }
        for name, expected in table.items():
            assert [status_on(called(name), day) for day in DAYS] == expected, name

    def test_statkevich_refused_was_blocked_disappeared_and_was_arrested_again(
        self,
    ) -> None:
        statkevich = called("Mikalai Statkevich")
        assert set(statkevich.deportations.values_list("outcome", flat=True)) == {
            "refused",
            "blocked",
        }
        # In this order, and no text gives a day.
        refused = statkevich.deportations.get(outcome="refused")
        blocked = statkevich.deportations.get(outcome="blocked")
        missing = statkevich.whereabouts.get()
        assert (blocked.deported_on, blocked.after) == (None, refused.pk)
        days = (missing.last_seen_on, missing.no_contact_since)
        assert (days, missing.after) == ((None, None), blocked.pk)
        again = statkevich.detentions.get(started_on="[2025-09-11..2025-10-07]")
        assert again.after == missing.pk
        assert set(again.citations.values_list("hedge", flat=True)) == {
            "stated",
            "inferred",
            "predicted",
        }
        assert not statkevich.charges.exists()

    def test_what_only_follows_from_being_one_of_the_52_is_hedged_as_inferred(
        self,
    ) -> None:
        for name in (
            "Aliaksandr Yarashuk",
            "Ihar Losik",
            "Dzmitry Kuchuk",
            "Iryna Slaunikava",
        ):
            deportation = called(name).deportations.get()
            assert set(deportation.citations.values_list("hedge", flat=True)) == {
                "inferred"
            }

    def test_what_is_said_of_the_group_stands_with_no_person(self) -> None:
        assert Deportation.objects.exclude(passport_fate=None).get().prisoner == called(
            "Mikalai Dzjadok"
        )
        for field in (
            "replacement_document",
            "document_issuer",
            "document_handed_over_by",
        ):
            assert not Deportation.objects.exclude(**{field: ""}).exists()
        assert not Prisoner.objects.exclude(citizenships=[]).exists()

    def test_what_had_no_field_for_long_is_data_and_cited(self) -> None:
        event = ReleaseEvent.objects.get(occurred_on="2025-09-11")
        assert (event.from_place, event.to_place) == ("Minsk", "Vilnius")
        assert (event.destinations, event.nationality_event) == (["LT"], "deprived")
        (stripped,) = event.citations.filter(field="nationality_event")
        assert stripped.claimant is not None
        assert (stripped.claimant.name, stripped.hedge) == (
            "Enira Bronitskaya",
            "alleged",
        )
        (statkevich,) = Prisoner.objects.exclude(position=None)
        assert statkevich.names.filter(value="Mikalai Statkevich").exists()
        assert statkevich.position == "former presidential candidate"
        journeys = Deportation.objects.values_list("from_place", "to_place")
        assert sorted(journeys.exclude(from_place=None, to_place=None), key=str) == [
            ("Minsk", None),
            (None, "Vilnius"),
        ]
        (count,) = ReportedCount.objects.exclude(among_them=[])
        assert (count.value, count.measure) == (14, "foreigners_released")
        assert set(count.among_them) == {"DE", "FR", "GB", "LT", "LV", "PL"}

    def test_sources_that_disagree_stand_side_by_side(self) -> None:
        event = ReleaseEvent.objects.get(occurred_on="2025-09-11")
        stated = event.citations.filter(field="occurred_on").values_list(
            "source__file_name", "states"
        )
        assert {name[:3]: states for name, states in stated} == {
            **dict.fromkeys(("000", "001", "002", "003")),
            "004": "2025-09-01",
        }
        held = ReportedCount.objects.filter(
            measure="political_prisoners_held", value__isnull=False
        )
        assert set(held.values_list("qualifier", "value")) == {
            ("more_than", 1000),
            ("more_than", 1100),
            ("about", 1159),
            ("exactly", 1184),
            ("nearly", 1200),
            ("more_than", 1300),
        }
        refused = ReportedCount.objects.filter(measure="refused_deportation")
        assert set(refused.values_list("value_as_stated", flat=True)) == {"some", "one"}
        of_the_52 = ReportedCount.objects.filter(
            measure="political_prisoners_released", release_event=event
        )
        assert {count.value or count.value_as_stated for count in of_the_52} == {
            52,
            "the majority of the 52",
        }

    def test_nobody_is_both_a_prisoner_and_named_as_a_claimant(self) -> None:
        surnames = {
            name.split()[-1]
            for name in PersonName.objects.values_list("value", flat=True)
        }
        spoke = {
            word
            for name in Claimant.objects.values_list("name", flat=True)
            for word in name.split()
        }
        assert not surnames & spoke

    def test_of_a_relative_and_of_the_protected_person_nothing_is_noted(self) -> None:
        pseudonym = Claimant.objects.get(protected_pseudonym=True)
        assert (pseudonym.name, pseudonym.role, pseudonym.role_as_stated) == (
            "Maryna Morozova",
            "witness",
            "",
        )
        assert Claimant.objects.get(role="relative").role_as_stated == "wife"
        for model in loaded_models():
            assert not model._default_manager.exclude(internal_notes="").exists()

    def test_no_text_repeats_another_and_one_lists_another_among_its_sources(
        self,
    ) -> None:
        assert not Source.objects.filter(derived_from__isnull=False).exists()
        listed = source("001").relays
        title = source("000").title
        assert any(title.startswith(one.removesuffix("...")) for one in listed)

    def test_each_source_has_its_kind_and_one_breaks_off_all_cited(self) -> None:
        for one in Source.objects.all():
            assert said_of(one, "source_kind"), one
            assert bool(one.relays) == bool(said_of(one, "relays")), one
        assert list(Source.objects.filter(text_is_whole="no")) == [source("004")]
        assert said_of(source("004"), "text_is_whole") == {"004": "inferred"}

    def test_the_pardon_is_said_of_the_group_and_of_who_says_it_of_himself(
        self,
    ) -> None:
        pardoned = Release.objects.exclude(ground=None)
        assert [release.prisoner for release in pardoned] == [called("Dzmitry Kuchuk")]
        event = ReleaseEvent.objects.get(occurred_on="2025-09-11")
        assert event.ground == "pardon"
        rivals = event.citations.filter(field="ground").exclude(states__isnull=True)
        assert [(one.source, one.states) for one in rivals] == [
            (source("004"), "clemency")
        ]

    def test_what_a_text_only_implies_is_inferred(self) -> None:
        statkevich = called("Mikalai Statkevich")
        assert said_of(statkevich, "occupations") == {
            **{"000": "inferred", "001": "inferred"},
            **{"002": "stated", "003": "stated", "004": "stated"},
        }
        dziadok = PersonName.objects.get(value="Nikolai Dziadok")
        assert said_of(dziadok, "value") == {"000": "inferred"}

    def test_the_same_step_is_hedged_the_same_way_in_every_case(self) -> None:
        """The day stands with the group: of one of them it is inferred, unless a text
        says it in one sentence.
        """
        in_one_sentence = {("Mikalai Dzjadok", "000"), ("Mikalai Statkevich", "004")}
        for release in Release.objects.all():
            name = release.prisoner.names.get(preferred=True).value
            for text, hedge in said_of(release, "released_on").items():
                stated = (name, text) in in_one_sentence
                assert hedge == ("stated" if stated else "inferred"), (name, text)

    def test_of_papers_each_text_says_its_own_and_often_without_is_not_taken(
        self,
    ) -> None:
        taken = ReportedCount.objects.filter(measure="passports_taken")
        assert set(taken.values_list("value_as_stated", flat=True)) == {
            "the prisoners",
            "many",
        }
        without = ReportedCount.objects.get(measure="without_passport")
        assert without.value_as_stated == "often"
        event = ReleaseEvent.objects.get(occurred_on="2025-09-11")
        assert (event.passport_fate, event.may_return) == ("confiscated", "no")

    def test_dozens_is_said_by_the_text_itself(self) -> None:
        dozens = ReportedCount.objects.get(value_as_stated="dozens")
        assert not dozens.citations.exclude(claimant=None).exists()

    def test_what_was_given_in_return_is_told_as_each_text_names_it(self) -> None:
        event = ReleaseEvent.objects.get(occurred_on="2025-09-11")
        said = event.citations.filter(field="concessions")
        as_the_record = said.filter(states__isnull=True).values_list(
            "source__file_name"
        )
        assert {name[:3] for (name,) in as_the_record} == {"001"}
        embassy = said.filter(states__icontains="embassy").values_list(
            "source__file_name", "claimant__name"
        )
        assert {(name[:3], who) for name, who in embassy} == {
            ("000", None),
            ("003", "US officials"),
        }

    def test_004_gives_another_day_wherever_it_speaks_of_the_release(self) -> None:
        event = ReleaseEvent.objects.get(occurred_on="2025-09-11")
        statkevich = called("Mikalai Statkevich")
        refused = statkevich.deportations.get(outcome="refused")
        for record, field in (
            (event, "occurred_on"),
            (statkevich.releases.get(), "released_on"),
            (refused, "deported_on"),
        ):
            said = record.citations.get(field=field, source=source("004"))
            assert said.states == "2025-09-01"
        of_a_number = Citation.objects.exclude(reported_count=None)
        assert not of_a_number.exclude(states__isnull=True).exists()

    def test_what_agencies_are_relayed(self) -> None:
        relays = Source.objects.get(file_name__startswith="002").relays
        assert relays == ["Associated Press", "Reuters", "Deutsche Welle"]


def test_the_pseudonym_stands_in_one_file_only() -> None:
    assert [
        path.name for path in FILES if "Morozova" in path.read_text(encoding="utf-8")
    ] == ["claimants.json"]


def test_ids_are_random() -> None:
    for path in FILES:
        for row in fixture_rows(path):
            assert re.fullmatch(
                r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
                row["pk"],
            )


@needs_seeds
def test_the_checksums_are_those_of_the_seed_texts() -> None:
    for row in fixture_rows(settings.BASE_DIR / "fixtures" / "sources.json"):
        seed = (SEEDS / row["fields"]["file_name"]).read_bytes()
        assert sha256(seed).hexdigest() == row["fields"]["sha256"]


@needs_seeds
def test_no_sentence_of_a_seed_is_copied() -> None:
    """Titles of sources aside: a source is called what it is called."""
    copied = {
        run
        for seed in SEEDS.glob("*.txt")
        for run in runs_of_words(seed.read_text(encoding="utf-8"))
    }
    for path in FILES:
        for row in fixture_rows(path):
            fields = {
                name: value
                for name, value in row["fields"].items()
                if (path.stem, name) != ("sources", "title")
            }
            for text in texts(fields):
                assert not runs_of_words(text) & copied, text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "files", [FILES, FILES[::-1]], ids=["from a to z", "from z to a"]
)
def test_the_files_load_in_any_order(files: list[Path]) -> None:
    call_command("loaddata", *files, verbosity=0)
    assert Citation.objects.count() == 366
    for citation in Citation.objects.select_related(*TARGETS, "placement__detention"):
        assert citation.root_id == citation.root.id
        assert citation.root_kind == citation.root.kind


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file_name", "field", "value"),
    [
        ("detentions.json", "ended_on", "2025-09-31"),
        ("releases.json", "released_on", "2025-13"),
        ("prisoners.json", "occupations", ["astronaut"]),
        ("deportations.json", "to_country", "ZQ"),
        ("citations.json", "prisoner", "11111111-1111-4111-8111-111111111111"),
    ],
)
def test_a_file_with_an_error_loads_nothing(
    tmp_path: Path, file_name: str, field: str, value: Any
) -> None:
    for path in FILES:
        rows = fixture_rows(path)
        if path.name == file_name:
            rows[-1]["fields"][field] = value
        (tmp_path / path.name).write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises((IntegrityError, DatabaseError)):
        call_command("loaddata", *sorted(tmp_path.glob("*.json")), verbosity=0)
    assert not Prisoner.objects.exists()
    assert not Citation.objects.exists()
    assert not Source.objects.exists()
