"""What now stands of the sentences of a case: which of them, what they come to, from
when that is counted, and when it is over by plain count. Why the rules are as they are:
docs/decisions/sentences.md.

Pure: no database, no clock. What goes in has the published shape of a case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from cases.bearing import KEPT, Bearing, bearing
from cases.chronology import ALWAYS, CaseFacts, died_in_custody, happened, when
from cases.terms import (
    NOT_SERVED,
    add,
    enforceable,
    in_force,
    punishments_of,
)
from cases.weighing import Weight, Weights, weaker
from tracker.contract.vocabulary import (
    FOR_LIFE,
    CountedBy,
    Hedge,
    LegalForce,
    Punishment,
    ReleaseGround,
    SentenceRuns,
    TermInForce,
    TermReason,
    YesNo,
)

# What is cited for one of these says how surely it is known what stands.
BEARING = (
    "term_months",
    "term_months_to",
    "term_days",
    "execution",
    "legal_force",
    "replaces",
    "adds_to",
    "runs",
    "counted_from",
)
# Of several punishments the first of these that is among them has the term.
COUNTED = (
    Punishment.IMPRISONMENT.value,
    Punishment.RESTRICTION_OF_LIBERTY.value,
    Punishment.HOME_CONFINEMENT.value,
    Punishment.EXILE.value,
    Punishment.JUVENILE_MEASURE.value,
    Punishment.ADMINISTRATIVE_ARREST.value,
)
# A release on one of these grounds leaves nothing to serve of the sentences before it.
SPENT = {
    ReleaseGround.PARDON.value,
    ReleaseGround.AMNESTY.value,
    ReleaseGround.TERM_SERVED.value,
    ReleaseGround.ACQUITTAL.value,
    ReleaseGround.CHARGES_DROPPED.value,
    ReleaseGround.QUASHED.value,
}


@dataclass(frozen=True, slots=True)
class InForce:
    """`months` to `months_to` and `days` are the total; of life, what must be served
    before a release may be asked for. Dates are EDTF.
    """

    sentences: tuple[str, ...] = ()
    punishments: tuple[str, ...] = ()
    executions: tuple[str, ...] = ()
    legal_forces: tuple[str, ...] = ()
    term: str = TermInForce.NONE.value
    months: int | None = None
    months_to: int | None = None
    days: int | None = None
    counted_from: str | None = None
    counted_by: str | None = None
    ends_on: str | None = None
    hedge: str | None = None
    disputed: bool = False
    as_of: str | None = None
    reasons: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The published shape: codes and ids as sorted lists."""
        return {
            "sentences": list(self.sentences),
            "punishments": list(self.punishments),
            "executions": list(self.executions),
            "legal_forces": list(self.legal_forces),
            "term": self.term,
            "months": self.months,
            "months_to": self.months_to,
            "days": self.days,
            "counted_from": self.counted_from,
            "counted_by": self.counted_by,
            "ends_on": self.ends_on,
            "hedge": self.hedge,
            "disputed": self.disputed,
            "as_of": self.as_of,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class _Total:
    """`reason` is why there is none."""

    term: str
    months: int | None = None
    months_to: int | None = None
    days: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class _Stands:
    """A sentence that may stand, with the punishments that count in it. `resumed` is the
    release that was taken back: what was left of the sentence then is served.
    """

    record: CaseFacts
    weight: Weight
    punishments: list[CaseFacts]
    weights: list[Weight] = field(default_factory=list)
    resumed: CaseFacts | None = None

    @property
    def in_doubt(self) -> bool:
        return not self.weight.certain or self.weight.hedge == Hedge.ALLEGED.value


def sentence_in_force(case: CaseFacts) -> InForce | None:
    """None where no sentence is known."""
    return sentence_in_force_of(bearing(case))


@lru_cache(maxsize=KEPT)
def sentence_in_force_of(what_bears: Bearing) -> InForce | None:
    return derived_sentence_in_force(what_bears.as_case())


def derived_sentence_in_force(case: CaseFacts) -> InForce | None:
    """Anew each time."""
    weights = Weights(case)
    known = _known(case, weights)
    if not known:
        return None
    ids = {row["id"] for row in in_force([sentence.record for sentence in known])}
    standing = [sentence for sentence in known if sentence.record["id"] in ids]
    standing = _without_the_spent(standing, case, weights)
    _take_up_the_rest(standing, case, weights)
    if _is_in_doubt(standing, known):
        told = _told(_all_that_may_stand(standing, known))
        return replace(
            told,
            term=TermInForce.NOT_KNOWN.value,
            reasons=(TermReason.IN_DOUBT.value,),
        )
    if not standing:
        return _told(known, stand=False)
    served = [s for s in standing if s.record.get("execution") not in NOT_SERVED]
    told = _told(standing)
    total = _total(served or standing)
    told = replace(
        told,
        term=total.term,
        months=total.months,
        months_to=total.months_to,
        days=total.days,
        reasons=(total.reason,) if total.reason else (),
    )
    if total.term != TermInForce.MONTHS.value or not served:
        return told
    return _with_its_end(told, served, case, weights)


def at_most(now: InForce | None, then: InForce | None) -> InForce | None:
    """`now` without what it would say more than `then`, which was approved before a
    source was hidden.
    """
    if now is None or then is None:
        return now
    hedges = [hedge for hedge in (now.hedge, then.hedge) if hedge]
    hedge = weaker(*hedges) if hedges else None
    disputed = now.disputed or then.disputed
    surely = {"hedge": None, "disputed": False, "as_of": None}
    if replace(now, **surely) == replace(then, **surely):  # type: ignore[arg-type]
        return replace(now, hedge=hedge, disputed=disputed)
    return InForce(
        sentences=now.sentences,
        punishments=tuple(sorted({*now.punishments} & {*then.punishments})),
        term=TermInForce.NOT_KNOWN.value,
        hedge=hedge,
        disputed=disputed,
        reasons=(TermReason.IN_DOUBT.value,),
    )


# --- Which sentences stand -----------------------------------------------------------


def _known(case: CaseFacts, weights: Weights) -> list[_Stands]:
    known = []
    for record in case["sentences"]:
        weight = weights.of("sentences", record, BEARING)
        if not weight.counts:
            continue
        sentence = _Stands(record, weight, [])
        for punishment in punishments_of(record):
            if punishment is record:
                sentence.punishments.append(punishment)
                continue
            its_weight = weights.of("further_punishments", punishment, BEARING)
            if its_weight.certain:
                sentence.punishments.append(punishment)
                sentence.weights.append(its_weight)
        known.append(sentence)
    return known


def _is_in_doubt(standing: Sequence[_Stands], known: Sequence[_Stands]) -> bool:
    """A single one that somebody alleges is told as alleged. Beside others, or in the
    place of others, it makes it unknown what they come to.
    """
    for sentence in known:
        if not sentence.in_doubt:
            continue
        if sentence.record.get("legal_force") == LegalForce.SET_ASIDE.value:
            return True
        stands = sentence in standing
        if stands and (len(standing) > 1 or _replaced_by(sentence, known)):
            return True
    return False


def _replaced_by(sentence: _Stands, known: Sequence[_Stands]) -> list[_Stands]:
    replaced = sentence.record.get("replaces")
    return [other for other in known if other.record["id"] == replaced]


def _all_that_may_stand(
    standing: Sequence[_Stands], known: Sequence[_Stands]
) -> list[_Stands]:
    may_stand = list(standing)
    for sentence in known:
        is_set_aside = sentence.record.get("legal_force") == LegalForce.SET_ASIDE.value
        if sentence.in_doubt and is_set_aside:
            may_stand.append(sentence)
        if sentence.in_doubt and sentence in standing:
            may_stand += _replaced_by(sentence, known)
    return may_stand


def _without_the_spent(
    standing: list[_Stands], case: CaseFacts, weights: Weights
) -> list[_Stands]:
    """What was served, pardoned or quashed before a later sentence is not served with
    that one.
    """
    ended = []
    for release in case["releases"]:
        weight = weights.of("releases", release)
        ends = release.get("ground") in SPENT and not _is_taken_back(release, weights)
        if ends and weight.certain and happened(release):
            ended.append(when(release["released_on"]))
    left = []
    for sentence in standing:
        _first, latest = when(sentence.record["handed_down_on"])
        is_spent = False
        for earliest_out, latest_out in ended:
            later = [
                other
                for other in standing
                if when(other.record["handed_down_on"])[0] > latest_out
            ]
            is_spent |= bool(later) and latest <= earliest_out
        if not is_spent:
            left.append(sentence)
    return left


def _is_taken_back(release: CaseFacts, weights: Weights) -> bool:
    if not release.get("revoked_on") or not happened(release):
        return False
    return weights.of_revocation(release).certain


def _take_up_the_rest(
    standing: list[_Stands], case: CaseFacts, weights: Weights
) -> None:
    """After a pardon or parole that was taken back, what was left then is served. Of
    several sentences it is not known how much of which.
    """
    for release in case["releases"]:
        if not _is_taken_back(release, weights):
            continue
        earliest_out, _latest = when(release["released_on"])
        before = []
        for sentence in standing:
            if when(sentence.record["handed_down_on"])[1] <= earliest_out:
                before.append(sentence)
        rest = {"term_months": None, "term_months_to": None, "term_days": None}
        if len(before) == 1:
            rest["term_months"] = release.get("remaining_months")
            rest["term_days"] = release.get("remaining_days")
        for sentence in before:
            sentence.resumed = release
            sentence.punishments = [
                {**row, **rest} if row["punishment"] in COUNTED else row
                for row in sentence.punishments
            ]


# --- What they come to ---------------------------------------------------------------


def _total(standing: Sequence[_Stands]) -> _Total:
    terms: list[CaseFacts] = []
    punishments = [
        punishment for sentence in standing for punishment in sentence.punishments
    ]
    for punishment in punishments:
        if punishment["punishment"] == Punishment.DEATH.value:
            return _Total(TermInForce.DEATH.value)
    for punishment in punishments:
        if punishment["punishment"] in FOR_LIFE:
            return _Total(TermInForce.LIFE.value, punishment.get("term_months"))
    for kind in COUNTED:
        terms = [row for row in punishments if row["punishment"] == kind]
        if terms:
            break
    if not terms:
        return _without_a_term(punishments)
    if not all(_has_a_term(row) for row in terms):
        if any(sentence.resumed for sentence in standing):
            return _not_known(TermReason.REST_NOT_KNOWN)
        return _not_known(TermReason.TERM_NOT_STATED)
    return _together(terms, standing)


def _without_a_term(punishments: Sequence[CaseFacts]) -> _Total:
    if all(row["punishment"] is None for row in punishments):
        return _not_known(TermReason.TERM_NOT_STATED)
    return _Total(TermInForce.NONE.value)


def _has_a_term(row: CaseFacts) -> bool:
    return any(row.get(name) for name in ("term_months", "term_months_to", "term_days"))


def _together(terms: Sequence[CaseFacts], standing: Sequence[_Stands]) -> _Total:
    ids = {sentence.record["id"] for sentence in standing}
    ways = []
    for sentence in standing:
        runs, adds_to = sentence.record.get("runs"), sentence.record.get("adds_to")
        if not runs and not adds_to:
            continue
        if adds_to and adds_to not in ids:
            return _not_known(TermReason.RUNS_NOT_KNOWN)
        ways.append(runs)
    if SentenceRuns.PARTLY_ADDED.value in ways:
        return _not_known(TermReason.PARTLY_ADDED)
    if len(terms) == len(standing) == len(ways) + 1:
        if len(terms) == 1 or set(ways) == {SentenceRuns.CONSECUTIVE.value}:
            return _added(terms)
        if set(ways) == {SentenceRuns.CONCURRENT.value}:
            return _longest(terms)
    if len(terms) == 1 and not ways:
        return _added(terms)
    return _not_known(TermReason.RUNS_NOT_KNOWN)


def _added(terms: Sequence[CaseFacts]) -> _Total:
    is_range = any(row.get("term_months_to") is not None for row in terms)
    months = sum(row.get("term_months") or 0 for row in terms)
    days = sum(row.get("term_days") or 0 for row in terms)
    months_to = sum(_at_most(row) for row in terms)
    return _Total(
        TermInForce.MONTHS.value,
        None if is_range and not months else months,
        months_to if is_range else None,
        days or None,
    )


def _longest(terms: Sequence[CaseFacts]) -> _Total:
    is_range = any(row.get("term_months_to") is not None for row in terms)
    if is_range:
        months = max(row.get("term_months") or 0 for row in terms)
        months_to = max(_at_most(row) for row in terms)
        return _Total(TermInForce.MONTHS.value, months or None, months_to)
    longest = max(
        (row.get("term_months") or 0, row.get("term_days") or 0) for row in terms
    )
    return _Total(TermInForce.MONTHS.value, longest[0], None, longest[1] or None)


def _at_most(row: CaseFacts) -> int:
    months: int = row.get("term_months_to") or row.get("term_months") or 0
    return months


def _not_known(reason: TermReason) -> _Total:
    return _Total(TermInForce.NOT_KNOWN.value, reason=reason.value)


# --- From when it is counted, and when it is over ------------------------------------


def _with_its_end(
    told: InForce, served: Sequence[_Stands], case: CaseFacts, weights: Weights
) -> InForce:
    counted_from, counted_by = _counted_from(served, case, weights)
    told = replace(told, counted_from=counted_from, counted_by=counted_by)
    if _is_ended_since(served, case, weights):
        return _because(told, TermReason.ENDED_SINCE)
    if not counted_from:
        return _because(told, TermReason.START_NOT_KNOWN)
    first, last = when(counted_from)
    if first == ALWAYS or last > date.max.toordinal():
        return _because(told, TermReason.START_NOT_KNOWN)
    if any(s.record.get("indeterminate") == YesNo.YES.value for s in served):
        return _because(told, TermReason.INDETERMINATE)
    months, days = told.months or 0, told.days or 0
    months_to = told.months_to if told.months_to is not None else months
    for sentence in served:
        part = enforceable(sentence.record)
        if part and len(served) > 1:
            return _because(told, TermReason.RUNS_NOT_KNOWN)
        if part:
            months, days = part
            months_to = months
    begins = add(date.fromordinal(first), months, days)
    ends = add(date.fromordinal(last), months_to, days)
    return replace(told, ends_on=_about(begins, ends))


def _because(told: InForce, reason: TermReason) -> InForce:
    return replace(told, reasons=(*told.reasons, reason.value))


def _counted_from(
    served: Sequence[_Stands], case: CaseFacts, weights: Weights
) -> tuple[str | None, str | None]:
    """As a source states it; else from the arrest, as the status counts it; else from
    the judgment of somebody who was there.
    """
    stated = {s.record["counted_from"] for s in served if s.record.get("counted_from")}
    if stated:
        only = next(iter(stated)) if len(stated) == 1 else None
        return only, CountedBy.STATED.value if only else None
    resumed = [s.resumed for s in served if s.resumed]
    if resumed:
        return _taken_again(resumed[-1], case, weights)
    if len(served) != 1 or served[0].record.get("in_absentia"):
        return None, None
    judgment = served[0].record["handed_down_on"]
    held = _held_at(judgment, case, weights)
    if len(held) > 1:
        return None, None
    if held:
        started_on = held[0]["started_on"]
        return started_on, CountedBy.ARREST.value if started_on else None
    return judgment, CountedBy.JUDGMENT.value if judgment else None


def _taken_again(
    release: CaseFacts, case: CaseFacts, weights: Weights
) -> tuple[str | None, str | None]:
    """The rest of a term is served from then on."""
    _earliest, out = when(release["released_on"])
    days = []
    for detention in case["detentions"]:
        counts = weights.of("detentions", detention).counts
        if counts and when(detention["started_on"])[0] >= out:
            days.append(detention["started_on"])
    if len(days) != 1:
        return None, None
    return days[0], CountedBy.ARREST.value


def _held_at(
    judgment: str | None, case: CaseFacts, weights: Weights
) -> list[CaseFacts]:
    earliest, latest = when(judgment)
    held = []
    for detention in case["detentions"]:
        begins, ends = when(detention["started_on"]), when(detention["ended_on"])
        counts = weights.of("detentions", detention).counts
        if counts and begins[0] <= latest and ends[1] >= earliest:
            held.append(detention)
    return held


def _is_ended_since(
    served: Sequence[_Stands], case: CaseFacts, weights: Weights
) -> bool:
    if case["died_on"] or died_in_custody(case, weights) in ("yes", "disputed"):
        return True
    first = min(when(sentence.record["handed_down_on"])[0] for sentence in served)
    for name, day in (("releases", "released_on"), ("deportations", "deported_on")):
        for record in case[name]:
            if not happened(record) or _is_taken_back(record, weights):
                continue
            if weights.of(name, record).counts and when(record[day])[1] >= first:
                return True
    return False


def _about(first: date, last: date) -> str:
    """A month; where it may be several, from the first of them to the last."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    return f"[{first:%Y-%m}..{last:%Y-%m}]"


# --- How surely ----------------------------------------------------------------------


def _told(sentences: Sequence[_Stands], *, stand: bool = True) -> InForce:
    weights: list[Weight] = []
    for sentence in sentences:
        weights += [sentence.weight, *sentence.weights]
    told = InForce(
        hedge=weaker(*(weight.hedge for weight in weights)),
        disputed=any(weight.disputed for weight in weights),
        as_of=_as_of(sentences, weights),
    )
    if not stand:
        return told
    punishments = set()
    for sentence in sentences:
        punishments |= {row["punishment"] for row in sentence.punishments}
    return replace(
        told,
        sentences=tuple(sorted({s.record["id"] for s in sentences})),
        punishments=tuple(sorted(code for code in punishments if code)),
        executions=_codes(sentences, "execution"),
        legal_forces=_codes(sentences, "legal_force"),
    )


def _codes(sentences: Sequence[_Stands], name: str) -> tuple[str, ...]:
    codes = {sentence.record.get(name) for sentence in sentences}
    return tuple(sorted(code for code in codes if code))


def _as_of(sentences: Sequence[_Stands], weights: Sequence[Weight]) -> str | None:
    days = [sentence.record["handed_down_on"] for sentence in sentences]
    for weight in weights:
        days += weight.spoken
    known = [day for day in days if day and when(day)[0] != ALWAYS]
    if not known:
        return None
    return max(known, key=lambda day: (when(day)[0], -when(day)[1]))
