"""From a backup to a site: everything as it was, and readers kept out until somebody
says that what was taken back since is taken back again.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases import doctor
from cases.models import Mark
from cases.models.files import storage
from cases.publishing import holding, publish_pending, renew_epochs
from config import closed, logins
from config.backups import archive, postgres
from config.backups.archive import Unusable
from config.migrating import not_of_this_release
from tracker.contract.documents import CONTRACT
from tracker.database import is_owner


def is_whole(about: dict[str, Any]) -> str:
    return _("The backup of %(moment)s is whole.") % {"moment": about["made_at"]}


def restore(path: Path, identities: list[Any], *, may_open: bool) -> Iterator[str]:
    """Into an empty database. Tells what is done, a sentence a step. `may_open`: nothing
    has to be taken back before readers see it. Raises Unusable.
    """
    about = archive.look_through(path, identities)
    yield is_whole(about)
    _refuse(about, may_open)
    closed.close(closed.READERS, about["made_at"])
    fill(path, identities, about)
    yield _("%(count)s tables are as they were.") % {"count": len(about["tables"])}
    count = _restore_files(path, identities)
    yield _("%(count)s files are as they were.") % {"count": count}
    call_command("migrate", verbosity=0)
    renew_epochs()
    yield _(
        "The desk and the publisher have their rights again, and readers have none."
    )
    yield from (finding.words for finding in doctor.examine())


def open_to_readers() -> str:
    """The moment of the backup; empty if the database was open. Whoever calls it says
    that what was taken back since is taken back.
    """
    moment = closed.why(closed.READERS)
    if moment:
        publish_pending()
        if holding.is_anything_held() or Mark.objects.filter(withdrawal=True).exists():
            raise Unusable(
                _("Something that was taken back is not out of sight yet: try again.")
            )
        with transaction.atomic():
            closed.open_again(closed.READERS)
            logins.give_rights("default")
    return moment


def _refuse(about: dict[str, Any], may_open: bool) -> None:
    """What cannot be restored here, before anything is changed."""
    if about["contract"] > CONTRACT or not_of_this_release(about["migrations"]):
        sentence = _("The backup was made by a newer release: %(release)s.")
        raise Unusable(sentence % {"release": about["release"]})
    if not is_owner():
        raise Unusable(
            _("Only the owner's login may restore: set DATABASE_LOGIN=owner.")
        )
    if not postgres.is_empty():
        raise Unusable(
            _("This database is not empty. Nothing was changed: make a new one.")
        )
    have_logins = set(logins.AUDIENCE_TABLES) <= set(logins.logins_of_roles())
    if not may_open and not have_logins:
        raise Unusable(
            _(
                "Readers have the owner's login here, and could not be kept out."
                " Set the five logins (docs/operations.md, “Database logins”), or say with"
                " --open that nothing was taken back since the backup."
            )
        )


def fill(path: Path, identities: list[Any], about: dict[str, Any]) -> None:
    """An empty database, and compares. Raises Unusable if anything is not as it was."""
    _restore_database(path, identities)
    differing = _differing(about["tables"])
    if differing:
        raise Unusable(
            _("These tables are not as they were: %(tables)s. Drop this database.")
            % {"tables": ", ".join(differing)}
        )


def _restore_database(path: Path, identities: list[Any]) -> None:
    with (
        archive.reading(path, identities) as members,
        postgres.restoring() as dump,
    ):
        for name, content in members:
            if name.startswith(archive.DATABASE):
                dump.write(content)
    connection.close()  # what it knew of the empty database


def _differing(tables: postgres.Held) -> list[str]:
    """The names of tables that do not hold what they held."""
    found = postgres.held()
    names = sorted({*found, *tables})
    return [name for name in names if found.get(name) != tables.get(name)]


def _restore_files(path: Path, identities: list[Any]) -> int:
    """How many there were. Of an earlier try some may be there."""
    count = 0
    with archive.reading(path, identities) as members:
        for name, content in members:
            if name.startswith(archive.FILES):
                place = name.removeprefix(archive.FILES)
                if not storage().exists(place):
                    storage().save(place, ContentFile(content))
                count += 1
    return count
