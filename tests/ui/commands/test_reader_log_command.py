"""`senoscope proof log` and `proof pathology`: the log out, what became of exams in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from senoscope.domain.errors import SettingsError
from senoscope.domain.reader_log import Said
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.proof.reader_log import read_log_csv
from senoscope.ui.commands import reader_log_command, store_command
from tests.studies.logged_exams import read_exam, say_alone, scan, sign

RIGHT = "1,L,malignant,2026-11-28\n"
APP = typer.Typer()
APP.command()(reader_log_command.log)
APP.command()(reader_log_command.pathology)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExamStore]:
    """One exam read alone and signed, where the commands look for it."""
    folder = tmp_path / "exams"
    monkeypatch.setattr(store_command, "store_folder", lambda: folder)
    monkeypatch.setattr(reader_log_command, "key_file", lambda: tmp_path / "pseudonyms.key")
    url = f"sqlite:///{folder / 'exams.sqlite'}"
    with ExamStore.open(url, folder) as opened:
        kept = read_exam(opened, tmp_path / "study", scan())
        say_alone(opened, kept[0])
        sign(opened, kept)
        yield opened


def run(*words: str) -> Result:
    return CliRunner().invoke(APP, words)


def given(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "given.csv"
    path.write_text("exam,laterality,outcome,date\n" + "".join(rows))
    return str(path)


def test_the_log_grows_and_says_its_head(tmp_path: Path, store: ExamStore) -> None:
    out = tmp_path / "log.csv"
    first = run("log", "--out", str(out))
    assert first.exit_code == 0, first.output
    assert "6 rows added; the log has 6." in first.output
    assert "reader with AI: 1" in first.output
    assert "77-1234" not in out.read_text()
    assert store.audit_of(1)[-1].act == "signed"
    assert run("pathology", "--csv", given(tmp_path, RIGHT)).exit_code == 0
    second = run("log", "--out", str(out))
    assert "1 rows added; the log has 7." in second.output
    head = second.output.split("written down: ")[1].split()[0]
    assert head == f"7:{out.read_text().strip()[-64:]}"
    assert read_log_csv(out)[-1].said is Said.PATHOLOGY
    assert (tmp_path / "log_columns.csv").is_file()
    assert store.check().complaints == ()


def test_another_key_does_not_mix_with_the_first(tmp_path: Path) -> None:
    out = tmp_path / "log.csv"
    run("log", "--out", str(out))
    before = out.read_bytes()
    error = run("log", "--out", str(out), "--key", str(tmp_path / "other.key")).exception
    assert isinstance(error, SettingsError)
    assert "6 rows" in str(error)
    assert out.read_bytes() == before


def test_every_row_of_pathology_is_told(tmp_path: Path, store: ExamStore) -> None:
    path = given(tmp_path, RIGHT, "1,R,benign,2026-11-27\n")
    result = run("pathology", "--csv", path)
    assert result.exit_code == 1
    assert "line 2: added: exam 1, row 1" in result.output
    assert "line 3: REFUSED: Pathology of 2026-11-27" in result.output
    assert "1 added, 0 there already, 1 refused" in result.output
    assert len(store.pathology_of(1)) == 1


def test_a_second_import_says_that_nothing_was_added(tmp_path: Path) -> None:
    path = given(tmp_path, RIGHT)
    assert "Nothing was added" not in run("pathology", "--csv", path).output
    again = run("pathology", "--csv", path)
    assert again.exit_code == 0
    assert "0 added, 1 there already, 0 refused\nNothing was added." in again.output


def test_no_store_is_made(tmp_path: Path) -> None:
    for words in (("log", "--out", str(tmp_path / "new.csv")),
                  ("pathology", "--csv", given(tmp_path, RIGHT))):  # fmt: skip
        error = run(*words, "--folder", str(tmp_path / "none")).exception
        assert isinstance(error, SettingsError)
    assert not (tmp_path / "none").exists()
    assert not (tmp_path / "new.csv").exists()
