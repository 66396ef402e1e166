"""The house holds itself to its rules: direction of imports, sizes, words, a README that works."""

from __future__ import annotations

import argparse
import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
PACKAGES = ("bot", "flows", "storage")
LONGEST_FILE, LONGEST_FUNCTION, USUAL_FILE, USUAL_FUNCTION = 400, 40, 100, 8
BANNED_WORDS = re.compile(r"(?:^|_)(user|ticket|form|step|manager|helper|helpers|util|utils|service)s?(?:_|$)")
LISTS = {"_sentence", "_outbox"}  # one line for each reason, one line for each column: longer by nature
FREE = re.compile(r"^bot/sandbox/|^storage/migrations/")  # the stand-in speaks Telegram's words, such as `user`


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in (HOUSE / package).rglob("*.py")]


@cache
def named(path: Path) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, ...]:
    """Every function and class of a file, wherever in it."""
    return tuple(_named(ast.parse(path.read_text(encoding="utf-8")).body))


def _named(nodes: Iterable[ast.AST]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
        yield from _named(
            one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt | ast.excepthandler | ast.match_case)
        )


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of the body in lines; a signature that is a list of names, and a docstring, are not counted."""
    for node in named(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
            said = node.body[0].end_lineno - node.body[0].lineno + 1 if documented else 0  # type: ignore[operator]
            assert node.end_lineno
            yield node.name, node.end_lineno - node.body[0].lineno + 1 - said


def test_every_module_imports_downwards_only() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout[-3000:]


def test_files_and_functions_are_small() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert not {str(path): lines for path, lines in lengths.items() if lines > LONGEST_FILE}
    assert statistics.median(lengths.values()) < USUAL_FILE
    found = [(path, name, lines) for path in sources() for name, lines in functions(path)]
    assert not [(str(path), name, lines) for path, name, lines in found if lines > LONGEST_FUNCTION and name not in LISTS]
    assert statistics.median(lines for _, _, lines in found) < USUAL_FUNCTION


def test_names_are_the_words_of_the_house() -> None:
    wrong = []
    for path in sources():
        if FREE.search(path.relative_to(HOUSE).as_posix()):
            continue
        wrong += [f"{path.relative_to(HOUSE)}: {node.name}" for node in named(path) if BANNED_WORDS.search(_snake(node.name))]
    assert not wrong


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def block(name: str) -> str:
    """A command of the README, between its two markers."""
    text = (HOUSE / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->\n```sh\n(.+?)\n```\n<!-- /{name} -->", text, re.DOTALL)
    assert found, f"the README has lost its {name} command"
    return found[1]


def test_the_readme_has_one_line_to_try_and_one_to_test() -> None:
    for name, end in (("sandbox", "-m bot sandbox"), ("test", "-m pytest")):
        command = block(name)
        assert "\n" not in command
        assert "-c constraints.txt" in command
        assert command.endswith(end)


def test_the_readme_names_every_command() -> None:
    from bot.__main__ import _parser

    text = (HOUSE / "README.md").read_text(encoding="utf-8")
    (commands,) = (one.choices for one in _parser()._actions if isinstance(one, argparse._SubParsersAction))
    for command in commands:
        assert f"python -m bot {command}" in text


def test_the_table_of_settings_is_complete_and_true() -> None:
    from bot.settings import Settings

    told: dict[str, str] = {}
    for line in (HOUSE / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `CARELINE_"):
            names, defaults = line.split("|")[1:3]
            found = re.findall(r"CARELINE_(\w+)", names)
            values = [one.strip() for one in defaults.split(", ")]
            told |= dict(zip(found, values * (len(found) // len(values)), strict=True))
    assert set(told) == {name.upper() for name in Settings.model_fields}
    for name, value in told.items():
        if re.fullmatch(r"`[^`]+`", value):
            default = Settings.model_fields[name.lower()].default
            assert (f"{default:g}" if isinstance(default, float) else str(default)) == value.strip("`"), name


def test_the_examples_set_nothing_that_is_no_setting() -> None:
    from bot.settings import Settings

    named = re.findall(r"^(?:# )?CARELINE_(\w+)=", (HOUSE / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    named += re.findall(r"CARELINE_(\w+):", (HOUSE / "README.md").read_text(encoding="utf-8"))
    assert named
    assert not set(named) - {name.upper() for name in Settings.model_fields}


def test_the_programs_of_the_compose_example_are_commands() -> None:
    from bot.__main__ import _parser

    text = (HOUSE / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    command: python -m bot (.+)$", text, re.MULTILINE)
    chosen = [_parser().parse_args(command.split()) for command in commands]
    assert [(one.role, one.workers) for one in chosen] == [("worker", 1), ("web", 2)]


def test_links_in_the_readme_lead_somewhere() -> None:
    for page in (HOUSE / "README.md", HOUSE / "locales" / "README.md"):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), target


def test_everything_installed_is_pinned() -> None:
    pinned = {
        line.split("==")[0].lower().replace("_", "-") for line in (HOUSE / "constraints.txt").read_text().splitlines() if line
    }
    import tomllib

    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[<>=\[; ]", one)[0].lower().replace("_", "-") for one in wanted}
    assert not names - pinned - {"tomli"}


@pytest.mark.whole
@pytest.mark.parametrize(
    "command", ["--help", "check --help", "run --help", "sandbox --help", "backup --help", "restore --help"]
)
def test_commands_say_what_they_do(command: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "bot", *command.split()], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    assert "usage: python -m bot" in said.stdout
