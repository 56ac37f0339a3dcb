"""Partner organisations, and the keys given to them for the read API."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tracker.api import secrets


class Scope(models.TextChoices):
    READ = "read", _("read")
    PROPOSE = "propose", _("propose")


class Organisation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        pgettext_lazy("of a thing", "name"), max_length=200, unique=True
    )
    contact = models.TextField(
        _("contact"),
        blank=True,
        default="",
        help_text=_("whom to tell when a key leaks"),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class KeyManager(models.Manager["PartnersKey"]):
    def assign_key(self, key: "PartnersKey") -> None:
        """Give a new key its secret."""
        key.secret, key.prefix, key.hashed_key = secrets.new_key()


def only_reading() -> list[str]:
    return [Scope.READ.value]


class PartnersKey(models.Model):
    """A key, stored as a hash.

    Functions of the database note its use: tracker/api/keys.py.
    """

    secret = ""  # the key itself; only the object that was just made has it

    prefix = models.CharField(max_length=secrets.PREFIX, unique=True, editable=False)
    hashed_key = models.CharField(max_length=150, editable=False)
    created = models.DateTimeField(db_default=Now(), editable=False, db_index=True)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        _("what it is for"), max_length=50, help_text=_("such as “nightly copy”")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="keys",
        verbose_name=_("organisation"),
    )
    scopes = ArrayField(
        models.CharField(max_length=10, choices=Scope),
        default=only_reading,
        verbose_name=_("may"),
    )
    revoked = models.BooleanField(
        _("revoked"),
        default=False,
        help_text=_("It is refused from now on. This cannot be undone."),
    )
    expiry_date = models.DateTimeField(
        _("expires"),
        blank=True,
        null=True,
        help_text=_("From then on it is refused. Without a date it never expires."),
    )
    last_used_on = models.DateField(_("last used on"), null=True, editable=False)
    cursor = models.CharField(
        _("last cursor"),
        max_length=500,
        default="",
        editable=False,
        help_text=_("how far its copy has come"),
    )
    # Up to where we have sent what changed. A cursor counts when it is presented and
    # does not go beyond this.
    sent = models.CharField(max_length=500, default="", editable=False)

    objects: ClassVar[KeyManager] = KeyManager()

    class Meta:
        db_table = "partners_key"
        ordering = ("-created",)
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=Scope.values)
                & ~models.Q(scopes=[]),
                name="a_key_is_for_something",
                violation_error_message=_(
                    "A key is for reading, for proposing, or for both."
                ),
            )
        ]

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self._was_revoked = self.__dict__.get("revoked", False)

    def __str__(self) -> str:
        return f"{self.organisation}: {self.name}"

    def save(self, *args: Any, **options: Any) -> None:
        self.clean()
        super().save(*args, **options)

    def clean(self) -> None:
        if self._was_revoked and not self.revoked:
            raise ValidationError(_("A revoked key stays revoked."))

    @property
    def holds(self) -> bool:
        if self.revoked:
            return False
        return self.expiry_date is None or self.expiry_date > timezone.now()
