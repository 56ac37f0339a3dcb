"""The organisation's keys. With the public one backups are made, with the private one,
which is kept elsewhere, they are opened.
"""

import os
from pathlib import Path
from typing import Any

import pyrage
from django.utils.translation import gettext as _

from config.backups.archive import Unusable

# As age-keygen writes it.
_PUBLIC = "# public key: "


def new(path: Path) -> str:
    """Makes a private key in a file that did not exist, and returns the public one."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    told = f"{_PUBLIC}{public}\n{identity}\n"
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
    ) as file:
        file.write(told)
    return public


def public_keys(texts: list[str]) -> list[Any]:
    if not texts:
        raise Unusable(
            _(
                "BACKUP_KEYS is not set: the public keys that may open backups"
                " (manage.py backup --new-key FILE makes a pair)."
            )
        )
    keys = []
    for text in texts:
        try:
            keys.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError as error:
            sentence = _("BACKUP_KEYS: “%(key)s” is not a public key of age.")
            raise Unusable(sentence % {"key": text[:80]}) from error
    return keys


def private_keys(path: Path) -> list[Any]:
    """Of a file as age-keygen writes it."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    texts = [line for line in lines if line and not line.startswith("#")]
    try:
        identities = [pyrage.x25519.Identity.from_str(text) for text in texts]
    except pyrage.IdentityError as error:
        raise Unusable(
            _("%(file)s is not a private key of age.") % {"file": path}
        ) from error
    if not identities:
        raise Unusable(_("%(file)s holds no private key.") % {"file": path})
    return identities
