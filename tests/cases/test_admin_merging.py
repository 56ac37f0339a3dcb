"""Merging at the desk: from the page of a case to the decision and back."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from cases.models import Merge, Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address
from tests.transactions import committed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True
    settings.APPROVE_OWN_CHANGES = True  # one person does everything here


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def kept() -> Prisoner:
    return make.make_prisoner("Mikalai Example", born_on="1980", visibility="public")


@pytest.fixture
def other() -> Prisoner:
    case = make.make_prisoner("Николай Example", born_on="1981", visibility="partners")
    make.make_sentence(case, term_as_stated="four years")
    case.refresh_from_db()
    return case


def merge_page(kept: Prisoner, other: Prisoner) -> str:
    return f"{address(other, 'merge')}?into={kept.pk}"


def decided(
    client: Client, url: str, decision: str = "", reason: str = "One court file."
) -> str:
    """What the desk answers to a decision on the page at this address."""
    committed()
    form = client.get(url).context["form"].initial
    return client.post(
        url, {**form, "reason": reason, "decision": decision}, follow=True
    ).content.decode()


def proposed(client: Client, kept: Prisoner, other: Prisoner) -> str:
    """The address of the proposal."""
    assert "Proposed." in decided(client, merge_page(kept, other))
    return reverse(
        "admin:cases_merge_change", args=[Merge.objects.get(state="proposed").pk]
    )


def test_the_page_of_a_case_leads_to_a_choice_that_suggests_its_namesakes(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    make.make_prisoner("Another Person")
    publish_pending()
    assert address(other, "merge") in desk.get(address(other)).content.decode()

    page = desk.get(address(other, "merge")).content.decode()

    assert f'href="{merge_page(kept, other)}"' in page
    assert "Another Person" not in page


def test_both_cases_stand_beside_each_other_before_anyone_decides(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    shown = desk.get(merge_page(kept, other)).context["preview"]

    assert shown.differences == [("Born", "1980", "1981")]
    assert ("Names", ["Mikalai Example"], ["Николай Example"]) in shown.lists
    assert [label for label, _kept, moving in shown.lists if moving] == [
        "Names",
        "Sentences",
        "Citations",
    ]
    assert "visible to: partners" in shown.warnings[0]
    assert not Merge.objects.exists()


def test_each_page_of_a_merge_leads_back_to_the_case(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    def way_back(url: str) -> str:
        page = desk.get(url).text
        start = page.index('<div class="breadcrumbs">')
        return page[start : page.index("</div>", start)]

    assert address(other, "file") in way_back(address(other, "merge"))
    assert address(other, "file") in way_back(merge_page(kept, other))
    assert address(kept, "file") in way_back(proposed(desk, kept, other))


def test_a_merge_is_proposed_by_one_and_approved_by_another(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    url = proposed(desk, kept, other)
    assert other.names.exists()
    assert "Somebody proposed to merge" in desk.get(address(kept)).content.decode()
    assert (
        "1 merge of cases is proposed"
        in desk.get(reverse("admin:index")).content.decode()
    )

    desk.force_login(make.make_documenter("reviewer"))

    assert "The merge is now: merged" in decided(desk, url, "approve")
    merge = Merge.objects.get()
    assert (str(merge.proposed_by), str(merge.edition.approved_by)) == (  # type: ignore[union-attr]
        "documenter",
        "reviewer",
    )
    assert {name.value for name in kept.names.all()} == {
        "Mikalai Example",
        "Николай Example",
    }


def test_a_merged_case_can_be_read_and_not_changed_and_says_where_it_went(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    decided(desk, proposed(desk, kept, other), "approve")

    page = desk.get(address(other))

    assert "can only be read. It was merged into" in page.content.decode()
    assert address(kept, "file") in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert desk.post(address(other), {"affiliation": "x"}).status_code == 403
    assert desk.post(address(other, "delete"), {"post": "yes"}).status_code == 403
    assert "was merged into this case" in desk.get(address(kept)).content.decode()


def test_a_citation_of_a_merged_case_is_refused(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    decided(desk, proposed(desk, kept, other), "approve")
    url = f"{reverse('admin:cases_citation_add')}?prisoner={other.pk}"

    answer = desk.post(url, {"source": str(make.make_source().pk), "hedge": "stated"})

    assert "This case was merged into another one" in answer.content.decode()


def test_undoing_it_returns_what_moved(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    url = proposed(desk, kept, other)
    decided(desk, url, "approve")

    assert "Give a reason" in decided(desk, url, "undo", reason="")
    assert "The merge is now: undone" in decided(desk, url, "undo")
    assert other.sentences.exists()
    assert 'name="_save"' in desk.get(address(other)).content.decode()


def test_a_proposal_can_be_declined(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    url = proposed(desk, kept, other)

    assert "The merge is now: declined" in decided(
        desk, url, "decline", reason="Father and son."
    )
    assert Merge.objects.get().end_reason == "Father and son."
    assert desk.post(url, {"decision": "approve"}).status_code == 403


def test_what_changed_since_the_page_was_opened_is_refused(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    url = merge_page(kept, other)
    form = desk.get(url).context["form"].initial
    make.make_name(kept, "Added Meanwhile")

    answer = desk.post(url, {**form, "reason": "One court file."})

    assert (
        "Nothing was changed. This case was changed after you opened it"
        in answer.content.decode()
    )
    assert "Added Meanwhile" in answer.content.decode()
    assert not Merge.objects.exists()


def test_where_no_review_is_required_one_step_merges(
    desk: Client, kept: Prisoner, other: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    assert "Merged." in decided(desk, merge_page(kept, other))
    assert Prisoner.objects.get(pk=other.pk).merged_into == kept


def test_proposing_takes_the_right_to_change_and_deciding_the_right_to_approve(
    desk: Client, kept: Prisoner, other: Prisoner
) -> None:
    url = proposed(desk, kept, other)
    editor = User.objects.create_user("editor", is_staff=True)
    desk.force_login(editor)
    assert desk.get(merge_page(kept, other)).status_code == 403
    assert desk.get(url).status_code == 403

    editor.user_permissions.set(
        Permission.objects.filter(codename__in=["view_prisoner", "change_prisoner"])
    )

    assert [name for name, _label in desk.get(url).context["decisions"]] == ["decline"]
    assert desk.post(url, {"decision": "approve"}).status_code == 403
    assert Merge.objects.get().state == "proposed"


def test_an_address_of_no_merge_is_not_found(desk: Client) -> None:
    for key in ("17", "0c1f35a5-5f0a-4dd3-a8bb-9d27b31a8a3d"):
        assert (
            desk.get(reverse("admin:cases_merge_change", args=[key])).status_code == 404
        )


def test_who_proposed_a_merge_is_not_offered_to_approve_it_and_not_obeyed(
    desk: Client, kept: Prisoner, other: Prisoner, settings: Any
) -> None:
    settings.APPROVE_OWN_CHANGES = False
    url = proposed(desk, kept, other)

    assert (
        "You proposed it: somebody else must look at it"
        in desk.get(url).content.decode()
    )
    form = desk.get(url).context["form"].initial
    assert desk.post(url, {**form, "decision": "approve"}).status_code == 403
    assert Merge.objects.get().state == "proposed"
