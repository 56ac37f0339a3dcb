"""Files that are kept of a case: what they are, what they say of themselves, how they
are kept and read.

No rule of what is published asks this package, and the gate's login cannot read its
table. docs/decisions/files.md
"""

from cases.files.keeping import (
    Missing,
    content,
    files_of,
    keep_file,
    keep_text,
    kept_text,
    only_if_saved,
    text_in_hand,
)
from cases.files.kinds import UnknownKind
from cases.files.reading import Read, paragraphs, read

__all__ = [
    "Missing",
    "Read",
    "UnknownKind",
    "content",
    "files_of",
    "keep_file",
    "keep_text",
    "kept_text",
    "only_if_saved",
    "paragraphs",
    "read",
    "text_in_hand",
]
