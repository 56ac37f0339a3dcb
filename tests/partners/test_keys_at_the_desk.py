"""Making, reading and revoking keys in the admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.desk.partners.models import Organisation, PartnersKey
from tests.keys import as_partner, key_for
from tests.published import publish
from tests.roles import acting_as
from tracker.audiences import PARTNERS

pytestmark = pytest.mark.django_db

LIST = "/admin/partners/partnerskey/"


def page_of(key: PartnersKey) -> str:
    return reverse("admin:partners_partnerskey_change", args=[key.pk])


def make_key(admin: Client, **fields: Any) -> Any:
    organisation = Organisation.objects.create(name="Example Rights Centre")
    return admin.post(
        f"{LIST}add/",
        {
            "organisation": organisation.pk,
            "name": "nightly copy",
            "scopes": ["read"],
            **fields,
        },
    )


def test_a_new_key_is_shown_once_and_works(admin_client: Client) -> None:
    answer = make_key(admin_client)
    (key,) = PartnersKey.objects.all()
    secret = answer.context["key"].secret
    assert secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert not [cookie for cookie in answer.cookies.values() if secret in cookie.value]
    assert (
        admin_client.get(
            "/api/v1/", headers={"Authorization": f"Api-Key {secret}"}
        ).status_code
        == 200
    )
    for page in (LIST, page_of(key)):
        assert secret.split(".")[1] not in admin_client.get(page).content.decode()
    (entry,) = LogEntry.objects.all()
    assert (
        secret.split(".")[1]
        not in f"{entry.object_repr}{entry.object_id}{entry.change_message}"
    )


def test_a_key_for_nothing_is_refused_with_a_sentence(admin_client: Client) -> None:
    answer = make_key(admin_client, scopes=[])
    assert answer.context["adminform"].form.errors == {
        "scopes": ["This field is required."]
    }
    assert not PartnersKey.objects.exists()


def test_a_revoked_key_is_refused_at_once_and_stays_revoked(
    admin_client: Client,
) -> None:
    key = key_for("Example")
    assert as_partner(key).get("/api/v1/").status_code == 200
    admin_client.post(
        page_of(key), {"name": key.name, "scopes": ["read"], "revoked": "on"}
    )
    assert as_partner(key).get("/api/v1/").status_code == 401
    admin_client.post(page_of(key), {"name": key.name, "scopes": ["read"]})
    key.refresh_from_db()
    assert key.revoked
    assert as_partner(key).get("/api/v1/").status_code == 401


def test_a_key_is_never_deleted_nor_given_to_another_organisation(
    admin_client: Client,
) -> None:
    key, other = key_for("Example"), Organisation.objects.create(name="Another")
    assert (
        admin_client.post(f"{LIST}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    admin_client.post(
        page_of(key),
        {"name": "weekly copy", "scopes": ["read"], "organisation": other.pk},
    )
    assert PartnersKey.objects.values_list("name", "organisation__name").get() == (
        "weekly copy",
        "Example",
    )


def test_the_list_tells_what_each_copy_still_lacks_and_filters_by_organisation(
    admin_client: Client,
) -> None:
    for _each in range(3):
        publish(PARTNERS, "facility")
    for organisation, limit in (("Behind", 2), ("Up to date", 1000)):
        partner = as_partner(key_for(organisation))
        following = partner.get(f"/api/v1/changes?limit={limit}").json()["next"]
        partner.get(f"/api/v1/changes?limit={limit}&since={following}")
    as_partner(key_for("Has not come back")).get("/api/v1/changes")
    key_for("Silent")
    page = admin_client.get(LIST).content.decode()
    for words in (
        "changes up to 2 of 3",
        "all changes (3)",
        "not known: it has confirmed nothing of what it was sent",
        "never asked for changes",
    ):
        assert page.count(words) == 1, words
    silent = Organisation.objects.get(name="Silent")
    page = admin_client.get(
        f"{LIST}?organisation__id__exact={silent.pk}"
    ).content.decode()
    assert "never asked for changes" in page
    assert "of 3" not in page


def test_a_cursor_from_before_a_restore_counts_for_nothing(
    admin_client: Client,
) -> None:
    publish(PARTNERS, "facility")
    partner = as_partner(key_for("Example"))
    following = partner.get("/api/v1/changes").json()["next"]
    partner.get(f"/api/v1/changes?since={following}")
    with acting_as("publisher"):
        PARTNERS.feed_model._default_manager.update(
            epoch="00000000-0000-4000-8000-000000000000"
        )
    assert (
        "nothing since the numbers started anew"
        in admin_client.get(LIST).content.decode()
    )


def test_the_list_costs_the_same_however_many_keys_there_are(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        key_for(
            f"Organisation {number}",
            expiry_date=timezone.now() + timedelta(days=number - 1),
        )
    with django_assert_max_num_queries(
        9
    ):  # session, user; two counts; the keys; what the filters offer
        admin_client.get(LIST)
