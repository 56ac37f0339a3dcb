"""manage.py statuses: which statuses an upgrade would tell otherwise, and that somebody
has read them.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.publishing.confirming import NotConfirmed, confirm
from cases.publishing.statuses import AUDIENCE_NAMES, Told, digest, told
from tracker.contract.vocabulary import Status

LABELS = dict(Status.choices)


class Command(BaseCommand):
    help = (
        "Compares the status of each published case, as last known, with what the next"
        " publication would tell. Run it after migrate and before the publisher starts"
        " again; one person reads the table. After a new contract nothing but"
        " withdrawals is published until that person confirms it, with the code that"
        " stands under the table."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="also the cases that stay as they are"
        )
        parser.add_argument(
            "--confirm",
            metavar="CODE",
            help="the statuses under which this code stood are right",
        )
        parser.add_argument(
            "--by", metavar="ACCOUNT", default="", help="the account of who read them"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        tables: list[tuple[str, list[Told]]] = []
        for audience_name in AUDIENCE_NAMES:
            tables.append((audience_name, list(told(audience_name))))
        code = digest(tables)
        if options["confirm"]:
            try:
                confirm(options["confirm"], code, options["by"])
            except NotConfirmed as refusal:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(_("Confirmed: the next publication tells these."))
            return
        for audience_name, cases in tables:
            self._write(audience_name, cases, options["all"])
        words = _(
            "If they are right: manage.py statuses --confirm %(code)s --by ACCOUNT"
        )
        self.stdout.write(words % {"code": code})

    def _write(self, audience_name: str, cases: list[Told], is_all: bool) -> None:
        changed = 0
        for case in cases:
            differs = case.before != case.after
            changed += differs
            if differs or is_all:
                before, after = _in_words(case.before), _in_words(case.after)
                self.stdout.write(f"{case.id} {case.name}: {before} -> {after}")
        words = _("%(audience)s: %(changed)s would change, %(same)s would stay.")
        self.stdout.write(
            words
            % {
                "audience": audience_name,
                "changed": changed,
                "same": len(cases) - changed,
            }
        )


def _in_words(statuses: tuple[str, ...]) -> str:
    return " or ".join(str(LABELS.get(status, status)) for status in statuses)
