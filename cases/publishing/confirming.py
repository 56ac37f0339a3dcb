"""After an upgrade that tells statuses otherwise, one person reads old and new side by
side before anything is published under the new contract: `manage.py statuses`.

Until then the gate only takes back. A withdrawal waits for nobody.
"""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases.models import ConfirmedContract
from cases.publishing import epochs
from cases.publishing.epochs import Feeds
from tracker.contract.documents import CONTRACT


class NotConfirmed(Exception):
    """The message is for people."""


def must_be_confirmed(feeds: Feeds) -> bool:
    """Are cases published under an older contract, and has nobody read yet what this
    one would tell of them?
    """
    for audience, feed in feeds.items():
        if feed.contract is None or feed.contract >= CONTRACT:
            continue
        if audience.documents("prisoner").exists():
            return not ConfirmedContract.objects.filter(contract=CONTRACT).exists()
    return False


def waiting_in_words() -> str:
    if not must_be_confirmed(epochs.stored()):
        return ""
    return _(
        "This version of the program may tell the status of a person otherwise than the one before."
        " Nothing is published, but withdrawals, until one person has read the old and"
        " the new ones and confirmed them: manage.py statuses."
    )


def confirm(read: str, now: str, by: str) -> None:
    """`read` is the digest of the table that was read, `now` that of how it is.

    Raises NotConfirmed if they differ, or if `by` is nobody who may work here.
    """
    if read != now:
        raise NotConfirmed(
            _(
                "--confirm: these are not the statuses that would be told now. Read the"
                " table again, and give the code that stands under it."
            )
        )
    if not User.objects.filter(username=by, is_active=True, is_staff=True).exists():
        raise NotConfirmed(
            _("--by: “%(name)s” is no account of the desk that is in use.")
            % {"name": by}
        )
    remember(read, by)


def remember(read: str, by: str) -> None:
    ConfirmedContract.objects.update_or_create(
        contract=CONTRACT, defaults={"digest": read, "confirmed_by": by}
    )
