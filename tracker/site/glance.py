"""The first screen of a case: what a reader asks first, in a few words each, as surely
as the facts below are known, and with a link to them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tracker.contract import hedges, labels
from tracker.contract.vocabulary import HELD, ChargeOutcome
from tracker.site.account import Account, RecordOnPage
from tracker.site.hedged import Told
from tracker.site.status import StatusWords

Case = Mapping[str, Any]
Record = Mapping[str, Any]

SHOWN = 3  # charges


@dataclass(frozen=True)
class Line:
    """`told` are a few words each; `anchor` is the record that they are of."""

    anchor: str
    told: list[Told]


@dataclass(frozen=True)
class Disagreement:
    """What is disputed, as links (anchor, words), and what is said of it."""

    about: list[tuple[str, str]]
    said: str


@dataclass(frozen=True)
class Glance:
    """`also` are the other names; `sources` the numbers of those on which the status
    rests; `more_charges` how many are not among `charges`. `not_given` are words.
    `in_part`: what is missing may be known, so nothing is said of it.
    """

    also: list[str]
    person: list[Told]
    sources: list[int]
    charges: list[Line]
    more_charges: int
    ends_as_stated: list[Told]
    recognitions: list[Line]
    not_given: list[str]
    in_part: bool


def of(account: Account, now: StatusWords) -> Glance:
    case = account.documents[0]
    in_part = case["id"] in account.in_part
    charges = [_charge(account, charge) for charge in case["charges"]]
    return Glance(
        also=[name["value"] for name in case["names"] if name["value"] != case["name"]],
        person=account.heard.told("prisoner", case, "occupations"),
        sources=_sources(account, now),
        charges=charges[:SHOWN],
        more_charges=len(charges[SHOWN:]),
        ends_as_stated=account.heard.told("prisoner", case, "stated_end_of_term"),
        recognitions=[_recognition(account, one) for one in case["recognitions"]],
        not_given=[] if in_part else _not_given(case, now),
        in_part=in_part,
    )


def disagreements(records: Iterable[RecordOnPage]) -> list[Disagreement]:
    """What sources say otherwise of, once for the same words: a day that two sources
    give may stand beside a release and beside a detention. Prose is left out: two may
    put it differently and both be right.
    """
    about: dict[str, list[tuple[str, str]]] = {}
    for record in records:
        if record.denied:
            about.setdefault(_("denied"), []).append((record.anchor, record.title))
        for fact in record.facts:
            if not fact.rivals or fact.in_prose:
                continue
            said = [rival.text for rival in fact.rivals]
            if fact.values:
                said.insert(0, fact.text)
            words = f"{record.title}: {fact.label.lower()}"
            about.setdefault(_(" or ").join(said), []).append((fact.anchor, words))
        for part in disagreements(record.parts):
            about.setdefault(part.said, []).extend(part.about)
    return [Disagreement(links, said) for said, links in about.items()]


def _sources(account: Account, now: StatusWords) -> list[int]:
    """Of those that tell of the records from which the status follows."""
    telling = []
    for row_id in now.basis:
        for citation in account.heard.of_record(row_id):
            if hedges.supports(citation):
                telling.append(citation)
    return account.citations.numbers(telling)


def _charge(account: Account, charge: Record) -> Line:
    told = account.heard.told("charge", charge, "label_as_stated")
    told += account.heard.told("charge", charge, "article")
    told += account.heard.told("charge", charge, "code")
    if not told:
        words = _("charge not given")
        if charge["id"] in account.in_part:
            words = str(labels.RECORDS["charge"])
        told.append(Told(words, account.heard.event(charge)))
    outcomes = _outcome(account, "charge", charge)
    for decision in charge.get("decisions") or ():
        outcomes += _outcome(account, "charge_decision", decision)
    told += dict.fromkeys(outcomes)
    return Line(f"r-{charge['id']}", told)


def _outcome(account: Account, kind: str, record: Record) -> list[Told]:
    """That nothing is decided yet is the outcome of every new charge."""
    if record["outcome"] in (None, ChargeOutcome.PENDING):
        return []
    return account.heard.told(kind, record, "outcome")


def _recognition(account: Account, recognition: Record) -> Line:
    told = account.heard.told("recognition", recognition, "outcome")
    told += account.heard.told("recognition", recognition, "organisation")
    return Line(f"r-{recognition['id']}", told)


def _not_given(case: Case, now: StatusWords) -> list[str]:
    """What readers look for and do not find: where a prisoner is held, and why."""
    words = []
    is_held = {code for code, _name in now.statuses} <= HELD
    if is_held and not case.get("last_place"):
        words.append(_("where the person is held"))
    if not case["charges"]:
        words.append(_("the charge"))
    return words
