"""First-order features: how intensities are distributed, wherever they lie.

Where pyradiomics, and so this file, is not IBSI (Zwanenburg 2020):

- `Kurtosis` is m4 / m2^2; IBSI takes 3 from it.
- `Entropy` and `Uniformity` are of grey levels, IBSI's intensity histogram, not of intensities.
- `TotalEnergy` is not in IBSI: energy times the volume of a voxel (2-D: the area of a pixel).
- pyradiomics adds `voxelArrayShift` to intensities before `Energy`, `TotalEnergy` and
  `RootMeanSquared`; here and in IBSI nothing is added.

Variance is the population's in both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.radiomics.entropy import entropy

Floats = NDArray[np.float64]


def firstorder_features(
    values: Floats, levels: NDArray[np.int64], voxel_size: float
) -> dict[str, float]:
    """18 features of (n,) intensities and their grey levels; `voxel_size` in mm2 or mm3.

    Skewness and kurtosis of equal intensities are 0, as in IBSI.
    """
    low, quarter, median, three_quarters, high = np.percentile(values, [10, 25, 50, 75, 90])
    central = values - values.mean()
    variance = float(np.mean(central**2))
    middle = values[(values >= low) & (values <= high)]
    energy = float(np.sum(values**2))
    shares = np.unique(levels, return_counts=True)[1] / levels.size
    features = {
        "Energy": energy,
        "TotalEnergy": voxel_size * energy,
        "Entropy": entropy(shares),
        "Minimum": values.min(),
        "10Percentile": low,
        "90Percentile": high,
        "Maximum": values.max(),
        "Mean": values.mean(),
        "Median": median,
        "InterquartileRange": three_quarters - quarter,
        "Range": np.ptp(values),
        "MeanAbsoluteDeviation": np.mean(np.abs(central)),
        "RobustMeanAbsoluteDeviation": np.mean(np.abs(middle - middle.mean())),
        "RootMeanSquared": np.sqrt(energy / values.size),
        "Skewness": np.mean(central**3) / variance**1.5 if variance else 0.0,
        "Kurtosis": np.mean(central**4) / variance**2 if variance else 0.0,
        "Variance": variance,
        "Uniformity": np.sum(shares**2),
    }
    return {name: float(value) for name, value in features.items()}
