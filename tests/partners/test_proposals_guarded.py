"""What stands behind the API of proposals: the database looks at what it stores, caps
what waits, and lets a partner take back its own; the desk's pages survive what is there.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client

from cases.desk.proposals.models import Proposal
from tests.keys import as_partner, key_for
from tests.partners.proposing import ADDRESS, hand_in, proposed, proposer, row
from tracker import proposals
from tracker.contract.proposal_shape import shapes

Logins = Callable[[str], psycopg.Connection[Any]]
LIST = "/admin/proposals/proposal/"
TAKE_IN = "SELECT place FROM partners_proposals_hand_in(%s, %s::jsonb)"


migration = import_module("cases.desk.proposals.migrations.0001_proposed")


def as_sent(identifier: Any = "RC-1", content: Any = None) -> dict[str, Any]:
    return {
        "place": 0,
        "id": str(uuid4()),
        "identifier": identifier,
        "content": {"affiliation": "-"} if content is None else content,
    }


def test_as_many_may_wait_as_the_api_says() -> None:
    assert migration.MOST_WAITING == proposals.MOST_WAITING


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "given",
    [
        {"rows": []},
        [as_sent(content=[])],
        [as_sent(content="text")],
        [as_sent(content={})],
        [as_sent(content={"unknown": "x"})],
        [as_sent(content={"affiliation": 1})],
        [as_sent(content={"affiliation": "x" * 5_001})],
        [as_sent(content={"affiliation": None})],
        [as_sent(content={"age_as_stated": "12"})],
        [as_sent(content={"age_as_stated": 10**12})],
        [as_sent(content={"age_as_stated": 1.5})],
        [as_sent(content={"occupations": ["x"] * 51})],
        [as_sent(content={"occupations": [1]})],
        [as_sent(content={"occupations": "x"})],
        [as_sent(content={"names": "x"})],
        [as_sent(content={"names": ["x"]})],
        [as_sent(content={"names": [{"value": ["x"]}]})],
        [as_sent(content={"names": [{"value": "x"}] * 51})],
        [as_sent(content={"names": [{"unknown": "x"}]})],
        [as_sent(content={"sentences": [{"in_absentia": "x"}]})],
        [as_sent(content={"summary": "x"})],
        [as_sent(content={"summary": {"en": 1}})],
        [as_sent(content={"summary": {"en": "x" * 5_001}})],
        [as_sent(content={"summary": {f"l{number}": "x" for number in range(51)}})],
        [as_sent(content={"identifiers": [{"value": "1", "owner_organisation": ""}]})],
        [as_sent(content={"sentences": [{"charges": [0.5]}]})],
        [as_sent(content={"sentences": [{"charges": ["0"]}]})],
        [as_sent(content={"sentences": [{"charges": [50]}]})],
        [as_sent(content={"sentences": [{"charges": 0}]})],
        [as_sent(content={"sentences": [{"adds_to": [0]}]})],
        [as_sent(content={"detentions": [{"placements": "x"}]})],
        [as_sent(content={"detentions": [{"placements": ["x"]}]})],
        [as_sent(content={"detentions": [{"placements": [{}] * 51}]})],
        [as_sent(content={"detentions": [{"placements": [{"facility": "x"}]}]})],
        [as_sent(content={"detentions": [{"placements": [{"region": ["x"]}]}]})],
        [as_sent(content={"source": ["x"]})],
        [as_sent(content={"source": {"url": {}}})],
        [as_sent(identifier="")],
        [as_sent(identifier="x" * 201)],
        [as_sent(identifier=None)],
        [as_sent(identifier=f"RC-{number}") for number in range(501)],
    ],
)
def test_the_function_takes_nothing_in_that_has_not_the_form(
    given: Any, logins: Logins
) -> None:
    key = key_for("Example", scopes=["propose"])
    partners = logins("partners")
    with pytest.raises(psycopg.Error) as refused:
        partners.execute(TAKE_IN, [key.secret, json.dumps(given)])
    assert refused.value.sqlstate == "PT400"
    assert not Proposal.objects.exists()
    sound = [as_sent(content={"names": [{"value": "x"}], "age_as_stated": 12})]
    assert partners.execute(TAKE_IN, [key.secret, json.dumps(sound)]).fetchall()


UNSOUND = [
    [],
    "text",
    {"names": "text"},
    {"names": [{}]},
    {"names": ["text"]},
    {"names": [{"value": 7}], "source": "text"},
    {"sentences": 7},
    {"sentences": ["text"]},
    {"born_on": "in spring"},
    {"born_on": {"a": 1}},
    {"sex": ["male"]},
    {"occupations": 7},
]


@pytest.mark.django_db(transaction=True)
def test_pages_of_the_desk_survive_a_proposal_without_the_form(
    admin_client: Client, logins: Logins
) -> None:
    partner, owner = proposer(), logins("owner")
    write = "UPDATE proposals_proposal SET content = %s::jsonb WHERE identifier = %s"
    for number, content in enumerate(UNSOUND):
        (fate,) = proposed(partner, row(f"RC-{number}"))
        owner.execute(write, [json.dumps(content), f"RC-{number}"])
        page = f"{LIST}{fate['id']}/change/"
        assert admin_client.get(LIST).status_code == 200
        assert admin_client.get(f"{LIST}?q=text").status_code == 200
        for address in (page, f"{page}?new=1"):
            assert "has not the form" in admin_client.get(address).content.decode()
        admin_client.post(f"{page}?new=1", {"decision": "accept"})
        admin_client.post(page, {"decision": "reject"})
        assert Proposal.objects.get(pk=fate["id"]).waits
        admin_client.post(page, {"decision": "reject", "reason": "Unreadable."})
        assert Proposal.objects.get(pk=fate["id"]).state == "rejected"
        assert "has not the form" in admin_client.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_one_organisation_so_many_wait_and_no_more(logins: Logins) -> None:
    key = key_for("Example Rights Centre", scopes=["propose"])
    partner = as_partner(key)
    logins("owner").execute(
        "INSERT INTO proposals_proposal"
        " (id, organisation_id, key_id, number, identifier, content, state)"
        " SELECT gen_random_uuid(), %s, %s, number, number::text, '{}', 'received'"
        " FROM generate_series(1, %s) AS number",
        [key.organisation_id, key.pk, proposals.MOST_WAITING - 1],
    )
    proposed(partner, row("RC-1"))
    proposed(partner, row("RC-1", born_on="1980"))  # in the place of the other one
    before = Proposal.objects.count()
    refused = hand_in(partner, row("RC-2"), row("RC-3"))
    assert refused.status_code == 409
    assert "At most 5,000 proposals" in refused.json()["detail"]
    assert Proposal.objects.count() == before
    assert hand_in(proposer("Another"), row("RC-1")).status_code == 201
    waiting = partner.get(f"{ADDRESS}?state=received").json()["results"][0]
    assert partner.delete(f"{ADDRESS}{waiting['id']}/").status_code == 200
    assert hand_in(partner, row("RC-2")).status_code == 201


@pytest.mark.django_db
def test_a_partner_takes_back_its_own_that_waits_and_no_other() -> None:
    partner, other = proposer(), proposer("Another")
    (fate,) = proposed(partner, row("RC-1"))
    page = f"{ADDRESS}{fate['id']}/"
    assert other.delete(page).status_code == 404
    assert partner.get(page).json()["state"] == "received"
    for _each in range(2):  # asked again, the same is answered
        answer = partner.delete(page)
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    (again,) = proposed(partner, row("RC-1"))
    assert (again["id"] == fate["id"], again["state"]) == (False, "received")
    for nobodys in (uuid4(), "x", "{" + fate["id"] + "}"):
        assert partner.delete(f"{ADDRESS}{nobodys}/").status_code == 404
    reading = as_partner(key_for("Example Rights Centre"))
    assert reading.delete(page).status_code == 403


@pytest.mark.django_db
def test_what_was_decided_is_not_taken_back(admin_client: Client) -> None:
    partner = proposer()
    (fate,) = proposed(partner, row("RC-1"))
    decision = {"decision": "reject", "reason": "No."}
    admin_client.post(f"{LIST}{fate['id']}/change/", decision)
    answer = partner.delete(f"{ADDRESS}{fate['id']}/")
    assert answer.status_code == 409
    assert "stays as it was decided" in answer.json()["detail"]
    assert Proposal.objects.get().state == "rejected"


@pytest.mark.django_db
def test_many_are_rejected_at_once_for_one_reason(admin_client: Client) -> None:
    partner = proposer()
    fates = proposed(partner, *(row(f"RC-{number}") for number in range(3)))
    chosen = [fate["id"] for fate in fates[:2]]
    action = {"action": "reject_chosen", "_selected_action": chosen}
    asked = admin_client.post(LIST, action).content.decode()
    assert "RC-0" in asked
    assert "RC-2" not in asked
    admin_client.post(LIST, {**action, "reason": " "})
    assert Proposal.objects.filter(state="received").count() == 3
    admin_client.post(LIST, {**action, "reason": "Known rumours."})
    kept = Proposal.objects.order_by("number")
    assert [one.state for one in kept] == ["rejected", "rejected", "received"]
    assert partner.get(f"{ADDRESS}{chosen[0]}/").json()["reason"] == "Known rumours."


@pytest.mark.django_db
def test_all_that_were_chosen_are_rejected_or_none(admin_client: Client) -> None:
    partner = proposer()
    fates = proposed(partner, row("RC-1"), row("RC-2"))
    partner.delete(f"{ADDRESS}{fates[1]['id']}/")
    chosen = [fate["id"] for fate in fates]
    action = {"action": "reject_chosen", "_selected_action": chosen, "reason": "No."}
    answer = admin_client.post(LIST, action).content.decode()
    assert "This proposal was decided" in answer
    assert Proposal.objects.get(identifier="RC-1").waits


@pytest.mark.django_db
def test_who_may_not_decide_is_offered_no_rejecting(client: Client) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_proposal"))
    client.force_login(reader)
    (fate,) = proposed(proposer(), row("RC-1"))
    action = {"action": "reject_chosen", "_selected_action": [fate["id"]]}
    client.post(LIST, {**action, "reason": "No."})
    assert Proposal.objects.get().waits


SAID = {
    "string": "-",
    "strings": ["-"],
    "texts": {"be-Latn": "-"},
    "number": 1,
    "numbers": [0],
    "boolean": True,
}


def filled(shape: Mapping[str, Any]) -> dict[str, Any]:
    """A record that says something in every field of the shape."""
    said = {}
    for name, form in shape.items():
        said[name] = SAID[form] if isinstance(form, str) else [filled(form)]
    return said


def records_in(said: Any) -> Iterator[dict[str, Any]]:
    if isinstance(said, list):
        for record in said:
            yield from records_in(record)
    elif isinstance(said, dict) and said != SAID["texts"]:
        yield said
        for value in said.values():
            yield from records_in(value)


def fits(said: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT partners_proposal_fits(%s)", [json.dumps(said)])
        (answer,) = cursor.fetchone()
    return bool(answer)


@pytest.mark.django_db
def test_the_database_takes_each_field_of_the_contract_in_its_form_and_no_other() -> (
    None
):
    form = shapes()
    row = filled({**form["facts"], **form["parts"]})
    row["source"] = filled(form["source"])
    assert fits(row)
    records = list(records_in(row))
    assert len(records) > len(form["parts"])
    for record in records:
        record["unknown"] = "-"
        assert not fits(row), record
        del record["unknown"]
        name = next(name for name in record if record[name] == "-")
        record[name] = 1
        assert not fits(row), record
        record[name] = "-"
    assert fits(row)
