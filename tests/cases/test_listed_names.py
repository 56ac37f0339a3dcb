"""Names on the list that a claim rests on: a list of 120 has 120 lines, and not 120
people.
"""

import json

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

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


def test_they_are_pasted_as_lines_and_make_nobodys_case(
    admin_client: Client, count: ReportedCount
) -> None:
    pasted = "Thuya\r\n\r\n  Ma Khin \r\nأحمد محمد\r\n"
    answer = admin_client.post(page(count), {"names": pasted})
    assert answer.status_code == 302
    admin_client.post(page(count), {"names": "Phyo"})
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
    admin_client.post(page(count), {"names": "Thuya\nMa Khin\nPhyo"})
    khin = count.listed_names.get(value="Ma Khin")
    admin_client.post(page(count), {"identified": [str(khin.pk)]})
    words = "Stated: 120. Names on the list: 3. Identified: 1."
    for shown in (page(count), address(count)):
        assert words in admin_client.get(shown).content.decode()
    admin_client.post(page(count), {})
    assert not ListedName.objects.filter(identified=True).exists()


def test_a_line_that_is_wrong_is_named_and_nothing_is_stored(
    admin_client: Client, count: ReportedCount
) -> None:
    answer = admin_client.post(
        page(count), {"names": f"Thuya\n{'x' * 201}\nMa \u202eKhin"}
    )
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
