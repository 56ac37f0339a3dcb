"""The whole run, and what it says in the end."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from random import Random

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from cases.models import Consent, Mark, Source
from cases.publishing import publish_pending
from tests.factories import (
    make_citation,
    make_documenter,
    make_prisoner,
    make_source,
)
from tests.hammer.chaos import checks
from tests.hammer.chaos.doors import Admin, Door, EditorialApi, Sql
from tests.hammer.chaos.faults import FAULTS
from tests.hammer.chaos.ledger import Ledger, Trouble, calm_seconds
from tests.hammer.chaos.place import Place, give_key
from tests.hammer.chaos.writers import Case, Writer
from tests.keys import key_for
from tests.sessions import as_a_browser

WRITERS_EACH = 2
LONGEST_SETTLING = 90.0  # seconds
# What writers go on for, after the last fault: a slow machine does little in the meantime.
DOORS = (Sql, EditorialApi, Admin)
TAKEN_BACK = ("a consent", "a source")


@dataclass(frozen=True)
class Size:
    """`cases`: of each writer. `fault` and `rest`: the shortest and the longest, in
    seconds; `calm` is a longer rest, so that what is late can be seen.
    """

    seconds: float
    cases: int
    fault: tuple[float, float]
    rest: tuple[float, float]
    calm: float


SMALL = Size(15.0, 4, (0.5, 1.2), (0.3, 1.0), 1.0)
LARGE = Size(600.0, 15, (1.0, 6.0), (1.0, 6.0), 13.0)


@dataclass
class Outcome:
    ledger: Ledger
    faults: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    copied: int = 0
    revived: int = 0
    wrong: list[str] = field(default_factory=list)

    def sentences(self) -> Iterator[str]:
        yield "Faults, how often, and how much each did:"
        for name, count in sorted(self.faults.items()):
            yield f"{count:8} {name.replace('_', ' ')} ({self.effects[name]})"
        yield "Changes:"
        for name, count in sorted(self.ledger.done.items()):
            yield f"{count:8} {name}"
        taken_back = self.ledger.withdrawals
        kinds = Counter(withdrawal.what for withdrawal in taken_back)
        yield f"Taken back: {len(taken_back)}"
        for name, count in sorted(kinds.items()):
            yield f"{count:8} {name}"
        yield f"{self._longest_seen():8.1f} s the longest in sight, without a fault"
        yield f"{self._longest_away():8.1f} s the longest until shown anew, without a fault"
        yield f"{self.copied} copies came to their end"
        yield f"{self.revived} times the publisher had ended by itself"
        for why, count in self.ledger.refusals.most_common(10):
            yield f"refused {count} times: {why}"
        for sentence in self.wrong[:50]:
            yield f"WRONG: {sentence}"
        yield f"{len(self.wrong)} things are wrong."

    def _longest_seen(self) -> float:
        longest = 0.0
        for withdrawal in self.ledger.withdrawals:
            if withdrawal.gone:
                longest = max(
                    longest,
                    calm_seconds(
                        withdrawal.acknowledged, withdrawal.gone, self.ledger.troubles
                    ),
                )
        return longest

    def _longest_away(self) -> float:
        longest = 0.0
        for withdrawal in self.ledger.withdrawals:
            if withdrawal.settled:
                longest = max(
                    longest,
                    calm_seconds(
                        withdrawal.acknowledged,
                        withdrawal.settled,
                        self.ledger.troubles,
                    ),
                )
        return longest


def run(place: Place, size: Size, seed: int) -> Outcome:
    """`place` is made, and Django knows it."""
    chance = Random(seed)
    outcome = Outcome(Ledger())
    over = threading.Event()
    writers = _writers(place, size, outcome.ledger, over, chance)
    give_key(place, "partners", key_for("Chaos").secret)
    connection.close()
    place.plant_clock()
    place.start()
    try:
        for writer in writers:
            writer.start()
        _make_trouble(place, size, chance, outcome)
        _wait_for_each_way(outcome.ledger)
        over.set()
        for writer in writers:
            writer.join()
            if writer.broken:
                outcome.wrong.append(f"a writer broke: {writer.broken!r}")
        _settle(place, outcome)
        place.take_clock_away()
        outcome.wrong += chain(
            checks.lost_edits(outcome.ledger),
            checks.late_withdrawals(outcome.ledger),
            checks.unpublished(),
            checks.unlike_a_rebuild(),
            checks.differing_copies(place),
            checks.findings(place),
        )
    finally:
        over.set()
        place.stop()
    outcome.copied = place.copied
    return outcome


def _writers(
    place: Place, size: Size, ledger: Ledger, over: threading.Event, chance: Random
) -> list[Writer]:
    writers = []
    make_documenter()
    with transaction.atomic():
        lasting = make_source("A source that lasts", visibility="public")
        for number in range(3 * WRITERS_EACH):
            door = _door(place, number)
            source = make_source(f"Source {number}", visibility="public")
            cases = []
            for of_writer in range(size.cases):
                name = f"Person {number} {of_writer}"
                cases.append(_case(name, source, lasting))
            seed = chance.randrange(2**32)
            writer = Writer(
                door, cases, str(source.pk), place.address, ledger, Random(seed), over
            )
            writer.name = str(number)
            writers.append(writer)
    publish_pending()
    return writers


def _door(place: Place, number: int) -> Door:
    if number % 3 == 0:
        return Sql(place.urls["desk"])
    as_a_browser()
    client = Client()
    client.force_login(User.objects.get())
    cookies = {"sessionid": client.cookies["sessionid"].value}
    if number % 3 == 1:
        return EditorialApi(place.address, cookies)
    return Admin(place.address, cookies)


def _case(name: str, source: Source, lasting: Source) -> Case:
    case = make_prisoner(name, visibility="public")
    consent = Consent.objects.create(
        prisoner=case, subject="name", audience="public", given_by="the person"
    )
    # With two, nothing rests on the one that is taken back: else it would go with it.
    for cited in (source, lasting):
        make_citation(case, "affiliation", cited, quote="Of the party")
        make_citation(case, "", cited)
    return Case(str(case.pk), name, str(consent.pk), str(source.pk))


def _make_trouble(place: Place, size: Size, chance: Random, outcome: Outcome) -> None:
    """Each fault once in each round."""
    end = time.monotonic() + size.seconds
    while time.monotonic() < end:
        round_of_faults = list(FAULTS)
        chance.shuffle(round_of_faults)
        for number, fault in enumerate(round_of_faults):
            if outcome.faults[fault.__name__] and time.monotonic() > end:
                return
            rest = chance.uniform(*size.rest)
            if number % 4 == 0:
                rest = size.calm
            time.sleep(rest)
            name = fault.__name__
            began = time.monotonic()
            outcome.effects[name] += fault(place, chance, chance.uniform(*size.fault))
            outcome.revived += place.revive_publisher()
            ended = time.monotonic()
            outcome.faults[name] += 1
            outcome.ledger.troubles.append(Trouble(name, began, ended))


def _wait_for_each_way(ledger: Ledger) -> None:
    deadline = time.monotonic() + LONGEST_SETTLING
    while time.monotonic() < deadline and not _was_each_way_tried(ledger):
        time.sleep(0.5)


def _was_each_way_tried(ledger: Ledger) -> bool:
    with ledger.lock:
        taken_back = {withdrawal.what for withdrawal in ledger.withdrawals}
        return taken_back.issuperset(TAKEN_BACK) and all(
            ledger.done[f"acknowledged by {door.name}"] for door in DOORS
        )


def _settle(place: Place, outcome: Outcome) -> None:
    """Until nothing waits."""
    outcome.revived += place.revive_publisher()
    deadline = time.monotonic() + LONGEST_SETTLING
    while time.monotonic() < deadline:
        if not Mark.objects.exists() and not list(checks.unpublished()):
            return
        time.sleep(0.5)
