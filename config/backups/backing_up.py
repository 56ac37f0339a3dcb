"""Making a backup: one consistent state of the database, and the files that go with it."""

import hashlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from cases import files
from cases.day import now
from cases.models import KeptFile
from config import environment
from config.backups import archive, postgres
from config.backups.archive import Unusable, Writer
from tracker.contract.documents import CONTRACT
from tracker.database import is_owner, one_moment
from tracker.versions import RELEASE

BEGINNING = "tracker-"
ENDING = ".backup.age"
KEPT_AT_LEAST = 3  # however old they are


@dataclass
class Made:
    """`lacking`: files that the database knows, and that are not where they are kept."""

    path: Path
    rows: int = 0
    files: int = 0
    lacking: list[int] = field(default_factory=list)
    deleted: list[Path] = field(default_factory=list)


def make(folder: Path, keys: list[Any], keep_days: int | None = None) -> Made:
    """Under its name only when it is whole. Raises Unusable; OSError."""
    if not is_owner():
        raise Unusable(
            _("Only the owner's login may read everything: set DATABASE_LOGIN=owner.")
        )
    if not folder.is_dir():
        raise Unusable(_("%(folder)s is not a folder.") % {"folder": folder})
    moment = now()
    made = Made(folder / f"{BEGINNING}{moment:%Y%m%dT%H%M%SZ}{ENDING}")
    unfinished = made.path.with_suffix(".unfinished")
    for_us_alone = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(for_us_alone, "wb") as target:
            with archive.writing(target, keys) as writer:
                _write(writer, moment, made)
            target.flush()
            os.fsync(target.fileno())
        digest = _digest(unfinished)
        unfinished.rename(made.path)
    finally:
        unfinished.unlink(missing_ok=True)
    beside = made.path.with_name(f"{made.path.name}.sha256")
    beside.write_text(f"{digest}  {made.path.name}\n")
    if keep_days is not None:
        made.deleted = _forget(folder, moment - timedelta(days=keep_days))
    return made


def _write(writer: Writer, moment: datetime, made: Made) -> None:
    with one_moment("default"):
        snapshot = postgres.snapshot()
        held = postgres.held()
        made.rows = sum(int(str(rows)) for rows, _sum in held.values())
        about = {
            "made_at": moment.isoformat(timespec="seconds"),
            "release": RELEASE,
            "contract": CONTRACT,
            "postgresql": postgres.version(),
            "migrations": _applied(),
            "settings": environment.names_set(),
            "tables": held,
        }
        writer.add_json(archive.ABOUT, about)
        kept = list(KeptFile.objects.exclude(file="").defer("text").order_by("pk"))
        with postgres.dumping(snapshot) as dump:
            writer.add_database(dump)
    for row in kept:
        try:
            writer.add(f"{archive.FILES}{row.file}", files.content(row))
            made.files += 1
        except files.Missing:
            # Erased a moment ago, with its row?
            if KeptFile.objects.filter(pk=row.pk).exclude(file="").exists():
                made.lacking.append(row.pk)
    writer.end()


def _applied() -> list[str]:
    """The migrations of the database, as “app.name”."""
    rows = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in rows)


def newest(folder: Path) -> datetime | None:
    """When the newest backup there was made, by its name."""
    for path in reversed(_in_folder(folder)):
        return datetime.strptime(
            path.name, f"{BEGINNING}%Y%m%dT%H%M%SZ{ENDING}"
        ).replace(tzinfo=UTC)
    return None


def _in_folder(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob(f"{BEGINNING}*{ENDING}"))


def _forget(folder: Path, before: datetime) -> list[Path]:
    """What was erased must not live on in old backups."""
    old = f"{BEGINNING}{before:%Y%m%dT%H%M%SZ}"
    deleted = []
    for path in _in_folder(folder)[:-KEPT_AT_LEAST]:
        if path.name < old:
            path.unlink()
            path.with_name(f"{path.name}.sha256").unlink(missing_ok=True)
            deleted.append(path)
    return deleted


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
