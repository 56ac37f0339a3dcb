"""Every link and every path that the docs name leads to something."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PAGES.remove(ROOT / "CHANGELOG.md")  # it names what was there once
# The folders that hold the project. What is written while it runs is in none of them.
FOLDERS = (
    ".ci",
    "benchmarks",
    "cases",
    "config",
    "docs",
    "fixtures",
    "tests",
    "tracker",
)

FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
PATH = re.compile(rf"({'|'.join(map(re.escape, FOLDERS))})/[\w./*-]*")
FILE = re.compile(r"\w+\.py")
MODULE = re.compile(r"(cases|config|tracker)(\.\w+)+")
RUN = re.compile(r"python -m ((?:benchmarks|config|tracker)[\w.]*)")


@pytest.fixture(params=PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def page(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_there_are_pages() -> None:
    names = {path.name for path in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "architecture.md", "sync.md"} <= names


def test_every_link_leads_to_a_page_and_to_a_heading_that_is_there(page: Path) -> None:
    broken = []
    for link in LINK.findall(FENCED.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        name, _hash, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_path_that_is_named_is_there(page: Path) -> None:
    assert [path for path in paths(page.read_text()) if not exists(path)] == []


def test_every_module_that_is_named_is_there(page: Path) -> None:
    text = page.read_text()
    names = [code for code in CODE.findall(text) if MODULE.fullmatch(code)]
    names += RUN.findall(text)
    assert [name for name in names if not importable(name)] == []


def test_every_page_that_the_code_names_is_there() -> None:
    missing = []
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            for name in re.findall(r"docs/[\w/-]+\.md", file.read_text()):
                if not (ROOT / name).exists():
                    missing.append(f"{file.relative_to(ROOT)}: {name}")
    assert missing == []


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    found = set()
    for heading in HEADING.findall(FENCED.sub("", page.read_text())):
        words = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(words.strip().replace(" ", "-"))
    return found


def paths(text: str) -> Iterator[str]:
    for code in CODE.findall(FENCED.sub("", text)):
        if PATH.fullmatch(code) or FILE.fullmatch(code):
            yield code


def exists(path: str) -> bool:
    """A file that is named without its folder may stand in any of them."""
    if any(ROOT.glob(path.rstrip("/"))):
        return True
    if "/" in path:
        return False
    return any(next((ROOT / folder).rglob(path), None) for folder in FOLDERS)


def importable(name: str) -> bool:
    """A module, or a name in one."""
    place = ROOT.joinpath(*name.split("."))
    if place.with_suffix(".py").exists() or (place / "__init__.py").exists():
        return True
    file = place.parent.with_suffix(".py")
    if not file.exists():
        file = place.parent / "__init__.py"
    return (
        file.exists() and re.search(rf"\b{place.name}\b", file.read_text()) is not None
    )
