"""Writing into the record what was handed in, as somebody decided: fact by fact, each
with its citation. Nothing is published by it: the case waits for its approval as after
any change.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.catalogue import facts_of as citable
from cases.catalogue import target_of
from cases.desk.proposals.comparing import (
    Compared,
    ProposedFact,
    ProposedPart,
    court_case_of,
    facts_of,
    same_part,
)
from cases.desk.proposals.handed_in import HandedIn
from cases.models import (
    Citation,
    Claimant,
    CourtCase,
    Identifier,
    PersonName,
    Prisoner,
    Source,
)
from cases.models.base import Record
from tracker.contract.vocabulary import NarrowedVisibility

# What is decided of a field, or of a part; of a part also the id of the one that it is.
LEAVE, TAKE, NOTE = "", "take", "note"

_ENTERING = 7_451_203_318  # the number of the lock

Decisions = Mapping[str, str]
"""By the name of the field, or the key of the part."""


class Refused(Exception):
    """Why it cannot be decided so; nothing was changed. For people."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


class Saving:
    """Saves new records, each at once."""

    def add(self, record: models.Model) -> None:
        record.full_clean()
        record.save()

    def link(self, record: models.Model, name: str, others: list[Any]) -> None:
        getattr(record, name).add(*others)


class SavingTogether(Saving):
    """Keeps new records until `flush`, which saves those of a kind in one statement.

    What only the database can say is wrong, it says then, of all of them.
    """

    def __init__(self) -> None:
        self.kept: dict[type[models.Model], list[models.Model]] = {}

    def add(self, record: models.Model) -> None:
        record.clean_fields(exclude=_references(type(record)))
        record.clean()
        self.kept.setdefault(type(record), []).append(record)

    def link(self, record: models.Model, name: str, others: list[Any]) -> None:
        field: Any = record._meta.get_field(name)
        through = field.remote_field.through
        ends = field.m2m_column_name(), field.m2m_reverse_name()
        for other in others:
            link = through(**{ends[0]: record.pk, ends[1]: other.pk})
            self.kept.setdefault(through, []).append(link)

    def flush(self) -> None:
        """Cases before their parts, and these before what is cited for them."""
        ends: dict[type[models.Model], int] = {Prisoner: 0, Citation: 2}
        for model in sorted(self.kept, key=lambda model: ends.get(model, 1)):
            model._default_manager.bulk_create(self.kept[model])
        self.kept.clear()


@cache
def _references(model: type[models.Model]) -> frozenset[str]:
    """Of records that are not saved yet, the database can ask alone."""
    fields = model._meta.concrete_fields
    return frozenset(field.name for field in fields if field.is_relation)


def one_at_a_time() -> None:
    """Until the transaction ends: two who enter what is found by its name or number
    would enter it twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ENTERING])


def write(
    handed_in: HandedIn,
    case: Prisoner | None,
    proposed: Compared,
    decisions: Decisions,
    saving: Saving | None = None,
) -> "Writing":
    """Into a case, or with None as a new one. Whoever calls it is in a transaction, and
    has said who acts.
    """
    if case is None and not any(decisions.values()):
        raise Refused(
            _("Take something over: a case about which nothing is known is no case.")
        )
    writing = Writing(handed_in, case or Prisoner(), saving or Saving())
    writing.person(proposed.facts, decisions)
    for part in proposed.parts:
        writing.part(part, decisions.get(part.key, LEAVE))
    for part in proposed.parts:
        writing.links(part)
    writing.identifier()
    writing.whole()
    if writing.problems:
        raise Refused(*writing.problems)
    return writing


class Writing:
    """Gathers every problem, so that all are told at once; whoever finds any rolls
    everything back.
    """

    def __init__(self, handed_in: HandedIn, case: Prisoner, saving: Saving) -> None:
        self.handed_in, self.case, self.saving = handed_in, case, saving
        self.has_preferred_name = (
            not case._state.adding and case.names.filter(preferred=True).exists()
        )
        self.problems: list[str] = []
        self.taken: dict[str, Any] = {}  # what became of each part, by its key
        self.words: dict[str, tuple[Source, Claimant | None]] = {}  # by the voice

    @property
    def source(self) -> Source | None:
        """Of their own word, if anything is cited to it."""
        source, _claimant = self.words.get("", (None, None))
        return source

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
                self._cite(self.case, fact, fact.field.name, differs=choice == NOTE)

    def part(self, part: ProposedPart, choice: str) -> None:
        if choice == TAKE:
            self._add(part, self.case)
            return
        if choice == LEAVE:
            return
        for record in part.beside:
            if str(record.pk) == choice:
                self._complete(record, part)
                return
        self.problems.append(
            _("%(part)s: that is not there any more.") % {"part": part.label}
        )

    def _add(self, part: ProposedPart, holder: models.Model) -> None:
        model: Any = part.model
        stands_in = model.root_path.split("__")[0]
        said = self._with_court_case(part)
        record = model(**said, **{stands_in: holder})
        self._lead_on(record, part)
        if isinstance(record, PersonName):
            record.preferred = not self.has_preferred_name
            self.has_preferred_name = True
        if isinstance(record, Identifier):
            record.owner_organisation = self.handed_in.owner  # so it is never published
        if not self._save(record):
            return
        self.taken[part.key] = record
        for fact in facts_of(record, said):
            self._cite(record, fact, part.key_of(fact))
        if self.handed_in.tells_whole(part.key):
            self._cite_whole(record, part.key)
        for inner in part.within:
            self._add(inner, record)

    def _with_court_case(self, part: ProposedPart) -> dict[str, Any]:
        """What the part says. A court case that is not on record is entered at once: the
        next person may be in it. It is asked for once more: somebody may just have
        entered it.
        """
        said = dict(part.said)
        court_case = said.get("court_case")
        if court_case is not None and court_case._state.adding:
            one_at_a_time()
            known = court_case_of(court_case.number, court_case.court)
            said["court_case"] = known
            if known._state.adding:
                self._save_named(known)
                for name in ("number", "court"):
                    for fact in facts_of(known, {name: getattr(known, name)}):
                        self._cite(known, fact, f"{part.key}.{name}")
        return said

    def _lead_on(self, record: models.Model, part: ProposedPart) -> None:
        """What leads to one part that was handled before."""
        for name, place in part.links.items():
            if not isinstance(place, list):
                other = self.taken.get(f"{part.key.split('-')[0]}-{place}")
                setattr(record, name, other)

    def _complete(self, record: Record, part: ProposedPart) -> None:
        """What is unknown there is filled in; where they differ, what the record says
        stands beside what they say.
        """
        facts = facts_of(record, self._with_court_case(part))
        filled_in = []
        for fact in facts:
            if fact.is_new:
                setattr(record, fact.field.name, fact.proposed)
                filled_in.append(fact.field.name)
        if not self._save(record, filled_in):
            return
        self.taken[part.key] = record
        for fact in facts:
            differs = not (fact.is_new or fact.is_the_same)
            self._cite(record, fact, part.key_of(fact), differs=differs)
        if self.handed_in.tells_whole(part.key):
            self._cite_whole(record, part.key)
        for inner in part.within:
            self._complete_within(record, inner)

    def _complete_within(self, holder: Record, part: ProposedPart) -> None:
        model: Any = part.model
        stands_in = model.root_path.split("__")[0]
        there = model._default_manager.filter(**{stands_in: holder})
        same = same_part(part, there)
        if same is None:
            self._add(part, holder)
        else:
            self._complete(same, part)

    def links(self, part: ProposedPart) -> None:
        """To several parts, such as the charges of a sentence: once these are there."""
        record = self.taken.get(part.key)
        for name, places in part.links.items():
            if record is not None and isinstance(places, list):
                keys = [f"{name}-{place}" for place in places]
                others = [self.taken[key] for key in keys if key in self.taken]
                self.saving.link(record, name, others)

    def whole(self) -> None:
        """That they named the person at all, where they tell that of the whole."""
        if self.words and self.handed_in.tells_whole(""):
            self._cite_whole(self.case, "")

    def identifier(self) -> None:
        """By which the owner's next word on this person finds the case."""
        owner, value = self.handed_in.owner, self.handed_in.identifier
        if not value:
            return
        holder = (
            Identifier.objects.filter(owner_organisation=owner, value=value)
            .select_related("prisoner")
            .first()
        )
        if holder is None:
            said = {
                "scheme": self.handed_in.scheme,
                "value": value,
                "owner_organisation": owner,
            }
            record = Identifier(prisoner=self.case, **said)
            if self._save(record):
                for fact in facts_of(record, said):
                    self._cite(record, fact, "identifier")
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
        is_new = record._state.adding
        try:
            if is_new:
                self.saving.add(record)
            else:
                record.full_clean()
                record.save(update_fields=names)
        except ValidationError as error:
            self.problems += _sentences(record, error)
            if is_new and record is self.case:
                raise Refused(*self.problems) from None
            return False
        return True

    def _cite(
        self,
        record: Record,
        fact: ProposedFact,
        key: str,
        *,
        differs: bool = False,
    ) -> None:
        """`key` says which fact of what was handed in it is."""
        if fact.field not in citable(type(record)):
            return
        items = [""]
        states: Any = None
        if differs:
            states = fact.proposed
            if isinstance(states, models.Model):
                states = str(states.pk)
        elif isinstance(fact.proposed, list):
            items = fact.proposed
        for item in items:
            citation = self._citation(record, key)
            citation.field, citation.item = fact.field.name, item
            citation.states = states
            self._save(citation)

    def _cite_whole(self, record: Record, key: str) -> None:
        self._save(self._citation(record, key))

    def _citation(self, record: Record, key: str) -> Citation:
        source, claimant = self._named(self.handed_in.voice(key))
        citation = Citation(
            **{target_of(type(record)): record},
            source=source,
            claimant=claimant,
            locator=self.handed_in.locator(key),
            quote=self.handed_in.quote(key),
        )
        if self.handed_in.stays_inside(key):
            citation.visibility = NarrowedVisibility.INTERNAL
        return citation

    def _named(self, voice: str) -> tuple[Source, Claimant | None]:
        """Made with the first citation; what is cited for nothing leaves no source."""
        if voice not in self.words:
            self.words[voice] = self.handed_in.word(voice)
            for record in self.words[voice]:
                if record is not None and record._state.adding:
                    self._save_named(record)
        return self.words[voice]

    def _save_named(self, record: Source | Claimant | CourtCase) -> None:
        """At once: the next row asks for it."""
        try:
            Saving().add(record)
        except ValidationError as error:
            raise Refused(*self.problems, *_sentences(record, error)) from None


def _together(fact: ProposedFact) -> Any:
    """A list gains entries and loses none; a text by language, those of theirs."""
    if isinstance(fact.proposed, dict):
        return {**(fact.held or {}), **fact.proposed}
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
