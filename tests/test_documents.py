"""What the documents say can be done, can be done."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from senoscope.ui.commands.every_command import app

HOUSE = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", *(HOUSE / "docs").rglob("*.md")]
)
TEXT = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}
COMMANDS = typer.main.get_command(app)


def command_lines() -> list[str]:
    blocks = [
        block for text in TEXT.values() for block in re.findall(r"```sh\n(.*?)```", text, re.S)
    ]
    lines = (line.split("#")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if "senoscope " in line and "pip install" not in line]


def leaves(command: object, name: str = "senoscope") -> list[str]:
    if isinstance(command, TyperGroup):
        return [
            leaf for key, each in command.commands.items() for leaf in leaves(each, f"{name} {key}")
        ]
    return [name]


@pytest.mark.parametrize("line", command_lines())
def test_every_documented_command_line_is_understood(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "DIR").mkdir()  # what the documents call a folder of the reader's
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line[line.index("senoscope") :])[1:]
    command = COMMANDS
    while isinstance(command, TyperGroup) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    command.make_context("senoscope", words, resilient_parsing=False)


def test_the_commands_are_those_below_the_groups() -> None:
    assert {"senoscope live", "senoscope study read", "senoscope train unet"} <= set(
        leaves(COMMANDS)
    )


@pytest.mark.parametrize("leaf", leaves(COMMANDS))
def test_every_command_is_documented(leaf: str) -> None:
    assert any(leaf in text for text in TEXT.values())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(HOUSE)))
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", TEXT[path])
    assert not [target for target in targets if not (path.parent / target).exists()]
