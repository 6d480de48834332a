"""A program that is missing skips a test with words that say how to get it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies import programs
from tests.studies.programs import INSTALLED_BY, dicomweb_plugin, program


def test_a_program_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "dsrdump"
    here.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program("dsrdump") == str(here)


def test_the_newest_postgresql_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9.6", "15", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        (folder / "initdb").touch(mode=0o755)
    monkeypatch.setattr(programs, "POSTGRESQL", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert program("initdb") == str(tmp_path / "17" / "bin" / "initdb")


def test_one_that_is_missing_skips_and_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(INSTALLED_BY, "nothing-of-this-name", "apt install nothing")
    with pytest.raises(pytest.skip.Exception) as skipped:
        program("nothing-of-this-name")
    assert str(skipped.value) == (
        "No nothing-of-this-name was found; install it, for example: apt install nothing"
    )
    monkeypatch.setattr(programs, "DICOMWEB", tmp_path / "none")
    with pytest.raises(pytest.skip.Exception, match="apt install orthanc orthanc-dicomweb"):
        dicomweb_plugin()


def test_a_program_that_nobody_said_how_to_get_is_an_error() -> None:
    with pytest.raises(KeyError):
        program("nothing-of-this-name")
