"""Who said so, and where."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import Record, Root
from cases.models.dates import EDTFField
from cases.models.declaring import decided, filed, inside, unexported, unsearched
from cases.models.fields import CodeField
from cases.models.searched import parts_of_text
from cases.triggers.marks import WHO_NAMES_A_SOURCE
from cases.triggers.sourcing import mark_who_cites_the_copy
from tracker.contract.vocabulary import (
    ClaimantRole,
    Reliability,
    SourceKind,
    SourceStanding,
    Visibility,
    YesNo,
)


class Source(Root):
    title = filed(models.CharField(_("title"), max_length=500))
    source_kind = CodeField(_("kind"), vocabulary=SourceKind)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    author = unexported(models.CharField(_("author"), max_length=200, blank=True))
    url = models.URLField(_("address"), max_length=1000, blank=True)
    archived_url = models.URLField(_("archived copy"), max_length=1000, blank=True)
    published_on = EDTFField(_("published"))
    accessed_on = EDTFField(_("accessed"))
    language = filed(models.CharField(_("language"), max_length=20, blank=True))
    file_name = unexported(
        models.CharField(_("file name of the copy held"), max_length=300, blank=True)
    )
    sha256 = unexported(
        models.CharField(_("SHA-256 of the copy held"), max_length=64, blank=True)
    )
    copy_is_public = unexported(
        models.BooleanField(
            _("the copy held is public material"),
            default=False,
            help_text=_("Only then are its file name and SHA-256 published."),
        )
    )
    derived_from = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="copies",
        verbose_name=_("repeats"),
    )
    relays = unexported(
        ArrayField(
            models.CharField(max_length=200),
            default=list,
            blank=True,
            verbose_name=_("relays reports of"),
            help_text=_(
                "Agencies and media whose reports it repeats but which are not recorded here, separated by commas."
            ),
        )
    )
    text_is_whole = CodeField(
        _("is the text whole"),
        vocabulary=YesNo,
        help_text=_("“No” if the text at hand breaks off, or has gaps."),
    )
    standing = CodeField(
        _("standing"),
        vocabulary=SourceStanding,
        null=False,
        default=SourceStanding.CURRENT,
    )
    reliability = inside(
        CodeField(
            _("reliability"), vocabulary=Reliability, help_text=_("Never published.")
        )
    )
    public_label = models.CharField(
        _("public label"),
        max_length=200,
        blank=True,
        help_text=_(
            "What is shown instead when the source itself may not be: “confidential source”, never “mother”."
        ),
    )

    kind = "source"
    place = "sources"
    ordered_by = ("title", "publisher")
    needs_citation = False  # a source speaks for itself
    taken_back_when = "NEW.standing = 'retracted' AND OLD.standing <> 'retracted'"
    shown_where_named = (
        "visibility",
        "standing",
        "public_label",
        "relays",
        "publisher",
    )
    named_by = WHO_NAMES_A_SOURCE

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        indexes = [
            parts_of_text("title", "publisher", "author", "url", name="source_search"),
        ]
        ordering = [F("published_on_earliest").desc(nulls_last=True), "title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256="") | Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="source_sha256_is_64_hex_digits",
                violation_error_message=_(
                    "SHA-256: write 64 digits from 0 to 9 and a to f."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SourceDerivation(Source.derived_from.through):  # type: ignore[name-defined]
    """The links between sources and what they repeat; here only for triggers and
    history.
    """

    called = _("what a source repeats")

    class Meta:
        proxy = True
        triggers = [mark_who_cites_the_copy()]


# Of whom nothing but the role is published: whoever pleads or speaks for a prisoner can
# be punished for it.
TOLD_BY_ROLE = (ClaimantRole.RELATIVE, ClaimantRole.LAWYER)
# Whose names stand in no list and in no quote.
NAMED_INSIDE = (*TOLD_BY_ROLE, ClaimantRole.WITNESS)


class Claimant(Record):
    """On whose word a source speaks. A protected person is only ever this, under a
    pseudonym: never a prisoner.
    """

    name = models.CharField(
        _("name"),
        max_length=200,
        help_text=_("For a protected person the pseudonym, and nothing else anywhere."),
    )
    role = CodeField(
        _("role"),
        vocabulary=ClaimantRole,
        help_text=_("Of a relative or a lawyer, only the role is ever published."),
    )
    role_as_stated = models.CharField(
        _("role as stated by a source"), max_length=200, blank=True
    )
    protected_pseudonym = models.BooleanField(
        _("protected pseudonym"),
        default=False,
        help_text=_("The name is not the person's own, for their safety."),
    )
    visibility = decided(
        CodeField(
            _("visible to"),
            vocabulary=Visibility,
            null=False,
            default=Visibility.INTERNAL,
        )
    )
    version = inside(
        unsearched(models.PositiveIntegerField(_("version"), default=1, editable=False))
    )

    kind: ClassVar[str] = "claimant"
    place = "claimants"
    ordered_by = ("name",)
    shown_where_named = (
        "visibility",
        "name",
        "role",
        "role_as_stated",
        "protected_pseudonym",
    )

    class Meta:
        verbose_name = _("who says so")
        verbose_name_plural = _("those who say so")
        ordering = ["name", "id"]
        indexes = [
            parts_of_text("name", "role_as_stated", name="claimant_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name__regex=r"^\s*$"),
                name="claimant_name_is_not_empty",
                violation_error_message=_(
                    "Name: whoever says so needs a name, or what the source calls them."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_lists(self) -> str | None:
        return None if self.role in NAMED_INSIDE else self.name
