"""Nobody overwrites what they have not seen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from cases.models import PersonName, Prisoner
from tests import factories as make
from tests.cases.editorial import NOUNS, ROOT, Desk, made, problem


def changes(desk: Desk, address: str) -> list[Callable[..., Any]]:
    return [
        lambda **headers: desk.client.put(
            ROOT + address, {}, "application/json", headers=headers
        ),
        lambda **headers: desk.client.patch(
            ROOT + address, {}, "application/json", headers=headers
        ),
        lambda **headers: desk.client.delete(ROOT + address, headers=headers),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("noun", NOUNS)
class TestAChangeOfAnyNoun:
    def test_must_say_what_was_read(self, noun: str) -> None:
        record, desk = made(noun), Desk()
        address = f"{noun}/{record.pk}/"
        before = desk.get(address).json()
        for change in changes(desk, address):
            assert "If-Match" in problem(change(), 428)["detail"]
            problem(change(**{"If-Match": "*"}), 428)
        assert desk.get(address).json() == before

    @pytest.mark.parametrize(
        "seen", ['"999"', 'W/"{version}"', "{version}", "nonsense"]
    )
    def test_made_on_another_version_is_refused(self, noun: str, seen: str) -> None:
        record, desk = made(noun), Desk()
        address = f"{noun}/{record.pk}/"
        before = desk.get(address).json()
        for change in changes(desk, address):
            problem(change(**{"If-Match": seen.format(version=before["version"])}), 412)
        assert desk.get(address).json() == before


@pytest.mark.django_db
class TestTheVersionIsThatOfTheCase:
    def test_a_part_has_the_etag_of_its_case(self) -> None:
        desk, prisoner = Desk(), make.make_prisoner()
        placement = make.make_placement(make.make_detention(prisoner))
        citation = make.make_citation(placement)
        tags = [
            desk.etag(f"{path}/")
            for path in (
                f"prisoners/{prisoner.pk}",
                f"placements/{placement.pk}",
                f"citations/{citation.pk}",
            )
        ]
        assert len(set(tags)) == 1

    def test_adding_changing_and_deleting_a_part_tell_the_new_one(self) -> None:
        desk, prisoner = Desk(), make.make_prisoner()
        case = f"prisoners/{prisoner.pk}/"
        added = desk.post("detentions/", {"prisoner": str(prisoner.pk)})
        part = f"detentions/{added.json()['id']}/"
        assert added["ETag"] == desk.etag(case)
        changed = desk.patch(part, {"started_on": "2021"}, added["ETag"])
        assert changed["ETag"] == desk.etag(case) != added["ETag"]
        deleted = desk.delete(part, changed["ETag"])
        assert deleted["ETag"] == desk.etag(case) != changed["ETag"]

    def test_who_read_the_case_before_a_part_of_it_changed_is_refused(self) -> None:
        desk, prisoner = Desk(), make.make_prisoner()
        case = f"prisoners/{prisoner.pk}/"
        seen = desk.etag(case)
        make.make_detention(prisoner)
        problem(desk.patch(case, {"sex": "male"}, seen), 412)

    def test_the_refusal_names_the_fields_that_say_something_else_now(self) -> None:
        desk, prisoner = Desk(), make.make_prisoner(sex="male")
        case = f"prisoners/{prisoner.pk}/"
        seen = desk.etag(case)
        desk.patch(case, {"affiliation": "Theirs"}, seen)

        mine = {"affiliation": "Mine", "sex": "male"}
        answer = desk.patch(case, mine, seen)

        problem(answer, 412)
        told = answer.json()["detail"]
        assert told.endswith("Of what you send, it says otherwise now: affiliation.")

    def test_one_of_several_tags_is_enough(self) -> None:
        desk, claimant = Desk(), make.make_claimant()
        address = f"claimants/{claimant.pk}/"
        assert (
            desk.patch(
                address, {"role": "lawyer"}, f'"7", {desk.etag(address)}'
            ).status_code
            == 200
        )


@pytest.mark.django_db
def test_answers_are_never_compressed_on_our_side_for_that_would_weaken_the_etag() -> (
    None
):
    desk, prisoner = Desk(), make.make_prisoner(summary={"en": "Words. " * 500})
    for path in (
        "prisoners/",
        f"prisoners/{prisoner.pk}/",
        f"prisoners/{prisoner.pk}/history/",
    ):
        answer = desk.client.get(ROOT + path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer
        assert not answer.get("ETag", "").startswith("W/")


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_of_eight_saves_of_one_version_exactly_one_wins(self) -> None:
        desk, prisoner = Desk(), make.make_prisoner()
        address = f"prisoners/{prisoner.pk}/"
        seen, together = desk.etag(address), Barrier(8)

        def save(number: int) -> int:
            try:
                together.wait()
                return desk.patch(
                    address, {"affiliation": f"Group {number}"}, seen
                ).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(save, range(8)))
        assert sorted(answers) == [200] + [412] * 7
        assert Prisoner.objects.get().affiliation == f"Group {answers.index(200)}"

    def test_eight_changes_of_the_parts_of_one_case_are_no_different(self) -> None:
        desk, prisoner = Desk(), make.make_prisoner()
        names = [make.make_name(prisoner, f"Name {number}") for number in range(8)]
        seen, together = desk.etag(f"prisoners/{prisoner.pk}/"), Barrier(8)

        def save(name: PersonName) -> int:
            try:
                together.wait()
                return desk.patch(
                    f"person-names/{name.pk}/", {"language": "en"}, seen
                ).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(save, names))
        assert sorted(answers) == [200] + [412] * 7
        assert PersonName.objects.filter(language="en").count() == 1

    def test_of_eight_that_give_away_one_identifier_exactly_one_wins(self) -> None:
        desk, together = Desk(), Barrier(8)
        prisoners = [make.make_prisoner() for _ in range(8)]

        def give(prisoner: Prisoner) -> Any:
            try:
                together.wait()
                body = {
                    "prisoner": str(prisoner.pk),
                    "scheme": "court",
                    "value": "1-23",
                }
                return desk.post("identifiers/", body)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(give, prisoners))
        assert sorted(answer.status_code for answer in answers)[0] == 201
        refused = [answer.json() for answer in answers if answer.status_code != 201]
        assert len(refused) == 7
        assert {answer["status"] for answer in refused} <= {400, 409}


@pytest.mark.django_db
def test_a_rule_that_only_the_database_saw_broken_is_a_conflict_with_its_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cases.desk.api.serializers.problems_of", lambda record: {})
    desk, prisoner = Desk(), make.make_prisoner()
    refused = problem(
        desk.post(
            "person-names/",
            {"prisoner": str(prisoner.pk), "value": "B", "preferred": True},
        ),
        409,
    )
    assert (
        refused["detail"]
        == "Preferred: only one name of a case can be the preferred one."
    )
    assert PersonName.objects.count() == 1
