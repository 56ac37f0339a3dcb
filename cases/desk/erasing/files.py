"""Files that go with what is erased, or by their own number: their rows are emptied, and
they themselves are deleted where they are kept.
"""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.desk.erasing.erasable import Refused, What
from cases.history import forgetting
from cases.models import Erasure, KeptFile
from cases.models.files import storage

TABLE = KeptFile._meta.db_table
_EMPTY = {
    "file": "",
    "name": "",
    "media_type": "",
    "size": None,
    "sha256": "",
    "text": "",
    "reason": "",
}


def find(what: What) -> list[KeptFile]:
    """Those of the case that go as a whole, or because they hold the text; or those
    that are named by their numbers. Of what stands in a PDF or a picture, nobody
    knows: name it by its number.
    """
    kept = KeptFile.objects.exclude(sha256="").order_by("pk")
    numbers = [number for table, number in what.events if table == TABLE]
    if numbers:
        return list(kept.filter(pk__in=numbers))
    if what.case is None or what.field:
        return []
    of_case = kept.filter(root_id=what.case)
    if what.containing:
        return list(of_case.filter(_holds(what.containing)))
    return list(of_case)


def _holds(text: str) -> Q:
    holds = Q()
    for field in ("text", "name", "reason"):
        holds |= Q(**{f"{field}__icontains": text})
    return holds


def erase(files: Sequence[KeptFile], act: Erasure) -> None:
    """The last step of an erasure: what is deleted does not come back if another step
    fails. Raises Refused where the files are not kept.
    """
    if not files:
        return
    names = [str(kept.file) for kept in files if kept.file]
    if names and not any(storage().exists(name) for name in names):
        raise Refused(
            _("The files are not kept on this machine. Run it where FILES_DIR is.")
        )
    rows = KeptFile.objects.filter(pk__in=[kept.pk for kept in files])
    forgetting.change(rows, reason=act.reason, erasure=act.number, values=_EMPTY)
    for name in names:
        storage().delete(name)
