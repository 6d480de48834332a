"""What every release of the shipped networks must hold, whatever they were trained on."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.phantoms.lesions import LesionKind
from senoscope.models.engines import openvino
from senoscope.models.evaluation.matching import best_match
from senoscope.models.evaluation.metrics import dice
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_bus_bra
from senoscope.models.package import (
    CLASSIFIER,
    SEGMENTER,
    Precision,
    load_package,
    shipped_packages,
)
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter, lesion_mask
from senoscope.ui.assemble import build_reader

FOLDERS = (SEGMENTER, CLASSIFIER)
SETTINGS = {
    "unet-realtime": {
        "lesion_from",
        "smallest_share",
        "head_share",
        "presence_from",
        "presence_slope",
        "presence_intercept",
    },
    "googlenet": {
        "calibration_slope",
        "calibration_intercept",
        "low_below",
        "high_from",
        "lesion_logit_from",
        "prevalence",
    },
}
IMAGES = 40
LEAST_DICE = 0.80
MOST_LOST_TO_INT8 = 0.005
MOST_PRESENCE_LOST_TO_INT8 = 0.05


@pytest.fixture(scope="module")
def reader() -> UltrasoundReader:
    return build_reader()


@pytest.fixture(scope="module")
def images(public_data: Path) -> list[UltrasoundImage]:
    """Spread over the fold that no shipped network was trained on."""
    fold = [image for image in read_bus_bra(public_data / "bus-bra") if image.part == "3"]
    return fold[:: len(fold) // IMAGES][:IMAGES]


def mean_dice(segmenter: Segmenter, images: list[UltrasoundImage]) -> float:
    each = []
    for image in images:
        truth = image.mask()
        lesions = segmenter.segment(image.pixels()).lesions
        each.append(dice(lesion_mask(lesions, (truth.shape[0], truth.shape[1])), truth))
    return float(np.mean(each))


def ungated(precision: Precision) -> Segmenter:
    """Outlines whatever the presence: one image of 40 at the threshold would count 0.02 Dice."""
    package = load_package(SEGMENTER)
    settings = {**package.settings, "presence_from": 0.0}
    return Segmenter(openvino.load(package.weights(precision)), replace(package, settings=settings))


def test_the_packages_that_the_program_asks_for_are_the_ones_that_ship() -> None:
    assert set(FOLDERS) <= set(shipped_packages())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("precision", list(Precision))
def test_weights_are_the_ones_the_card_vouches_for(folder: Path, precision: Precision) -> None:
    assert load_package(folder).weights(precision)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_card_says_what_the_network_is_for_and_where_it_comes_from(folder: Path) -> None:
    package = load_package(folder)
    trained_on = package.card["trained_on"]
    assert package.name == folder.name
    assert re.fullmatch(r"\d+\.\d+\.\d+", package.version)
    assert package.card["task"]
    assert package.card["made_by"]
    assert package.card["licence"] == "Apache-2.0"
    assert trained_on["images"] > trained_on["patients_or_duplicate_groups"] > 0
    assert {"BUS-BRA", "BUSI"} <= set(trained_on["data_licences"])
    assert package.card["limits"]
    assert {"bus-bra 3", "busi val"} <= set(package.card["metrics"])
    crops = {"margins"} if folder == CLASSIFIER else set()
    assert set(package.card["input"]) == {"size", "mean", "std"} | crops
    assert set(package.settings) >= SETTINGS[folder.name]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_card_s_thresholds_are_shares(folder: Path) -> None:
    settings = load_package(folder).settings
    shares = {"lesion_from", "smallest_share", "presence_from", "low_below", "high_from"}
    assert all(0 < settings[name] < 1 for name in (shares | {"prevalence"}) & set(settings))
    assert 0 <= settings.get("head_share", 0) <= 1
    for slope in ("calibration_slope", "presence_slope"):
        assert 0.05 < settings.get(slope, 1) < 20, "scaling did not converge"
    assert settings.get("low_below", 0) < settings.get("high_from", 1)


def test_the_reader_says_which_networks_read(reader: UltrasoundReader) -> None:
    assert reader.description.engine == "OpenVINO int8"
    assert reader.description.models == tuple(load_package(folder).title for folder in FOLDERS)


def test_lesions_never_trained_on_are_outlined(
    reader: UltrasoundReader, images: list[UltrasoundImage]
) -> None:
    assert mean_dice(reader.segmenter, images) >= LEAST_DICE


def test_int8_outlines_as_well_as_fp32(images: list[UltrasoundImage]) -> None:
    int8, fp32 = (mean_dice(ungated(each), images) for each in (Precision.INT8, Precision.FP32))
    assert int8 == pytest.approx(fp32, abs=MOST_LOST_TO_INT8)


def test_int8_is_as_sure_of_presence_as_fp32(images: list[UltrasoundImage]) -> None:
    int8, fp32 = (ungated(precision) for precision in (Precision.INT8, Precision.FP32))
    for image in images[::4]:
        pixels = image.pixels()
        assert int8.segment(pixels).presence == pytest.approx(
            fp32.segment(pixels).presence, abs=MOST_PRESENCE_LOST_TO_INT8
        ), image.name


def test_a_cyst_of_the_phantom_is_found(reader: UltrasoundReader) -> None:
    cysts = [
        (frame.pixels, lesion.mask)
        for frame in BModePhantom(seed=0).sweep(12)
        for lesion in frame.truth
        if lesion.kind is LesionKind.CYST
    ]
    pixels, mask = max(cysts, key=lambda cyst: int(cyst[1].sum()))
    lesions = [finding.lesion for finding in reader.read(pixels, 0).findings]
    assert best_match(lesions, mask) is not None


def test_the_same_frame_gives_the_same_reading_bit_for_bit(
    reader: UltrasoundReader, images: list[UltrasoundImage]
) -> None:
    pixels, other = images[0].pixels(), images[1].pixels()
    first = reader.read(pixels, 0)
    reader.read(other, 1)
    for again in (reader.read(pixels, 0), build_reader().read(pixels, 0)):
        assert first.findings
        assert again.presence == first.presence
        assert len(again.findings) == len(first.findings)
        for one, same in zip(first.findings, again.findings, strict=True):
            assert np.array_equal(one.lesion.contour, same.lesion.contour)
            assert (one.probability, one.suspicion) == (same.probability, same.suspicion)
            assert one.lesion.area_px == same.lesion.area_px
            assert one.lesion.presence == same.lesion.presence


def test_frames_in_both_stages_at_once_are_read_as_one_after_the_other(
    reader: UltrasoundReader, images: list[UltrasoundImage]
) -> None:
    frames = [image.pixels() for image in images[:6]]
    alone = [reader.read(pixels, index).findings for index, pixels in enumerate(frames)]
    finish, both = reader.begin(frames[0], 0), []
    for index, pixels in enumerate(frames[1:], start=1):
        following = reader.begin(pixels, index)
        both.append(finish().findings)
        finish = following
    both.append(finish().findings)
    assert sum(map(len, alone)) > 0
    for one, other in zip(alone, both, strict=True):
        assert [f.probability for f in one] == [f.probability for f in other]
        assert all(
            np.array_equal(a.lesion.contour, b.lesion.contour)
            for a, b in zip(one, other, strict=True)
        )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_weights_hold_no_trace_of_who_trained_them(folder: Path) -> None:
    for precision in Precision:
        assert b"stack_trace" not in load_package(folder).weights(precision)
        assert b".py" not in load_package(folder).weights(precision)
