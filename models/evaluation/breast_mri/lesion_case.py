"""One enhancing lesion with what is true of it, cut from its exam and kept small on the disk.

The box lies round the true place; the outline is what was found there, never the true one.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, Mask, Volume, VolumeGeometry
from senoscope.domain.errors import DataSetError

FORMAT = 1
ENDING = ".npz"


@dataclass(frozen=True, eq=False)
class LesionCase:
    """`series` is of the box alone, `outline` (slices, rows, columns) of it, not empty.

    `others` by name, "t2" and "adc", are of the same voxels, where an exam has them. `anatomy` must
    stay on one side of a split.
    """

    anatomy: str
    is_malignant: bool
    series: DynamicSeries
    outline: Mask
    others: Mapping[str, Volume]


def keep_lesion(case: LesionCase, path: Path) -> None:
    """Written whole or not at all."""
    series = case.series
    head = {
        "format": FORMAT,
        "anatomy": case.anatomy,
        "is_malignant": case.is_malignant,
        "spacing_mm": series.geometry.spacing_mm,
        "times_s": series.times_s,
        "pre_contrast": series.pre_contrast,
        "injected_s": series.injected_s,
        "others": list(case.others),
    }
    content = io.BytesIO()
    np.savez_compressed(
        content,
        phases=np.stack(series.phases),
        outline=case.outline,
        others=np.array(list(case.others.values()), np.float32),
        head=json.dumps(head),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content.getvalue())
    partial.replace(path)


def kept_lesion(path: Path) -> LesionCase:
    """What `keep_lesion` wrote. DataSetError where it is something else."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            head = json.loads(str(arrays["head"]))
            if head["format"] != FORMAT:
                raise ValueError(f"format {head['format']}")
            phases: NDArray[np.generic] = arrays["phases"]
            others: NDArray[np.float32] = arrays["others"]
            outline: Mask = arrays["outline"]
        slices_mm, rows_mm, columns_mm = head["spacing_mm"]
        times = head["times_s"]
        series = DynamicSeries(
            tuple(phases),
            VolumeGeometry((slices_mm, rows_mm, columns_mm), AXIAL),
            None if times is None else tuple(times),
            head["pre_contrast"],
            head["injected_s"],
        )
        named = dict(zip(head["others"], others, strict=True))
        return LesionCase(head["anatomy"], bool(head["is_malignant"]), series, outline, named)
    except (
        OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error
    ) as error:  # fmt: skip
        raise DataSetError(
            f"{path} holds no kept lesion of format {FORMAT} ({error}). Remove it and run again: "
            "it is made anew."
        ) from error
