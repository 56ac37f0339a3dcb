"""Handing rows in, all or none, and asking what became of them."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.cache import caches
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.serializers import CharField

from cases.desk.proposals.models import Proposal
from cases.models import TARGETS, CourtCase, Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.keys import as_partner, key_for
from tests.partners.proposing import ADDRESS, hand_in, proposed, proposer, row
from tests.published import publish, withdraw
from tests.roles import acting_as
from tracker.audiences import PARTNERS
from tracker.contract.proposal_fields import Said
from tracker.contract.proposal_row import ProposalRow

Logins = Callable[[str], psycopg.Connection[Any]]


@pytest.fixture
def partner(db: None) -> Client:
    return proposer()


def decide(fate: Any, state: str, **fields: Any) -> None:
    Proposal.objects.filter(pk=fate["id"]).update(
        state=state, decided_at=timezone.now(), **fields
    )


def problems(answer: Any) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        400,
        "application/problem+json",
    ), answer.content
    assert not Proposal.objects.exists()
    return answer.json()["errors"]


def test_a_row_is_received_and_its_fate_can_be_asked(partner: Client) -> None:
    answer = hand_in(partner, row("RC-1", born_on="1980-03"))

    (fate,) = answer.json()["results"]
    assert (answer.status_code, fate["identifier"], fate["state"]) == (
        201,
        "RC-1",
        "received",
    )
    assert (fate["decided_on"], fate["accepted_as"], fate["reason"]) == (
        None,
        None,
        None,
    )
    assert partner.get(f"{ADDRESS}{fate['id']}/").json() == fate
    assert partner.get(ADDRESS).json() == {
        "next": None,
        "previous": None,
        "results": [fate],
    }
    assert Proposal.objects.get().content == {
        "names": [{"value": "Ales Example"}],
        "born_on": "1980-03",
    }


def test_five_hundred_rows_are_taken_in_at_once_in_their_order_and_one_more_is_refused(
    partner: Client,
) -> None:
    rows = [row(f"RC-{number}") for number in range(501)]
    assert problems(hand_in(partner, *rows))["rows"] == [
        "Ensure this field has no more than 500 elements."
    ]

    fates = proposed(partner, *rows[:500])

    assert [fate["identifier"] for fate in fates] == [
        one["identifier"] for one in rows[:500]
    ]


def test_every_rows_errors_are_told_at_once_and_nothing_is_stored(
    partner: Client,
) -> None:
    answer = hand_in(
        partner,
        row("RC-1"),
        row("", born_on="1980-13", sex="unclear", nickname="x"),
        row(
            "RC-3",
            sentences=[
                {"term_months": 60},
                {"term_months": "five years", "punishment": "hard labour"},
            ],
        ),
        "RC-4",
        row("RC-1", name=""),
    )

    errors = problems(answer)

    assert errors["rows.1.identifier"] == ["This field may not be blank."]
    assert "13 is not a month" in errors["rows.1.born_on"][0]
    assert errors["rows.1.sex"] == [
        "“unclear” is not one of the known codes: female, male, other."
    ]
    assert errors["rows.1.nickname"][0].startswith(
        "There is no such field here. Known: identifier, names, identifiers, sex"
    )
    assert errors["rows.2.sentences.1.term_months"] == ["A valid integer is required."]
    (sentence,) = errors["rows.2.sentences.1.punishment"]
    assert sentence.startswith(
        "“hard labour” is not one of the known codes: imprisonment, "
    )
    assert "dictionary" in errors["rows.3"][0]
    assert errors["rows.4.identifier"] == ["Row 0 has the same identifier."]
    assert "rows.0" not in str(errors)


@pytest.mark.parametrize(
    ("facts", "place", "words"),
    [
        (
            {"detentions": [{"started_on": "2021", "ended_on": "2020"}]},
            "detentions.0.ended_on",
            "before it starts",
        ),
        (
            {"sentences": [{"handed_down_on": "2021-05", "in_force_on": "2021-04"}]},
            "sentences.0.in_force_on",
            "before it is handed down",
        ),
        (
            {"charges": [{"code": "Criminal Code"}]},
            "charges.0.label_as_stated",
            "Give the article",
        ),
        (
            {"releases": [{"bail_amount": 5000}]},
            "releases.0.bail_currency",
            "of which currency",
        ),
        (
            {"releases": [{"carried_out": "no", "released_on": "2021"}]},
            "releases.0.released_on",
            "not carried out",
        ),
        (
            {"sentences": [{"term_months": 24, "enforceable_months": 36}]},
            "sentences.0.enforceable_months",
            "No more is to be served",
        ),
        (
            {"nationality_changes": [{"event": "deprived"}]},
            "nationality_changes.0.country",
            "required",
        ),
        ({"names": [{"value": " "}]}, "names.0.value", "blank"),
        (
            {"names": [{"value": "A", "language": "Belarusian!"}]},
            "names.0.language",
            "language tag",
        ),
        ({"age_as_stated": 121}, "age_as_stated", "less than or equal to 120"),
        (
            {"citizenships": ["BY", "XX"]},
            "citizenships.1",
            "not one of the known codes",
        ),
        ({"source": {"url": "ftp://example.org/list"}}, "source.url", "https://"),
        (
            {"recognitions": [{"organisation": "Example"}]},
            "recognitions.0.outcome",
            "required",
        ),
        ({"names": [{"value": "A"}] * 51}, "names", "no more than 50"),
    ],
)
def test_a_rule_that_the_record_has_holds_for_a_row_too(
    facts: dict[str, Any], place: str, words: str, partner: Client
) -> None:
    errors = problems(hand_in(partner, row(**facts)))
    assert list(errors) == [f"rows.0.{place}"]
    assert words in errors[f"rows.0.{place}"][0]


LINKED: dict[str, Any] = {
    "charges": [{"article": "342"}, {}, {"article": "130"}],
    "sentences": [
        {},
        {"term_months": 12, "charges": [0, 2]},
        {"term_months": 6, "adds_to": 1},
    ],
}


def test_a_sentence_names_its_charges_and_what_it_adds_to(partner: Client) -> None:
    """By their places in the row; the boxes that were left empty count there."""
    proposed(partner, row(**LINKED))
    content = Proposal.objects.get().content
    assert content["charges"] == [{"article": "342"}, {"article": "130"}]
    assert content["sentences"] == [
        {"term_months": 12, "charges": [0, 1]},
        {"term_months": 6, "adds_to": 0},
    ]


@pytest.mark.parametrize(
    "summary",
    [
        "text",
        {"english": "-"},
        {"en": ""},
        {"en": "x" * 5001},
        {f"x{number}": "-" for number in range(10, 61)},
    ],
)
def test_a_summary_is_by_language(summary: Any, partner: Client) -> None:
    assert "summary" in json.dumps(problems(hand_in(partner, row(summary=summary))))
    proposed(partner, row(summary={"en": "-", "be-Latn": "-"}))
    assert Proposal.objects.get().content["summary"] == {"en": "-", "be-Latn": "-"}


@pytest.mark.parametrize(
    "link", [{"charges": [1]}, {"charges": [3]}, {"adds_to": 0}, {"adds_to": 7}]
)
def test_a_link_leads_to_an_earlier_part_of_the_row(
    link: dict[str, Any], partner: Client
) -> None:
    sentences = [{"term_months": 12, **link}]
    errors = problems(hand_in(partner, row(**{**LINKED, "sentences": sentences})))
    (name,) = link
    assert name in json.dumps(errors)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rows": []},
        {"rows": {}},
        {"rows": None},
        {"rows": [None]},
        {"rows": [row()], "dry_run": True},
        [row()],
        None,
    ],
)
def test_a_body_of_another_form_is_refused(body: Any, partner: Client) -> None:
    assert partner.post(ADDRESS, body, "application/json").status_code == 400
    assert not Proposal.objects.exists()


def test_a_row_that_says_nothing_of_the_person_is_refused(partner: Client) -> None:
    empty: dict[str, Any] = {
        "identifier": "RC-1",
        "names": [{}],
        "sentences": [{"court": ""}],
        "born_on": None,
    }
    assert "value" in str(problems(hand_in(partner, empty)))
    errors = problems(hand_in(partner, {**empty, "names": []}))
    assert errors == {
        "rows.0": ["The row says nothing of the person but your identifier."]
    }


def test_another_form_of_body_and_one_that_is_too_large_are_refused(
    partner: Client, settings: Any
) -> None:
    assert partner.post(ADDRESS, "rows", "text/csv").status_code == 415
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50
    assert hand_in(partner, row(affiliation="x" * 60)).status_code == 413
    assert not Proposal.objects.exists()


def test_handing_in_the_same_row_again_is_the_same_proposal(partner: Client) -> None:
    (first,) = proposed(partner, row("RC-1", born_on="1980", sex="male"))

    again = hand_in(
        partner,
        {
            **row("RC-1"),
            "sex": "male",
            "born_on": "1980",
            "affiliation": "",
            "releases": [],
        },
    )

    assert (again.status_code, again.json()["results"]) == (200, [first])
    both = hand_in(partner, row("RC-1", born_on="1980", sex="male"), row("RC-2"))
    assert (both.status_code, both.json()["results"][0]) == (201, first)


def test_what_was_decided_stays_so_when_the_same_row_comes_again(
    partner: Client,
) -> None:
    (fate,) = proposed(partner, row("RC-1"))
    decide(fate, "rejected", reason="We could not confirm it.")

    (again,) = proposed(partner, row("RC-1"))

    assert (again["id"], again["state"], again["reason"]) == (
        fate["id"],
        "rejected",
        "We could not confirm it.",
    )
    assert again["decided_on"] == timezone.now().date().isoformat()


def test_a_later_row_replaces_one_that_waits_and_leaves_one_that_was_decided(
    partner: Client,
) -> None:
    (first,) = proposed(partner, row("RC-1", born_on="1980"))
    (second,) = proposed(partner, row("RC-1", born_on="1981"))
    decide(second, "rejected", reason="No.")
    (third,) = proposed(partner, row("RC-1", born_on="1980"))

    found = {one["id"]: one["state"] for one in partner.get(ADDRESS).json()["results"]}

    assert found == {
        third["id"]: "received",
        second["id"]: "rejected",
        first["id"]: "superseded",
    }
    assert Proposal.objects.get(pk=first["id"]).content["born_on"] == "1980"


def test_a_list_is_walked_both_ways_and_filtered(partner: Client) -> None:
    fates = proposed(partner, *(row(f"RC-{number}") for number in range(5)))
    decide(fates[1], "rejected", reason="No.")
    newest_first = [fate["identifier"] for fate in reversed(fates)]

    first = partner.get(f"{ADDRESS}?limit=2").json()
    second = partner.get(first["next"]).json()
    last = partner.get(second["next"]).json()

    walked = [
        one["identifier"] for page in (first, second, last) for one in page["results"]
    ]
    assert walked == newest_first
    assert (first["previous"], last["next"]) == (None, None)
    back = partner.get(last["previous"]).json()
    assert (
        [one["identifier"] for one in back["results"]]
        == ["RC-2", "RC-1"]
        == [one["identifier"] for one in second["results"]]
    )
    assert partner.get(back["previous"]).json()["previous"] is None
    only = [
        one["identifier"]
        for one in partner.get(f"{ADDRESS}?state=rejected,superseded").json()["results"]
    ]
    assert only == ["RC-1"]
    assert partner.get(f"{ADDRESS}?identifier=RC-3").json()["results"] == [fates[3]]


@pytest.mark.parametrize(
    "query",
    [
        "state=lost",
        "cursor=nonsense",
        "cursor=MTwtMQ",
        "limit=0",
        "limit=201",
        "status=x",
        "identifier=%00",
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    query: str, partner: Client
) -> None:
    answer = partner.get(f"{ADDRESS}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (
        400,
        [query.partition("=")[0]],
    )


def test_a_fate_that_did_not_change_is_not_sent_again(partner: Client) -> None:
    (fate,) = proposed(partner, row())
    for address in (ADDRESS, f"{ADDRESS}{fate['id']}/"):
        etag = partner.get(address).headers["ETag"]
        assert partner.get(address, headers={"If-None-Match": etag}).status_code == 304
    decide(fate, "rejected", reason="No.")
    assert partner.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_nobody_else_sees_an_organisations_proposals(partner: Client) -> None:
    (fate,) = proposed(partner, row("RC-1"))
    other = proposer("Another")

    assert other.get(f"{ADDRESS}{fate['id']}/").status_code == 404
    assert other.get(ADDRESS).json()["results"] == []
    (theirs,) = proposed(other, row("RC-1"))
    assert theirs["id"] != fate["id"]
    assert partner.get(f"{ADDRESS}{fate['id']}/").json()["state"] == "received"
    colleague = proposer("Example Rights Centre", name="another key")
    assert proposed(colleague, row("RC-1")) == [fate]


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}{UUID(int=7)}/"])
def test_only_a_key_for_proposing_opens_it(
    address: str, client: Client, db: None
) -> None:
    assert client.get(address).status_code == 401
    refused = as_partner(key_for("Example")).get(address)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "This key was not given for proposing.",
    )
    assert hand_in(client, row()).status_code == 401
    assert hand_in(as_partner(key_for("Example")), row()).status_code == 403
    assert hand_in(proposer(revoked=True), row()).status_code == 401
    assert not Proposal.objects.exists()
    allowed = proposer()
    for method in ("put", "patch"):
        assert getattr(allowed, method)(address).status_code == 405
    for nothing in (uuid4(), "RC-1"):
        assert allowed.get(f"{ADDRESS}{nothing}/").status_code == 404


def test_who_hands_in_too_often_must_wait(settings: Any, db: None) -> None:
    caches["throttles"].clear()
    settings.KEY_REQUESTS_A_MINUTE = 1
    partner = proposer()
    answers = [hand_in(partner, row(f"RC-{number}")) for number in range(3)]
    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    assert 1 <= int(late[0].headers["Retry-After"]) <= 60
    assert Proposal.objects.count() == len(answers) - len(late)


def test_it_is_told_as_what_it_was_accepted_once_partners_see_that_case(
    partner: Client,
) -> None:
    case, kept = make.make_prisoner(), publish(PARTNERS, "prisoner")
    (fate,) = proposed(partner, row())
    decide(fate, "accepted", accepted_as=case)
    address = f"{ADDRESS}{fate['id']}/"
    assert (
        partner.get(address).json()["state"],
        partner.get(address).json()["accepted_as"],
    ) == ("accepted", None)

    publish(PARTNERS, "prisoner", {"id": str(case.pk)})
    assert partner.get(address).json()["accepted_as"] == str(case.pk)

    withdraw(PARTNERS, str(case.pk))
    assert partner.get(address).json()["accepted_as"] is None
    withdrawn = PARTNERS.document_model._default_manager.get(id=case.pk)
    withdrawn.merged_into = UUID(kept["id"])
    with acting_as("publisher"):
        withdrawn.save()
    assert partner.get(address).json()["accepted_as"] == kept["id"]


def test_no_answer_depends_on_what_the_record_holds(partner: Client) -> None:
    hidden = make.make_prisoner("Ales Example", born_on="1980")
    hidden.identifiers.create(
        scheme="partner", value="RC-1", owner_organisation="Example Rights Centre"
    )
    hidden.identifiers.create(scheme="our", value=str(hidden.pk))
    publish_pending()
    rows = [
        row("RC-1", born_on="1980"),
        row(str(hidden.pk)),
        row("RC-2", "Nobody Known"),
    ]

    answers = [hand_in(partner, one) for one in rows]

    told = [
        {**answer.json()["results"][0], "id": "", "received_at": "", "identifier": ""}
        for answer in answers
    ]
    assert told[0] == told[1] == told[2]
    assert {answer.status_code for answer in answers} == {201}
    lists = [
        partner.get(f"{ADDRESS}?identifier={one}").json()["results"]
        for one in ("our:1", hidden.pk, "unknown")
    ]
    assert [len(found) for found in lists] == [0, 1, 0]
    assert Prisoner.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_partners_login_needs_a_key_and_never_sees_the_table(
    logins: Logins,
) -> None:
    key, reading = key_for("Example", scopes=["propose"]), key_for("Example")
    revoked = key_for("Another", scopes=["propose"], revoked=True)
    partners = logins("partners")
    rows = f'[{{"place": 0, "id": "{uuid4()}", "identifier": "RC-1", "content": {{"sex": "male"}}}}]'
    take_in = "SELECT place FROM partners_proposals_hand_in(%s, %s)"
    fates = "SELECT identifier FROM partners_proposals_fates(%s, NULL, NULL, NULL, NULL, NULL, 10)"
    wrong = [
        f"{key.prefix}.{'x' * 32}",
        key.prefix,
        key.hashed_key,
        reading.secret,
        revoked.secret,
        "",
        None,
    ]
    assert partners.execute(take_in, [key.secret, rows]).fetchall() == [(0,)]
    for nothing in wrong:
        assert partners.execute(take_in, [nothing, rows]).fetchall() == []
        assert partners.execute(fates, [nothing]).fetchall() == []
    assert partners.execute(fates, [key.secret]).fetchall() == [("RC-1",)]
    for attack in (
        "SELECT 1 FROM {}",
        "DELETE FROM {}",
        "UPDATE {} SET state = 'accepted'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            partners.execute(attack.format("proposals_proposal"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        partners.execute("SELECT * FROM partners_proposals_holder(%s)", [key.secret])
    for call in (
        take_in.replace("%s, %s", f"'{key.secret}', '[]'"),
        fates.replace("%s", f"'{key.secret}'"),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            logins("public").execute(call)


@pytest.mark.django_db(transaction=True)
def test_the_same_row_handed_in_twice_at_once_is_one_proposal(logins: Logins) -> None:
    key = key_for("Example", scopes=["propose"])
    take_in = "SELECT id FROM partners_proposals_hand_in(%s, %s)"

    def rows() -> str:
        return f'[{{"place": 0, "id": "{uuid4()}", "identifier": "RC-1", "content": {{"sex": "male"}}}}]'

    one, other = logins("partners"), logins("partners")
    with ThreadPoolExecutor() as beside:
        with one.transaction():
            first = one.execute(take_in, [key.secret, rows()]).fetchall()
            waiting = beside.submit(
                lambda: other.execute(take_in, [key.secret, rows()]).fetchall()
            )
        assert waiting.result(timeout=10) == first
    assert Proposal.objects.count() == 1


def test_the_desk_alters_nothing_of_what_was_handed_in_and_undoes_no_decision(
    partner: Client,
) -> None:
    (fate,) = proposed(partner, row())
    proposal = Proposal.objects.filter(pk=fate["id"])

    for attack in (
        lambda: proposal.update(content={}),
        lambda: proposal.update(identifier="x"),
        proposal.delete,
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            attack()
    decide(fate, "rejected", reason="No.")
    for change in (
        {"state": "received"},
        {"reason": "Yes."},
        {"decided_at": timezone.now()},
    ):
        with (
            pytest.raises(ProgrammingError, match="Cannot update"),
            transaction.atomic(),
        ):
            proposal.update(**change)


LISTS = {
    "names": "person_name",
    "identifiers": "identifier",
    "recognitions": "recognition",
    "designations": "designation",
    "detentions": "detention",
    "charges": "charge",
    "sentences": "sentence",
    "prosecutions": "prosecution",
    "releases": "release",
    "deportations": "deportation",
    "whereabouts": "whereabouts",
    "sightings": "sighting",
    "nationality_changes": "nationality_change",
    "source": "about_source",
}
WITHIN = {
    "detentions.placements": "placement",
    "sentences.further_punishments": "further_punishment",
}


@pytest.mark.parametrize("name", ["", *LISTS, *WITHIN])
def test_every_field_of_a_row_is_one_of_the_record_with_its_limits(name: str) -> None:
    said: Any = ProposalRow()
    for step in filter(None, name.split(".")):
        said = said.fields[step]
        said = getattr(said, "child", said)
    assert isinstance(said, Said)
    model = TARGETS[{**LISTS, **WITHIN}[name]] if name else Prisoner
    for field_name, field in said.fields.items():
        within = f"{name}.{field_name}" in WITHIN
        if not within and (name or field_name not in {"identifier", *LISTS}):
            holder = model
            if name == "prosecutions" and field_name in ("number", "court"):
                holder = CourtCase
            column: Any = holder._meta.get_field(field_name)
            each = getattr(field, "child", field)
            assert getattr(each, "vocabulary", None) == getattr(
                column, "vocabulary", None
            ), field_name
            if isinstance(field, CharField) and column.max_length:
                assert field.max_length == column.max_length, field_name
            is_needed = not column.blank and field_name != "title"
            if name == "prosecutions" and field_name == "number":
                is_needed = True  # by it the court case is found
            assert field.required == is_needed, field_name
