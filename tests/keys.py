"""Keys for tests that ask as a partner: `as_partner(key_for("Example Rights Centre"))`."""

from typing import Any

from django.test import Client

from cases.desk.partners.models import Organisation, PartnersKey


def key_for(organisation: str, **fields: Any) -> PartnersKey:
    """A key as the desk makes it; its `secret` is what the partner sends."""
    holder, _created = Organisation.objects.get_or_create(name=organisation)
    key = PartnersKey(**{"name": "nightly copy", "organisation": holder, **fields})
    PartnersKey.objects.assign_key(key)
    key.save()
    return key


def as_partner(key: PartnersKey) -> Client:
    return Client(headers={"Authorization": f"Api-Key {key.secret}"})
