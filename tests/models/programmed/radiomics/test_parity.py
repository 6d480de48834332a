"""The values pyradiomics publishes for its own test case of breast MRI, `breast1`.

Left out are the columns whose settings resample the image (`_resampling`) or merge directions
(`_combined`): neither is offered here.
"""

import ast
import csv
import gzip
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from senoscope.models.programmed.radiomics.discretise import FixedCount, FixedWidth
from senoscope.models.programmed.radiomics.features import radiomic_features

TEXTURE = ("glcm", "glrlm", "glszm", "gldm", "ngtdm")
CASES = [
    *[("breast1", family) for family in ("firstorder", "shape", *TEXTURE)],
    *[(f"breast1_{kind}", family) for kind in ("2d", "FBN", "flatRegion") for family in TEXTURE],
    *[
        (f"breast1_{kind}", family)
        for kind in ("normalization", "resegmentation")
        for family in ("firstorder", *TEXTURE)
    ],
]
COUNTS = {"firstorder": 18, "shape": 14, "glcm": 24, "glrlm": 16, "glszm": 16, "gldm": 14} | {
    "ngtdm": 5
}
SHIFTED = ("Energy", "TotalEnergy", "RootMeanSquared")
"""What pyradiomics adds `voxelArrayShift` to intensities for."""


@pytest.fixture(scope="module")
def folder(public_data):
    folder = public_data / "breast-mr"
    if not (folder / "baseline_glcm.csv").is_file():
        pytest.skip("the pyradiomics baseline is not among the public data sets")
    return folder


@cache
def read_nrrd(path: Path) -> tuple[np.ndarray, tuple[float, ...]]:
    """(slices, rows, columns) and their spacing in mm of a gzipped NRRD without rotation."""
    header, data = path.read_bytes().split(b"\n\n", 1)
    fields = dict(re.findall(r"^([a-z ]+): (.*)$", header.decode(), re.MULTILINE))
    assert (fields["encoding"], fields["endian"]) == ("gzip", "little")
    sizes = [int(size) for size in fields["sizes"].split()]
    axes = np.array(ast.literal_eval(fields["space directions"].replace(" ", ",")))
    assert np.array_equal(axes, np.diag(np.diag(axes)))
    voxels = np.frombuffer(gzip.decompress(data), {"short": "<i2"}[fields["type"]])
    return voxels.reshape(sizes[::-1]), tuple(np.diag(axes)[::-1].tolist())


@cache
def baseline(path: Path, case: str) -> tuple[dict[str, object], dict[str, float]]:
    """The settings of one column, and its published features by name."""
    with path.open(newline="") as file:
        rows = {row["featureName"]: row[case] for row in csv.DictReader(file)}
    settings = ast.literal_eval(rows["diagnostics_Configuration_Settings"])
    features = {
        name.removeprefix("original_"): float(value)
        for name, value in rows.items()
        if name.startswith("original_")
    }
    return settings, features


def measured(folder: Path, settings: dict[str, object], names: list[str]) -> dict[str, float]:
    assert settings.get("resampledPixelSpacing") is None
    assert settings.get("weightingNorm") is None
    assert settings["distances"] == [1]
    image, spacing = read_nrrd(folder / "breast1_image.nrrd")
    mask = read_nrrd(folder / "breast1_label.nrrd")[0] == settings["label"]
    if settings["normalize"]:
        image = (image - image.mean()) / image.std(ddof=1) * settings["normalizeScale"]
    if settings.get("resegmentMode") == "sigma":
        assert settings["resegmentRange"] == [-3, 3]
        values = image[mask].astype(np.float64)
        mask = mask & (np.abs(image - values.mean()) <= 3 * values.std())
    elif settings["resegmentRange"]:
        assert settings["resegmentRange"] == [0]
        mask = mask & (image >= 0)
    count = settings.get("binCount")
    binning = FixedCount(count) if count else FixedWidth(settings.get("binWidth", 25))
    in_plane = settings["force2D"]
    found = radiomic_features(image, mask, spacing, binning, in_plane)
    shift = settings.get("voxelArrayShift", 0)
    shifted = radiomic_features(image + float(shift), mask, spacing, binning, in_plane)
    return {name: (shifted if name.endswith(SHIFTED) else found)[name] for name in names}


@pytest.mark.parametrize(("case", "family"), CASES)
def test_features_are_those_pyradiomics_publishes(folder, case, family):
    settings, published = baseline(folder / f"baseline_{family}.csv", case)
    assert len(published) == COUNTS[family]
    found = measured(folder, settings, list(published))
    assert found == pytest.approx(published, rel=1e-9, abs=1e-12)
