"""How a partner's key is made, and checked against what is stored of it.

A key is `prefix.secret`. The prefix finds the row; of the whole key only a hash is
stored. A key is random and long, so a fast hash without salt is enough. The form is
that of djangorestframework-api-key, whose keys are still in use.
"""

import hashlib

from django.utils.crypto import constant_time_compare, get_random_string

PREFIX, SECRET = 8, 32  # letters and digits
_HASH = "sha512$$"


def new_key() -> tuple[str, str, str]:
    """(key, prefix, what is stored of the key)"""
    prefix = get_random_string(PREFIX)
    key = f"{prefix}.{get_random_string(SECRET)}"
    return key, prefix, hashed(key)


def hashed(key: str) -> str:
    return _HASH + hashlib.sha512(key.encode()).hexdigest()


def fits(key: str, stored: str) -> bool:
    """It takes the same time wherever they differ."""
    return constant_time_compare(hashed(key), stored)
