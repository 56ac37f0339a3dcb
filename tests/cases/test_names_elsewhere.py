"""Who merges a protected person's case is told where else the name stands, and says
that it may stay there before anything moves.
"""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cases import merging
from cases.merging.preview import preview
from cases.models import Merge, Prisoner, Source
from tests import factories as make
from tests.cases.editorial import Desk
from tests.transactions import committed

pytestmark = pytest.mark.django_db
NAME = "Zmicier Secretname"


def warnings(**fields: object) -> str:
    kept = make.make_prisoner("Somebody Else", visibility="public")
    merged = make.make_prisoner(NAME, visibility="public", **fields)
    return "\n".join(preview(kept, merged).warnings)


def test_titles_and_counts_that_others_see_are_named() -> None:
    make.make_source(f"Letter of {NAME.upper()}", visibility="public")
    make.make_release_event(f"Release of {NAME}", visibility="partners")
    make.make_count(value_as_stated=f"{NAME} and others", visibility="public")
    told = warnings(name_withheld=True)
    assert told.count(f"holds the name “{NAME}”") == 3
    assert "Source “" in told
    assert "Release event “" in told
    assert "Reported count “" in told


def test_what_stays_inside_and_other_names_are_not() -> None:
    make.make_source(f"Letter of {NAME}", visibility="internal")
    make.make_source("Letter of another", visibility="public")
    assert "holds the name" not in warnings(name_withheld=True)


def test_a_name_that_is_told_may_stand_anywhere() -> None:
    make.make_source(f"Letter of {NAME}", visibility="public")
    assert "holds the name" not in warnings()


def protected_in_a_title() -> tuple[Prisoner, Prisoner]:
    """The case that is kept, and that of a person whose name a source's title holds."""
    make.make_source(f"Letter of {NAME}", visibility="public")
    kept = make.make_prisoner("Somebody Else", visibility="public")
    merged = make.make_prisoner(NAME, visibility="public", name_withheld=True)
    committed()
    for case in (kept, merged):
        case.refresh_from_db()
    return kept, merged


def versions(kept: Prisoner, merged: Prisoner) -> dict[str, Any]:
    return {"seen_versions": (kept.version, merged.version), "reason": "Same day."}


class TestNothingMovesBeforeSomebodySaysThatTheNameMayStay:
    @pytest.fixture
    def cases(self) -> tuple[Prisoner, Prisoner]:
        return protected_in_a_title()

    def test_in_one_step(self, cases: tuple[Prisoner, Prisoner]) -> None:
        kept, merged = cases
        with pytest.raises(merging.MergeRefused, match=NAME):
            merging.merge(kept.pk, merged.pk, **versions(*cases))
        assert not Prisoner.objects.exclude(merged_into=None).exists()
        merging.merge(kept.pk, merged.pk, **versions(*cases), names_may_stay=True)
        assert Prisoner.objects.get(pk=merged.pk).merged_into_id == kept.pk

    def test_nor_if_the_title_says_it_no_longer(
        self, cases: tuple[Prisoner, Prisoner]
    ) -> None:
        kept, merged = cases
        Source.objects.update(title="Letter of a prisoner")
        merging.merge(kept.pk, merged.pk, **versions(*cases))

    def test_by_the_page_of_a_proposal(
        self, cases: tuple[Prisoner, Prisoner], settings: Any
    ) -> None:
        settings.REQUIRE_REVIEW = True
        kept, merged = cases
        merge = merging.propose(kept.pk, merged.pk, **versions(*cases))
        reviewer = Client()
        reviewer.force_login(User.objects.create_superuser("rita"))
        address = f"/admin/cases/merge/{merge.pk}/change/"
        assert "names_may_stay" in reviewer.get(address).content.decode()
        said = {
            "decision": "approve",
            "kept_version": kept.version,
            "merged_version": merged.version,
        }
        page = reviewer.post(address, said, follow=True).content.decode()
        assert "Nothing was changed." in page
        assert Merge.objects.get().state == "proposed"
        reviewer.post(address, {**said, "names_may_stay": "on"})
        assert Merge.objects.get().state == "merged"

    def test_by_the_page_that_merges_at_once(
        self, cases: tuple[Prisoner, Prisoner], settings: Any
    ) -> None:
        settings.REQUIRE_REVIEW = False
        kept, merged = cases
        editor = Client()
        editor.force_login(User.objects.create_superuser("rita"))
        address = f"/admin/cases/prisoner/{merged.pk}/merge/?into={kept.pk}"
        assert "names_may_stay" in editor.get(address).content.decode()
        said = {
            "kept_version": kept.version,
            "merged_version": merged.version,
            "reason": "Same day.",
        }
        assert "Nothing was changed." in editor.post(address, said).content.decode()
        editor.post(address, {**said, "names_may_stay": "on"})
        assert Merge.objects.get().state == "merged"

    def test_by_the_editorial_api(
        self, cases: tuple[Prisoner, Prisoner], settings: Any
    ) -> None:
        settings.REQUIRE_REVIEW = False
        kept, merged = cases
        said = {
            "into": str(kept.pk),
            "version": merged.version,
            "into_version": kept.version,
            "reason": "Same day.",
        }
        desk = Desk()
        address = f"prisoners/{merged.pk}/merge/"
        refused = desk.post(address, said)
        assert refused.status_code == 409
        assert NAME in refused.json()["detail"]
        done = desk.post(address, {**said, "names_may_stay": True})
        assert done.status_code == 201
        assert done.json()["state"] == "merged"


def test_nobody_is_asked_of_names_that_are_told() -> None:
    kept, merged = make.make_prisoner("Else"), make.make_prisoner(NAME)
    client = Client()
    client.force_login(User.objects.create_superuser("rita"))
    address = f"/admin/cases/prisoner/{merged.pk}/merge/?into={kept.pk}"
    assert "names_may_stay" not in client.get(address).content.decode()
