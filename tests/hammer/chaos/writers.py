"""Who writes all the time. Each has cases of their own, so that what stands there in the
end is theirs; all cite sources that are taken back and shown again, too.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.hammer.chaos.doors import Admin, Door, Refused, Unanswered
from tests.hammer.chaos.ledger import Change, Ledger, Withdrawal

AGAIN = 0.3  # seconds until what was not answered is tried again
LOOK = 0.2  # seconds between two looks at what was taken back
LONGEST_WATCH = 60.0  # seconds, after the end


@dataclass
class Case:
    """`names`: those that were added and not taken away."""

    id: str
    name: str
    consent: str
    source: str
    names: list[str] = field(default_factory=list)


class Writer(threading.Thread):
    def __init__(
        self,
        door: Door,
        cases: list[Case],
        source: str,
        address: str,
        ledger: Ledger,
        random: Random,
        over: threading.Event,
    ) -> None:
        super().__init__()
        self.door, self.ledger, self.random, self.over = door, ledger, random, over
        self.cases, self.source = cases, source
        self.reader = httpx.Client(base_url=address, timeout=10)
        self.broken: BaseException | None = None
        self.numbers = 0

    def run(self) -> None:
        acts: list[Callable[[Case], None]] = [
            *[self.edit] * 8,
            *[self.add_name] * 3,
            *[self.delete_name] * 2,
            self.narrow_name,
            *[self.hide_and_show] * 2,
            self.withhold_and_tell,
            self.take_back_consent,
        ]
        if not isinstance(self.door, Admin):
            acts.append(self.narrow_source_and_widen)
        try:
            while not self.over.is_set():
                self.random.choice(acts)(self.random.choice(self.cases))
        except BaseException as error:
            self.broken = error
        finally:
            self.door.close()
            self.reader.close()

    # --- What is done --------------------------------------------------------------------

    def edit(self, case: Case) -> None:
        self.write(Change("prisoner", case.id, "affiliation", self.token("Party")))

    def add_name(self, case: Case) -> None:
        """An attempt that was not answered is not tried again: it would be another."""
        name = self.token("Alias")
        change = Change("person_name", name, "value", name, case.id)
        if self.try_once(change):
            case.names.append(name)

    def delete_name(self, case: Case) -> None:
        if case.names:
            name = case.names.pop()
            change = Change("person_name", name, "value", "", case.id)
            self.take_back("a name deleted", change, case, name)

    def narrow_name(self, case: Case) -> None:
        if case.names:
            name = case.names.pop()
            change = Change("person_name", name, "visibility", "internal", case.id)
            self.take_back("a name narrowed", change, case, name)

    def hide_and_show(self, case: Case) -> None:
        hidden = Change("prisoner", case.id, "visibility", "internal")
        if self.take_back("a case", hidden, case, ""):
            self.write(Change("prisoner", case.id, "visibility", "public"))

    def withhold_and_tell(self, case: Case) -> None:
        withheld = Change("prisoner", case.id, "name_withheld", True)
        if self.take_back("the name of a case", withheld, case, case.name):
            self.write(Change("prisoner", case.id, "name_withheld", False))

    def take_back_consent(self, case: Case) -> None:
        """The name does not return, whatever comes after."""
        change = Change("consent", case.consent, "withdrawn_on", "2025-10", case.id)
        self.take_back("a consent", change, case, case.name)

    def narrow_source_and_widen(self, case: Case) -> None:
        hidden = Change("source", self.source, "visibility", "internal")
        cited = [other for other in self.cases if other.source == self.source]
        if self.take_back("a source", hidden, self.random.choice(cited), self.source):
            self.write(Change("source", self.source, "visibility", "public"))

    # --- How it is done ------------------------------------------------------------------

    def token(self, word: str) -> str:
        self.numbers += 1
        return f"{word} {self.name} {self.numbers} {self.random.randrange(10**6)}"

    def take_back(self, what: str, change: Change, case: Case, text: str) -> bool:
        """Is it acknowledged? Then it was watched until it was out of sight, and until
        its document was shown again without it.
        """
        if not self.write(change):
            return False
        withdrawal = Withdrawal(what, time.monotonic())
        with self.ledger.lock:
            self.ledger.withdrawals.append(withdrawal)
        latest = None
        while withdrawal.settled is None:
            status, body = self.look(f"/api/v1/prisoners/{case.id}/")
            is_answer = status in {200, 404, 503}
            is_seen = status == 200 and text in body
            if is_answer and not is_seen:
                withdrawal.gone = withdrawal.gone or time.monotonic()
                if status != 503:
                    withdrawal.settled = time.monotonic()
                    break
            if is_seen:
                withdrawal.gone = None  # not yet, or seen again
            if self.over.is_set():
                latest = latest or time.monotonic() + LONGEST_WATCH
                if time.monotonic() > latest:
                    break
            time.sleep(LOOK)
        return True

    def look(self, path: str) -> tuple[int, str]:
        with suppress(httpx.HTTPError):
            answer = self.reader.get(path)
            return answer.status_code, answer.text
        return 0, ""

    def write(self, change: Change) -> bool:
        """Again and again until it is acknowledged or refused, or all is over."""
        while not self.over.is_set():
            try:
                return self.attempt(change)
            except Unanswered:
                time.sleep(AGAIN)
        return False

    def try_once(self, change: Change) -> bool:
        try:
            return self.attempt(change)
        except Unanswered:
            return False

    def attempt(self, change: Change) -> bool:
        self.ledger.tried(change)
        try:
            self.door.change(change)
        except Refused as error:
            self.ledger.was_refused(change, self.door.name, str(error))
            return False
        except Unanswered as error:
            self.ledger.was_not_answered(change, self.door.name, str(error))
            raise
        self.ledger.was_acknowledged(change, self.door.name)
        return True
