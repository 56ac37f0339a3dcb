"""What now stands of a person's sentences, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tracker.contract.vocabulary import (
    CountedBy,
    Hedge,
    LegalForce,
    Punishment,
    SentenceExecution,
    TermInForce,
    TermReason,
)
from tracker.site import hedged, values
from tracker.site.account import Account
from tracker.site.records import composed

Case = Mapping[str, Any]


@dataclass(frozen=True)
class InForceWords:
    """`total` is “2 years”; `punishments` are those that stand, in words; `about` are
    sentences. `basis` are links to the sentences that stand, (anchor, words). "" where
    nothing is to be said.
    """

    total: str
    punishments: str
    counted: str
    ends: str
    how_surely: str
    disputed: bool
    about: list[str]
    basis: list[tuple[str, str]]

    @property
    def stands(self) -> bool:
        return bool(self.basis)


def of(account: Account) -> InForceWords | None:
    """None where no sentence is known."""
    told = account.documents[0].get("sentence_in_force")
    if told is None:
        return None
    basis = []
    for row_id in told["sentences"]:
        if row_id in account.records:
            basis.append((f"r-{row_id}", account.name_of(row_id)))
    about = [values.code(TermReason, reason) for reason in told["reasons"]]
    return InForceWords(
        total=total(told),
        punishments=_punishments(account.documents[0]),
        counted=_counted(told),
        ends=ends(told),
        how_surely=values.code(Hedge, told["hedge"]) if told["hedge"] else "",
        disputed=bool(told["disputed"]),
        about=[*_not_simply_served(told), *_served_in_part(account), *about],
        basis=basis,
    )


def total(told: Case) -> str:
    """“5 years”, “from 2 years to 3 years”, “life, of which 25 years at least”."""
    term = values.term(told["months"], told["days"], told["months_to"])
    if told["term"] == TermInForce.MONTHS:
        return term
    if told["term"] == TermInForce.LIFE and term:
        return _("life, of which at least %(term)s are to be served") % {"term": term}
    if told["term"] in (TermInForce.LIFE, TermInForce.DEATH):
        return values.code(Punishment, told["term"])
    if told["term"] == TermInForce.NOT_KNOWN:
        return _("total not known")
    return ""


def ends(told: Case) -> str:
    """“September 2029”, or “September 2029 to October 2029”."""
    if not told["ends_on"]:
        return ""
    edtf = told["ends_on"]["edtf"]
    if not edtf.startswith("["):
        return values.date_words(edtf)
    first, last = edtf.strip("[]").split("..")
    words = {"first": values.date_words(first), "last": values.date_words(last)}
    return _("%(first)s to %(last)s") % words


def in_few_words(case: Case) -> str:
    """For a line of a list: “imprisonment, 3 years, suspended”."""
    told = case.get("sentence_in_force")
    if told is None:
        return ""
    if not told["sentences"]:
        return _("no sentence in force")
    return ", ".join(
        filter(None, [_punishments(case), total(told), *_not_simply_served(told)])
    )


def how_surely(case: Case) -> str:
    """For a line of a list: “reported, disputed”; "" where a source plainly states it."""
    told = case["sentence_in_force"]
    how = hedged.words(told["hedge"] or "", [])
    return hedged.with_dispute(how, bool(told["disputed"]))


def _punishments(case: Case) -> str:
    """Each once, a fine with its amount."""
    told = case["sentence_in_force"]
    words: list[str] = []
    for sentence in case["sentences"]:
        if sentence["id"] not in told["sentences"]:
            continue
        for row in (sentence, *sentence["further_punishments"]):
            if row["punishment"] in told["punishments"]:
                name = values.code(Punishment, row["punishment"])
                money = composed(row, "money")
                words.append(f"{name} ({money})" if money else name)
    # Life and death say what they come to.
    endless = {values.code(Punishment, code) for code in ("life", "death")}
    return ", ".join(word for word in dict.fromkeys(words) if word not in endless)


def _not_simply_served(told: Case) -> list[str]:
    words = []
    for code in told["executions"]:
        if code not in (SentenceExecution.SERVED, SentenceExecution.UNKNOWN):
            words.append(values.code(SentenceExecution, code))
    if LegalForce.APPEALED in told["legal_forces"]:
        words.append(values.code(LegalForce, LegalForce.APPEALED))
    return words


def _served_in_part(account: Account) -> list[str]:
    words = []
    for row_id in account.documents[0]["sentence_in_force"]["sentences"]:
        _kind, sentence = account.records.get(row_id, ("", {}))
        part = composed(sentence, "enforceable")
        if part:
            words.append(
                _("%(term)s to be served, the rest suspended") % {"term": part}
            )
    return words


def _counted(told: Case) -> str:
    if not told["counted_from"]:
        return ""
    day = values.date_words(told["counted_from"])
    if told["counted_by"] == CountedBy.STATED:
        return day
    return f"{day} ({values.code(CountedBy, told['counted_by'])})"
