"""A whole case in one request of the editorial API: all of it, or nothing."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User

from cases.catalogue import part_lists
from cases.desk.api import whole
from cases.history.timeline import timeline
from cases.models import (
    Citation,
    Consent,
    Deportation,
    Detention,
    PersonName,
    Placement,
    Prisoner,
    Release,
    Sentence,
)
from tests import factories as make
from tests.cases.editorial import Desk, errors, problem

pytestmark = pytest.mark.django_db


def a_case(**fields: Any) -> dict[str, Any]:
    """Of one article."""
    return {
        "born_on": "1985-03",
        "occupations": ["journalist"],
        "names": [{"value": "Ales Example", "language": "en"}],
        "detentions": [
            {
                "ref": "arrest",
                "started_on": "2021-05-25",
                "placements": [{"place_kind": "prison", "from_on": "2021-05"}],
            }
        ],
        "charges": [
            {"ref": "first", "article": "293"},
            {"ref": "second", "article": "361"},
        ],
        "sentences": [
            {
                "charges": ["first", "second"],
                "handed_down_on": "2021-11",
                "punishment": "imprisonment",
                "term_months": 60,
                "after": "arrest",
                "further_punishments": [{"punishment": "fine"}],
            }
        ],
        "deportations": [
            {"release": "freed", "deported_on": "2025-09-11", "to_country": "LT"}
        ],
        "releases": [{"ref": "freed", "released_on": "2025-09-11"}],
        **fields,
    }


def cited_to(source: Any, **details: Any) -> list[dict[str, Any]]:
    return [{"source": str(source.pk), **details}]


def nothing_is_stored() -> bool:
    return not Prisoner.objects.exists() and not Citation.objects.exists()


class TestAWholeCase:
    def test_is_stored_with_its_parts(self) -> None:
        answer = Desk().post("prisoners/", a_case())
        assert answer.status_code == 201, answer.content
        case = Prisoner.objects.get(pk=answer.json()["id"])
        assert case.names.get().value == "Ales Example"
        assert case.detentions.get().placements.get().place_kind == "prison"
        assert case.sentences.get().further_punishments.get().punishment == "fine"

    def test_has_parts_that_name_each_other_in_any_order(self) -> None:
        refs = Desk().post("prisoners/", a_case()).json()["refs"]
        sentence = Sentence.objects.get()
        charges = {str(charge.pk) for charge in sentence.charges.all()}
        assert charges == {refs["first"], refs["second"]}
        assert str(sentence.after) == refs["arrest"]
        assert str(Detention.objects.get().pk) == refs["arrest"]
        assert str(Deportation.objects.get().release_id) == refs["freed"]
        assert str(Release.objects.get().pk) == refs["freed"]

    def test_answers_with_the_case_and_its_version_of_after_all(self) -> None:
        desk = Desk()
        answer = desk.post("prisoners/", a_case())
        read = desk.client.get(answer["Location"])
        assert answer["ETag"] == read["ETag"]
        assert {**read.json(), "refs": answer.json()["refs"]} == answer.json()

    def test_is_one_act_of_history_with_one_reason(self) -> None:
        reason = {"X-Change-Reason": "From one article"}
        body = a_case(supported_by=cited_to(make.make_source()))
        answer = Desk().post("prisoners/", body, **reason)
        changes = timeline(Prisoner.kind, UUID(answer.json()["id"]))
        assert len(changes) > 20
        assert {change.why for change in changes} == {"From one article"}

    def test_has_a_list_for_every_part_but_citations(self) -> None:
        names = set(whole.lists_of(Prisoner))
        for part in list(whole.lists_of(Prisoner).values()):
            names |= set(whole.lists_of(part))
        known = {part.name for part in part_lists(Prisoner.kind)}
        assert names == known - {"citations"}

    def test_may_be_one_part_with_the_parts_within(self) -> None:
        case = make.make_prisoner()
        body = {
            "prisoner": str(case.pk),
            "term_months": 60,
            "further_punishments": [{"ref": "fined", "punishment": "fine"}],
        }
        answer = Desk().post("sentences/", body)
        assert answer.status_code == 201, answer.content
        assert set(answer.json()["refs"]) == {"fined"}
        case.refresh_from_db()
        assert answer["ETag"] == f'"{case.version}"'

    def test_is_shown_in_the_documents_as_it_is_taken(self) -> None:
        text = (settings.BASE_DIR / "docs" / "api.md").read_text()
        (body,) = re.findall(r"prisoners/ --data '\n(\{.*?\})'\n", text, re.DOTALL)
        for source in ("‹the court›", "‹the article›"):
            body = body.replace(source, str(make.make_source(source).pk))
        answer = Desk().post("prisoners/", json.loads(body))
        assert answer.status_code == 201, answer.content
        assert Citation.objects.filter(source__title="‹the court›").count() == 4


class TestItsSource:
    def test_is_cited_for_every_fact(self) -> None:
        source = make.make_source()
        body = a_case(supported_by=cited_to(source, locator="p. 2"))
        answer = Desk().post("prisoners/", body)
        assert answer.status_code == 201, answer.content
        cited = set()
        for citation in Citation.objects.all():
            assert (citation.source, citation.locator) == (source, "p. 2")
            cited.add((citation.target_name, citation.field, citation.item))
        assert cited == {
            ("prisoner", "born_on", ""),
            ("prisoner", "occupations", "journalist"),
            ("person_name", "value", ""),
            ("detention", "started_on", ""),
            ("placement", "place_kind", ""),
            ("placement", "from_on", ""),
            ("charge", "article", ""),
            ("sentence", "handed_down_on", ""),
            ("sentence", "punishment", ""),
            ("sentence", "term_months", ""),
            ("further_punishment", "punishment", ""),
            ("release", "released_on", ""),
            ("deportation", "deported_on", ""),
            ("deportation", "to_country", ""),
        }

    def test_is_that_of_the_part_if_it_has_its_own(self) -> None:
        article, court = make.make_source("Article"), make.make_source("Court")
        body = a_case(supported_by=cited_to(article))
        body["sentences"][0]["supported_by"] = cited_to(court, hedge="reported")
        body["names"][0]["supported_by"] = []
        answer = Desk().post("prisoners/", body)
        assert answer.status_code == 201, answer.content
        by_court = Citation.objects.filter(source=court)
        targets = {citation.target_name for citation in by_court}
        assert targets == {"sentence", "further_punishment"}
        assert set(by_court.values_list("hedge", flat=True)) == {"reported"}
        assert not Citation.objects.filter(person_name__isnull=False).exists()

    def test_lets_it_be_visible_at_once(self) -> None:
        source = make.make_source(visibility="public")
        body = {"visibility": "public", "names": [{"value": "Ales Example"}]}
        refused = Desk().post("prisoners/", body)
        assert list(errors(refused)) == ["visibility"]
        assert nothing_is_stored()
        body["supported_by"] = cited_to(source)
        answer = Desk().post("prisoners/", body)
        assert answer.status_code == 201, answer.content
        assert Prisoner.objects.get().visibility == "public"


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *way, name = path.split(".")
    place: Any = body
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[name] = value
    return body


NOBODY = str(UUID(int=0))


class TestNothingIsHalfSaved:
    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            ("born_on", "1985-13", ""),
            ("detentions.0.started_on", "2021-13", ""),
            ("detentions.0.placements.0.from_on", "2021-13", ""),
            ("detentions.0.placements.0.facility", NOBODY, ""),
            ("detentions.0.unknown", 1, ""),
            ("detentions.0.prisoner", NOBODY, ""),
            ("detentions.0.id", NOBODY, ""),
            ("detentions", {}, ""),
            ("detentions.0.placements", "prison", ""),
            ("names", ["Ales"], "names.0"),
            ("names", [{}], "names.0.value"),
            ("detention", [], ""),
            ("citations", [], ""),
            ("sentences.0.charges", ["third"], "sentences.0.charges.0"),
            ("sentences.0.charges", ["freed"], "sentences.0.charges.0"),
            ("sentences.0.charges", "first", ""),
            ("sentences.0.after", "first", ""),
            ("sentences.0.after", ["arrest"], ""),
            ("deportations.0.release", NOBODY, ""),
            ("releases.0.ref", "first", ""),
            ("releases.0.ref", "", ""),
            ("releases.0.ref", 1, ""),
            ("supported_by", [{"source": NOBODY}], "supported_by.0.source"),
            (
                "names.0.supported_by",
                [{"source": NOBODY}],
                "names.0.supported_by.0.source",
            ),
        ],
    )
    def test_and_the_field_is_named(self, path: str, value: Any, field: str) -> None:
        body = changed(a_case(), path, value)
        assert (field or path) in errors(Desk().post("prisoners/", body))
        assert nothing_is_stored()
        assert not PersonName.objects.exists()

    def test_and_all_wrong_fields_are_named_at_once(self) -> None:
        body = changed(a_case(), "detentions.0.started_on", "2021-13")
        body = changed(body, "releases.0.released_on", "2025-13")
        refused = errors(Desk().post("prisoners/", body))
        assert set(refused) == {"detentions.0.started_on", "releases.0.released_on"}

    def test_where_parts_come_after_each_other(self) -> None:
        body = changed(a_case(), "detentions.0.after", "freed")
        body = changed(body, "releases.0.after", "arrest")
        refused = errors(Desk().post("prisoners/", body))
        assert set(refused) == {"detentions.0.after", "releases.0.after"}
        assert nothing_is_stored()

    def test_where_the_case_itself_is_wrong(self) -> None:
        body = a_case(supported_by=[], names=[{"value": "A"}], visibility="partners")
        assert set(errors(Desk().post("prisoners/", body))) == {"visibility"}
        assert nothing_is_stored()

    def test_of_more_parts_than_a_case_has(self) -> None:
        names = [{"value": f"Name {number}"} for number in range(whole.MOST + 1)]
        problem(Desk().post("prisoners/", {"names": names}), 400)
        assert nothing_is_stored()

    def test_where_a_right_is_missing(self) -> None:
        trainee = User.objects.create_user("trainee", is_staff=True)
        allowed = ["add_prisoner", "view_prisoner", "add_personname"]
        trainee.user_permissions.set(Permission.objects.filter(codename__in=allowed))
        body = {"names": [{"value": "A"}], "consents": [{"subject": "name"}]}
        refused = problem(Desk(trainee).post("prisoners/", body), 403)
        assert "consent" in refused["detail"]
        assert nothing_is_stored()
        del body["consents"]
        assert Desk(trainee).post("prisoners/", body).status_code == 201
        assert not Consent.objects.exists()


class TestDoubts:
    def test_are_asked_once_and_name_the_part(self) -> None:
        body = changed(a_case(), "detentions.0.started_on", "1984")
        refused = errors(Desk().post("prisoners/", body))
        assert "detentions.0.started_on" in refused
        assert nothing_is_stored()
        keys = re.findall("send “([a-z_]+-[0-9a-f]+)”", str(refused))
        answer = Desk().post("prisoners/", body, **{"X-Source-Says-So": ",".join(keys)})
        assert answer.status_code == 201, answer.content

    def test_are_about_the_case_as_it_is_in_the_end(self) -> None:
        """A release before every detention, if the parts came one by one."""
        body = {
            "releases": [{"released_on": "2025-09-11"}],
            "detentions": [{"started_on": "2021-05-25"}],
        }
        answer = Desk().post("prisoners/", body)
        assert answer.status_code == 201, answer.content
        assert not Placement.objects.exists()
