"""What a partner says of one person, as it was handed in. It is no part of the record
until somebody accepts it.
"""

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.desk.partners.models import Organisation, PartnersKey
from cases.desk.proposals.handed_in import names_in
from cases.models import Prisoner, Source
from cases.models.fields import CodeField
from cases.triggers.acting import named_is_who_acts
from tracker.contract.proposal_shape import is_sound
from tracker.contract.vocabulary import ProposalState

# Of a row that has been decided. Who decided may be erased with their account, but no
# other takes their place; and what it said, by its owner.
DECIDED = """
    OLD.state <> 'received' AND ((NEW.state, NEW.reason, NEW.decided_at, NEW.accepted_as_id, NEW.identifier)
    IS DISTINCT FROM (OLD.state, OLD.reason, OLD.decided_at, OLD.accepted_as_id, OLD.identifier)
    OR NEW.decided_by_id <> OLD.decided_by_id OR (NEW.decided_by_id IS NOT NULL AND OLD.decided_by_id IS NULL))
"""


class Proposal(models.Model):
    """Written by a function of the database alone (migrations/0001_proposed.py); the
    desk decides, and alters nothing else. One that says the same as the partner's last
    one under that identifier is that one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="proposals",
        verbose_name=_("organisation"),
    )
    key = models.ForeignKey(
        PartnersKey,
        models.PROTECT,
        related_name="+",
        verbose_name=_("handed in with the key"),
    )
    number = models.PositiveBigIntegerField(
        _("number"), help_text=_("Of this organisation's, from 1.")
    )
    identifier = models.CharField(_("their identifier"), max_length=200)
    content = models.JSONField(_("what they say"))
    received_at = models.DateTimeField(_("received"), db_default=Now())
    state = CodeField(
        _("state"), vocabulary=ProposalState, null=False, default=ProposalState.RECEIVED
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.TextField(_("what the partner is told"), blank=True, db_default="")
    # Without constraints: the row outlives what it became.
    accepted_as = models.ForeignKey(
        Prisoner,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("accepted as"),
    )
    source = models.ForeignKey(
        Source,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("its source"),
    )

    database_rights: ClassVar[dict[str, str]] = {
        "desk": "SELECT, UPDATE (state, decided_at, decided_by_id, reason, accepted_as_id, source_id)"
    }

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-received_at", "organisation", "-number"]
        default_permissions = ("view",)
        permissions = [
            ("decide_proposal", _("May accept and reject what partners propose"))
        ]
        indexes = [
            models.Index(
                fields=["organisation", "identifier", "-number"],
                name="proposal_last_of_identifier",
            ),
            models.Index(fields=["state", "-received_at"], name="proposal_queue"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="proposal_numbers_are_unique"
            ),
            models.UniqueConstraint(
                fields=["organisation", "identifier"],
                condition=Q(state=ProposalState.RECEIVED),
                name="proposal_waits_once_for_an_identifier",
                violation_error_message=_(
                    "Their identifier: another proposal of it waits to be decided."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.RECEIVED, decided_at__isnull=True)
                | (~Q(state=ProposalState.RECEIVED) & Q(decided_at__isnull=False)),
                name="proposal_is_decided_at_a_time",
                violation_error_message=_(
                    "Decided: a proposal that waits has not been decided."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.ACCEPTED, accepted_as__isnull=False)
                | (~Q(state=ProposalState.ACCEPTED) & Q(accepted_as__isnull=True)),
                name="proposal_is_accepted_as_a_case",
                violation_error_message=_(
                    "Accepted as: name the case that it was accepted as, and only then."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.REJECTED) | ~Q(reason=""),
                name="proposal_is_rejected_for_a_reason",
                violation_error_message=_(
                    "What the partner is told: say why it is rejected."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_stays_decided",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(DECIDED),
            ),
            named_is_who_acts("decided_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.identifier}"

    @property
    def waits(self) -> bool:
        return self.state == ProposalState.RECEIVED

    @property
    def is_sound(self) -> bool:
        """Has it the form that the API takes? Else nothing but its raw text is shown."""
        return is_sound(self.identifier, self.content)

    @property
    def names(self) -> list[str]:
        """For lists: also of a proposal that is not sound, without asking whether."""
        return names_in(self.content)
