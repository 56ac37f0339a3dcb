"""Creating, reading, changing and deleting records by the editorial API, and what it
refuses to store.
"""

import re
from typing import Any

import pytest

from cases.desk.api import creating
from cases.models import (
    Citation,
    Detention,
    PersonName,
    Prisoner,
    Release,
    Sentence,
    Source,
)
from tests import factories as make
from tests.cases.editorial import NOUNS, Desk, errors, made, problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("noun", NOUNS)
class TestEveryNoun:
    def test_is_listed_and_read_alike(self, noun: str) -> None:
        record, desk = made(noun), Desk()
        rows = desk.get(f"{noun}/").json()["results"]
        (row,) = (row for row in rows if row["id"] == str(record.pk))
        read = desk.get(f"{noun}/{record.pk}/").json()
        assert row == {name: read[name] for name in row}

    def test_can_be_put_back_as_it_was_read(self, noun: str) -> None:
        record, desk = made(noun), Desk()
        read = desk.get(f"{noun}/{record.pk}/")
        stored = desk.put(f"{noun}/{record.pk}/", read.json(), read["ETag"])
        assert stored.status_code == 200, stored.content
        changed = {"version", "updated_at"}
        assert {**stored.json(), **dict.fromkeys(changed)} == {
            **read.json(),
            **dict.fromkeys(changed),
        }
        assert stored.json()["version"] > read.json()["version"]

    def test_can_be_created_from_what_was_read(self, noun: str) -> None:
        record, desk = made(noun), Desk()
        read = desk.get(f"{noun}/{record.pk}/").json()
        desk.delete(f"{noun}/{record.pk}/", desk.etag(f"{noun}/{record.pk}/"))
        set_by_the_database = {
            "id",
            "version",
            "created_at",
            "updated_at",
            "root_kind",
            "root_id",
            "is_over",
        }
        body = {
            name: value
            for name, value in read.items()
            if name not in set_by_the_database
            and not name.endswith(("_earliest", "_latest"))
        }
        stored = desk.post(f"{noun}/", body)
        assert stored.status_code == 201, stored.content
        assert {**read, **body} == {
            **stored.json(),
            **{name: read[name] for name in set_by_the_database & read.keys()},
        }
        assert desk.client.get(stored["Location"]).json() == stored.json()

    def test_is_gone_after_it_is_deleted(self, noun: str) -> None:
        record, desk = made(noun), Desk()
        answer = desk.delete(f"{noun}/{record.pk}/", desk.etag(f"{noun}/{record.pk}/"))
        assert (answer.status_code, answer.content) == (204, b"")
        problem(desk.get(f"{noun}/{record.pk}/"), 404)


class TestValuesAreWrittenAsTheRecordKeepsThem:
    def test_unknown_is_null_and_lists_are_lists(self) -> None:
        body = {
            "sex": None,
            "born_on": "1980-05",
            "occupations": ["journalist"],
            "summary": {"en": "A life."},
        }
        case = Desk().post("prisoners/", body).json()
        assert {name: case[name] for name in body} == body
        assert (case["born_on_earliest"], case["born_on_latest"]) == (
            "1980-05-01",
            "1980-05-31",
        )
        assert (case["visibility"], case["died_on"], case["citizenships"]) == (
            "internal",
            None,
            [],
        )

    def test_links_between_sentences_and_charges_are_ids(self) -> None:
        prisoner = make.make_prisoner()
        charge = make.make_charge(prisoner)
        body = {
            "prisoner": str(prisoner.pk),
            "charges": [str(charge.pk)],
            "term_months": 30,
        }
        stored = Desk().post("sentences/", body).json()
        assert stored["charges"] == [str(charge.pk)]
        assert list(Sentence.objects.get(pk=stored["id"]).charges.all()) == [charge]

    def test_a_citation_learns_its_case_from_the_record_it_cites(self) -> None:
        sentence = make.make_sentence(make.make_prisoner(), term_months=48)
        body = {
            "sentence": str(sentence.pk),
            "field": "term_months",
            "states": 54,
            "source": str(make.make_source().pk),
        }
        stored = Desk().post("citations/", body).json()
        assert (stored["root_kind"], stored["root_id"]) == (
            "prisoner",
            str(sentence.prisoner_id),
        )
        sentence.prisoner.refresh_from_db()
        assert stored["version"] == sentence.prisoner.version


def case_body(**fields: Any) -> dict[str, Any]:
    return {"prisoner": str(make.make_prisoner().pk), **fields}


class TestWhatCannotBeTrueIsRefusedNamingTheField:
    @pytest.mark.parametrize("day", ["2025-13", "2025-02-30", "yesterday"])
    def test_an_impossible_date(self, day: str) -> None:
        refused = errors(Desk().post("prisoners/", {"born_on": day}))
        assert refused.keys() == {"born_on"}
        assert "2025" in refused["born_on"][0]

    def test_an_unknown_country(self) -> None:
        refused = errors(
            Desk().post(
                "deportations/", case_body(outcome="refused", from_country="XX")
            )
        )
        assert refused == {"from_country": ["“XX” is not one of the known codes."]}

    def test_an_unknown_country_among_others(self) -> None:
        refused = errors(Desk().post("prisoners/", {"citizenships": ["BY", "XX"]}))
        assert refused == {"citizenships.1": ["“XX” is not one of the known codes."]}

    def test_a_citation_of_no_record(self) -> None:
        refused = errors(
            Desk().post("citations/", {"source": str(make.make_source().pk)})
        )
        assert refused["prisoner"] == ["Record: a citation is of exactly one record."]

    def test_a_citation_of_two_records(self) -> None:
        prisoner, source = make.make_prisoner(), make.make_source()
        body = {
            "prisoner": str(prisoner.pk),
            "about_source": str(source.pk),
            "source": str(source.pk),
        }
        refused = errors(Desk().post("citations/", body))
        assert refused["about_source"] == [
            "Record: a citation is of exactly one record."
        ]

    def test_a_citation_of_a_field_that_the_record_does_not_have(self) -> None:
        body = case_body(field="shoe_size", source=str(make.make_source().pk))
        assert (
            "“shoe_size” is not a field of this record"
            in errors(Desk().post("citations/", body))["field"][0]
        )

    def test_a_negative_term(self) -> None:
        assert errors(Desk().post("sentences/", case_body(term_months=-1))).keys() == {
            "term_months"
        }

    def test_an_end_before_the_start(self) -> None:
        body = case_body(started_on="2025-09-11", ended_on="2025-09-10")
        refused = errors(Desk().post("detentions/", body))
        assert refused["ended_on"] == [
            "Ended: a detention cannot end before it starts."
        ]

    def test_more_to_be_served_than_the_whole_term(self) -> None:
        body = case_body(term_months=24, enforceable_months=36)
        refused = errors(Desk().post("sentences/", body))
        assert refused == {
            "enforceable_months": [
                "To be served, whole months: no more is to be served than the whole term."
            ]
        }

    @pytest.mark.parametrize(
        ("said", "field", "sentence"),
        [
            (
                {"bail_amount": 5000},
                "bail_currency",
                "Currency of the bail: say of which currency the amount is.",
            ),
            (
                {"bail_amount": 5000, "bail_currency": "euro"},
                "bail_currency",
                "Write three letters: BYN, EUR.",
            ),
            (
                {"carried_out": "no", "released_on": "2021-01-12"},
                "released_on",
                "Released: a release that was not carried out has no such day.",
            ),
            (
                {"ordered_on": "2021-01-12", "released_on": "2021-01-11"},
                "released_on",
                "Released: nobody is let out before that is ordered.",
            ),
            (
                {"released_on": "2012-01-13", "revoked_on": "2012-01-12"},
                "revoked_on",
                "Revoked: a release cannot be revoked before it happens.",
            ),
            (
                {"restrictions": ["reporting", "handcuffs"]},
                "restrictions.1",
                "“handcuffs” is not one of the known codes.",
            ),
        ],
    )
    def test_a_way_out(self, said: dict[str, Any], field: str, sentence: str) -> None:
        refused = errors(Desk().post("releases/", case_body(**said)))
        assert sentence in refused[field]
        assert not Release.objects.exists()

    def test_an_expulsion_to_nowhere_until_somebody_says_that_it_is_not_known(
        self,
    ) -> None:
        desk, body = Desk(), case_body(outcome="expelled")
        asked = errors(desk.post("deportations/", body))
        assert list(asked) == ["to_country"]
        (key,) = re.findall("“(no_destination-[0-9a-f]+)”", str(asked))
        stored = desk.post("deportations/", body, **{"X-Source-Says-So": key})
        assert (stored.status_code, stored.json()["to_country"]) == (201, None)

    def test_a_change_of_nationality_without_a_country(self) -> None:
        refused = errors(
            Desk().post("nationality-changes/", case_body(event="deprived"))
        )
        assert list(refused) == ["country"]

    def test_a_second_preferred_name(self) -> None:
        refused = errors(
            Desk().post("person-names/", case_body(value="Another", preferred=True))
        )
        assert refused["preferred"] == [
            "Preferred: only one name of a case can be the preferred one."
        ]

    def test_a_link_to_a_part_of_another_case(self) -> None:
        others_charge = make.make_charge(make.make_prisoner("Somebody else"))
        refused = errors(
            Desk().post("sentences/", case_body(charges=[str(others_charge.pk)]))
        )
        assert refused == {"charges": ["This belongs to another case."]}

    def test_a_part_of_no_case_and_of_a_case_that_is_not_there(self) -> None:
        desk, nobody = Desk(), "0c1f35a5-5f0a-4dd3-a8bb-9d27b31a8a3d"
        assert errors(desk.post("detentions/", {})).keys() == {"prisoner"}
        assert errors(desk.post("detentions/", {"prisoner": nobody})).keys() == {
            "prisoner"
        }

    def test_and_nothing_is_stored(self) -> None:
        source = make.make_source()
        desk = Desk()
        desk.post("prisoners/", {"born_on": "2025-13", "sex": "male"})
        desk.post("citations/", {"source": str(source.pk)})
        assert not Prisoner.objects.exists()
        assert not Citation.objects.exists()


class TestABodyIsReadStrictly:
    def test_an_unknown_field_is_refused_and_the_known_ones_listed(self) -> None:
        refused = errors(Desk().post("prisoners/", {"gender": "male"}))
        assert "There is no such field here." in refused["gender"][0]
        assert "born_on" in refused["gender"][0]
        assert not Prisoner.objects.exists()

    @pytest.mark.parametrize(
        "field", ["id", "version", "created_at", "born_on_earliest"]
    )
    def test_what_the_database_sets_is_refused_when_it_differs(
        self, field: str
    ) -> None:
        desk, prisoner = Desk(), make.make_prisoner()
        address = f"prisoners/{prisoner.pk}/"
        refused = errors(desk.patch(address, {field: "2000-01-01"}, desk.etag(address)))
        assert refused == {
            field: [
                "This is set by the database. Leave it out, or send it as you read it."
            ]
        }

    def test_put_names_every_field_so_that_nothing_is_emptied_unasked(self) -> None:
        desk, prisoner = Desk(), make.make_prisoner(sex="male")
        address = f"prisoners/{prisoner.pk}/"
        assert "born_on" in errors(
            desk.put(address, {"sex": "female"}, desk.etag(address))
        )
        prisoner.refresh_from_db()
        assert prisoner.sex == "male"

    @pytest.mark.parametrize(
        "body",
        [
            "{",
            '{"affiliation": "a\\u0000b"}',
            '{"summary": {"en": "\\ud800"}}',
            '{"sex": "male", "sex": "female"}',
            '{"age_as_stated": NaN}',
            '{"age_as_stated": 1e999}',
            "[" * 100_000,
            b'"\xff"',
        ],
    )
    def test_what_cannot_be_read_or_kept_is_refused(self, body: Any) -> None:
        assert problem(Desk().post("prisoners/", body), 400)["detail"].startswith(
            "This is not JSON that can be read"
        )
        assert not Prisoner.objects.exists()

    def test_a_body_that_is_no_object_is_refused(self) -> None:
        problem(Desk().post("prisoners/", [{"sex": "male"}]), 400)

    def test_a_body_beyond_all_measure_is_refused(self) -> None:
        body = {"affiliation": "x" * 3_000_000}
        problem(Desk().post("prisoners/", body), 413)

    def test_a_word_for_unknown_is_null_not_the_empty_text(self) -> None:
        assert errors(Desk().post("prisoners/", {"sex": "", "born_on": ""})).keys() == {
            "sex",
            "born_on",
        }


class TestARecordStaysInItsCase:
    def test_a_part_cannot_move_to_another_case(self) -> None:
        desk, name, other = (
            Desk(),
            make.make_name(make.make_prisoner(), "A. Example"),
            make.make_prisoner("Other"),
        )
        address = f"person-names/{name.pk}/"
        refused = errors(
            desk.patch(address, {"prisoner": str(other.pk)}, desk.etag(address))
        )
        assert "cannot move to another case" in refused["prisoner"][0]

    def test_a_citation_can_be_put_to_another_record_of_the_same_case_only(
        self,
    ) -> None:
        desk, prisoner = Desk(), make.make_prisoner()
        citation, sentence = make.make_citation(prisoner), make.make_sentence(prisoner)
        stranger = make.make_sentence(make.make_prisoner("Other"))
        address = f"citations/{citation.pk}/"
        refused = desk.patch(
            address,
            {"prisoner": None, "sentence": str(stranger.pk)},
            desk.etag(address),
        )
        assert "cannot move to another case" in errors(refused)["sentence"][0]
        moved = desk.patch(
            address,
            {"prisoner": None, "sentence": str(sentence.pk)},
            desk.etag(address),
        )
        assert moved.status_code == 200


def test_what_is_added_to_a_case_that_somebody_deletes_then_is_a_conflict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case, show = make.make_prisoner(), creating.show

    def deleted_meanwhile(*arguments: Any) -> None:
        show(*arguments)
        Prisoner.objects.filter(pk=case.pk).delete()

    monkeypatch.setattr(creating, "show", deleted_meanwhile)
    asked = {"prisoner": str(case.pk), "punishment": "imprisonment"}
    refused = problem(Desk().post("sentences/", asked), 409)
    assert refused["detail"] == "The case was deleted meanwhile. Nothing was saved."
    assert not Sentence.objects.exists()


class TestDeletingWhatOthersReferTo:
    def test_is_a_conflict_and_deletes_nothing(self) -> None:
        desk, source = Desk(), make.make_source()
        make.make_citation(make.make_prisoner(), source=source)
        address = f"sources/{source.pk}/"
        refused = problem(desk.delete(address, desk.etag(address)), 409)
        assert refused["detail"].startswith("Others still refer to this (1): citation ")
        assert Source.objects.filter(pk=source.pk).exists()

    def test_a_case_takes_its_parts_with_it(self) -> None:
        desk, prisoner = Desk(), make.make_prisoner()
        make.make_detention(prisoner)
        desk.delete(f"prisoners/{prisoner.pk}/", desk.etag(f"prisoners/{prisoner.pk}/"))
        assert not Detention.objects.exists()
        assert not PersonName.objects.exists()
