"""What the architecture promises, held against the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _importers_of(package: str, folder: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*.py")
        if any(
            name == package or name.startswith(f"{package}.") for name in _imports(path)
        )
    }


def test_the_published_tracker_knows_nothing_of_the_record() -> None:
    assert _importers_of("cases", "tracker") == set()
    assert _importers_of("tracker", "cases")  # the other way is the way


def test_neither_app_imports_the_settings_package() -> None:
    assert (
        _importers_of("config", "tracker") | _importers_of("config", "cases") == set()
    )


def test_only_the_gate_names_the_published_tables_inside_the_record() -> None:
    gate = {
        str(path.relative_to(ROOT))
        for package in ("publishing", "disclosure")
        for path in (ROOT / "cases" / package).glob("*.py")
    }
    writers = _importers_of("tracker.models", "cases") | _importers_of(
        "tracker.audiences", "cases"
    )
    # It reads the feed's counter, to say how far a partner's copy has come.
    assert writers <= gate | {"cases/desk/partners/admin.py"}
