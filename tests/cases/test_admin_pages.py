"""Every page of the desk opens, and opening a list takes the same queries for three
rows as for thirty.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import (
    TARGETS,
    Citation,
    Claimant,
    DeskEntry,
    Edition,
    PublishingFailure,
)
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address
from tests.roles import acting_as

pytestmark = [pytest.mark.django_db, pytest.mark.crawl]

EDITED: list[Any] = [*TARGETS.values(), Claimant, Citation]
LISTED: list[Any] = [*EDITED, Edition, PublishingFailure]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


def make_full_case(number: int = 0) -> list[Any]:
    """One of every record, tied together as they are in life."""
    name = f"Person {number}"
    prisoner = make.make_prisoner(
        name, visibility="public", occupations=["journalist"], citizenships=["BY"]
    )
    entry = {
        "display_name": name,
        "statuses": ["released"],
        "open_questions": {"uncited": 1},
    }
    with acting_as("publisher"):
        DeskEntry.objects.update_or_create(prisoner=prisoner, defaults=entry)
    source, claimant = (
        make.make_source(f"Report {number}"),
        make.make_claimant(f"Claimant {number}"),
    )
    facility, event = (
        make.make_facility(f"Colony {number}"),
        make.make_release_event(f"Event {number}"),
    )
    detention = make.make_detention(
        prisoner, started_on="2020-11", ended_on="2025-09-11"
    )
    placement = make.make_placement(
        detention, facility=facility, conditions=["denied_visits"]
    )
    order = make.make_detention_order(detention, from_on="2020-11", to_on="2021-05")
    charge = make.make_charge(prisoner, article="342")
    decision = make.make_charge_decision(charge, decided_on="2021-11")
    sentence = make.make_sentence(prisoner, term_months=60)
    sentence.charges.add(charge)
    longer = make.make_sentence(prisoner, adds_to=sentence, term_months=6)
    release = make.make_release(prisoner, release_event=event, released_on="2025-09-11")
    deportation = make.make_deportation(
        prisoner, release=release, outcome="expelled", to_country="LT"
    )
    whereabouts = make.make_whereabouts(prisoner, last_seen_on="2025-09-11")
    sighting = make.make_sighting(prisoner, facility=facility, after=whereabouts.pk)
    recognition = make.make_recognition(prisoner, criteria=["a"])
    listing = make.make_designation(prisoner, list_kind="extremist")
    identifier = prisoner.identifiers.create(scheme="own", value=str(number))
    consent = prisoner.consents.create(subject="name", audience="public")
    count = make.make_count(claimant=claimant, release_event=event)
    parts = [
        detention,
        placement,
        order,
        charge,
        decision,
        sentence,
        longer,
        release,
        deportation,
        whereabouts,
        sighting,
    ]
    parts += [recognition, listing, identifier, consent, prisoner.names.get()]
    roots = [prisoner, source, facility, event, count]
    cited = [
        make.make_citation(record, source=source, claimant=claimant)
        for record in [*roots, *parts]
    ]
    cited.append(make.make_citation(sentence, "term_months", source, states=48))
    return [*roots, *parts, claimant, *cited]


def queries(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ask().status_code == 200
    return len(asked)


def test_every_model_of_the_record_has_its_page(desk: Client) -> None:
    for record in make_full_case():
        assert desk.get(address(record)).status_code == 200, record
        assert desk.get(address(record, "history"), follow=True).status_code == 200, (
            record
        )
        assert desk.get(address(record, "delete")).status_code == 200, record


def test_a_list_takes_no_more_queries_for_thirty_rows_than_for_three(
    desk: Client,
) -> None:
    lists = {
        model: reverse(f"admin:cases_{model._meta.model_name}_changelist")
        for model in LISTED
    }
    for number in range(3):
        make_full_case(number)
        _approve_and_fail(number)
    few = {}
    for model, url in lists.items():
        few[model] = queries(partial(desk.get, url))
    for number in range(3, 30):
        make_full_case(number)
        _approve_and_fail(number)

    for model, url in lists.items():
        assert queries(partial(desk.get, url)) <= few[model], model


def _approve_and_fail(number: int) -> None:
    """An edition and a failure."""
    who = User.objects.create(username=f"reviewer {number}")
    root = make.make_prisoner(f"Approved {number}")
    publish_pending()  # it tells lists the names
    with acting_as("owner"):
        Edition.objects.create(
            root_kind="prisoner",
            root_id=root.pk,
            number=99,
            version=1,
            snapshot={},
            approved_by=who,
        )
    with acting_as("publisher"):
        PublishingFailure.objects.create(
            root_kind="prisoner", root_id=root.pk, error="unreadable"
        )


@pytest.mark.parametrize("page", ["change", "file"])
def test_a_case_takes_no_more_queries_with_thirty_parts_of_a_kind_than_with_three(
    desk: Client, page: str
) -> None:
    prisoner = make.make_prisoner()
    source = make.make_source()

    def grow(parts: int) -> None:
        for number in range(parts):
            make.make_name(prisoner, f"Spelling {number} of {parts}")
            detention = make.make_detention(prisoner, started_on="2021")
            make.make_placement(detention, facility=make.make_facility())
            sentence = make.make_sentence(prisoner, term_months=number)
            sentence.charges.add(make.make_charge(prisoner))
            make.make_deportation(prisoner, outcome="refused")
            make.make_citation(sentence, "term_months", source)
            make.make_citation(
                detention,
                "started_on",
                source,
                claimant=make.make_claimant(f"{number} of {parts}"),
            )

    publish_pending()  # it tells pages the name
    grow(3)
    url = address(prisoner, page)
    desk.get(url)
    few = queries(lambda: desk.get(url))
    grow(27)

    assert queries(lambda: desk.get(url)) <= few


def test_every_filter_of_every_list_can_be_asked(desk: Client) -> None:
    make_full_case()
    for model in EDITED:
        url = reverse(f"admin:cases_{model._meta.model_name}_changelist")
        found = desk.get(url).context["cl"]
        for filter_ in found.filter_specs:
            for choice in list(filter_.choices(found))[1:3]:
                response = desk.get(url + choice["query_string"])
                assert response.status_code == 200, (model, filter_.title, choice)
        assert desk.get(url, {"q": "Person"}).status_code == 200


def test_nothing_is_edited_in_a_list_or_deleted_from_one(desk: Client) -> None:
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label == "cases":
            assert not model_admin.list_editable
            assert set(model_admin.actions or []) <= {
                "review_together"
            }  # which leads to a page that asks


def test_the_start_page_says_how_publishing_stands(desk: Client) -> None:
    _approve_and_fail(1)

    page = desk.get(reverse("admin:index")).content.decode()

    assert "1 case could not be published" in page
    assert "Publishing has not started yet" in page


@pytest.mark.parametrize("model", [Edition, PublishingFailure])
def test_what_was_published_is_read_and_never_edited(desk: Client, model: Any) -> None:
    _approve_and_fail(1)
    record = model.objects.get()

    assert desk.get(address(record)).status_code == 200
    assert desk.post(address(record), {"reason": "other"}).status_code == 403
    assert desk.post(address(record, "delete"), {"post": "yes"}).status_code == 403
    assert (
        desk.get(reverse(f"admin:cases_{model._meta.model_name}_add")).status_code
        == 403
    )
    assert model.objects.filter(pk=record.pk).exists()


def test_who_may_not_sign_in_sees_nothing(client: Client) -> None:
    prisoner = make.make_prisoner()
    client.force_login(User.objects.create_user("visitor"))

    for url in (
        address(prisoner),
        reverse("admin:cases_citation_cases"),
        address(prisoner, "approve"),
    ):
        assert client.get(url).status_code in {302, 403}


def test_who_signs_in_without_permissions_learns_no_name(client: Client) -> None:
    prisoner = make.make_prisoner("Secret Person")
    client.force_login(User.objects.create_user("trainee", is_staff=True))

    assert client.get(address(prisoner)).status_code == 403
    assert (
        client.get(
            reverse("admin:cases_citation_cases"), {"term": "Secret"}
        ).status_code
        == 403
    )
    assert client.get(reverse("admin:cases_citation_add")).status_code == 403
