from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import (
    MALIGNANT,
    OTHER,
    MarkedView,
    Region,
    box,
)
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.training.mammography.learnt_views import (
    LearntViews,
    as_input,
    load_views,
    regions_of,
    split_by_patient,
    varied,
)
from tests.models.evaluation.mammogram_sets.films import read_film, write_film
from tests.models.training.mammography.drawn_views import drawn


def marked(
    patient: str,
    image: Path = Path("none"),
    diagnosis: Diagnosis | None = Diagnosis.MALIGNANT,
    part: str = "",
    regions: tuple[Region, ...] = (),
) -> MarkedView:
    return MarkedView(patient, patient, Laterality.LEFT, "CC", image, diagnosis, regions, part)


def test_a_patient_is_on_one_side_whatever_order_the_views_have() -> None:
    every = [marked(f"P{number // 4}") for number in range(400)]
    said: list[str] = []
    fitted, inner = split_by_patient(every, said.append)
    assert not {v.patient for v in fitted} & {v.patient for v in inner}
    assert 10 <= len({v.patient for v in inner}) <= 30
    assert len(fitted) + len(inner) == 400
    again = split_by_patient(every[::-1], said.append)
    assert {v.patient for v in again[1]} == {v.patient for v in inner}


def test_who_is_in_the_test_part_is_not_learnt_from_nor_who_has_no_diagnosis() -> None:
    every = [
        marked("a", part="train"), marked("a", part="test"), marked("b", diagnosis=None),
        marked("c", part="train"),
    ]  # fmt: skip
    said: list[str] = []
    fitted, inner = split_by_patient(every, said.append)
    assert [view.patient for view in (*fitted, *inner)] == ["c"]
    assert said[0].startswith("3 of 4 views left out")


def test_a_shared_patient_or_one_kind_alone_is_refused() -> None:
    a, b, c, d = (drawn(name, name in "ac", 0) for name in "abcd")
    LearntViews((a, b), (c, d))
    for fitted, inner in (((a, b), (c, a, d)), ((a, c), (d, b)), ((a, b), (d,)), ((), ())):
        with pytest.raises(DataSetError, match="expected none shared"):
            LearntViews(fitted, inner)


def test_a_small_region_survives_and_a_blank_picture_is_told(tmp_path: Path) -> None:
    write_film(tmp_path / "a.png")
    (tmp_path / "blank.png").write_bytes(b"")
    regions = Region(True, box(60, 150, 61, 151)), Region(False, box(20, 140, 22, 142))
    said: list[str] = []
    given = [marked("a", tmp_path / "a.png", regions=regions), marked("b", tmp_path / "blank")]

    def read(path: Path) -> np.ndarray:
        return np.zeros((320, 240), np.float32) if path.name == "blank" else read_film(path)

    (view,) = load_views(given, read, (64, 48), said.append)
    assert said and said[0].startswith("b is not learnt from")
    assert view.picture.shape == view.truth.shape == view.breast.shape == (64, 48)
    ((x, y),) = regions_of(view, MALIGNANT)
    assert abs(x - 12) < 1.5 and abs(y - 30) < 1.5
    assert len(regions_of(view, OTHER)) == 1
    assert 0.3 < view.breast.mean() < 0.7


def test_air_stays_air_on_another_display() -> None:
    picture = as_input([np.array([[0, 128, 255]], np.uint8)])[0, 0]
    assert picture.max() == 1
    for seed in range(20):
        other = varied(picture, np.random.default_rng(seed))
        assert other[0, 0] == 0 and 0.3 < other[0, 1] < 0.8 and other.max() <= 1
