"""Reference tables of OSIPI's DCE-DSC-MRI code collection (test/*/data), by its column names.

A cell holds a number, or as many as a curve has samples, with spaces between. Names are taken
whatever their case, spaces and underscores; the newer tables call the same things otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows

Floats = NDArray[np.float64]


class DceModel(StrEnum):
    """What a table holds references of."""

    TOFTS = "tofts"
    EXTENDED_TOFTS = "extended-tofts"
    PATLAK = "patlak"
    T1 = "t1"
    AIF = "aif"
    CONCENTRATION = "concentration"


KTRANS = ("Ktrans", "ps")
DELAY = ("arterialdelay", "arterial_delay", "delay")
_CURVES = (("t", "time"), ("C", "C_t"), ("ca", "cp_aif"))
NEEDED: Mapping[DceModel, tuple[tuple[str, ...], ...]] = {
    DceModel.TOFTS: (*_CURVES, KTRANS, ("ve",)),
    DceModel.EXTENDED_TOFTS: (*_CURVES, KTRANS, ("ve",), ("vp",)),
    DceModel.PATLAK: (*_CURVES, ("ps", "Ktrans"), ("vp",)),
    DceModel.T1: (("FA",), ("TR",), ("s",), ("R1",)),
    DceModel.AIF: (("time", "t"), ("Cb",)),
    DceModel.CONCENTRATION: (
        ("FA",),
        ("TR",),
        ("T1base",),
        ("numbaselinepts",),
        ("r1",),
        ("s",),
        ("conc",),
    ),
}
"""Columns a table must have, each by one of its names; the first is what it is called here."""
OPTIONAL = (("label",), ("ta",), DELAY)


@dataclass(frozen=True)
class DceTable:
    """`rows`, and what each column is called in the file by what it is called here."""

    model: DceModel
    path: Path
    rows: tuple[SetRow, ...]
    names: Mapping[str, str]

    def label(self, row: SetRow) -> str:
        """Of a row, or its line."""
        return row[self.names["label"]] if "label" in self.names else f"line {row.line}"

    def numbers(self, row: SetRow, column: str) -> Floats:
        """Of one cell, at least one. DataSetError where it holds anything else."""
        cell = row[self.names[column]]
        try:
            found = np.array(re.split(r"[\s,;]+", cell.strip("[]() \t\r\n")), np.float64)
        except ValueError:
            found = np.array([np.nan])
        if not np.isfinite(found).all():
            raise row.trouble(self.names[column], "numbers with spaces between")
        return found

    def number(self, row: SetRow, column: str) -> float:
        """Of one cell, exactly one."""
        return row.number(self.names[column])


def read_dce_table(path: Path, model: DceModel) -> DceTable:
    """DataSetError where a column of `NEEDED` is not there. Others are left alone."""
    rows = read_rows(path, ())
    given = list(rows[0].cells)
    plain = {_plain(name): name for name in given}
    names = {}
    lacking = []
    for called in (*NEEDED[model], *OPTIONAL):
        found = [plain[_plain(name)] for name in called if _plain(name) in plain]
        if found:
            names[called[0]] = found[0]
        elif called not in OPTIONAL:
            lacking.append(" or ".join(called))
    if lacking:
        expected = ", ".join(" or ".join(called) for called in NEEDED[model])
        raise DataSetError(
            f"{path.name} has the columns {', '.join(given)[:300]}, none for {', '.join(lacking)}; "
            f"a table for {model} was expected to have {expected}. Name the columns so, or give "
            "the model that the table is of."
        )
    return DceTable(model, path, rows, names)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
