"""The words of a search, sealed: what an address holds of them, so that a reader can go
back to what was found. Nothing of a search is kept here. Whoever has the address can see
what it finds for an hour; nobody can read the words in it.
"""

import base64
import json

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

LASTS = 60 * 60  # seconds
# Sealed words are of one length, or of a few: it would tell which of two names was
# searched for.
LENGTH = 1024  # bytes; the longest search and its cursor are hardly longer

PARAMETER = "search"


class Over(Exception):
    """The hour has passed, or nothing was ever sealed in this way."""


def sealed(words: str, cursor: str = "", question: str = "q") -> str:
    """`cursor`, the place in the list, may hold a name, too. `question`: are they asked
    of names, or of texts?
    """
    written = json.dumps([words, cursor, question], ensure_ascii=False).encode()
    whole = -(-len(written) // LENGTH) * LENGTH
    return _box().encrypt(written.ljust(whole)).decode()


def opened(token: str) -> tuple[str, str, str]:
    """The words, the cursor and the question."""
    try:
        written = _box().decrypt(token.encode(), ttl=LASTS)
    except (InvalidToken, UnicodeEncodeError) as error:
        raise Over from error
    words, cursor, question = json.loads(written)
    return words, cursor, question


def _box() -> Fernet:
    """All workers share the key."""
    key = HKDF(SHA256(), length=32, salt=None, info=b"searches").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(key))
