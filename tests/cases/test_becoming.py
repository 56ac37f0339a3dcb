"""What becomes visible to readers and what no longer is, said before an approval and
with each save.
"""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cases.models import Prisoner, WaitingCase
from cases.publishing import publish_pending
from cases.publishing.becoming import Becoming, by_approving
from tests import factories as make
from tests.cases.admin_pages import address, doubted, saved
from tests.cases.editorial import Desk
from tests.transactions import committed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def case() -> Prisoner:
    """Published, with its name."""
    case = make.make_prisoner(
        "Mikola Example", visibility="public", born_on="1980", **make.ALL_TOLD
    )
    source = make.make_source("The report", visibility="public")
    make.make_citation(case, "born_on", source)
    make.approve(source)
    make.approve(case)
    published()
    return case


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


def published() -> None:
    committed()
    publish_pending()


def becoming(root: Any) -> Becoming:
    return by_approving(root.kind, [root.pk], date.today())[root.pk]


NAME = "the name “Mikola Example”"


def test_a_birth_that_hides_the_name_says_so(case: Prisoner) -> None:
    Prisoner.objects.update(born_on="2015")
    goes = becoming(case).goes
    assert f"{NAME} (already)" in goes
    assert becoming(case).appears == []
    assert becoming(case).loses_its_name


def test_a_case_that_goes_as_a_whole_keeps_no_address(case: Prisoner) -> None:
    Prisoner.objects.update(visibility="internal")
    assert becoming(case).goes
    assert not becoming(case).loses_its_name


def test_what_an_approval_hides_is_not_gone_already(case: Prisoner) -> None:
    case.names.update(visibility="partners")
    assert f"{NAME} (already)" in becoming(case).goes
    make.approve(case)
    published()
    case.names.update(visibility=None)
    assert becoming(case).appears == [NAME]


def test_a_place_that_is_seen_by_fewer_says_so(case: Prisoner) -> None:
    detention = make.make_detention(case, started_on="2020")
    placement = make.make_placement(detention, facility=None, place_kind="prison")
    make.approve(case)
    published()
    facility = make.make_facility("Colony No. 1", visibility="public")
    make.approve(facility)
    published()
    placement.facility = facility
    placement.save()
    (appears,) = becoming(case).appears
    assert appears.endswith(" – place")
    make.approve(case)
    published()
    placement.facility = make.make_facility("Not told")
    placement.save()
    (goes,) = becoming(case).goes
    assert goes.endswith(" – place")


def test_a_file_that_may_be_shown_says_so() -> None:
    source = make.make_source("A", visibility="public", file_name="copy.pdf")
    make.approve(source)
    published()
    source.copy_is_public = True
    source.save()
    assert [words for words in becoming(source).appears if "ile" in words]


def test_what_only_partners_see_is_marked_so(case: Prisoner) -> None:
    make.make_name(case, "Partners Only", visibility="partners")
    assert becoming(case).appears == ["the name “Partners Only” (for partners)"]


def test_a_case_that_appears_is_one_thing_and_one_that_stays_inside_is_none() -> None:
    case = make.make_prisoner("Nina Example", visibility="public")
    make.make_sentence(case)
    assert becoming(case).appears == ["the whole case"]
    assert not becoming(make.make_prisoner("Olga Internal"))


def test_a_value_that_is_another_one_comes_and_goes_nowhere(case: Prisoner) -> None:
    Prisoner.objects.update(born_on="1981")
    assert not becoming(case)


def test_the_reviewer_reads_it_alone_and_among_several(
    desk: Client, case: Prisoner
) -> None:
    Prisoner.objects.update(born_on="2015")
    published()
    page = desk.get(address(case, "review")).content.decode()
    assert "No longer visible" in page
    assert NAME in page
    row = WaitingCase.objects.get(root_id=case.pk)
    page = desk.get(f"/admin/cases/waitingcase/several/?ids={row.pk}").content.decode()
    assert NAME in page


def test_a_program_reads_it(case: Prisoner) -> None:
    Prisoner.objects.update(born_on="2015")
    user: User = make.make_documenter("rita")
    read = Desk(user).get(f"prisoners/{case.pk}/review/").json()
    assert f"{NAME} (already)" in read["no_longer_visible"]
    assert read["becomes_visible"] == []


def told(desk: Client, case: Prisoner, **typed: Any) -> str:
    answer = saved(desk, address(case), change_reason="x", **typed)
    assert answer.status_code == 302
    page = desk.get(answer.url)
    return " ".join(str(message) for message in page.context["messages"])


def test_a_save_says_what_it_takes_out_of_sight_at_once(
    desk: Client, case: Prisoner
) -> None:
    asked = saved(desk, address(case), change_reason="x", born_on="2015")
    words = told(desk, case, born_on="2015", source_says=doubted(asked))
    assert f"No longer visible: {NAME}" in words
    published()
    assert "visible" not in told(desk, case, affiliation="A paper")


def test_where_saving_approves_a_save_says_what_it_shows(
    desk: Client, case: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    assert "Becomes visible: Affiliation." in told(desk, case, affiliation="A paper")
