"""What is noted and decided has the time of the database: the clock of a machine, which
may be wrong and differs from the next one's, is asked where nothing comes of it.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cases.day import now
from cases.desk.casework.models import DiaryEntry
from cases.desk.proposals.deciding import reject
from cases.desk.proposals.models import Proposal
from cases.history import acting
from cases.merging import decline, propose
from tests import factories as make
from tests.partners.proposing import hand_in, proposer, row

ROOT = Path(__file__).parent.parent
ASKS = re.compile(
    r"\b(?:datetime|date|timezone)\.(?:now|today|utcnow)\b"
    r"|\btime\.(?:time|time_ns|gmtime|localtime)\b"
    r"|\blocal(?:date|time)\(\)"
    r"|\bauto_now"
    r"|^from tracker\.clock import"
    r"|^from time import (?!monotonic$|sleep$)"
    r"|^from django\.utils\.timezone import .*\bnow\b"
    r"|{% now\b",
    re.MULTILINE,
)
MAY_ASK = {
    "cases/desk/partners/admin.py": "fills in a day that a person reads and changes",
    "cases/desk/partners/models.py": "shown; a function of the database lets keys in",
    "cases/desk/signin/adapter.py": "what the same clock noted in the same session",
    "cases/models/citation.py": "asks back about a day that is still to come",
    "tracker/api/keys.py": "whether to note again what the database dates itself",
    "tracker/api/throttles.py": "for how long somebody is told to wait",
    "tracker/asking/questions.py": "of which day a question is that names none",
    "tracker/clock.py": "is asked by these alone",
    "tracker/mirror.py": "runs elsewhere, and waits as it was told",
    "tracker/site/well_known.py": "until when security.txt holds",
}


def test_the_clock_of_the_machine_is_asked_where_nothing_comes_of_it() -> None:
    asking = set()
    for folder in ("cases", "config", "tracker"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix not in (".py", ".html") or "migrations" in path.parts:
                continue
            if ASKS.search(path.read_text()):
                asking.add(str(path.relative_to(ROOT)))
    assert asking == set(MAY_ASK)


@pytest.mark.django_db
class TestSetTwentyYearsBack:
    @pytest.fixture(autouse=True)
    def long_ago(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(timezone, "now", lambda: datetime(2006, 1, 1, tzinfo=UTC))

    def test_a_merge_is_declined_now(self, admin_user: Any) -> None:
        one, other = make.make_prisoner("One"), make.make_prisoner("Other")
        versions = (2, 2)
        merge = propose(
            one.pk, other.pk, seen_versions=versions, by=admin_user, reason="The same"
        )
        merge = decline(merge.pk, by=admin_user, reason="They are two")
        assert is_now(merge.ended_at)

    def test_a_proposal_is_rejected_now(self, admin_user: Any) -> None:
        hand_in(proposer(), row("RC-1"))
        proposal = Proposal.objects.get()
        assert is_now(reject(proposal.pk, by=admin_user, reason="Why").decided_at)

    def test_an_entry_of_the_diary_is_done_now(
        self, admin_client: Any, admin_user: Any
    ) -> None:
        case = make.make_prisoner("One")
        with acting(user=admin_user):
            entry = DiaryEntry.objects.create(
                root_id=case.pk, day="2006-01-01", what="call", written_by=admin_user
            )
        address = f"/admin/cases/prisoner/{case.pk}/notes/"
        admin_client.post(address, {"act": "done", "number": entry.pk})
        entry.refresh_from_db()
        assert is_now(entry.done_at)


def is_now(hour: datetime | None) -> bool:
    return hour is not None and abs(now() - hour) < timedelta(hours=1)
