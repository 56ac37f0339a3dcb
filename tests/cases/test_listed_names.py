"""Names on the list that a claim rests on: a list of 120 has 120 lines, and not 120
people.
"""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases.history import timeline
from cases.models import ListedName, Prisoner, ReportedCount
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk, problem
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def count() -> ReportedCount:
    return make.make_count("detained", 120, visibility="public")


def page(count: ReportedCount) -> str:
    return reverse("admin:cases_reportedcount_listed_names", args=[count.pk])


def save(client: Client, count: ReportedCount, **typed: Any) -> Any:
    count.refresh_from_db()
    return client.post(page(count), {"seen_version": count.version, **typed})


def test_they_are_pasted_as_lines_and_make_nobodys_case(
    admin_client: Client, count: ReportedCount
) -> None:
    pasted = "Thuya\r\n\r\n  Ma Khin \r\nأحمد محمد\r\n"
    answer = save(admin_client, count, names=pasted)
    assert answer.status_code == 302
    save(admin_client, count, names="Phyo")
    assert list(count.listed_names.values_list("line", "value")) == [
        (1, "Thuya"),
        (2, "Ma Khin"),
        (3, "أحمد محمد"),
        (4, "Phyo"),
    ]
    assert not Prisoner.objects.exists()


def test_who_is_identified_is_ticked_and_counted_beside_the_claim(
    admin_client: Client, count: ReportedCount
) -> None:
    save(admin_client, count, names="Thuya\nMa Khin\nPhyo")
    khin = count.listed_names.get(value="Ma Khin")
    save(admin_client, count, identified=[str(khin.pk)])
    words = "Stated: 120. Names on the list: 3. Identified: 1."
    for shown in (page(count), address(count)):
        assert words in admin_client.get(shown).content.decode()
    save(admin_client, count)
    assert not ListedName.objects.filter(identified=True).exists()


def test_what_a_colleague_ticked_meanwhile_is_not_unticked(
    admin_client: Client, count: ReportedCount
) -> None:
    name = make.make_listed_name(count, "Thuya", line=1)
    count.refresh_from_db()
    opened = {"seen_version": count.version}
    ListedName.objects.filter(pk=name.pk).update(identified=True)
    answer = admin_client.post(page(count), {**opened, "names": "Phyo"})
    assert "Nothing was saved" in answer.content.decode()
    assert ListedName.objects.get().identified


def test_once_the_count_is_published_a_reason_is_asked_and_kept(
    admin_client: Client, count: ReportedCount
) -> None:
    make.approve(count)
    publish_pending()
    assert save(admin_client, count, names="Thuya").status_code == 200
    assert not ListedName.objects.exists()
    said = {"names": "Thuya", "change_reason": "The list of May"}
    assert save(admin_client, count, **said).status_code == 302
    last = timeline("reported_count", count.pk)[-1]
    assert last.why == "The list of May"


def test_a_line_that_is_wrong_is_named_and_nothing_is_stored(
    admin_client: Client, count: ReportedCount
) -> None:
    answer = save(admin_client, count, names=f"Thuya\n{'x' * 201}\nMa \u202eKhin")
    told = answer.content.decode()
    assert "Line 2: " in told
    assert "Line 3: " in told
    assert "U+202E" in told
    assert not ListedName.objects.exists()


def test_two_names_on_one_line_are_refused(count: ReportedCount) -> None:
    ListedName.objects.create(reported_count=count, line=1, value="Thuya")
    with pytest.raises(IntegrityError, match="line_of_its_own"), transaction.atomic():
        ListedName.objects.create(reported_count=count, line=1, value="Phyo")
    desk = Desk()
    body = {"reported_count": str(count.pk), "line": 1, "value": "Phyo"}
    seen = {"If-Match": desk.etag(f"reported-counts/{count.pk}/")}
    answer = desk.post("listed-names/", body, **seen)
    assert "line" in problem(answer, 400)["errors"]


def test_nothing_of_them_is_told_outside(count: ReportedCount) -> None:
    source = make.make_source(visibility="public")
    make.make_citation(count, "", source)
    name = ListedName.objects.create(
        reported_count=count, line=7, value="Thuya", said="of Yangon", identified=True
    )
    make.make_citation(name, "value", source, quote="Thuya", locator="line 7")
    make.approve(count)
    publish_pending()
    for documents in (PublicDocument, PartnersDocument):
        rows = json.dumps(list(documents.objects.values()), default=str)
        assert str(count.pk) in rows
        for secret in ("Thuya", "Yangon", str(name.pk), "listed"):
            assert secret not in rows


def test_whoever_may_not_change_them_reads_them(count: ReportedCount) -> None:
    ListedName.objects.create(reported_count=count, line=1, value="Thuya")
    user = User.objects.create_user("viewer", is_staff=True)
    rights = ["view_reportedcount", "view_listedname"]
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    viewer = Client()
    viewer.force_login(user)
    assert "Thuya" in viewer.get(page(count)).content.decode()
    assert viewer.post(page(count), {"names": "Phyo"}).status_code == 403
    assert ListedName.objects.count() == 1
