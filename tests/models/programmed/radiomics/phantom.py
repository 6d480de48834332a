"""The IBSI digital phantom (Zwanenburg 2020): grey levels 1 to 6 where in the region, 2 mm voxels.

(slices, rows, columns); 0 is outside the region.
"""

import numpy as np

LEVELS = np.array(
    [
        [[1, 4, 4, 1, 1], [1, 4, 6, 1, 1], [4, 1, 6, 4, 1], [4, 4, 6, 4, 1]],
        [[1, 4, 4, 1, 1], [1, 1, 6, 1, 1], [0, 1, 3, 1, 1], [4, 4, 6, 1, 1]],
        [[1, 4, 4, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 1, 1], [1, 1, 6, 1, 1]],
        [[1, 4, 4, 0, 0], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 6, 1, 1]],
    ]
)
MASK = LEVELS > 0
SPACING_MM = (2.0, 2.0, 2.0)
EXAMPLE = np.array(
    [[5, 2, 5, 4, 4], [3, 3, 3, 1, 3], [2, 1, 1, 1, 3], [4, 2, 2, 2, 3], [3, 5, 3, 3, 2]]
)
"""The image by which pyradiomics' documentation explains run lengths, zones and dependences."""


def counted(*columns: np.ndarray) -> dict[tuple[int, ...], int]:
    """How often each combination occurs, as IBSI prints its matrices."""
    rows, counts = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
    return {tuple(row): int(n) for row, n in zip(rows.tolist(), counts, strict=True)}
