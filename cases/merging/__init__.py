"""Two cases that are one person's: found by people, looked at beforehand, merged for
both at once, parted again.

preview.py says what would happen, moving.py moves, deciding.py holds the rules;
duplicates.py only ever suggests.
"""

from cases.merging.deciding import (
    MergeRefused,
    Versions,
    approve,
    decline,
    is_own,
    may_decide,
    merge,
    propose,
    unmerge,
)
from cases.merging.duplicates import duplicates_of, named_like, possible_duplicates
from cases.merging.preview import MergePreview, preview

__all__ = [
    "MergePreview",
    "MergeRefused",
    "Versions",
    "approve",
    "decline",
    "duplicates_of",
    "is_own",
    "may_decide",
    "merge",
    "named_like",
    "possible_duplicates",
    "preview",
    "propose",
    "unmerge",
]
