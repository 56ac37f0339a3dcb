"""What a file says of itself: its title, its day, its words. Of HTML, plain text and PDF;
of the others somebody types it.
"""

import codecs
import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from cases.files.kinds import HTML, PDF, TEXT, kind_of_file
from cases.files.reading_pdf import NO_WORDS

LONGEST_TITLE = 500  # characters
LONGEST_TEXT = 1_000_000
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]{1,40})"
)
_SILENT = {"script", "style", "noscript", "template", "svg", "iframe", "object"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td",
    "th", "tr", "ul",
}  # fmt: skip
# What newspapers call the day on which it appeared, the surest first.
_DAYS = (
    "article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "pubdate",
    "date",
)


# A program of its own: reading_pdf.py says why.
_PDF_READER = Path(__file__).with_name("reading_pdf.py")
_LONGEST_WAIT = 30  # seconds, for as much work as that program may do on a busy machine
_MADE = re.compile(r"D:(\d{4})(\d\d)(\d\d)")


@dataclass(frozen=True)
class Read:
    """Empty is what it does not say. `published_on` as the record writes days.

    `must_be_looked_at`: title and day are the file's own. The title may be the name of a
    draft, and of whoever wrote it; the day is that on which the file was made.
    `is_unread`: it could not be read.
    """

    title: str = ""
    published_on: str = ""
    text: str = ""
    must_be_looked_at: bool = False
    is_unread: bool = False


def read(content: bytes) -> Read:
    """Raises UnknownKind."""
    kind = kind_of_file(content)
    if kind is TEXT:
        return Read(text=tidied(content.decode("utf-8-sig")))
    if kind is PDF:
        return _pdf(content)
    if kind is not HTML:
        return Read()
    page = _Page()
    page.feed(_decoded(content))
    page.close()
    return page.read()


def _pdf(content: bytes) -> Read:
    """Whatever happens to the program that reads it, nothing happens to ours."""
    program = [sys.executable, "-I", str(_PDF_READER)]
    try:
        done = subprocess.run(  # noqa: S603
            program,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST_WAIT,
            env={},
            check=True,
        )
        said: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return Read(is_unread=True)
    made_on = ""
    if match := _MADE.match(said["made"]):
        made_on = _day("-".join(match.groups()))
    return Read(
        title=_printable(said["title"])[:LONGEST_TITLE],
        published_on=made_on,
        text=_by_page(said["pages"]),
        must_be_looked_at=True,
    )


def _by_page(pages: list[str]) -> str:
    """Each page is one paragraph, so that its number is the number of the page."""
    tidy_pages = []
    for page in pages:
        lines = [_printable(line) for line in page.splitlines()]
        tidy_pages.append("\n".join(line for line in lines if line) or NO_WORDS)
    return "\n\n".join(tidy_pages)[:LONGEST_TEXT]


def _printable(line: str) -> str:
    """Without what PostgreSQL cannot store, and white space that says nothing."""
    letters = [letter for letter in line if unicodedata.category(letter) != "Cs"]
    return " ".join("".join(letters).replace("\0", " ").split())


def tidied(text: str) -> str:
    """Paragraphs apart by an empty line, and no other white space than needed."""
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [" ".join(line.split()) for line in paragraph.split("\n")]
        words = "\n".join(line for line in lines if line)
        if words:
            paragraphs.append(words)
    return "\n\n".join(paragraphs)[:LONGEST_TEXT]


def paragraphs(text: str) -> list[str]:
    """As people count them."""
    return [paragraph for paragraph in text.split("\n\n") if paragraph]


def _decoded(content: bytes) -> str:
    """By its byte order mark, or as it says; else UTF-8."""
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig", errors="replace")
    declared = _CHARSET.search(content[:2_000])
    if declared is not None:
        try:
            return content.decode(declared.group(1).decode(), errors="replace")
        except (LookupError, ValueError):
            pass
    return content.decode(errors="replace")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, str] = {}  # what `meta` says
        self.title: list[str] = []
        self.words: list[str] = []
        self.inside: list[str] = []  # of what is silent, and the title

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = dict(pairs)
        if tag == "meta":
            for key in ("property", "name", "itemprop"):
                name = (attributes.get(key) or "").lower()
                self.named.setdefault(name, attributes.get("content") or "")
        elif tag in _SILENT or tag == "title":
            self.inside.append(tag)
        elif tag in _BLOCKS:
            self.words.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            del self.inside[self.inside.index(tag) :]
        elif tag in _BLOCKS:
            self.words.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words.append(re.sub(r"\s+", " ", data))
        elif self.inside == ["title"]:
            self.title.append(data)

    def read(self) -> Read:
        title = "".join(self.title) or self.named.get("og:title", "")
        days = [_day(self.named.get(name, "")) for name in _DAYS]
        return Read(
            title=" ".join(title.split())[:LONGEST_TITLE],
            published_on=next((day for day in days if day), ""),
            text=tidied("".join(self.words)),
        )


def _day(stated: str) -> str:
    """Only one that begins with year, month and day; nothing is guessed."""
    try:
        return date.fromisoformat(stated.strip()[:10]).isoformat()
    except ValueError:
        return ""
