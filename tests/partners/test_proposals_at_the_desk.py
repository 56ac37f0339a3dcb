"""The desk compares a proposal with the record, and accepts it field by field, or
rejects it.
"""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from cases.desk.proposals.models import Proposal
from cases.models import (
    Citation,
    Claimant,
    CourtCase,
    Facility,
    Identifier,
    Placement,
    Prisoner,
    Source,
)
from cases.publishing import publish_pending
from cases.review.approving import approve
from tests import factories as make
from tests.cases.admin_pages import opened
from tests.partners.proposing import ADDRESS, proposed, proposer, row
from tests.transactions import committed
from tracker.audiences import AUDIENCES

pytestmark = pytest.mark.django_db

QUEUE = "/admin/proposals/proposal/"
FULL: dict[str, Any] = {
    "born_on": "1985-03",
    "sex": "female",
    "occupations": ["journalist", "activist"],
    "sentences": [
        {"handed_down_on": "2021-11", "punishment": "imprisonment", "term_months": 60}
    ],
    "releases": [{"released_on": "2025-09-11", "ground": "pardon"}],
    "source": {
        "title": "An invented report",
        "publisher": "Example News",
        "url": "https://news.example/1",
    },
}


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def partner() -> Client:
    return proposer("Example Rights Centre")


@pytest.fixture
def desk(client: Client) -> Client:
    documenter = User.objects.create_user("documenter", is_staff=True)
    documenter.groups.set(Group.objects.filter(name="documenter"))
    client.force_login(documenter)
    return client


def page(fate: Any, chosen: Any = None) -> str:
    address = reverse("admin:proposals_proposal_change", args=[fate["id"]])
    if chosen is None:
        return address
    return f"{address}?new=1" if chosen == "new" else f"{address}?into={chosen.pk}"


def decided(desk: Client, url: str, decision: str = "accept", **choices: Any) -> Any:
    committed()
    return desk.post(
        url, {**opened(desk, url), "decision": decision, **choices}, follow=True
    )


def fate_of(partner: Client, fate: Any) -> Any:
    return partner.get(f"{ADDRESS}{fate['id']}/").json()


def cited(record: Any) -> dict[tuple[str, str], Any]:
    """What is stated, by field and entry."""
    return {(one.field, one.item): one.states for one in record.citations.all()}


def test_the_start_page_counts_what_waits_and_the_queue_lists_it(
    desk: Client, partner: Client
) -> None:
    assert "proposal of a partner waits" not in desk.get("/admin/").content.decode()
    proposed(partner, row("RC-1", "Ales Example"), row("RC-2", "Vera Sample"))

    assert (
        "2 proposals of partners wait to be decided"
        in desk.get("/admin/").content.decode()
    )
    listed = desk.get(f"{QUEUE}?state__is=received&q=vera").content.decode()

    assert "RC-2" in listed
    assert "RC-1" not in listed


def test_cases_are_suggested_by_identifier_and_by_name_and_none_is_chosen(
    desk: Client, partner: Client
) -> None:
    namesake, other = (
        make.make_prisoner("Алесь Прыклад"),
        make.make_prisoner("Vera Sample"),
    )
    known = make.make_prisoner("Another Name")
    Identifier.objects.create(
        prisoner=known,
        scheme="list",
        value="RC-1",
        owner_organisation="Example Rights Centre",
    )
    publish_pending()
    (fate,) = proposed(partner, row("RC-1", "Ales Pryklad"))

    found = desk.get(page(fate)).context["matches"]

    assert [(match.case, match.why) for match in found] == [
        (known, "has this identifier of theirs"),
        (namesake, "has a name like it"),
    ]
    assert other not in [match.case for match in found]


def test_a_new_case_is_made_of_what_is_taken_over_inside_only_on_the_partners_word(
    desk: Client, partner: Client
) -> None:
    (fate,) = proposed(partner, row("RC-1", **FULL))

    answer = decided(desk, page(fate, "new"), of_sex="", note="Thank you.")

    case = Prisoner.objects.get()
    assert "Accepted." in answer.content.decode()
    assert (case.visibility, case.born_on, case.sex) == ("internal", "1985-03", None)
    assert [(name.value, name.preferred) for name in case.names.all()] == [
        ("Ales Example", True)
    ]
    assert cited(case) == {
        ("born_on", ""): None,
        ("occupations", "journalist"): None,
        ("occupations", "activist"): None,
    }
    assert cited(case.sentences.get()) == {
        ("handed_down_on", ""): None,
        ("punishment", ""): None,
        ("term_months", ""): None,
    }
    source, claimant = Source.objects.get(), Claimant.objects.get()
    assert (source.title, source.publisher, source.relays) == (
        "An invented report",
        "Example Rights Centre",
        ["Example News"],
    )
    assert (source.visibility, source.source_kind, source.url) == (
        "internal",
        "ngo_statement",
        "https://news.example/1",
    )
    assert (claimant.name, claimant.visibility) == ("Example Rights Centre", "internal")
    assert set(Citation.objects.values_list("source", "claimant")) == {
        (source.pk, claimant.pk)
    }
    identifier = case.identifiers.get()
    assert (identifier.value, identifier.owner_organisation) == (
        "RC-1",
        "Example Rights Centre",
    )
    told = fate_of(partner, fate)
    assert (told["state"], told["reason"], told["accepted_as"]) == (
        "accepted",
        "Thank you.",
        None,
    )


@pytest.mark.parametrize(
    ("required", "told"),
    [(True, "has not changed yet"), (False, "Saving approves here")],
)
def test_what_the_world_sees_is_said_as_it_is(
    desk: Client, partner: Client, settings: Any, required: bool, told: str
) -> None:
    settings.REQUIRE_REVIEW = required
    (fate,) = proposed(partner, row("RC-1"))
    assert told in decided(desk, page(fate, "new")).content.decode()


def test_nothing_of_a_proposal_is_published_by_accepting_it(
    desk: Client, partner: Client
) -> None:
    case = make.make_prisoner("Ales Example", visibility="public")
    make.approve(case)
    publish_pending()
    secret = "qzonlyproposedzq"
    (fate,) = proposed(
        partner, row("RC-1", secret, affiliation=secret, source={"title": secret})
    )
    chosen = {
        "of_affiliation": "take",
        "of_names-0": "take",
        "change_reason": "They wrote.",
    }
    decided(desk, page(fate, case), **chosen)
    (new,) = proposed(partner, row("RC-2", secret, affiliation=secret))
    decided(desk, page(new, "new"))
    publish_pending()
    assert Prisoner.objects.filter(affiliation=secret).count() == 2

    for audience in AUDIENCES:
        assert not audience.document_model._default_manager.filter(
            document__contains=secret
        ).exists()
        assert (
            audience.document_model._default_manager.filter(kind="prisoner").count()
            == 1
        )
    for address in (
        "/en/cases/",
        f"/en/cases/{case.pk}/",
        "/api/v1/prisoners/",
        "/api/v1/changes",
        "/api/v1/sources/",
    ):
        assert (
            secret
            not in partner.get(address).content.decode()
            + Client().get(address).content.decode()
        )


def test_accepted_into_a_case_each_field_is_taken_noted_or_left(
    desk: Client, partner: Client
) -> None:
    case = make.make_prisoner(
        "Ales Example",
        born_on="1984",
        sex="male",
        occupations=["teacher"],
        affiliation="Union",
    )
    make.make_citation(case, "born_on")
    sentence = make.make_sentence(case, term_months=48, handed_down_on="2021-11")
    (fate,) = proposed(
        partner, row("RC-1", "Алесь Прыклад", **{**FULL, "affiliation": "Union"})
    )
    url = page(fate, case)
    shown = desk.get(url).context
    assert {fact.field.name: (held, said) for fact, held, said, _box in shown["facts"]}[
        "born_on"
    ] == (
        "1984",
        "March 1985",
    )

    decided(
        desk,
        url,
        **{
            "of_born_on": "take",
            "of_sex": "note",
            "of_occupations": "take",
            "of_affiliation": "take",
            "of_names-0": "take",
            "of_sentences-0": str(sentence.pk),
        },
    )

    case.refresh_from_db()
    sentence.refresh_from_db()
    assert (case.born_on, case.sex, case.occupations) == (
        "1985-03",
        "male",
        ["teacher", "journalist", "activist"],
    )
    theirs = {
        one: states for one, states in cited(case).items() if one != ("born_on", "")
    }
    assert theirs == {
        ("sex", ""): "female",
        ("occupations", "journalist"): None,
        ("occupations", "activist"): None,
        ("affiliation", ""): None,
    }
    assert sorted(
        str(one.states) for one in case.citations.filter(field="born_on")
    ) == ["1984", "None"]
    assert [(name.value, name.preferred) for name in case.names.all()] == [
        ("Ales Example", True),
        ("Алесь Прыклад", False),
    ]
    assert (sentence.term_months, sentence.punishment) == (48, "imprisonment")
    assert cited(sentence)["term_months", ""] == 60
    assert cited(sentence)["handed_down_on", ""] is None
    assert not case.releases.exists()
    assert Proposal.objects.get().accepted_as == case


def test_what_is_unknown_in_a_part_that_is_the_same_is_filled_in(
    desk: Client, partner: Client
) -> None:
    case = make.make_prisoner("Ales Example")
    release = make.make_release(case, released_on="2025-09-11")
    (fate,) = proposed(partner, row(name="", **FULL))

    decided(desk, page(fate, case), **{"of_releases-0": str(release.pk)})

    release.refresh_from_db()
    assert (release.released_on, release.ground) == ("2025-09-11", "pardon")
    assert cited(release) == {("released_on", ""): None, ("ground", ""): None}


def test_a_published_case_takes_a_reason_which_stands_in_its_history(
    desk: Client, partner: Client
) -> None:
    case = make.make_prisoner(visibility="public")
    approve("prisoner", case.pk, seen_version=case.version)
    (fate,) = proposed(partner, row("RC-1", **FULL))
    url = page(fate, case)

    refused = decided(desk, url, of_sex="take")

    assert (
        "This case has been published: say why you change it."
        in refused.content.decode()
    )
    assert (Proposal.objects.get().state, Prisoner.objects.get().sex) == (
        "received",
        None,
    )
    decided(desk, url, of_sex="take", change_reason="The partner wrote so.")
    assert Prisoner.objects.get().sex == "female"
    history = desk.get(
        reverse("admin:cases_prisoner_history", args=[case.pk])
    ).content.decode()
    assert "The partner wrote so." in history


def test_what_changed_since_the_page_was_opened_is_refused(
    desk: Client, partner: Client
) -> None:
    case = make.make_prisoner()
    (fate,) = proposed(partner, row("RC-1", **FULL))
    url = page(fate, case)
    boxes = opened(desk, url)
    make.make_name(case, "Added Meanwhile")

    answer = desk.post(url, {**boxes, "decision": "accept", "of_sex": "take"})

    assert (
        "Nothing was changed: the case was changed after you had opened this page"
        in answer.content.decode()
    )
    assert "Added Meanwhile" in answer.content.decode()
    assert (Proposal.objects.get().state, Prisoner.objects.get().sex) == (
        "received",
        None,
    )
    assert not Source.objects.exists()


def test_a_proposal_that_was_replaced_meanwhile_is_not_accepted(
    desk: Client, partner: Client
) -> None:
    case = make.make_prisoner()
    (fate,) = proposed(partner, row("RC-1", **FULL))
    url = page(fate, case)
    boxes = opened(desk, url)
    proposed(partner, row("RC-1", sex="male"))

    answer = desk.post(
        url, {**boxes, "decision": "accept", "of_sex": "take"}, follow=True
    )

    assert "replaced by a later one, after you had opened it" in answer.content.decode()
    assert fate_of(partner, fate)["state"] == "superseded"
    assert Prisoner.objects.get().sex is None


def test_what_breaks_a_rule_of_the_record_is_told_and_leaves_nothing_half_done(
    desk: Client, partner: Client
) -> None:
    other = make.make_prisoner("Somebody Else")
    Identifier.objects.create(
        prisoner=other,
        scheme="list",
        value="RC-1",
        owner_organisation="Example Rights Centre",
    )
    publish_pending()
    (fate,) = proposed(partner, row("RC-1", **FULL))

    answer = decided(desk, page(fate, "new"))

    assert "belongs to another case: Somebody Else" in answer.content.decode()
    assert "Nothing was changed." in answer.content.decode()
    with patch("tracker.dates._read_by_library", return_value=False):
        (fate,) = proposed(partner, row("RC-2", **FULL))
        answer = decided(desk, page(fate, "new")).content.decode()
        assert "Prisoner, born: Write a date as" in answer
    assert Prisoner.objects.count() == 1
    assert not Source.objects.exists()
    assert not Claimant.objects.exists()
    assert set(Proposal.objects.values_list("state", flat=True)) == {"received"}


def test_an_empty_case_is_not_made_and_one_that_is_known_may_gain_nothing_but_the_identifier(
    desk: Client, partner: Client
) -> None:
    (fate,) = proposed(partner, row("RC-1", sex="male"))
    answer = decided(desk, page(fate, "new"), **{"of_sex": "", "of_names-0": ""})
    assert "Take something over" in answer.content.decode()
    assert not Prisoner.objects.exists()

    case = make.make_prisoner()
    decided(desk, page(fate, case))

    assert case.identifiers.get().value == "RC-1"
    assert Proposal.objects.get().accepted_as == case


def test_rejecting_tells_the_partner_why(desk: Client, partner: Client) -> None:
    (fate,) = proposed(partner, row())
    refused = desk.post(page(fate), {"decision": "reject", "reason": " "}, follow=True)
    assert "This field is required" in refused.content.decode()
    assert fate_of(partner, fate)["state"] == "received"

    desk.post(
        page(fate), {"decision": "reject", "reason": "The court file says otherwise."}
    )

    told = fate_of(partner, fate)
    assert (told["state"], told["reason"]) == (
        "rejected",
        "The court file says otherwise.",
    )
    proposal = Proposal.objects.get()
    assert (str(proposal.decided_by), proposal.accepted_as) == ("documenter", None)
    shown = desk.get(page(fate)).content.decode()
    assert 'value="reject"' not in shown
    assert "The court file says otherwise." in shown
    again = desk.post(
        page(fate), {"decision": "reject", "reason": "Another."}, follow=True
    )
    assert "Nothing was changed." in again.content.decode()
    assert fate_of(partner, fate)["reason"] == "The court file says otherwise."


def test_the_partner_is_told_the_id_once_it_is_published_to_partners(
    desk: Client, partner: Client
) -> None:
    (fate,) = proposed(partner, row("RC-1", **FULL))
    decided(desk, page(fate, "new"))
    case = Prisoner.objects.get()
    publish_pending()
    assert fate_of(partner, fate)["accepted_as"] is None

    Prisoner.objects.filter(pk=case.pk).update(visibility="partners")
    make.approve(case)
    publish_pending()

    assert fate_of(partner, fate)["accepted_as"] == str(case.pk)


def test_the_next_proposal_of_the_same_person_finds_the_case(
    desk: Client, partner: Client
) -> None:
    (fate,) = proposed(partner, row("RC-1"))
    decided(desk, page(fate, "new"))
    (later,) = proposed(partner, row("RC-1", "Quite Different", sex="male"))

    (match,) = desk.get(page(later)).context["matches"]

    assert (match.case, match.why) == (
        Prisoner.objects.get(),
        "has this identifier of theirs",
    )


def test_an_earlier_proposal_leads_to_the_case_that_its_own_was_merged_into(
    desk: Client, partner: Client
) -> None:
    (fate,) = proposed(partner, row("RC-1"))
    decided(desk, page(fate, "new"))
    merged, kept = Prisoner.objects.get(), make.make_prisoner("Somebody Known")
    merged.identifiers.all().delete()
    Prisoner.objects.filter(pk=merged.pk).update(merged_into=kept)
    (later,) = proposed(partner, row("RC-1", "Quite Different", sex="male"))

    (match,) = desk.get(page(later)).context["matches"]

    assert (match.case, match.why) == (
        kept,
        "an earlier proposal with this identifier was accepted as this case",
    )


def test_a_partner_that_is_the_publisher_itself_relays_nobody(
    desk: Client, partner: Client
) -> None:
    ours = {"title": "Our list", "publisher": "Example Rights Centre"}
    (fate,) = proposed(partner, row("RC-1", sex="male", source=ours))

    decided(desk, page(fate, "new"))

    source = Source.objects.get()
    assert (source.publisher, source.relays) == ("Example Rights Centre", [])


@pytest.mark.parametrize(
    "namesake",
    [{"role": "relative"}, {"role": "witness"}, {"protected_pseudonym": True}],
    ids=str,
)
def test_a_person_who_happens_to_bear_the_partners_name_is_not_the_claimant(
    desk: Client, partner: Client, namesake: dict[str, Any]
) -> None:
    person = make.make_claimant("Example Rights Centre", **namesake)
    (fate,) = proposed(partner, row("RC-1", sex="male"))

    decided(desk, page(fate, "new"))

    claimants = set(Citation.objects.values_list("claimant__role", flat=True))
    assert claimants == {"rights_organisation"}
    assert not person.citations.exists()


def test_deciding_takes_its_own_right_and_that_to_the_case(
    client: Client, partner: Client
) -> None:
    case = make.make_prisoner()
    (fate,) = proposed(partner, row())
    staff = User.objects.create_user("staff", is_staff=True)
    client.force_login(staff)

    def give(*codenames: str) -> None:
        staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))

    posted = {"decision": "accept"}
    assert (client.get(QUEUE).status_code, client.get(page(fate)).status_code) == (
        403,
        403,
    )
    give("view_proposal", "view_prisoner", "change_prisoner", "add_prisoner")
    assert 'value="reject"' not in client.get(page(fate)).content.decode()
    assert client.post(page(fate, case), posted).status_code == 403
    assert (
        client.post(page(fate), {"decision": "reject", "reason": "No."}).status_code
        == 403
    )
    give("view_proposal", "view_prisoner", "decide_proposal")
    for chosen in (case, "new"):
        assert client.get(page(fate, chosen)).status_code == 403
        assert client.post(page(fate, chosen), posted).status_code == 403
    assert Proposal.objects.get().state == "received"
    assert Prisoner.objects.count() == 1


def test_an_address_of_no_proposal_or_case_is_not_found(
    desk: Client, partner: Client
) -> None:
    (fate,) = proposed(partner, row())
    merged = make.make_prisoner()
    Prisoner.objects.filter(pk=merged.pk).update(merged_into=make.make_prisoner("Kept"))
    for address in (f"{QUEUE}17/change/", f"{page(fate)}?into=17", page(fate, merged)):
        assert desk.get(address).status_code == 404


LINKED: dict[str, Any] = {
    "detentions": [
        {
            "started_on": "2021-02",
            "placements": [
                {"place_as_stated": "Invented prison", "from_on": "2021-03"}
            ],
        }
    ],
    "charges": [{"article": "342"}, {"article": "130"}],
    "sentences": [
        {
            "term_months": 12,
            "charges": [0, 1],
            "further_punishments": [{"punishment": "fine"}],
        },
        {"term_months": 6, "adds_to": 0},
    ],
}


def test_a_place_a_further_punishment_and_links_between_parts_are_taken_over(
    desk: Client, partner: Client
) -> None:
    (fate,) = proposed(partner, row("RC-1", **LINKED))
    told = desk.get(page(fate, "new")).content.decode()
    assert "Invented prison" in told
    assert "Charges: № 1, № 2" in told

    decided(desk, page(fate, "new"))

    case = Prisoner.objects.get()
    placement = case.detentions.get().placements.get()
    assert placement.place_as_stated == "Invented prison"
    assert set(cited(placement)) == {("place_as_stated", ""), ("from_on", "")}
    first, second = case.sentences.order_by("-term_months")
    assert {charge.article for charge in first.charges.all()} == {"342", "130"}
    assert first.further_punishments.get().punishment == "fine"
    assert second.adds_to == first


def test_a_place_is_added_to_the_detention_that_is_the_same_and_never_twice(
    desk: Client, partner: Client
) -> None:
    case = make.make_prisoner()
    detention = make.make_detention(case, started_on="2021-02")
    charge = make.make_charge(case, article="342")
    same = {"of_detentions-0": str(detention.pk), "of_charges-0": str(charge.pk)}
    for identifier in ("RC-1", "RC-2"):
        (fate,) = proposed(partner, row(identifier, **LINKED))
        decided(desk, page(fate, case), **same)
    assert detention.placements.get().place_as_stated == "Invented prison"


def test_what_leads_to_a_part_that_is_left_leads_nowhere(
    desk: Client, partner: Client
) -> None:
    (fate,) = proposed(partner, row("RC-1", **LINKED))
    decided(desk, page(fate, "new"), **{"of_charges-0": "", "of_sentences-0": ""})
    sentence = Prisoner.objects.get().sentences.get()
    assert (sentence.term_months, sentence.adds_to) == (6, None)


def test_a_place_of_detention_is_known_by_its_name_where_it_is_the_only_one(
    desk: Client, partner: Client
) -> None:
    """In any language, and in the country if that is said. None is made."""
    named = {"en": "Invented prison", "be": "Выдуманая турма"}
    facility = make.make_facility(names=named, country="BY")
    make.make_facility(names={"en": "Invented prison"}, country="RU")
    for place, found in (
        ({"place_as_stated": "Invented prison", "country": "BY"}, facility),
        ({"place_as_stated": "Выдуманая турма"}, facility),
        ({"place_as_stated": "Invented prison"}, None),  # there are two
        ({"place_as_stated": "Invented", "country": "BY"}, None),
        ({"place_as_stated": "Invented prison", "country": "PL"}, None),
    ):
        detention = {"started_on": "2021", "placements": [place]}
        (fate,) = proposed(partner, row("RC-1", detentions=[detention]))
        decided(desk, page(fate, "new"))
        placement = Placement.objects.get()
        stated = None if found else place["place_as_stated"]
        assert (placement.facility, placement.place_as_stated) == (found, stated)
        name = "facility" if found else "place_as_stated"
        assert (name, "") in cited(placement)
        Prisoner.objects.all().delete()
    assert Facility.objects.count() == 2


def test_a_court_case_is_known_by_its_number_and_is_entered_where_it_is_not(
    desk: Client, partner: Client
) -> None:
    """With the charges and sentences of it that the row names."""
    known = make.make_court_case(number="1356/2019", court="High Court")
    said = {
        **LINKED,
        "prosecutions": [
            {"number": "1356/2019", "charges": [0], "sentences": [0, 1]},
            {"number": "77/2026", "court": "City Court"},
        ],
    }
    (fate,) = proposed(partner, row("RC-1", **said))
    told = desk.get(page(fate, "new")).content.decode()
    assert "Court case: 1356/2019, High Court" in told
    assert told.count("no such court case: it is entered") == 1
    assert CourtCase.objects.count() == 1

    decided(desk, page(fate, "new"))

    case = Prisoner.objects.get()
    prosecution = case.prosecutions.get(court_case=known)
    assert [charge.article for charge in prosecution.charges.all()] == ["342"]
    assert prosecution.sentences.count() == 2
    new = CourtCase.objects.exclude(pk=known.pk).get()
    assert (str(new), new.visibility) == ("77/2026, City Court", "internal")
    assert set(cited(new)) == {("number", ""), ("court", "")}
    assert not known.citations.exists()


def test_another_identifier_is_the_partners_own_and_is_never_published(
    desk: Client, partner: Client
) -> None:
    other = {"scheme": "court", "value": "1356/2019"}
    (fate,) = proposed(partner, row("RC-1", identifiers=[other]))
    decided(desk, page(fate, "new"))
    identifiers = Prisoner.objects.get().identifiers
    assert set(identifiers.values_list("value", "owner_organisation")) == {
        ("RC-1", "Example Rights Centre"),
        ("1356/2019", "Example Rights Centre"),
    }


def test_a_summary_gains_their_languages_and_keeps_ours(
    desk: Client, partner: Client
) -> None:
    case = make.make_prisoner(summary={"en": "Ours.", "be": "Наша."})
    (fate,) = proposed(partner, row(summary={"en": "Theirs.", "ru": "Их."}))
    decided(desk, page(fate, case), of_summary="take")
    case.refresh_from_db()
    assert case.summary == {"en": "Theirs.", "be": "Наша.", "ru": "Их."}
