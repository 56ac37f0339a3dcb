"""Reads and writes catalogues of translations without GNU gettext, which a machine that
tests need not have.
"""

import ast
import gettext
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
# What is never shown in another language: programs read it, or whoever runs the site.
# Evidence packs go to courts and bodies of the United Nations.
ENGLISH_ONLY = (
    *("tracker/api/", "cases/doctor/", "cases/desk/api/"),
    "cases/templates/cases/",
)
OF_COMMANDS = {"management", "migrations"}
_LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")')
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# The place of the words among the arguments of each function.
_CONTEXTS = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
_FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", *_CONTEXTS}
_FUNCTIONS |= {"ngettext_lazy"}

Key = tuple[str, str]


@dataclass
class Message:
    """`words` are the translations: one, or one for each form of the plural."""

    context: str = ""
    source: str = ""
    plural: str = ""
    words: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def key(self) -> Key:
        return self.context, self.source


def read(path: Path) -> list[Message]:
    """The first is the header, with an empty source."""
    messages = []
    for paragraph in path.read_text("utf-8").strip().split("\n\n"):
        message = Message()
        parts: list[tuple[str, str]] = []
        for line in paragraph.splitlines():
            found = _LINE.fullmatch(line)
            if found:
                parts.append((found[1], ast.literal_eval(found[2])))
            elif line.startswith('"'):
                name, words = parts.pop()
                parts.append((name, words + ast.literal_eval(line)))
            elif line.startswith("#,") and "fuzzy" in line:
                message.fuzzy = True
        for name, words in parts:
            if name == "msgctxt":
                message.context = words
            elif name == "msgid":
                message.source = words
            elif name == "msgid_plural":
                message.plural = words
            else:
                message.words.append(words)
        messages.append(message)
    return messages


def compiled(path: Path) -> dict[Key, list[str]]:
    """What the machine reads, as `read` tells it."""
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    words: dict[Key, list[str]] = {}
    for name, translation in catalogue._catalog.items():  # type: ignore[attr-defined]
        whole = name if isinstance(name, str) else name[0]
        context, _separator, source = whole.rpartition("\x04")
        words.setdefault((context, source), []).append(translation)
    return words


def write_compiled(path: Path, words: dict[Key, str]) -> None:
    """A catalogue without plurals."""
    named: dict[bytes, bytes] = {}
    for (context, source), translation in words.items():
        key = f"{context}\x04{source}" if context else source
        named[key.encode()] = translation.encode()
    named[b""] = b"Content-Type: text/plain; charset=UTF-8\n"
    start = 7 * 4 + 16 * len(named)
    names, translations, text = b"", b"", b""
    for name in sorted(named):
        names += struct.pack("<II", len(name), start + len(text))
        text += name + b"\0"
    for name in sorted(named):
        translations += struct.pack("<II", len(named[name]), start + len(text))
        text += named[name] + b"\0"
    tables = (0x950412DE, 0, len(named), 28, 28 + 8 * len(named), 0, start)
    path.parent.mkdir(parents=True)
    path.write_bytes(struct.pack("<7I", *tables) + names + translations + text)


def placeholders(words: str) -> set[str]:
    return set(_PLACEHOLDER.findall(words))


def said_by_the_code() -> set[Key]:
    """All that may be shown on a public page, as the sources have it."""
    return _said_in("tracker") | _said_in("config")


def said_by_the_desk() -> set[Key]:
    """What the desk says, and no public page."""
    return _said_in("cases") - said_by_the_code()


def _said_in(folder: str) -> set[Key]:
    keys: set[Key] = set()
    for path in sorted((ROOT / folder).rglob("*")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(ENGLISH_ONLY):
            continue
        if path.name == "api_docs.html" or OF_COMMANDS & {*path.parts}:
            continue
        if path.suffix == ".py":
            keys |= set(_in_code(ast.parse(path.read_text("utf-8"))))
        elif path.suffix == ".html":
            keys |= set(_in_template(path.read_text("utf-8")))
    return keys


def _in_code(tree: ast.AST) -> Iterator[Key]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in _FUNCTIONS:
            continue
        texts = []
        for argument in node.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                texts.append(argument.value)
        if texts and node.func.id in _CONTEXTS:
            yield texts[0], texts[1]
        elif texts:
            yield "", texts[0]


def _in_template(text: str) -> Iterator[Key]:
    """Django makes Python of it, between which nonsense stands for the rest."""
    for call in re.finditer(
        r"\b_?n?p?gettext\(.*?[\"']\s*(?:,\s*count)?\)|\b_\(.*?\)",
        templatize(text),
        re.S,
    ):
        try:
            yield from _in_code(ast.parse(call[0].strip()))
        except SyntaxError:
            raise AssertionError(f"not understood: {call[0]}") from None
