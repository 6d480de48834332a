"""Fits, T1, population input and concentration against OSIPI's references, by OSIPI's tolerances.

Tolerances are those of the tests beside the tables (van Houdt et al., Magn Reson Med 2024, the
OSIPI code collection): found - true at most absolute + relative * |true|.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.models.evaluation.breast_mri.dce_table import (
    DELAY,
    DceModel,
    DceTable,
    Floats,
)
from senoscope.models.programmed.kinetics.arrival import WIDEST_S, fit_with_arrival
from senoscope.models.programmed.kinetics.arterial_input import (
    S_PER_MIN,
    ArterialInput,
    parker_blood_mm,
)
from senoscope.models.programmed.kinetics.exchange import (
    ExchangeFit,
    ExchangeModel,
    fit_exchange,
)
from senoscope.models.programmed.kinetics.spoiled_gradient_echo import (
    SpoiledEcho,
    concentration_mm,
    t1_linear,
    t1_nonlinear,
)

MS_PER_S = 1000.0
SLOWEST_R1_PER_S = 0.1
"""Below, R1 is per millisecond: no tissue's T1 is 10 s, and QIBA's table is per ms."""


@dataclass(frozen=True)
class Tolerance:
    """In the unit of the parameter."""

    absolute: float
    relative: float
    unit: str

    def allows(self, found: Floats, true: Floats) -> NDArray[np.bool_]:
        """False where nothing was found (NaN)."""
        return np.asarray(np.abs(found - true) <= self.absolute + self.relative * np.abs(true))


PER_MINUTE = Tolerance(0.005, 0.1, "1/min")
DELAY_S = Tolerance(1.0, 0.0, "s")
TOLERANCES: Mapping[str, Tolerance] = {
    "Ktrans": PER_MINUTE,
    "ps": PER_MINUTE,
    "ve": Tolerance(0.05, 0.0, "1"),
    "vp": Tolerance(0.025, 0.0, "1"),
    DELAY[0]: DELAY_S,
    "R1": Tolerance(0.05, 0.05, "1/s"),
    "Cb": Tolerance(1e-4, 0.01, "mM"),
    "conc": Tolerance(1e-5, 1e-5, "mM"),
}
"""By what `NEEDED` calls columns. Delay: 1 s; OSIPI's tests have been stricter at 0.2 s."""


@dataclass(frozen=True, eq=False)
class Compared:
    """One parameter of every curve (or sample): `found` is NaN where nothing was fitted."""

    found: Floats
    true: Floats
    labels: tuple[str, ...]
    tolerance: Tolerance

    def figures(self) -> dict[str, Any]:
        """`n`, `within_tolerance` and `max_abs_error`, and what to read them by.

        `baseline_within`: had each been said to be the median of the true ones.
        """
        error = np.abs(self.found - self.true)
        known = np.isfinite(error)
        allowed = self.tolerance.allows(self.found, self.true)
        middle = np.full_like(self.true, np.median(self.true))
        return {
            "n": len(error),
            "within_tolerance": int(allowed.sum()),
            "max_abs_error": _rounded(error[known].max()) if known.any() else None,
            "median_abs_error": _rounded(np.median(error[known])) if known.any() else None,
            "not_fitted": int((~known).sum()),
            "outside": [self.labels[place] for place in np.flatnonzero(~allowed)],
            "baseline_within": int(self.tolerance.allows(middle, self.true).sum()),
            "tolerance_absolute": self.tolerance.absolute,
            "tolerance_relative": self.tolerance.relative,
            "unit": self.tolerance.unit,
        }


def compare_with_references(table: DceTable) -> tuple[dict[str, Compared], str]:
    """By the file's own names of columns, and how the delay was treated ("" where none is)."""
    ways: Mapping[DceModel, Callable[[DceTable], dict[str, Compared]]] = {
        DceModel.T1: _t1,
        DceModel.AIF: _population,
        DceModel.CONCENTRATION: _concentration,
    }
    if table.model in ways:
        return ways[table.model](table), ""
    return _exchange(table)


def _exchange(table: DceTable) -> tuple[dict[str, Compared], str]:
    """As OSIPI's tests: the delay is fitted where the table has any, and 0 where it has none."""
    has_delay = DELAY[0] in table.names and any(
        table.number(row, DELAY[0]) != 0 for row in table.rows
    )
    model = ExchangeModel(table.model.value)
    own = "ps" if model is ExchangeModel.PATLAK else "Ktrans"
    wanted = {own: "ktrans_per_min", "ve": "ve", "vp": "vp"}
    wanted = {name: its for name, its in wanted.items() if name in table.names}
    if model is ExchangeModel.TOFTS:
        wanted.pop("vp", None)
    if model is ExchangeModel.PATLAK:
        wanted.pop("ve", None)
    found: dict[str, list[float]] = {name: [] for name in wanted}
    delays = []
    for row in table.rows:
        fit, delay_s = _fit_of(table, row, model, has_delay)
        for name, its in wanted.items():
            found[name].append(float(getattr(fit, its)[0]))
        delays.append(delay_s)
    compared = {table.names[name]: _compared(table, name, found[name]) for name in wanted}
    if has_delay:
        compared[table.names[DELAY[0]]] = _compared(table, DELAY[0], delays)
        return compared, f"fitted, -{WIDEST_S:g} to {WIDEST_S:g} s"
    return compared, "0 s: the table has none"


def _fit_of(
    table: DceTable, row: Any, model: ExchangeModel, has_delay: bool
) -> tuple[ExchangeFit, float]:
    times, curve, artery = (table.numbers(row, name) for name in ("t", "C", "ca"))
    arterial = table.numbers(row, "ta") if "ta" in table.names else times
    for column, values, expected in (("C", curve, times), ("ca", artery, arterial)):
        if len(values) != len(expected):
            raise row.trouble(table.names[column], f"{len(expected)} numbers, one for each time")
    source = ArterialInput(arterial, artery)
    if has_delay:
        fit, delay = fit_with_arrival(curve[:, None], times, source, model)
        return fit, float(delay[0])
    return fit_exchange(curve[:, None], times, source, model), 0.0


def _t1(table: DceTable) -> dict[str, Compared]:
    """R1 by least squares, and by a straight line where one repetition time was used."""
    true = np.array([table.number(row, "R1") for row in table.rows])
    true = true * (MS_PER_S if np.median(true) < SLOWEST_R1_PER_S else 1.0)
    curved, straight = [], []
    for row in table.rows:
        flips, signals = (table.numbers(row, name) for name in ("FA", "s"))
        repetitions = np.broadcast_to(table.numbers(row, "TR"), flips.shape)
        if len(signals) != len(flips):
            raise row.trouble(table.names["s"], f"{len(flips)} numbers, one for each flip angle")
        curved.append(1 / float(t1_nonlinear(signals[:, None], flips, repetitions).t1_s[0]))
        straight.append(1 / float(t1_linear(signals[:, None], flips, repetitions[0]).t1_s[0]))
    labels = tuple(table.label(row) for row in table.rows)
    name = table.names["R1"]
    return {
        key: Compared(np.array(found), true, labels, TOLERANCES["R1"])
        for key, found in ((name, curved), (f"{name}_linear", straight))
    }


def _population(table: DceTable) -> dict[str, Compared]:
    """Parker's curve in blood; OSIPI's times are in minutes, its delays in seconds."""
    found = []
    for row in table.rows:
        delay_s = table.number(row, DELAY[0]) if DELAY[0] in table.names else 0.0
        time_s = S_PER_MIN * table.number(row, "time")
        found.append(float(parker_blood_mm(time_s, delay_s)))
    return {table.names["Cb"]: _compared(table, "Cb", found)}


def _concentration(table: DceTable) -> dict[str, Compared]:
    """Every sample of every curve; the references leave the first sample out of the baseline."""
    found: list[Floats] = []
    true: list[Floats] = []
    labels: list[str] = []
    for row in table.rows:
        signal, reference = table.numbers(row, "s"), table.numbers(row, "conc")
        count = int(table.number(row, "numbaselinepts"))
        if len(signal) != len(reference) or not 2 <= count < len(signal):
            raise row.trouble(
                table.names["conc"], f"{len(signal)} numbers, and 2 baseline points or more"
            )
        echo = SpoiledEcho(table.number(row, "TR"), table.number(row, "FA"))
        t10_s, relaxivity = table.number(row, "T1base"), table.number(row, "r1")
        before = signal[1:count].mean()
        found.append(concentration_mm(signal, before, echo, t10_s, relaxivity))
        true.append(reference)
        labels += [f"{table.label(row)}, sample {place}" for place in range(len(signal))]
    return {
        table.names["conc"]: Compared(
            np.concatenate(found), np.concatenate(true), tuple(labels), TOLERANCES["conc"]
        )
    }


def _compared(table: DceTable, name: str, found: list[float]) -> Compared:
    true = np.array([table.number(row, name) for row in table.rows])
    labels = tuple(table.label(row) for row in table.rows)
    return Compared(np.array(found), true, labels, TOLERANCES[name])


def _rounded(value: float) -> float:
    """To four digits that count, since tolerances differ by six powers of ten."""
    return float(f"{value:.4g}")
