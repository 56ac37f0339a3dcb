"""Storing what happened to several people: all of it in one transaction, cited to one
source, or nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases import aggregate, sourcing
from cases.day import today
from cases.desk.admin.groups.kinds import GroupKind, Made
from cases.desk.admin.refusals import sentence
from cases.desk.doubting import stored_doubts, unanswered
from cases.history import acting, needs_reason
from cases.locking import lock
from cases.models import PersonName, Prisoner, ReportedCount
from cases.models.base import MERGED, Part, Record, Root
from cases.plausibility import Doubt, doubts_about_new, doubts_of, known
from cases.publishing.foreseeing import Key, key_of
from cases.sourcing import Word
from tracker.contract.vocabulary import Qualifier

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Chosen:
    """Who stands in a line: a case, or None for a new one. `near` are the cases that
    were offered, `own` what is said of this person alone, `without` what is not made.
    """

    number: int
    name: str
    case_id: UUID | None
    near: tuple[UUID, ...] = ()
    own: Mapping[type[Part], Values] = field(default_factory=dict)
    without: frozenset[type[Part]] = frozenset()


@dataclass(frozen=True)
class Entry:
    """What was typed. `shared` is the event that stands already, or what is said of a
    new one.
    """

    kind: GroupKind
    day: str | None
    people: list[Chosen]
    said: Mapping[type[Part], Values]
    word: Word
    shared: Record | Values | None = None
    claimed: int | None = None
    reason: str = ""
    answers: tuple[str, ...] = ()

    def keys(self) -> list[Key]:
        """Of the cases that it changes and that are on record."""
        keys = []
        if isinstance(self.shared, Root):
            keys.append(key_of(self.shared))
        for chosen in self.people:
            if chosen.case_id is not None:
                keys.append((Prisoner.kind, chosen.case_id))
        return keys


@dataclass
class Stored:
    shared: Any = None
    count: ReportedCount | None = None
    new_cases: list[Prisoner] = field(default_factory=list)
    changed_cases: list[Prisoner] = field(default_factory=list)
    cited: int = 0
    new_shared: list[Root] = field(default_factory=list)
    remarks: list[Doubt] = field(default_factory=list)

    def made(self) -> list[Root]:
        made: list[Root] = [*self.new_cases, *self.new_shared]
        if self.count is not None:
            made.append(self.count)
        return made

    @property
    def cases(self) -> list[Prisoner]:
        return [*self.new_cases, *self.changed_cases]


class Refused(Exception):
    """Every problem, for people; nothing was stored."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class Doubted(Exception):
    """Nothing was stored yet: somebody has to say that the source says so."""

    def __init__(self, doubts: list[Doubt]) -> None:
        self.doubts = doubts
        super().__init__(" ".join(str(doubt) for doubt in doubts))


def store(entry: Entry) -> Stored:
    """Raises Refused or Doubted, and then nothing of it is kept."""
    somebody_else = []
    for chosen in entry.people:
        if chosen.case_id is None:
            somebody_else += [known(case_id).key for case_id in chosen.near]
    answers = [*entry.answers, *somebody_else]
    try:
        with (
            acting(reason=entry.reason, source_says=answers),
            transaction.atomic(),
        ):
            return _Storing(entry, answers).all()
    except (IntegrityError, DataError) as error:
        raise Refused([sentence(error)]) from error


class _Storing:
    """Gathers every problem, so that all are told at once."""

    def __init__(self, entry: Entry, answers: list[str]) -> None:
        self.entry = entry
        self.answers = answers
        self.stored = Stored()
        self.problems: list[str] = []
        self.names: dict[UUID, str] = {}  # as they were typed, by case

    def all(self) -> Stored:
        cases = self._locked()
        self._hold_reason(cases.values())
        before = _doubts(cases)
        before += self._doubts_of_shared()
        self._shared()
        self._count()
        new_ids: set[UUID] = set()
        for chosen in self.entry.people:
            case = self._case(chosen, cases)
            if case is None:
                continue
            self.names[case.pk] = chosen.name
            if chosen.case_id is None:
                new_ids.add(case.pk)
            self._person(chosen, case)
        if self.problems:
            raise Refused(self.problems)
        by_id = {case.pk: case for case in self.stored.cases}
        after = [*_doubts(by_id, new_ids, self.names), *self._doubts_of_shared()]
        doubts = unanswered(before, self._to_be_answered(after), self.answers)
        open_doubts = [doubt for doubt in doubts if doubt.key not in self.answers]
        if open_doubts:
            raise Doubted(doubts)
        return self.stored

    def _to_be_answered(self, doubts: Iterable[Doubt]) -> list[Doubt]:
        """What is said of an event made here has another key at each try, so that no
        answer would be to it. It is told once it is saved, and to the reviewer.
        """
        new_ids = {str(root.pk) for root in self.stored.new_shared}
        asked = []
        for doubt in doubts:
            if new_ids.isdisjoint(doubt.values):
                asked.append(doubt)
            else:
                self.stored.remarks.append(doubt)
        return asked

    def _locked(self) -> dict[UUID, Prisoner]:
        """In one order, so that two who do this wait for each other."""
        wanted = {chosen.case_id for chosen in self.entry.people if chosen.case_id}
        cases = {}
        for case_id in sorted(wanted):
            case = lock(Prisoner, case_id)
            if case is not None:
                cases[case_id] = case
        return cases

    def _hold_reason(self, cases: Iterable[Prisoner]) -> None:
        if self.entry.reason:
            return
        published = [str(case) for case in cases if needs_reason(case)]
        if published:
            raise Refused(
                [
                    _("These cases have been published, so say why: %(cases)s.")
                    % {"cases": ", ".join(published)}
                ]
            )

    def _doubts_of_shared(self) -> list[Doubt]:
        shared = self.stored.shared or self.entry.shared
        doubts = []
        for root in (shared, self.stored.count):
            if isinstance(root, Record):
                doubts += stored_doubts(root)
        return doubts

    # --- What stands once for all -----------------------------------------------------

    def _shared(self) -> None:
        declared = self.entry.kind.shared
        if declared is None:
            return
        if isinstance(self.entry.shared, Record):
            self.stored.shared = self.entry.shared
            return
        said = {**(self.entry.shared or {}), declared.day: self.entry.day}
        event = declared.model(**said)
        if self._save(event, str(declared.title)):
            self.stored.shared = event
            self.stored.new_shared.append(event)

    def _count(self) -> None:
        """The claim of the source: never a count of our own."""
        measure = self.entry.kind.measure
        if measure is None or self.entry.claimed is None:
            return
        claimant = self.entry.word.said.get("claimant")
        said: dict[str, Any] = {
            "measure": measure,
            "value": self.entry.claimed,
            "claimant": claimant,
        }
        if self.stored.shared is not None:
            said["release_event"] = self.stored.shared
            if ReportedCount.objects.filter(**said).exists():
                return
        said["qualifier"] = Qualifier.EXACTLY
        said["as_of"] = self.entry.day
        count = ReportedCount(**said)
        if self._save(count, _("Claimed")):
            self.stored.count = count

    # --- What is made for each --------------------------------------------------------

    def _case(self, chosen: Chosen, cases: dict[UUID, Prisoner]) -> Prisoner | None:
        if chosen.case_id is not None:
            case = cases.get(chosen.case_id)
            if case is None:
                self._tell(chosen, _("This case is not there any more."))
            elif case.merged_into_id:
                self._tell(chosen, str(MERGED))
            else:
                self.stored.changed_cases.append(case)
                return case
            return None
        case = Prisoner()
        if not self._save(case, self._called(chosen)):
            return None
        self.stored.new_cases.append(case)
        name = PersonName(prisoner=case, value=chosen.name, preferred=True)
        self._save(name, self._called(chosen))
        return case

    def _person(self, chosen: Chosen, case: Prisoner) -> None:
        made: dict[type[Part], Part] = {}
        for declared in self.entry.kind.made:
            said = self._said(chosen, declared)
            if said is None:
                continue
            record = self._existing(declared, case, said)
            if record is None:
                record = self._made(chosen, declared, case, said, made)
            if record is not None:
                made[declared.model] = record

    def _said(self, chosen: Chosen, declared: Made) -> dict[str, Any] | None:
        """None where no such record is made for this person."""
        said = dict(self.entry.said.get(declared.model, {}))
        said.update(chosen.own.get(declared.model, {}))
        if declared.model in chosen.without or not (said or declared.always):
            return None
        if declared.day and self.entry.day:
            said[declared.day] = self.entry.day
        return said

    def _existing(
        self, declared: Made, case: Prisoner, said: dict[str, Any]
    ) -> Part | None:
        """What has no day and says the same is the same: a charge of the case."""
        if declared.day:
            return None
        of_case: dict[str, Any] = {declared.model.root_path: case, **said}
        return declared.model._default_manager.filter(**of_case).first()

    def _made(
        self,
        chosen: Chosen,
        declared: Made,
        case: Prisoner,
        said: dict[str, Any],
        made: Mapping[type[Part], Part],
    ) -> Part | None:
        model = declared.model
        record: Any = model()
        several = {}
        for name, value in said.items():
            setattr(record, name, value)
        if model.root_path == "prisoner":
            record.prisoner = case
        for name, named in declared.names.items():
            if named not in made:
                continue
            if model._meta.get_field(name).many_to_many:
                several[name] = made[named]
            else:
                setattr(record, name, made[named])
        shared = self.entry.kind.shared
        if shared is not None and declared is self.entry.kind.made[0]:
            setattr(record, shared.named_by, self.stored.shared)
        if not self._save(record, self._called(chosen)):
            return None
        for name, other in several.items():
            getattr(record, name).add(other)
        return record

    # --- Saving and telling -----------------------------------------------------------

    def _save(self, record: Record, where: str) -> bool:
        try:
            record.full_clean()
        except ValidationError as error:
            self.problems += _sentences(where, record, error)
            return False
        try:
            with transaction.atomic():
                record.save()
        except (IntegrityError, DataError) as refused:
            self.problems.append(f"{where}: {sentence(refused)}")
            return False
        self.stored.cited += sourcing.cite_all(record, self.entry.word)
        return True

    def _called(self, chosen: Chosen) -> str:
        words = {"number": chosen.number, "name": chosen.name}
        return _("Line %(number)s, “%(name)s”") % words

    def _tell(self, chosen: Chosen, problem: str) -> None:
        self.problems.append(f"{self._called(chosen)}: {problem}")


def _doubts(
    cases: Mapping[UUID, Prisoner],
    new_ids: Iterable[UUID] = (),
    names: Mapping[UUID, str] | None = None,
) -> list[Doubt]:
    """With `names`, each says of whom it is; what is asked of several is asked once."""
    by_key: dict[str, Doubt] = {}
    people: dict[str, dict[str, None]] = {}
    kind, day = Prisoner.kind, today()
    for case_id, case in aggregate.read(kind, list(cases)).items():
        doubts = doubts_of(kind, case, day)
        if case_id in new_ids:
            doubts += doubts_about_new(case)
        for doubt in doubts:
            by_key.setdefault(doubt.key, doubt)
            if names is not None:
                people.setdefault(doubt.key, {})[names[case_id]] = None
    told = []
    for key, doubt in by_key.items():
        called = ", ".join(people.get(key, {}))
        if called:
            doubt = replace(doubt, sentence=f"{called}: {doubt.sentence}")
        told.append(doubt)
    return told


def _sentences(where: str, record: models.Model, error: ValidationError) -> list[str]:
    sentences = []
    for name, problems in error.message_dict.items():
        words = {"where": where, "problem": " ".join(problems)}
        if name == NON_FIELD_ERRORS:
            sentences.append(_("%(where)s: %(problem)s") % words)
        else:
            field: Any = record._meta.get_field(name)
            words["field"] = capfirst(str(field.verbose_name))
            sentences.append(_("%(where)s, %(field)s: %(problem)s") % words)
    return sentences
