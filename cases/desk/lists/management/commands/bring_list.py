"""`manage.py bring_list FILE --plan NAME --owner OWNER --by ACCOUNT`: brings a list in as
the pages of the desk do, by a plan that was kept there by its name.
"""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.desk.lists import accepting, bringing, showing, totals
from cases.desk.lists.comparing import compare
from cases.desk.lists.models import List, SavedPlan, Verdict
from cases.desk.lists.plan import from_json, questions
from cases.desk.lists.table import Table, Unreadable, read_table
from cases.desk.permissions import BRING_LISTS, may
from cases.desk.proposals.writing import Refused
from cases.history import acting
from cases.models import Prisoner
from cases.named import seeing_as

AT_ONCE = (Verdict.NEW, Verdict.DIFFERS, Verdict.SAME)


class Command(BaseCommand):
    help = (
        "Brings a list in: reads it by a plan that was kept at the desk, compares its"
        " rows with the record, and accepts what is said by --accept. Run again for the"
        " same file and owner, it goes on where it was broken off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--plan", required=True, metavar="NAME")
        parser.add_argument("--owner", required=True, help="whose list it is")
        parser.add_argument("--by", required=True, metavar="ACCOUNT", help="who acts")
        parser.add_argument("--title", default="", help="of the source; neutral")
        parser.add_argument("--reason", default="")
        parser.add_argument("--expect", type=int, metavar="ROWS")
        parser.add_argument(
            "--expect-total",
            action="append",
            default=[],
            metavar="'COLUMN: TEXT: ROWS'",
            help="in how many rows the column says this; may be given again",
        )
        parser.add_argument(
            "--most-unread",
            type=int,
            metavar="PERCENT",
            dest="most",
            help="25, if none",
        )
        parser.add_argument(
            "--accept",
            nargs="*",
            choices=[verdict.value for verdict in AT_ONCE],
            default=[],
            help="rows of which kind to accept; without it, nothing is accepted",
        )

    def handle(self, *, file: Path, by: str, **said: Any) -> None:
        account = User.objects.filter(username=by, is_active=True).first()
        needed = [BRING_LISTS, may("add", Prisoner), may("change", Prisoner)]
        if account is None or not account.has_perms(needed):
            raise CommandError(
                _("There is no account %(by)s that may do this.") % {"by": by}
            )
        page = "manage.py bring_list"
        try:
            with seeing_as(account), acting(user=account, page=page):
                self._bring(file, account, said)
        except (Unreadable, Refused) as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _bring(self, file: Path, by: User, said: dict[str, Any]) -> None:
        saved = SavedPlan.objects.filter(name=said["plan"]).first()
        if saved is None:
            raise CommandError(
                _("No plan has the name %(name)s.") % {"name": said["plan"]}
            )
        content = file.read_bytes()
        in_list = bringing.brought_before(said["owner"], content)
        table = read_table(content, file.name)
        expected = self._totals(said["expect_total"], table)
        if table.unseen:
            sentence = _(
                "Cells out of which signs were left that nobody sees: %(cells)s"
            )
            self.stdout.write(sentence % {"cells": table.unseen})
        if in_list is None:
            in_list = self._new(file, content, by, said)
        bringing.expect_anew(
            in_list, rows=said["expect"], totals_said=expected, most=said["most"]
        )
        if not in_list.rows.exists():
            plan = from_json(saved.plan)
            self._unanswered(questions(table, plan))
            bringing.read_rows(in_list, table, plan)
        total = in_list.rows.count()
        done = 0
        for count in compare(in_list):
            done += count
            self._tell(_("%(done)s of %(total)s rows compared"), done, total)
        for verdict in said["accept"]:
            self._accept(in_list, verdict, by, said["reason"])
        for kind in showing.kinds(in_list):
            self.stdout.write(f"{kind.label}: {kind.count}")

    def _totals(self, said: list[str], table: Table) -> list[dict[str, Any]]:
        try:
            return totals.as_json(totals.typed("\n".join(said), table.columns))
        except ValueError as wrong:
            raise CommandError(str(wrong)) from wrong

    def _new(self, file: Path, content: bytes, by: User, said: dict[str, Any]) -> List:
        in_list = List(
            owner=said["owner"],
            title=said["title"] or bringing.neutral_title(),
            kept_until=bringing.keep_until(),
        )
        return bringing.keep(in_list, content, file.name, by=by)

    def _unanswered(self, asked: Any) -> None:
        """What the plan leaves open is asked at the desk, and never here."""
        open_columns = [
            question.column for question in (*asked.dates, *asked.calendars)
        ]
        if open_columns:
            sentence = _(
                "The plan does not say how dates are written in: %(columns)s. Bring such"
                " a list in at the desk once, and keep its plan."
            )
            raise CommandError(sentence % {"columns": ", ".join(open_columns)})

    def _accept(self, in_list: List, verdict: str, by: User, reason: str) -> None:
        rows = showing.rows_of_kind(in_list, verdict)
        total, done = rows.count(), 0
        for count in accepting.accept(rows, by=by, reason=reason):
            done += count
            self._tell(_("%(done)s of %(total)s rows accepted"), done, total)

    def _tell(self, sentence: str, done: int, total: int) -> None:
        self.stdout.write(sentence % {"done": done, "total": total})
