"""Studies that the tests have de-identified, and what is looked for in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from pydicom import Dataset, dcmread

from senoscope.studies.deidentification.clean_header import DeidentifyOptions
from senoscope.studies.deidentification.deidentify import deidentified
from senoscope.studies.deidentification.deidentify_report import DeidentifyReport
from senoscope.studies.deidentification.pseudonyms import PseudonymKey
from senoscope.studies.files.study_files import StudyFiles
from tests.studies.programs import program
from tests.studies.study_builders import folder_of

KEY = PseudonymKey(bytes(range(32)))


def exported(
    tmp_path: Path, *headers: Dataset, options: DeidentifyOptions | None = None
) -> tuple[DeidentifyReport, Path]:
    """The report on a folder of these files, and the folder of the copy."""
    return copied(folder_of(tmp_path / "source", *headers), tmp_path / "out", options)


def copied(
    source: Path, out: Path, options: DeidentifyOptions | None = None
) -> tuple[DeidentifyReport, Path]:
    """The same of a folder, a zip or a file."""
    with StudyFiles(source) as files:
        return deidentified(files, out, KEY, options), out


def only(report: DeidentifyReport, out: Path) -> Dataset:
    """The one file that was written."""
    (written,) = report.written
    return dcmread(out / written.name)


def errors(path: Path) -> set[str]:
    """What dciodvfy finds; UIDs in it are all one, since the copy's are others."""
    command = [program("dciodvfy"), path]
    said = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    lines = (said.stdout + said.stderr).splitlines()
    return {re.sub(r"\d+(\.\d+){2,}", "UID", each) for each in lines if each.startswith("Error")}
