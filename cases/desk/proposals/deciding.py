"""Accepting a proposal, field by field, or rejecting it. All of it in one transaction,
or nothing.

The partner is the claimant, and each proposal has a source of its own: inside the
organisation only, until somebody decides otherwise. Nothing is published by accepting:
the case waits for its approval as after any change.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.catalogue import facts_of as citable
from cases.catalogue import target_of
from cases.day import now
from cases.desk.partners.models import Organisation
from cases.desk.proposals.comparing import (
    ProposedFact,
    ProposedPart,
    compared,
    facts_of,
)
from cases.desk.proposals.models import Proposal
from cases.history import acting
from cases.models import Citation, Claimant, Identifier, PersonName, Prisoner, Source
from cases.models.base import Record
from tracker.contract.vocabulary import ClaimantRole, ProposalState, SourceKind

# What is decided of a field, or of a part; of a part also the id of the one that it is.
LEAVE, TAKE, NOTE = "", "take", "note"
SCHEME = "partner"  # of the identifiers that partners give to their cases

Decisions = Mapping[str, str]
"""By the name of the field, or the key of the part."""


class Refused(Exception):
    """Why it cannot be decided so; nothing was changed. For people."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


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
    proposed = compared(proposal, case)
    if case is None and not any(decisions.values()):
        raise Refused(
            _("Take something over: a case about which nothing is known is no case.")
        )
    with acting(user=by, reason=reason):
        writing = _Writing(proposal, case or Prisoner())
        writing.person(proposed.facts, decisions)
        for part in proposed.parts:
            writing.part(part, decisions.get(part.key, LEAVE))
        writing.identifier()
        if writing.problems:
            raise Refused(*writing.problems)
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


class _Writing:
    """Gathers every problem, so that all are told at once; whoever finds any rolls
    everything back.
    """

    def __init__(self, proposal: Proposal, case: Prisoner) -> None:
        self.proposal, self.case = proposal, case
        self.problems: list[str] = []
        self.source: Source | None = None
        self.claimant: Claimant | None = None

    def person(self, facts: list[ProposedFact], decisions: Decisions) -> None:
        taken = []
        for fact in facts:
            choice = decisions.get(fact.field.name, LEAVE)
            if choice == TAKE and not fact.is_the_same:
                setattr(self.case, fact.field.name, _together(fact))
                taken.append(fact.field.name)
        self._save(self.case, taken)
        for fact in facts:
            choice = decisions.get(fact.field.name, LEAVE)
            if choice != LEAVE:
                self._cite(self.case, fact, differs=choice == NOTE)

    def part(self, part: ProposedPart, choice: str) -> None:
        if choice == TAKE:
            self._add(part)
            return
        if choice == LEAVE:
            return
        for record in part.beside:
            if str(record.pk) == choice:
                self._complete(record, part.said)
                return
        self.problems.append(
            _("%(part)s: that is not there any more.") % {"part": part.label}
        )

    def _add(self, part: ProposedPart) -> None:
        model: Any = part.model
        record = model(**part.said, prisoner=self.case)
        if isinstance(record, PersonName):
            record.preferred = not self.case.names.filter(preferred=True).exists()
        if self._save(record):
            for fact in facts_of(record, part.said):
                self._cite(record, fact)

    def _complete(self, record: Record, said: dict[str, Any]) -> None:
        """What is unknown there is filled in; where they differ, what the record says
        stands beside what they say.
        """
        facts = facts_of(record, said)
        filled_in = []
        for fact in facts:
            if fact.is_new:
                setattr(record, fact.field.name, fact.proposed)
                filled_in.append(fact.field.name)
        if self._save(record, filled_in):
            for fact in facts:
                self._cite(record, fact, differs=not (fact.is_new or fact.is_the_same))

    def identifier(self) -> None:
        """By which the partner's next proposal of this person finds the case."""
        owner = self.proposal.organisation.name
        value = self.proposal.identifier
        holder = (
            Identifier.objects.filter(owner_organisation=owner, value=value)
            .select_related("prisoner")
            .first()
        )
        if holder is None:
            said = {"scheme": SCHEME, "value": value, "owner_organisation": owner}
            record = Identifier(prisoner=self.case, **said)
            if self._save(record):
                for fact in facts_of(record, said):
                    self._cite(record, fact)
        elif holder.prisoner_id != self.case.pk:
            sentence = _(
                "Their identifier “%(identifier)s” belongs to another case: %(case)s."
            )
            self.problems.append(
                sentence % {"identifier": value, "case": holder.prisoner}
            )

    def _save(self, record: models.Model, names: list[str] | None = None) -> bool:
        """`names`: of a record that is there already, the fields that change."""
        if not record._state.adding and not names:
            return True
        try:
            record.full_clean()
        except ValidationError as error:
            self.problems += _sentences(record, error)
            if record is not self.case or not record._state.adding:
                return False
            raise Refused(*self.problems) from None
        if record._state.adding:
            record.save()
        else:
            record.save(update_fields=names)
        return True

    def _cite(
        self, record: Record, fact: ProposedFact, *, differs: bool = False
    ) -> None:
        if fact.field not in citable(type(record)):
            return
        source, claimant = self._named()
        items = [""]
        states: Any = None
        if differs:
            states = fact.proposed
        elif isinstance(fact.proposed, list):
            items = fact.proposed
        for item in items:
            citation = Citation(
                **{target_of(type(record)): record},
                field=fact.field.name,
                item=item,
                source=source,
                claimant=claimant,
                states=states,
            )
            self._save(citation)

    def _named(self) -> tuple[Source, Claimant]:
        """Made with the first citation; a proposal that is cited for nothing leaves no
        source.
        """
        if self.source is None or self.claimant is None:
            organisation = Organisation.objects.select_for_update().get(
                pk=self.proposal.organisation_id
            )
            self.source = _source(self.proposal)
            self.claimant = _claimant(organisation)
            for record in (self.source, self.claimant):
                if record._state.adding and not self._save(record):
                    raise Refused(*self.problems)
        return self.source, self.claimant


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


def _together(fact: ProposedFact) -> Any:
    """A list gains entries and loses none."""
    if not isinstance(fact.proposed, list):
        return fact.proposed
    held = list(fact.held or [])
    return held + [item for item in fact.proposed if item not in held]


def _sentences(record: models.Model, error: ValidationError) -> list[str]:
    kind = capfirst(str(record._meta.verbose_name))
    sentences = []
    for name, problems in error.message_dict.items():
        words = {"record": kind, "problem": " ".join(problems)}
        if name == NON_FIELD_ERRORS:
            sentences.append(_("%(record)s: %(problem)s") % words)
        else:
            field: Any = record._meta.get_field(name)
            words["field"] = field.verbose_name
            sentences.append(_("%(record)s, %(field)s: %(problem)s") % words)
    return sentences
