"""What an upgrade to this release does to this database, said before it does anything."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.day import now
from cases.models import ConfirmedContract, Edition, Mark, PublishingFailure, ReviewRule
from cases.upgrades import FORM
from config import closed, doctor, logins, migrating, prerequisites, table_locks
from config.backups import backing_up
from tracker.audiences import AUDIENCES
from tracker.contract.documents import CONTRACT
from tracker.database import is_owner
from tracker.versions import RELEASE

FRESH = timedelta(hours=2)
"""How old a backup may be when an upgrade begins."""
_FORMS = f"""
    SELECT COALESCE((snapshot ->> 'form')::int, 0), count(*)
    FROM {Edition._meta.db_table} GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own name
_CONNECTED = """
    SELECT usename, count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = ANY(%s) GROUP BY 1 ORDER BY 1
"""
# As `migrate` stores them: cases/review/rule.py.
_RULES = {
    "REQUIRE_REVIEW": ("saving_approves", False),
    "APPROVE_OWN_CHANGES": ("approve_own_changes", True),
    "REQUIRE_SECOND_FACTOR": ("second_factor", True),
}


@dataclass
class Foreseen:
    """Sentences. `refusals`: why this release must not go onto this database. `waiting`:
    what an upgrade changes. `known`: what to know before it begins.
    """

    refusals: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)


def foresee(backups: Path | None = None) -> Foreseen:
    """By the owner's login; changes nothing. `backups`: the folder where they are."""
    refusals = list(_refusals())
    if refusals:
        return Foreseen(refusals)
    tables = set(connection.introspection.table_names())
    if PublishingFailure._meta.db_table not in tables:
        return Foreseen(waiting=[_("There is no record yet: all tables are made.")])
    waiting = [
        *_release(),
        *_migrations(),
        *_contract(),
        *_rights(),
        *_rules(tables),
    ]
    known = [*_editions(), *_who_works(), *_publishing(), *_backup(backups)]
    return Foreseen([], waiting, known)


def at_work() -> list[str]:
    """The logins of the desk and the publisher that are connected."""
    roles = logins.logins_of_roles()
    names = {roles[role] for role in ("desk", "publisher") if role in roles}
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTED, [list(names)])
        return [login for login, _count in cursor.fetchall()]


def _refusals() -> Iterator[str]:
    if not is_owner():
        yield _("This needs the owner's login: DATABASE_LOGIN=owner.")
        return
    try:
        prerequisites.refuse("default")
    except ImproperlyConfigured as error:
        yield str(error)
    for too_old in migrating.older_ones_are_complete(["default"]):
        yield f"{too_old.msg} {too_old.hint}"
    for name in migrating.unknown("default"):
        yield _(
            "This database is of a newer release: it has the migration %(name)s, which"
            " this release does not know."
        ) % {"name": name}
    for contract in _contracts():
        if contract > CONTRACT:
            yield _(
                "A newer release has published here, by contract %(there)s. This release"
                " knows %(here)s, and would publish nothing."
            ) % {"there": contract, "here": CONTRACT}
    newer = sum(count for form, count in _forms() if form > FORM)
    if newer:
        yield ngettext(
            "%(count)s edition was stored by a newer release: this one cannot read it.",
            "%(count)s editions were stored by a newer release: this one cannot read them.",
            newer,
        ) % {"count": newer}


def _release() -> Iterator[str]:
    before = closed.why(closed.MIGRATED)
    if not before:
        yield _(
            "Release %(here)s is noted. It is not known which one was here before."
        ) % {"here": RELEASE}
    elif before != RELEASE:
        yield _("Release %(here)s takes the place of %(before)s.") % {
            "here": RELEASE,
            "before": before,
        }


def _migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    migrations = [migration for migration, _backwards in plan]
    of_readers = table_locks.tables_of_readers()
    keeps_out = False
    for migration, tables in table_locks.locked_by(migrations, executor):
        locks = None if tables is None else tables & of_readers
        keeps_out = keeps_out or locks is None or bool(locks)
        yield _of_migration(migration, locks)
    if keeps_out:
        yield _("Stop the processes of the public and the partners, too.")
    elif migrations:
        yield _(
            "The processes of the public and the partners may go on meanwhile: nothing"
            " here keeps readers waiting."
        )


def _of_migration(migration: Migration, locks: set[str] | None) -> str:
    names = {
        "app": migration.app_label,
        "name": migration.name,
        "tables": ", ".join(sorted(locks or ())),
    }
    if locks is None:
        sentence = _(
            "The migration %(app)s.%(name)s runs. What it keeps readers from cannot be"
            " told before."
        )
    elif locks:
        sentence = _(
            "The migration %(app)s.%(name)s runs. Until it has ended nobody reads"
            " %(tables)s."
        )
    else:
        sentence = _("The migration %(app)s.%(name)s runs. Readers read on.")
    return sentence % names


def _contract() -> Iterator[str]:
    older = [contract for contract in _contracts() if contract < CONTRACT]
    if not older:
        return
    yield _(
        "The contract is a new one: %(before)s before, %(here)s here. All published"
        " documents are made anew, %(count)s of them, and all copies are read anew."
    ) % {"before": min(older), "here": CONTRACT, "count": _published()}
    if not _is_confirmed():
        yield _(
            "Before that, one person reads of whom another status would be told, and"
            " confirms it: manage.py statuses. Until then only withdrawals are carried out."
        )


def _contracts() -> set[int]:
    """By which the tables were last published."""
    found: set[int] = set()
    for audience in AUDIENCES:
        for (contract,) in _values(audience.feed_model, "contract"):
            if contract is not None:
                found.add(contract)
    return found


def _published() -> int:
    count = 0
    for audience in AUDIENCES:
        rows = audience.document_model._default_manager.filter(document__isnull=False)
        count += rows.count()
    return count


def _is_confirmed() -> bool:
    return (CONTRACT,) in _values(ConfirmedContract, "contract")


def _values(model: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Only of these columns: an older database may lack others, or the whole table."""
    if model._meta.db_table not in connection.introspection.table_names():
        return []
    return list(model._default_manager.values_list(*columns))


def _forms() -> list[tuple[int, int]]:
    """(form, how many editions)."""
    if Edition._meta.db_table not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FORMS)
        return cursor.fetchall()


def _editions() -> Iterator[str]:
    older = sum(count for form, count in _forms() if form < FORM)
    if older:
        yield ngettext(
            "%(count)s edition is of an older form. It is read as it would be stored"
            " today, and stays as it is.",
            "%(count)s editions are of an older form. They are read as they would be"
            " stored today, and stay as they are.",
            older,
        ) % {"count": older}


def _rights() -> Iterator[str]:
    if any(doctor.rights_that_differ()):
        yield _(
            "Rights of logins are not as they must be. They are given anew; manage.py"
            " doctor says which."
        )


def _rules(tables: set[str]) -> Iterator[str]:
    """What `migrate` stores of the settings: who publishes may hang on one of them."""
    names = [column for column, _same in _RULES.values()]
    if ReviewRule._meta.db_table not in tables:
        return
    for stored in _values(ReviewRule, *names):
        for setting, (column, is_same) in _RULES.items():
            before = stored[names.index(column)] == is_same
            here = getattr(settings, setting)
            if before != here:
                yield _(
                    "%(setting)s was %(before)s, and becomes %(here)s: so the"
                    " environment of this command says."
                ) % {
                    "setting": setting,
                    "before": "on" if before else "off",
                    "here": "on" if here else "off",
                }


def _who_works() -> Iterator[str]:
    names = at_work()
    if names:
        yield _(
            "These logins are at work: %(logins)s. Stop the desk and the publisher before"
            " you begin."
        ) % {"logins": ", ".join(names)}


def _publishing() -> Iterator[str]:
    marks = Mark.objects.filter(withdrawal=True)
    withdrawals = marks.values("root_id").distinct().count()
    failures = len(_values(PublishingFailure, "root_id"))
    if withdrawals:
        yield ngettext(
            "Of %(count)s case, what was taken back may still be public: let the publisher"
            " finish first.",
            "Of %(count)s cases, what was taken back may still be public: let the publisher"
            " finish first.",
            withdrawals,
        ) % {"count": withdrawals}
    if failures:
        yield ngettext(
            "%(count)s case could not be published. Write down which, to compare later.",
            "%(count)s cases could not be published. Write down which, to compare later.",
            failures,
        ) % {"count": failures}


def is_backed_up(folder: Path) -> bool:
    """Of now, as long as nothing works."""
    newest = backing_up.newest(folder)
    return newest is not None and now() - newest <= FRESH


def _backup(folder: Path | None) -> Iterator[str]:
    if folder is None:
        yield _(
            "Whether there is a backup is not looked at: --backups FOLDER says where they"
            " are."
        )
        return
    newest = backing_up.newest(folder)
    if newest is None:
        yield _("There is no backup in %(folder)s.") % {"folder": folder}
        return
    yield _("The newest backup in %(folder)s is %(time)s old.") % {
        "folder": folder,
        "time": timesince(newest, now()),
    }
