"""What the architecture promises, held against the code."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _imports(path: Path) -> Iterator[str]:
    """The modules that it imports; of `from package import name` both that may be."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _importers_of(package: str, folder: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*.py")
        if any(_is_in(name, package) for name in _imports(path))
    }


def test_the_published_tracker_knows_nothing_of_the_record() -> None:
    assert _importers_of("cases", "tracker") == set()
    assert _importers_of("tracker", "cases")  # the other way is the way


def test_the_record_knows_nothing_of_the_desk() -> None:
    importers = _importers_of("cases.desk", "cases")
    assert {path for path in importers if not path.startswith("cases/desk/")} == set()
    assert importers  # the other way is the way


def test_only_the_desk_speaks_http_to_programs() -> None:
    importers = _importers_of("rest_framework", "cases")
    assert {path for path in importers if not path.startswith("cases/desk/")} == set()
    assert importers


def test_triggers_know_no_model() -> None:
    """They are made of names, so that models may bring some of their own."""
    assert _importers_of("cases.models", "cases/triggers") == set()
    assert _importers_of("cases.catalogue", "cases/triggers") == set()


def test_neither_app_imports_the_settings_package() -> None:
    assert (
        _importers_of("config", "tracker") | _importers_of("config", "cases") == set()
    )


def test_only_the_gate_names_the_published_tables_inside_the_record() -> None:
    gate = {
        str(path.relative_to(ROOT))
        for folder in ("publishing", "disclosure")
        for path in (ROOT / "cases" / folder).glob("*.py")
    }
    writers = _importers_of("tracker.models", "cases") | _importers_of(
        "tracker.audiences", "cases"
    )
    # It reads the feed's counter, to say how far a partner's copy has come.
    assert writers <= gate | {"cases/desk/partners/admin.py"}


# --- No circle of packages -------------------------------------------------------------


def _packages(folder: str, apart: Iterable[str] = ()) -> dict[str, list[Path]]:
    """The files of each package or module that stands in this folder."""
    files: dict[str, list[Path]] = {}
    top = ROOT / folder
    for path in sorted(top.iterdir()):
        name = f"{folder.replace('/', '.')}.{path.stem}"
        if path.suffix == ".py" and path.stem != "__init__":
            files[name] = [path]
        elif path.is_dir() and name not in apart:
            files[name] = list(path.rglob("*.py"))
    return files


def _arrows(packages: Mapping[str, list[Path]]) -> dict[str, set[str]]:
    """From each package to those that it imports."""
    arrows: dict[str, set[str]] = defaultdict(set)
    for package, files in packages.items():
        for path in files:
            for name in _imports(path):
                arrows[package] |= {other for other in packages if _is_in(name, other)}
        arrows[package].discard(package)
    return arrows


def _circle(arrows: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("folder", ["tracker", "cases", "cases/desk"])
def test_packages_do_not_import_each_other_in_a_circle(folder: str) -> None:
    packages = _packages(folder, apart={"cases.desk"})
    assert len(packages) > 8, packages.keys()
    assert _circle(_arrows(packages)) == []


def test_a_circle_would_be_found() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []
    assert _circle({"a": {"b", "c"}, "b": {"c"}}) == []


# --- One place -------------------------------------------------------------------------

_PERMISSION = re.compile(
    r"[\"'](cases|access|proposals|partners|signin|auth)\."
    r"(view|add|change|delete|approve|make|export|decide)_"
)


def test_permissions_are_named_in_one_place() -> None:
    """A misspelt name is a permission that nobody has."""
    naming = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "cases").rglob("*.py")
        if _PERMISSION.search(path.read_text()) and "migrations" not in path.parts
    }
    assert naming == {"cases/permissions.py", "cases/desk/permissions.py"}
