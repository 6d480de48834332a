"""Forms in which tomosynthesis comes, told apart."""

from pathlib import Path
from typing import Any

import pytest
from pydicom import uid

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.images.stored_mammogram import is_mammogram
from senoscope.studies.images.stored_tomosynthesis import (
    is_other_tomosynthesis,
    is_tomosynthesis,
    read_tomosynthesis,
)
from tests.studies.mammograms import mammogram
from tests.studies.study_builders import folder_of, image, read
from tests.studies.tomosynthesis import (
    ct_slices,
    hologic_private,
    only_image,
    projections,
    synthetic,
)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (projections(), "it holds projections"),
        (
            projections(SOPClassUID=uid.BreastProjectionXRayImageStorageForPresentation),
            "it holds p",
        ),
        (mammogram(ImageType=["ORIGINAL", "PRIMARY", "TOMO_PROJ"]), "it holds projections"),
        (mammogram(ImageType=["DERIVED", "PRIMARY", "TOMO", "NONE"]), "it is one slice of"),
        (hologic_private(), "it is a private object of Hologic"),
        (ct_slices(1)[0], "its slices are stored as CT images"),
        (ct_slices(1, Modality="MG", BodyPartExamined=None)[0], "its slices are stored as CT"),
    ],
)
def test_other_forms_are_named_and_no_mammograms(tmp_path: Path, header: Any, says: str) -> None:
    one = only_image(folder_of(tmp_path / "study", header))
    assert is_other_tomosynthesis(one)
    assert not is_mammogram(one)
    assert not is_tomosynthesis(one)
    with pytest.raises(SourceUnavailable, match=f"File 1 of the study is not read: {says}"):
        read_tomosynthesis(one)


def test_a_synthetic_picture_is_a_mammogram_and_no_slices(tmp_path: Path) -> None:
    one = only_image(folder_of(tmp_path / "study", synthetic()))
    assert is_mammogram(one)
    assert not is_other_tomosynthesis(one)
    with pytest.raises(SourceUnavailable, match="synthetic 2-D picture"):
        read_tomosynthesis(one)


def test_what_is_of_no_breast_is_nothing_of_tomosynthesis(tmp_path: Path) -> None:
    ((study,), _) = read(
        folder_of(
            tmp_path / "study",
            mammogram(number=1),
            *ct_slices(1, BodyPartExamined="CHEST", SOPInstanceUID="1.2.3.4.5"),
            image(3, SOPClassUID=uid.SecondaryCaptureImageStorage, Modality="MG"),
        )
    )
    assert [each.breast for each in study.images] == [None] * 3
    with pytest.raises(SourceUnavailable, match="it is no tomosynthesis"):
        read_tomosynthesis(study.images[0])


def test_private_slices_larger_than_any_header_are_named_all_the_same(tmp_path: Path) -> None:
    large = hologic_private(frames=2, frame_bytes=9 * 2**20)
    one = only_image(folder_of(tmp_path / "study", large))
    assert is_other_tomosynthesis(one)
    large.SOPClassUID = uid.MRImageStorage
    studies, (left_out,) = read(folder_of(tmp_path / "study", large))
    assert studies == []
    assert "its header is larger than 16 MB" in str(left_out)
