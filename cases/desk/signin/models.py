"""What was done to accounts, and what all processes count together."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.sealed import Ledger
from cases.triggers.acting import named_is_who_acts
from cases.triggers.owner import BY_OWNER, stamped


class Act(models.TextChoices):
    LOCKED = "locked", _("locked, and sessions ended")
    UNLOCKED = "unlocked", _("unlocked")
    SESSIONS_ENDED = "sessions_ended", _("sessions ended")
    FACTORS_FORGOTTEN = "factors_forgotten", _("second factors forgotten")
    LINK_MADE = "link_made", _("link for a new password made")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    FACTOR_ADDED = "factor_added", _("second factor added")
    FACTOR_REMOVED = "factor_removed", _("second factor removed")
    DESK_CLOSED = "desk_closed", _("desk closed, and sessions ended")
    DESK_OPENED = "desk_opened", _("desk opened again")
    CODES_MADE = "codes_made", _("recovery codes made anew")


class GuardedAccount(User):
    """An account, for its trigger: to the migrations of Django's app we add nothing."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            pgtrigger.Trigger(
                name="owner_makes_superusers",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.is_superuser"),
                func=f"""
        IF (TG_OP = 'INSERT' OR NOT OLD.is_superuser) AND NOT {BY_OWNER} THEN
            RAISE insufficient_privilege USING MESSAGE = 'only the owner''s login makes a superuser';
        END IF;
        RETURN NEW;
    """,
            )
        ]


class AccountEvent(Ledger):
    """One act on an account. The desk's login adds these by a function, in the name of
    whoever acts (0001_signing_in), and never changes them.

    It outlives the account, and so it holds its name.
    """

    at = models.DateTimeField(_("when"), db_default=Now())
    account = models.ForeignKey(
        "auth.User",
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("account"),
    )
    account_name = models.CharField(_("account"), max_length=150)
    act = models.CharField(_("what"), max_length=20, choices=Act)
    by_name = models.CharField(_("by"), max_length=150)
    reason = models.TextField(_("reason"), blank=True, default="")

    database_rights = {"desk": "SELECT"}

    class Meta:
        verbose_name = _("act on an account")
        verbose_name_plural = _("acts on accounts")
        ordering = ["-pk"]
        default_permissions = ["view"]
        triggers = [stamped("at")]

    def __str__(self) -> str:
        return f"{self.account_name}: {self.get_act_display()}"


class FactorShown(models.Model):
    """That an account showed a second factor. The session that it opened keeps the id.

    The database asks for it where two people are needed (cases/triggers/erasing.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    at = models.DateTimeField(db_default=Now())

    database_rights = {"desk": "SELECT"}

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.account}, {self.at}"


class OwnLanguage(models.Model):
    """The language in which somebody wants to read the desk."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("account"),
    )
    language = models.CharField(_("language"), max_length=10)

    class Meta:
        default_permissions = ()
        triggers = [named_is_who_acts("account_id")]

    def __str__(self) -> str:
        return f"{self.account}: {self.language}"


class Counted(models.Model):
    """The cache that all processes share: cases/desk/signin/cache.py."""

    key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
