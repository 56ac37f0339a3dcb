"""A hammer: writers that hide cases and add to them, or change two things together,
while the gate renders.

Each transaction leaves a case in one of two states: public, with a name and an
affiliation that bear the same number, or internal, with a secret name beside it. So a
published document that has the secret, or two numbers, was torn.
"""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

Connect = Callable[[str], psycopg.Connection[Any]]
"""By the name of a login, in autocommit."""

SECRET = "qzinternalsecretzq"
PAUSE = 0.01  # seconds between two transactions of one writer: a case must stand still at times to be published


@dataclass
class Hammer:
    """`torn`: documents that should never have been published; `seen`: how many
    different ones were looked at.
    """

    connect: Connect
    publish: Callable[[], object]
    writers: int = 2
    torn: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    problems: list[BaseException] = field(default_factory=list)

    def run(
        self,
        cases: list[str],
        seconds: float,
        *,
        until_torn: bool = False,
        enough: int = 0,
    ) -> None:
        """For so long, and then, on a slow machine, for a minute more until it has seen
        `enough`.
        """
        self._over = threading.Event()
        desks = [self.connect("desk") for _writer in range(self.writers)]
        work = [(self._write, (desk, cases, place)) for place, desk in enumerate(desks)]
        threads = [
            threading.Thread(target=self._held, args=one)
            for one in [*work, (self._read, (self.connect("public"),))]
        ]
        for thread in threads:
            thread.start()
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end or (
                len(self.seen) < enough and time.monotonic() < end + 60
            ):
                self.publish()
                if self.problems or (until_torn and self.torn):
                    break
        finally:
            self._over.set()
            for thread in threads:
                thread.join()
        if self.problems:
            raise self.problems[0]

    def _held(self, work: Callable[..., None], given: tuple[Any, ...]) -> None:
        try:
            work(*given)
        except BaseException as problem:
            self.problems.append(problem)

    def _write(
        self, desk: psycopg.Connection[Any], cases: list[str], place: int
    ) -> None:
        """Each writer has cases of its own: two would only wait for each other."""
        own, number, choice = cases[place :: self.writers], 0, random.Random(place)
        while not self._over.wait(PAUSE):
            number += 1
            case = choice.choice(own)
            with desk.transaction():
                _hide_and_add(desk, case) if choice.random() < 0.4 else _show(
                    desk, case, number
                )

    def _read(self, public: psycopg.Connection[Any]) -> None:
        """All the time, by the login that has nothing but what is published."""
        query = "SELECT document FROM tracker_public_document WHERE kind = 'prisoner' AND document IS NOT NULL"
        while not self._over.wait(0.001):
            for (text,) in public.execute(query):
                if text not in self.seen:
                    self.seen.add(text)
                    if is_torn(text):
                        self.torn.add(text)


def is_torn(text: str) -> bool:
    document = json.loads(text)
    return SECRET in text or [name["value"] for name in document["names"]] != [
        document["affiliation"]
    ]


def _hide_and_add(desk: psycopg.Connection[Any], case: str) -> None:
    desk.execute(
        "UPDATE cases_prisoner SET visibility = 'internal' WHERE id = %s", [case]
    )
    desk.execute(
        "INSERT INTO cases_personname (id, prisoner_id, value, internal_notes, language, preferred)"
        " VALUES (gen_random_uuid(), %s, %s, '', '', false)",
        [case, SECRET],
    )


def _show(desk: psycopg.Connection[Any], case: str, number: int) -> None:
    desk.execute(
        "DELETE FROM cases_personname WHERE prisoner_id = %s AND value = %s",
        [case, SECRET],
    )
    desk.execute(
        "UPDATE cases_personname SET value = %s WHERE prisoner_id = %s",
        [f"Number {number}", case],
    )
    desk.execute(
        "UPDATE cases_prisoner SET visibility = 'public', affiliation = %s WHERE id = %s",
        [f"Number {number}", case],
    )
