"""Accepting a proposal, field by field, or rejecting it. All of it in one transaction,
or nothing.

The partner is the claimant, and each proposal has a source of its own: inside the
organisation only, until somebody decides otherwise. Nothing is published by accepting:
the case waits for its approval as after any change.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.day import now
from cases.desk.partners.models import Organisation
from cases.desk.proposals.comparing import compared
from cases.desk.proposals.handed_in import HandedIn
from cases.desk.proposals.models import Proposal
from cases.desk.proposals.writing import Decisions, Refused, write
from cases.history import acting
from cases.models import Claimant, Prisoner, Source
from tracker.contract.vocabulary import ClaimantRole, ProposalState, SourceKind

SCHEME = "partner"  # of the identifiers that partners give to their cases


def locked(proposal_id: UUID) -> Proposal:
    """Raises Refused where it waits no longer."""
    proposals = Proposal.objects.select_for_update(of=("self",)).select_related(
        "organisation"
    )
    proposal = proposals.get(pk=proposal_id)
    if not proposal.waits:
        raise Refused(
            _(
                "This proposal was decided, or replaced by a later one, after you had opened it; it is: %(state)s."
            )
            % {"state": ProposalState(proposal.state).label}
        )
    return proposal


@transaction.atomic
def reject(proposal_id: UUID, *, by: Any, reason: str) -> Proposal:
    """`reason` is what the partner is told."""
    proposal = locked(proposal_id)
    if not reason.strip():
        raise Refused(_("Say why: the partner reads it."))
    return _decided(proposal, ProposalState.REJECTED, by, reason.strip())


@transaction.atomic
def reject_all(chosen: Iterable[Proposal], *, by: Any, reason: str) -> int:
    """All of them or none. How many they were."""
    proposal_ids = sorted(proposal.pk for proposal in chosen)
    for proposal_id in proposal_ids:
        reject(proposal_id, by=by, reason=reason)
    return len(proposal_ids)


@transaction.atomic
def accept(
    proposal_id: UUID,
    case: Prisoner | None,
    decisions: Decisions,
    *,
    by: Any,
    note: str = "",
    reason: str = "",
) -> Proposal:
    """Into a case, which the caller has locked and compared with what its reader saw,
    or with None as a new one.

    `note` is what the partner is told, `reason` stands in the history of the case.
    """
    proposal = locked(proposal_id)
    handed_in = OfPartner(proposal)
    with acting(user=by, reason=reason):
        writing = write(handed_in, case, compared(handed_in, case), decisions)
        proposal.source = writing.source
    proposal.accepted_as = writing.case
    return _decided(proposal, ProposalState.ACCEPTED, by, note.strip())


def _decided(
    proposal: Proposal, state: ProposalState, by: Any, reason: str
) -> Proposal:
    proposal.state = state
    proposal.decided_by = by
    proposal.decided_at = now()
    proposal.reason = reason
    with acting(user=by):
        proposal.save(
            update_fields=[
                "state",
                "decided_by",
                "decided_at",
                "reason",
                "accepted_as",
                "source",
            ]
        )
    return proposal


class OfPartner(HandedIn):
    scheme = SCHEME

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(
            proposal.identifier, proposal.organisation.name, proposal.content
        )
        self.proposal = proposal

    def word(self, voice: str) -> tuple[Source, Claimant | None]:
        """The lock keeps two proposals from making the same claimant."""
        organisation = Organisation.objects.select_for_update().get(
            pk=self.proposal.organisation_id
        )
        return _source(self.proposal), _claimant(organisation)

    def accepted_before(self) -> Iterable[UUID]:
        earlier = Proposal.objects.filter(
            organisation=self.proposal.organisation_id, identifier=self.identifier
        )
        cases = earlier.exclude(accepted_as=None)
        return cases.values_list("accepted_as_id", flat=True)


def _source(proposal: Proposal) -> Source:
    """The partner's word. Who it has it from is named as relayed, so that one newsroom
    is not counted twice.
    """
    facts = dict(proposal.content.get("source", {}))
    title, heard_from = facts.pop("title", ""), facts.pop("publisher", "")
    organisation = proposal.organisation.name
    relays = []
    if heard_from and heard_from != organisation:
        relays.append(heard_from)
    return Source(
        title=title or f"Handed in by {organisation}",
        source_kind=SourceKind.NGO_STATEMENT,
        publisher=organisation,
        relays=relays,
        accessed_on=proposal.received_at.date().isoformat(),
        **facts,
    )


def _claimant(organisation: Organisation) -> Claimant:
    named = Claimant.objects.filter(name=organisation.name, protected_pseudonym=False)
    known = (
        named.exclude(role__in=[ClaimantRole.RELATIVE, ClaimantRole.WITNESS])
        .order_by("created_at")
        .first()
    )
    return known or Claimant(
        name=organisation.name, role=ClaimantRole.RIGHTS_ORGANISATION
    )
