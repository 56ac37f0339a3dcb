"""manage.py statuses: which statuses an upgrade would tell otherwise."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.publishing.statuses import AUDIENCE_NAMES, told
from tracker.contract.vocabulary import Status

LABELS = dict(Status.choices)


class Command(BaseCommand):
    help = (
        "Compares the status of each published case, as last known, with what the next"
        " publication would tell. Run it after migrate and before the publisher starts"
        " again; one person reads the table. Writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--audience",
            choices=AUDIENCE_NAMES,
            default=AUDIENCE_NAMES[0],
        )
        parser.add_argument(
            "--all", action="store_true", help="also the cases that stay as they are"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        changed = same = 0
        for case in told(options["audience"]):
            differs = case.before != case.after
            changed += differs
            same += not differs
            if differs or options["all"]:
                before, after = _in_words(case.before), _in_words(case.after)
                self.stdout.write(f"{case.id} {case.name}: {before} -> {after}")
        self.stdout.write(f"{changed} would change, {same} would stay as they are.")


def _in_words(statuses: tuple[str, ...]) -> str:
    return " or ".join(str(LABELS.get(status, status)) for status in statuses)
