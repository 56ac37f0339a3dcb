"""`manage.py files`: are all files there that should be, and no others?"""

import sys
from collections.abc import Iterator

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from cases import files
from cases.files import Missing
from cases.models import KeptFile
from cases.models.files import storage


class Command(BaseCommand):
    help = (
        "Compares the files that are kept with what the database says of them. Run it"
        " after you restored a backup."
    )

    def handle(self, **_options: object) -> None:
        kept = list(KeptFile.objects.exclude(file="").defer("text").order_by("pk"))
        problems = [*_not_as_added(kept), *_unknown({str(row.file) for row in kept})]
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            sys.exit(1)
        told = _("%(count)s files, all as they were added.") % {"count": len(kept)}
        self.stdout.write(told)


def _not_as_added(kept: list[KeptFile]) -> Iterator[str]:
    for row in kept:
        try:
            files.content(row)
        except Missing:
            sentence = _("File %(number)s is missing, or is not what was added.")
            yield sentence % {"number": row.pk}


def _unknown(known: set[str]) -> Iterator[str]:
    try:
        folders = storage().listdir("")[0]
    except FileNotFoundError:  # nothing was kept yet
        return
    for folder in sorted(folders):
        for name in sorted(storage().listdir(folder)[1]):
            if f"{folder}/{name}" not in known:
                sentence = _("%(file)s belongs to nothing: delete it.")
                yield sentence % {"file": f"{folder}/{name}"}
