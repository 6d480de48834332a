"""How many voxels a second the exchange fits take, on one thread.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/dce_fits.py --report fits.json

Curves are drawn from each model with noise of 0.02 mM, Parker's input: 6 phases of a breast, 60
samples, and 661 as in OSIPI's object. Seconds are of the processor, of the median of the repeats,
and hold everything from the concentration to the maps: the grid and its convolutions too. Fitting
the same curves one by one by the same code, `one_by_one`, is what vectorising is worth. Then, on
simulated curves: how far Ktrans is off in six phases, by Tofts' model and by the extended one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.kinetics.arterial_input import ArterialInput, population_input
from senoscope.models.programmed.kinetics.convolution import convolved, sampled_input
from senoscope.models.programmed.kinetics.exchange import ExchangeModel, fit_exchange

SAMPLINGS = {6: 450.0, 60: 480.0, 661: 660.0}
"""Samples, and when the last one is in seconds."""
VOXELS = {6: 200_000, 60: 100_000, 661: 20_000}
NOISE_MM = 0.02
KINDS = 500


def curves_of(
    model: ExchangeModel, times_s: NDArray[np.float64], source: ArterialInput, voxels: int
) -> NDArray[np.float32]:
    """(samples, voxels): 500 tissues, each with its own noise everywhere it stands."""
    rng = np.random.default_rng(0)
    ve = rng.uniform(0.1, 0.8, KINDS)
    ktrans = np.minimum(rng.uniform(0.02, 0.8, KINDS), 4 * ve)
    vp = rng.uniform(0, 0.15, KINDS) * model.has_plasma
    kep = np.zeros(KINDS) if model is ExchangeModel.PATLAK else ktrans / ve
    clean = ktrans * convolved(source, times_s, kep).T
    clean += vp * sampled_input(source, times_s)[:, None]
    kinds = rng.integers(0, KINDS, voxels)
    noise = rng.normal(0, NOISE_MM, (len(times_s), voxels))
    return (clean[:, kinds] + noise).astype(np.float32)


def measured(model: ExchangeModel, samples: int, repeats: int) -> dict[str, float | int | str]:
    """Of one model at one sampling."""
    times = np.linspace(0, SAMPLINGS[samples], samples)
    source = population_input(float(times[-1]), 15.0)
    curves = curves_of(model, times, source, VOXELS[samples])
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        fit_exchange(curves, times, source, model)
        taken.append(time.process_time() - start)
    start = time.process_time()
    for voxel in range(20):
        fit_exchange(curves[:, voxel : voxel + 1], times, source, model)
    alone = (time.process_time() - start) / 20
    return {
        "model": model.value,
        "samples": samples,
        "voxels": VOXELS[samples],
        "cpu_s": round(float(np.median(taken)), 3),
        "voxels_per_cpu_s": round(VOXELS[samples] / float(np.median(taken))),
        "one_by_one_per_cpu_s": round(1 / alone),
    }


def told_by_six_phases(most_vp: float, voxels: int = 20_000) -> dict[str, float]:
    """How far Ktrans is off in a breast's six phases, by the model that is fitted."""
    rng = np.random.default_rng(0)
    times = np.linspace(0, SAMPLINGS[6], 6)
    source = population_input(float(times[-1]), 15.0)
    ktrans, ve = rng.uniform(0.02, 0.5, voxels), rng.uniform(0.2, 0.7, voxels)
    vp = rng.uniform(0, most_vp, voxels)
    curves = ktrans * convolved(source, times, ktrans / ve).T
    curves += vp * sampled_input(source, times)[:, None]
    curves += rng.normal(0, NOISE_MM, curves.shape)
    told = {"most_vp": most_vp}
    for model in (ExchangeModel.TOFTS, ExchangeModel.EXTENDED_TOFTS):
        found = fit_exchange(curves, times, source, model).ktrans_per_min
        error = np.abs(found - ktrans) / ktrans
        told[f"{model}_median_error"] = round(float(np.median(error)), 3)
        told[f"{model}_off_by_half"] = round(float((error > 0.5).mean()), 3)
    return told


def main() -> None:
    """Every model at every sampling."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    rows = []
    for model in ExchangeModel:
        for samples in SAMPLINGS:
            rows.append(measured(model, samples, asked.repeats))
            print(rows[-1], flush=True)
    told = [told_by_six_phases(most_vp) for most_vp in (0.0, 0.05, 0.1)]
    print(*told, sep="\n")
    about = {
        "threads": os.environ.get("OMP_NUM_THREADS", "not limited"),
        "machine": platform.machine(),
        "numpy": np.__version__,
        "noise_mm": NOISE_MM,
        "simulated": True,
        "repeats": asked.repeats,
    }
    asked.report.write_text(
        json.dumps({"about": about, "fits": rows, "six_phases": told}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
