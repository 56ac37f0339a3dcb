"""Two cases that are one person's: found by people, looked at beforehand, merged for
both at once, parted again.

preview.py says what would happen, moving.py moves, deciding.py holds the rules;
duplicates.py only ever suggests, by the pairs that comparing.py keeps.
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
from cases.merging.duplicates import (
    LIMIT,
    called_like,
    duplicates_of,
    named_like,
    nearest,
    possible_duplicates,
)
from cases.merging.preview import (
    MergePreview,
    kept_first,
    names_elsewhere,
    preview,
)

__all__ = [
    "LIMIT",
    "MergePreview",
    "MergeRefused",
    "Versions",
    "approve",
    "called_like",
    "decline",
    "duplicates_of",
    "is_own",
    "kept_first",
    "may_decide",
    "merge",
    "named_like",
    "names_elsewhere",
    "nearest",
    "possible_duplicates",
    "preview",
    "propose",
    "unmerge",
]
