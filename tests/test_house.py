"""The house keeps its own promises."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

HOUSE = Path(__file__).parents[1]
ROOMS = ("domain", "models", "calibration", "realtime", "studies", "ui")
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))


def modules() -> list[Path]:
    return sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py"))


def test_every_package_on_disk_is_listed_for_installation() -> None:
    on_disk = {
        "senoscope." + ".".join(path.parent.relative_to(HOUSE).parts)
        for path in modules()
        if path.name == "__init__.py"
    }
    assert on_disk | {"senoscope"} == set(PROJECT["tool"]["setuptools"]["packages"])


def test_every_link_under_the_import_name_is_the_room_it_says() -> None:
    links = {
        path.name: path.readlink() for path in (HOUSE / "senoscope").iterdir() if path.is_symlink()
    }
    assert links == {room: Path("..") / room for room in ROOMS}


def test_every_room_is_a_layer() -> None:
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    assert set(layers) == set(ROOMS)


def test_files_stay_under_300_lines_and_functions_under_40() -> None:
    too_long = []
    for path in [*modules(), *sorted((HOUSE / "tests").rglob("*.py"))]:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 300:
            too_long.append(f"{path.relative_to(HOUSE)}: {text.count(chr(10))} lines")
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _body_lines(node)
                if lines > 40:
                    too_long.append(f"{path.relative_to(HOUSE)}:{node.name}: {lines} lines")
    assert not too_long


def test_no_file_is_called_by_a_name_that_says_nothing() -> None:
    empty_names = {"utils", "helpers", "core", "common", "manager", "process", "handle"}
    assert not [path for path in modules() if path.stem in empty_names]


def test_static_files_of_the_page_are_packaged() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["senoscope.ui.pages"]
    packaged = {path for pattern in patterns for path in (HOUSE / "ui" / "pages").glob(pattern)}
    beside_code = {
        path
        for path in (HOUSE / "ui" / "pages").iterdir()
        if path.is_file() and path.suffix not in {".py", ".pyi", ".pyc"}
    }
    assert beside_code == packaged


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code: the docstring and the signature are for the reader, not to be shortened."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
