"""Whoever changes what has been published says why; what is new, or was never seen
outside, needs no reason.
"""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from cases.history import timeline
from cases.models import Citation, Detention, Edition, Prisoner, Source
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address, complaints, opened, saved, with_row
from tests.cases.editorial import Desk, problem

pytestmark = pytest.mark.django_db
SAY_WHY = "This case has been published: say why you change it."


@pytest.fixture
def client(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def prisoner() -> Prisoner:
    """Approved for everyone, with a detention."""
    case = make.make_prisoner("Mikola Example", visibility="public")
    make.make_detention(case, started_on="2020")
    make.approve(case)
    return case


def reasons(root: Any) -> list[str]:
    return [one.why for one in timeline(root.kind, root.pk)]


class TestAtTheDesk:
    def test_a_change_of_a_published_case_is_refused_without_one_and_keeps_it(
        self, client: Client, prisoner: Prisoner
    ) -> None:
        refused = saved(client, address(prisoner), affiliation="A paper")
        assert SAY_WHY in complaints(refused)
        prisoner.refresh_from_db()
        assert prisoner.affiliation == ""
        assert (
            saved(
                client,
                address(prisoner),
                affiliation="A paper",
                change_reason="Said so.",
            ).status_code
            == 302
        )
        assert reasons(prisoner)[-1] == "Said so."

    def test_a_change_of_a_row_or_of_a_part_on_its_own_page_needs_one_too(
        self, client: Client, prisoner: Prisoner
    ) -> None:
        detention = prisoner.detentions.get()
        page = with_row(
            opened(client, address(prisoner)), "sentences", punishment="fine"
        )
        assert SAY_WHY in complaints(client.post(address(prisoner), page))
        assert SAY_WHY in complaints(
            saved(client, address(detention), started_on="2021")
        )
        assert (
            client.post(
                address(prisoner), {**page, "change_reason": "A verdict."}
            ).status_code
            == 302
        )
        assert (
            saved(
                client, address(detention), started_on="2021", change_reason="A letter."
            ).status_code
            == 302
        )
        assert reasons(prisoner)[-2:] == ["A verdict.", "A letter."]

    def test_a_citation_of_a_published_case_needs_one(
        self, client: Client, prisoner: Prisoner
    ) -> None:
        source = make.make_source(visibility="public")
        add = reverse("admin:cases_citation_add") + f"?prisoner={prisoner.pk}"
        assert SAY_WHY in complaints(saved(client, add, source=source.pk))
        assert (
            saved(
                client, add, source=source.pk, change_reason="A source was found."
            ).status_code
            == 302
        )
        assert Citation.objects.filter(source=source).exists()
        assert reasons(prisoner)[-1] == "A source was found."

    def test_a_deletion_needs_one_and_says_so_before_anything_is_deleted(
        self, client: Client, prisoner: Prisoner
    ) -> None:
        detention = prisoner.detentions.get()
        url = address(detention, "delete")
        refused = client.post(url, opened(client, url), follow=True)
        assert SAY_WHY in refused.content.decode()
        assert Detention.objects.exists()
        client.post(url, {**opened(client, url), "change_reason": "Entered twice."})
        assert not Detention.objects.exists()
        assert reasons(prisoner)[-1] == "Entered twice."

    def test_an_approval_of_what_was_published_before_needs_one(
        self, client: Client, prisoner: Prisoner, settings: Settings
    ) -> None:
        settings.REQUIRE_REVIEW = True
        prisoner.refresh_from_db()
        asked = {"seen_version": prisoner.version}
        refused = client.post(address(prisoner, "approve"), asked, follow=True)
        assert "Not approved. Reason" in refused.content.decode()
        client.post(address(prisoner, "approve"), {**asked, "reason": "Checked again."})
        assert [edition.reason for edition in Edition.objects.order_by("number")] == [
            "",
            "Checked again.",
        ]

    def test_what_nobody_outside_has_seen_needs_none_and_may_have_one(
        self, client: Client
    ) -> None:
        inside = make.make_prisoner("Ales Example")
        make.approve(inside)
        assert saved(client, address(inside), affiliation="A paper").status_code == 302
        assert (
            saved(
                client, address(inside), affiliation="", change_reason="A mistake."
            ).status_code
            == 302
        )
        assert reasons(inside)[-2:] == ["", "A mistake."]

    def test_it_is_needed_still_once_the_case_was_taken_back(
        self, client: Client, prisoner: Prisoner
    ) -> None:
        Prisoner.objects.update(visibility="internal")
        assert SAY_WHY in complaints(
            saved(client, address(prisoner), affiliation="A paper")
        )

    def test_a_new_case_asks_for_none(self, client: Client) -> None:
        page = opened(client, reverse("admin:cases_source_add"))
        assert "change_reason" not in page
        client.post(reverse("admin:cases_source_add"), {**page, "title": "A report"})
        assert Source.objects.exists()

    def test_a_claimant_is_published_with_the_cases_that_name_it(
        self, client: Client, prisoner: Prisoner
    ) -> None:
        claimant = make.make_claimant()
        assert saved(client, address(claimant), name="One").status_code == 302
        make.make_citation(prisoner, claimant=claimant)
        assert SAY_WHY in complaints(saved(client, address(claimant), name="Two"))

    def test_a_reason_alone_changes_nothing(
        self, client: Client, prisoner: Prisoner
    ) -> None:
        prisoner.refresh_from_db()
        version = prisoner.version
        saved(client, address(prisoner), change_reason="For nothing.")
        prisoner.refresh_from_db()
        assert prisoner.version == version

    def test_where_saving_approves_the_next_change_needs_one(
        self, client: Client, settings: Settings
    ) -> None:
        settings.REQUIRE_REVIEW = False
        case = make.make_prisoner(visibility="public")
        publish_pending()
        assert SAY_WHY in complaints(
            saved(client, address(case), affiliation="A paper")
        )

    def test_one_that_is_too_long_or_no_text_is_refused(
        self, client: Client, prisoner: Prisoner
    ) -> None:
        for reason in ("x" * 501, "a\0b"):
            assert "Reason for the change" in complaints(
                saved(
                    client,
                    address(prisoner),
                    affiliation="A paper",
                    change_reason=reason,
                )
            )


class TestInTheEditorialApi:
    def test_a_change_without_the_header_is_refused_and_names_it(
        self, prisoner: Prisoner
    ) -> None:
        desk, detention = Desk(), prisoner.detentions.get()
        case, part = f"prisoners/{prisoner.pk}/", f"detentions/{detention.pk}/"
        seen = desk.etag(case)
        for refused in (
            desk.patch(case, {"affiliation": "A paper"}, seen),
            desk.patch(part, {"started_on": "2021"}, seen),
            desk.delete(part, seen),
            desk.post("sentences/", {"prisoner": str(prisoner.pk)}),
            desk.post(
                "citations/",
                {"detention": str(detention.pk), "source": str(make.make_source().pk)},
            ),
            desk.post(f"{case}approve/", {"version": int(seen.strip('"'))}),
        ):
            assert "X-Change-Reason" in problem(refused, 400)["detail"]
        assert desk.etag(case) == seen
        assert Edition.objects.count() == 1

    def test_a_change_with_it_is_done_and_the_history_tells_it(
        self, prisoner: Prisoner
    ) -> None:
        desk = Desk()
        part = f"detentions/{prisoner.detentions.get().pk}/"
        why = {"X-Change-Reason": "A letter came."}
        assert (
            desk.patch(part, {"started_on": "2021"}, desk.etag(part), **why).status_code
            == 200
        )
        assert (
            desk.post("sentences/", {"prisoner": str(prisoner.pk)}, **why).status_code
            == 201
        )
        assert desk.delete(part, desk.etag(part), **why).status_code == 204
        assert reasons(prisoner)[-3:] == ["A letter came."] * 3

    def test_an_approval_takes_it_from_the_body_or_from_the_header(
        self, prisoner: Prisoner
    ) -> None:
        desk = Desk()
        prisoner.refresh_from_db()
        asked = {"version": prisoner.version}
        path = f"prisoners/{prisoner.pk}/approve/"
        assert (
            desk.post(path, asked, **{"X-Change-Reason": "One"}).json()["reason"]
            == "One"
        )
        assert desk.post(path, {**asked, "reason": "Two"}).json()["reason"] == "Two"

    @pytest.mark.parametrize(
        "sent", [quote("Ліст з калоніі"), "Ліст з калоніі".encode().decode("latin-1")]
    )
    def test_it_may_be_in_any_script(self, prisoner: Prisoner, sent: str) -> None:
        desk, path = Desk(), f"prisoners/{prisoner.pk}/"
        desk.patch(
            path,
            {"affiliation": "A paper"},
            desk.etag(path),
            **{"X-Change-Reason": sent},
        )
        assert reasons(prisoner)[-1] == "Ліст з калоніі"

    @pytest.mark.parametrize("sent", ["x" * 501, "a%00b"])
    def test_one_that_cannot_be_kept_is_refused(
        self, prisoner: Prisoner, sent: str
    ) -> None:
        desk, path = Desk(), f"prisoners/{prisoner.pk}/"
        answer = desk.patch(
            path,
            {"affiliation": "A paper"},
            desk.etag(path),
            **{"X-Change-Reason": sent},
        )
        assert "X-Change-Reason" in problem(answer, 400)["detail"]

    def test_a_new_root_and_what_nobody_outside_has_seen_need_none(self) -> None:
        desk = Desk()
        made = desk.post("sources/", {"title": "A report", "visibility": "public"})
        path = f"sources/{made.json()['id']}/"
        assert (
            desk.patch(path, {"author": "A. Writer"}, made["ETag"]).status_code == 200
        )
