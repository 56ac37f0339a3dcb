"""What became of a charge, day by day; and that it is said in one place only."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases.merging import same_fact
from cases.models import Charge, ChargeDecision, Prisoner, PublishingFailure
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address, opened, sent, with_row
from tests.cases.editorial import Desk, problem
from tests.cases.test_withdrawing import (
    a_case,
    other_source,
    published,
    take_back,
)
from tests.roles import acting_as
from tests.transactions import committed
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db

SAID_TWICE = "where decisions say it"


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def a_charge(**fields: Any) -> Charge:
    return make.make_charge(make.make_prisoner(visibility="public"), **fields)


def document() -> dict[str, Any]:
    publish_pending()
    row = PublicDocument.objects.get(kind="prisoner")
    found: dict[str, Any] = json.loads(row.document or "")
    return found


class TestTheOutcomeIsSaidOnce:
    def test_by_a_decision_beside_an_outcome_the_database_refuses_it(self) -> None:
        charge = a_charge(outcome="pending")
        make.make_charge_decision(charge)
        with pytest.raises(IntegrityError, match=SAID_TWICE):
            committed()

    def test_by_an_outcome_beside_a_decision_the_database_refuses_it(self) -> None:
        charge = a_charge()
        make.make_charge_decision(charge)
        committed()
        Charge.objects.filter(pk=charge.pk).update(outcome="acquitted")
        with pytest.raises(IntegrityError, match=SAID_TWICE):
            committed()

    def test_by_a_decision_that_moves_there_the_database_refuses_it(self) -> None:
        charge = a_charge(outcome="pending")
        other = make.make_charge_decision(make.make_charge(charge.prisoner))
        committed()
        ChargeDecision.objects.filter(pk=other.pk).update(charge=charge)
        with pytest.raises(IntegrityError, match=SAID_TWICE):
            committed()

    def test_it_may_move_to_the_other_place_in_any_order(self) -> None:
        charge = a_charge(outcome="convicted")
        decision = make.make_charge_decision(charge)
        Charge.objects.filter(pk=charge.pk).update(outcome=None)
        committed()
        Charge.objects.filter(pk=charge.pk).update(outcome="convicted")
        decision.delete()
        committed()
        assert not ChargeDecision.objects.exists()

    def test_each_form_names_the_field(self) -> None:
        charge = a_charge(outcome="convicted")
        decision = ChargeDecision(charge=charge, outcome="acquitted", decided_on="2024")
        with pytest.raises(ValidationError) as refused:
            decision.full_clean()
        assert list(refused.value.message_dict) == ["outcome"]
        Charge.objects.filter(pk=charge.pk).update(outcome=None)
        decision.save()
        charge.outcome = "convicted"
        with pytest.raises(ValidationError) as refused:
            charge.full_clean()
        assert list(refused.value.message_dict) == ["outcome"]

    def test_the_editorial_api_names_the_field(self) -> None:
        charge = a_charge(outcome="convicted")
        said = {"charge": str(charge.pk), "outcome": "acquitted", "decided_on": "2024"}
        desk = Desk()
        answer = desk.post("charge-decisions/", said)
        assert "outcome" in problem(answer, 400)["errors"]
        make.make_charge_decision(other := make.make_charge(charge.prisoner))
        path = f"charges/{other.pk}/"
        answer = desk.patch(path, {"outcome": "pending"}, desk.etag(path))
        assert "outcome" in problem(answer, 400)["errors"]
        assert ChargeDecision.objects.count() == 1

    def test_nothing_of_a_whole_case_is_stored_that_says_it_twice(self) -> None:
        decision = {"outcome": "acquitted", "decided_on": "2024"}
        charge = {"article": "342", "outcome": "convicted", "decisions": [decision]}
        answer = Desk().post("prisoners/", {"charges": [charge]})
        errors = problem(answer, 400)["errors"]
        assert list(errors) == ["charges.0.decisions.0.outcome"]
        assert not Prisoner.objects.exists()
        del charge["outcome"]
        assert Desk().post("prisoners/", {"charges": [charge]}).status_code == 201
        assert ChargeDecision.objects.get().charge.article == "342"

    def test_two_charges_that_say_it_in_both_places_are_not_made_one(self) -> None:
        charge = a_charge(article="342", outcome="convicted")
        decided = make.make_charge(charge.prisoner, article="342")
        make.make_charge_decision(decided)
        case = charge.prisoner
        case.refresh_from_db()
        for kept, gone in ((charge, decided), (decided, charge)):
            with pytest.raises(same_fact.NotOne, match="Outcome"):
                same_fact.make_one(
                    case.pk, kept.pk, gone.pk, seen_version=case.version, reason="One."
                )
        assert case.charges.count() == 2

    def test_decisions_of_two_charges_that_are_one_come_together(self) -> None:
        charges = [a_charge(article="342")]
        charges.append(make.make_charge(charges[0].prisoner, article="342"))
        for charge, day in zip(charges, ("2023", "2024"), strict=True):
            make.make_charge_decision(charge, decided_on=day)
        case = Prisoner.objects.get()
        kept, gone = charges
        same_fact.make_one(
            case.pk, kept.pk, gone.pk, seen_version=case.version, reason="One."
        )
        committed()
        assert kept.decisions.count() == 2


@pytest.mark.parametrize("lacking", ["outcome", "decided_on"])
def test_a_decision_says_what_and_when(lacking: str) -> None:
    charge = a_charge()
    said = {"charge": str(charge.pk), "outcome": "acquitted", "decided_on": "2024"}
    del said[lacking]
    answer = Desk().post("charge-decisions/", said)
    assert list(problem(answer, 400)["errors"]) == [lacking]
    decision = make.make_charge_decision(charge)
    rows = ChargeDecision.objects.filter(pk=decision.pk)
    with pytest.raises(IntegrityError, match=r"outcome|day"), transaction.atomic():
        rows.update(**{lacking: None})


def test_on_the_page_of_a_charge_its_outcome_becomes_a_decision(client: Client) -> None:
    client.force_login(make.make_documenter())
    charge = a_charge(outcome="convicted")
    typed = {"outcome": "acquitted", "decided_on": "2024-05-02", "instance": "appeal"}
    page = with_row(opened(client, address(charge)), "decisions", **typed)
    answer = client.post(address(charge), page)
    assert "Outcome: leave it empty where decisions say it" in answer.text
    assert not ChargeDecision.objects.exists()
    answer = sent(client, address(charge), {**page, "outcome": ""})
    assert answer.status_code == 302, answer.text
    charge.refresh_from_db()
    assert charge.outcome is None
    assert charge.decisions.get().outcome == "acquitted"


class TestReaders:
    @pytest.fixture(autouse=True)
    def charge(self) -> Charge:
        """Convicted, and acquitted on appeal; the appeal was entered first."""
        charge = a_charge(article="342")
        for outcome, day, instance in (
            ("acquitted", "2024-05-02", "appeal"),
            ("convicted", "2023", "first_instance"),
        ):
            decision = make.make_charge_decision(
                charge,
                outcome=outcome,
                decided_on=day,
                instance=instance,
                authority=f"The court of {day}",
            )
            make.make_citation(decision, "outcome")
        return charge

    def test_are_told_the_decisions_in_the_order_of_their_days(self) -> None:
        (shown,) = document()["charges"]
        assert shown["outcome"] is None
        told = [(each["outcome"], each["instance"]) for each in shown["decisions"]]
        assert told == [("convicted", "first_instance"), ("acquitted", "appeal")]

    def test_find_them_on_the_page_and_no_outcome_that_is_not_given(
        self, charge: Charge, client: Client
    ) -> None:
        publish_pending()
        page = client.get(reverse("site:case", args=[charge.prisoner.pk])).text
        assert "Charge: acquitted" in page
        assert "The court of 2023" in page
        assert f"f-{charge.pk}-outcome" not in page

    def test_are_told_that_an_outcome_is_not_given_where_nothing_says_it(
        self, charge: Charge, client: Client
    ) -> None:
        charge.decisions.all().delete()
        publish_pending()
        page = client.get(reverse("site:case", args=[charge.prisoner.pk])).text
        assert f"f-{charge.pk}-outcome" in page

    def test_see_no_decision_of_a_charge_that_is_hidden(self, charge: Charge) -> None:
        ids = [str(decision.pk) for decision in charge.decisions.all()]
        assert all(decision_id in json.dumps(document()) for decision_id in ids)
        charge.visibility = "internal"
        charge.save()
        told = json.dumps(document())
        assert not any(decision_id in told for decision_id in ids)
        assert not PublishingFailure.objects.exists()

    def test_see_what_is_left_where_a_decision_is_hidden(self, charge: Charge) -> None:
        charge.decisions.filter(instance="appeal").update(visibility="internal")
        told = document()
        (decision,) = told["charges"][0]["decisions"]
        assert decision["outcome"] == "convicted"
        assert "acquitted" not in json.dumps(told)

    def test_still_read_a_document_that_was_stored_before_there_were_decisions(
        self, charge: Charge, client: Client
    ) -> None:
        told = document()
        for each in told["charges"]:
            del each["decisions"]
        with acting_as("owner"):
            PublicDocument.objects.filter(kind="prisoner").update(
                document=json.dumps(told)
            )
        page = client.get(reverse("site:case", args=[charge.prisoner.pk]))
        assert page.status_code == 200
        assert "342" in page.text


def test_a_charge_stays_for_a_decision_that_others_know_of() -> None:
    source = make.make_source("A source", visibility="public")
    case = a_case()
    charge = make.make_charge(case)
    make.make_citation(charge, "label_as_stated", source)
    decision = make.make_charge_decision(charge)
    make.make_citation(decision, "outcome", other_source())
    take_back(source, visibility="internal")
    (shown,) = published(case)["charges"]
    assert shown["decisions"][0]["outcome"] == "convicted"


def test_a_charge_goes_with_the_decisions_that_rest_on_the_same() -> None:
    source = make.make_source("A source", visibility="public")
    case = a_case()
    charge = make.make_charge(case)
    make.make_citation(charge, "label_as_stated", source)
    make.make_citation(make.make_charge_decision(charge), "outcome", source)
    take_back(source, visibility="internal")
    assert published(case)["charges"] == []
