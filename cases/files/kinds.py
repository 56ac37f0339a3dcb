"""What a file is, by its content. Nobody is asked: neither its name nor a browser."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

LONGEST_NAME = 150  # characters
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"
_HTML = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html)\b")
_CONTROLS = set(range(32)) - {9, 10, 12, 13}


@dataclass(frozen=True)
class Kind:
    media_type: str
    suffixes: tuple[str, ...]


PDF = Kind("application/pdf", (".pdf",))
PNG = Kind("image/png", (".png",))
JPEG = Kind("image/jpeg", (".jpg", ".jpeg"))
WEBP = Kind("image/webp", (".webp",))
ODT = Kind(_ODT, (".odt",))
DOCX = Kind(_DOCX, (".docx",))
HTML = Kind("text/html", (".html", ".htm", ".xhtml"))
TEXT = Kind("text/plain", (".txt", ".md"))


@dataclass(frozen=True)
class Picture:
    """One that was made anew (remaking.py)."""

    content: bytes
    media_type: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


class UnknownKind(Exception):
    """The message is for people."""


def kind_of_file(content: bytes) -> Kind:
    """Raises UnknownKind."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    kind = _document(content) or _text(content)
    if kind is None:
        raise UnknownKind(
            _(
                "This is no file of a kind that is kept here: PDF, PNG, JPEG, WebP,"
                " plain text in UTF-8, HTML, ODT or DOCX. What counts is what stands"
                " in it, not its name."
            )
        )
    return kind


def _document(content: bytes) -> Kind | None:
    """ODT and DOCX are ZIPs, and nothing of them is unpacked but a line."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if b"mimetype" + _ODT.encode() in content[:120]:
        return ODT
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        # With macros it is another type, and has this part.
        return None if "word/vbaProject.bin" in names else DOCX
    return None


def _text(content: bytes) -> Kind | None:
    if not content.strip() or _CONTROLS & set(content):
        return None
    start = content.removeprefix(b"\xef\xbb\xbf")[:4_000].lower()
    if _HTML.match(start):
        return HTML
    try:
        content.decode()
    except UnicodeDecodeError:
        return None
    return TEXT


def clean_name(name: str, kind: Kind) -> str:
    """A name that means no folder, hides nothing and ends as its kind does."""
    last = name.replace("\\", "/").rpartition("/")[2]
    letters = []
    for letter in unicodedata.normalize("NFC", last):
        if unicodedata.category(letter)[0] == "C" or letter in '<>:"|?*%;':
            letter = "_"
        letters.append(letter)
    path = PurePosixPath("".join(letters).strip(" .") or "file")
    stem, suffix = path.name, kind.suffixes[0]
    if path.suffix.lower() in kind.suffixes:
        stem, suffix = path.stem, path.suffix
    return stem[:LONGEST_NAME] + suffix
