"""Drafts: what stands in the boxes of a page that was not saved.

No login but the owner's may touch the table. The desk reads and writes by functions
(migrations/0001_drafts.py), and each sees the drafts of whoever acts, and of nobody
else. What was typed is sealed besides (keeping.py): a backup holds nothing that can be
read.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from cases.triggers.acting import named_is_who_acts
from cases.triggers.owner import OwnersTrigger

LONGEST = 300_000  # bytes of a sealed draft


class Draft(models.Model):
    """One page that somebody was typing into. It is of their browser's tab: the token
    was drawn when the page was opened.
    """

    token = models.UUIDField(primary_key=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,  # goes with the account, by a trigger
        verbose_name=_("author"),
    )
    page = models.CharField(_("page"), max_length=500)
    root_id = models.UUIDField(_("case"), null=True)
    sealed = models.TextField(_("what was typed, sealed"))
    kept_at = models.DateTimeField(_("kept"), db_default=Now())

    database_rights: ClassVar[dict[str, str]] = {"desk": ""}

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-kept_at", "token"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["author", "-kept_at"], name="drafts_of_author"),
            models.Index(fields=["kept_at"], name="drafts_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("sealed"), LONGEST),
                name="draft_is_not_too_long",
                violation_error_message=_("This is too long to be kept as a draft."),
            )
        ]
        triggers = [named_is_who_acts("author_id")]

    def __str__(self) -> str:
        return str(self.token)


class AuthorAccount(User):
    """An account, for its trigger: whoever is locked out leaves no draft behind."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            OwnersTrigger(
                name="locked_loses_drafts",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
        IF TG_OP = 'DELETE' OR NOT NEW.is_active THEN
            DELETE FROM drafts_draft WHERE author_id = OLD.id;
        END IF;
        RETURN NULL;
    """,
            )
        ]
