"""Changes each line of the modules that decide, and runs their tests: `make mutants`.

It works in copies below var/mutants, and changes nothing here. It writes what no test
noticed to var/mutants/survivors.txt. docs/mutants.md
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[2]
WORK = ROOT / "var" / "mutants"
SOURCES = ["cases", "tracker", "config"]
NOT_COPIED = shutil.ignore_patterns("var", "__pycache__", ".*")
CACHES = re.compile(r"(functools\.)?(lru_cache|cache)\b")
MUTMUT = Path(sys.executable).parent / "mutmut"
# A test that hangs is a test that noticed.
NOTICED = {"killed", "timeout"}
ENOUGH = 0.95

# Pytest itself takes half a second with all its plugins, a tenth with these.
PLUGINS = ["pytest_django.plugin", "_hypothesis_pytestplugin", "tests.mutants.hasty"]
UNUSED = ["cacheprovider", "unraisableexception", "threadexception"]
ARGUMENTS = [
    "--reuse-db",
    "--hypothesis-seed=0",
    *(f"-p{plugin}" for plugin in PLUGINS),
    *(f"-pno:{plugin}" for plugin in UNUSED),
]

SETTINGS = """
[tool.mutmut]
source_paths = {sources}
only_mutate = {modules}
also_copy = {others}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = {arguments}
process_isolation = "forkserver"
timeout_constant = 5.0
timeout_multiplier = 5.0
use_git_change_detection = false
"""


@dataclass(frozen=True)
class Group:
    """Modules, as paths or patterns of paths, and the tests that decide on them."""

    name: str
    modules: list[str]
    tests: list[str]

    @property
    def copy(self) -> Path:
        return WORK / self.name


@dataclass(frozen=True)
class Outcome:
    name: str
    statuses: Counter[str]
    survivors: list[str]
    minutes: float

    @property
    def score(self) -> float:
        noticed = sum(self.statuses[status] for status in NOTICED)
        return noticed / max(self.statuses.total(), 1)

    def __str__(self) -> str:
        counted = [
            f"{count} {status}" for status, count in sorted(self.statuses.items())
        ]
        return (
            f"{self.name:15} {self.score:6.1%} of {self.statuses.total():4}"
            f" in {self.minutes:4.1f} min  {', '.join(counted)}"
        )


def together(outcomes: list[Outcome]) -> Outcome:
    total = Outcome(
        "together", Counter(), [], sum(outcome.minutes for outcome in outcomes)
    )
    for outcome in outcomes:
        total.statuses.update(outcome.statuses)
        total.survivors.extend(outcome.survivors)
    return total


def main() -> int:
    options = options_given()
    chosen = [group for group in groups_of_table() if group.name in options.names]
    WORK.mkdir(parents=True, exist_ok=True)
    servers: SimpleQueue[Path] = SimpleQueue()
    for number in range(jobs()):
        servers.put(WORK / f"server{number}")
    outcomes = []
    with ThreadPoolExecutor(jobs()) as pool:
        for outcome in pool.map(
            lambda group: examined(group, servers, options.again), chosen
        ):
            print(outcome, flush=True)
            outcomes.append(outcome)
    total = together(outcomes)
    print(total)
    (WORK / "survivors.txt").write_text("\n".join(total.survivors))
    while not servers.empty():
        stop(servers.get())
    return int(any(outcome.score < ENOUGH for outcome in outcomes))


def options_given() -> argparse.Namespace:
    known = [group.name for group in groups_of_table()]
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"a group of modules.toml: {', '.join(known)}; without one, all",
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="test only what survived the last time, with the tests of today",
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"not in modules.toml: {', '.join(sorted(unknown))}")
    options.names = options.names or known
    return options


def groups_of_table() -> list[Group]:
    table = tomllib.loads(Path(__file__).with_name("modules.toml").read_text())
    return [Group(name, **values) for name, values in table.items()]


def jobs() -> int:
    """Each has a server of its own: on one of yours they would share a test database."""
    return 1 if "DATABASE_URL" in os.environ else int(os.environ.get("JOBS", "2"))


def examined(group: Group, servers: SimpleQueue[Path], again: bool) -> Outcome:
    server = servers.get()
    try:
        began = time.monotonic()
        if again:
            shutil.copytree(ROOT / "tests", group.copy / "tests", dirs_exist_ok=True)
            mutmut(
                group, server, "run", "--max-children", "1", *unnoticed(group, server)
            )
        else:
            prepare(group)
            mutmut(group, server, "run", "--max-children", "1")
        minutes = (time.monotonic() - began) / 60
        return outcome_of(group, server, minutes)
    finally:
        servers.put(server)


def prepare(group: Group) -> None:
    """A copy of the project, with what mutmut has to know."""
    shutil.rmtree(group.copy, ignore_errors=True)
    shutil.copytree(ROOT, group.copy, ignore=NOT_COPIED)
    others = [path.name for path in group.copy.iterdir() if path.name not in SOURCES]
    for pattern in group.modules:
        for module in group.copy.glob(pattern):
            module.write_text(without_decorators(module.read_text()))
    with (group.copy / "pyproject.toml").open("a") as settings:
        settings.write(
            SETTINGS.format(
                sources=json.dumps(SOURCES),
                modules=json.dumps(group.modules),
                others=json.dumps(others),
                tests=json.dumps(group.tests),
                arguments=json.dumps(ARGUMENTS),
            )
        )


def without_decorators(source: str) -> str:
    """The same module for mutmut, which passes over a function that has a decorator: it
    is applied below the function instead. Caches are left out: an answer kept from
    before the change would hide it.
    """
    lines = source.splitlines(keepends=True)
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    for function in sorted(functions, key=lambda node: node.lineno, reverse=True):
        below = [
            f"{' ' * function.col_offset}{function.name} = ({decorator})({function.name})\n"
            for decorator in map(ast.unparse, reversed(function.decorator_list))
            if not CACHES.match(decorator)
        ]
        lines[function.end_lineno : function.end_lineno] = below
        del lines[function.decorator_list[0].lineno - 1 : function.lineno - 1]
    return "".join(lines)


def statuses_of(group: Group, server: Path) -> dict[str, str]:
    """By the name of the change."""
    statuses = {}
    for line in mutmut(group, server, "results", "--all", "true").splitlines():
        mutant, _colon, status = line.strip().rpartition(": ")
        statuses[mutant] = status
    return statuses


def unnoticed(group: Group, server: Path) -> list[str]:
    statuses = statuses_of(group, server)
    return [mutant for mutant, status in statuses.items() if status not in NOTICED]


def outcome_of(group: Group, server: Path, minutes: float) -> Outcome:
    statuses = Counter(statuses_of(group, server).values())
    survivors = [
        mutmut(group, server, "show", mutant) for mutant in unnoticed(group, server)
    ]
    return Outcome(group.name, statuses, survivors, minutes)


def mutmut(group: Group, server: Path, *command: str) -> str:
    environment = os.environ | {
        "VAR_DIR": str(server),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    done = subprocess.run(
        [MUTMUT, *command],
        cwd=group.copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        words = done.stdout[-2000:] + done.stderr[-2000:]
        sys.exit(f"{group.name}: mutmut {command[0]}: {done.returncode}.\n{words}")
    return done.stdout


def stop(server: Path) -> None:
    if (server / "postgresql").exists():
        command = [sys.executable, "-m", "config.embedded_postgres", "stop"]
        subprocess.run([*command, str(server)], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
