"""The page of a place, a release event or a source is one that is read, as that of a case is."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from cases.models import Facility
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address, opened, saved
from tests.transactions import committed

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def facility() -> Facility:
    facility = make.make_facility("Colony No. 1", country="BY", region="Minsk")
    make.make_citation(facility, "country", make.make_source("The report"))
    prisoner = make.make_prisoner("Mikola Example")
    make.make_placement(make.make_detention(prisoner), facility=facility)
    return facility


def facts(answer: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for section in answer.context["sections"]:
        (record,) = section.records
        told.update((fact.label, fact) for fact in record.facts)
    return told


def test_its_facts_stand_with_the_numbers_of_their_sources(
    desk: Client, facility: Facility
) -> None:
    answer = desk.get(address(facility, "file"))
    told = facts(answer)
    assert (told["Country"].value, told["Country"].numbers) == ("Belarus", [1])
    assert (told["Region"].value, told["Region"].numbers) == ("Minsk", [])
    page = answer.content.decode()
    assert '<li id="source-1">' in page
    assert 'name="region"' not in page


def test_it_leads_to_what_names_it(desk: Client, facility: Facility) -> None:
    make.make_placement(make.make_detention(make.make_prisoner("Nina Example")))
    answer = desk.get(address(facility, "file"))
    lists = {words: url for url, words in answer.context["hanging"]}
    listed = desk.get(lists["Placements"]).content.decode()
    assert "Mikola Example" in listed
    assert "Nina Example" not in listed


def test_a_section_opens_to_edit_by_itself_and_leads_back(
    desk: Client, facility: Facility
) -> None:
    (section,) = desk.get(address(facility, "file")).context["sections"]
    assert "region" in opened(desk, section.edit_url)
    answer = saved(desk, section.edit_url, region="Hrodna")
    assert answer.status_code == 302
    assert answer["Location"] == f"{address(facility, 'file')}#{section.key}"
    facility.refresh_from_db()
    assert facility.region == "Hrodna"


def test_a_release_event_is_read_with_its_people(desk: Client) -> None:
    event = make.make_release_event("Release of 52 people")
    make.make_release(make.make_prisoner("Mikola Example"), release_event=event)
    committed()
    publish_pending()
    answer = desk.get(address(event, "file"))
    assert facts(answer)["Title"].value == "Release of 52 people"
    page = answer.content.decode()
    assert '<fieldset class="module people-of-event"' in page
    assert "Mikola Example" in page
    assert 'name="title"' not in page
    assert 'class="standing"' not in page  # only a person has a status


def test_a_source_is_read_with_the_list_of_what_is_cited_from_it(desk: Client) -> None:
    source = make.make_source("The report", publisher="A paper")
    answer = desk.get(address(source, "file"))
    assert facts(answer)["Publisher"].value == "A paper"
    page = answer.content.decode()
    assert f"/admin/cases/citation/?source__id__exact={source.pk}" in page
    assert 'name="publisher"' not in page


def test_who_may_only_look_is_offered_no_edit(
    client: Client, facility: Facility
) -> None:
    reader = User.objects.create_user("ina", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_facility"))
    client.force_login(reader)
    answer = client.get(address(facility, "file"))
    assert facts(answer)["Country"].value == "Belarus"
    assert not answer.context["may_edit"]
    assert not answer.context["hanging"]
