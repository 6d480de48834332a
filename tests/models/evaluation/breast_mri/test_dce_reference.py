"""References of OSIPI, and made tables in its layout, against what is fitted here."""

import csv
from itertools import product

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.breast_mri.dce_reference import (
    Compared,
    Tolerance,
    compare_with_references,
)
from senoscope.models.evaluation.breast_mri.dce_table import DceModel, read_dce_table
from senoscope.models.programmed.kinetics.arterial_input import ArterialInput, parker_blood_mm
from senoscope.models.programmed.kinetics.convolution import convolved, sampled_input

EXTENDED = ["label", "ve", "vp", "Ktrans", "arterialdelay", "t", "C", "ca", "ta"]
PATLAK = ["label", "t", "C_t", "cp_aif", "vp", "ps", "arterial_delay"]


def cell(values):
    return " ".join(repr(float(each)) for each in values)


def tissue(times, plasma, ktrans, kep, vp, delay):
    source = ArterialInput(times, plasma)
    uptake = convolved(source, times, np.array([kep]), delay)[0]
    return ktrans * uptake + vp * sampled_input(source, times, delay)


def write_extended(path, noise, delays=(0.0,), apart=",", encoding="utf-8"):
    """Simulated extended Tofts curves as OSIPI writes them, of 5 tissues."""
    rng = np.random.default_rng(11)
    times = np.arange(0, 330, 1.5)
    plasma = parker_blood_mm(times, 10) / 0.58
    kinds = [(0.05, 0.1, 0.02), (0.1, 0.2, 0.05), (0.2, 0.4, 0.1), (0.25, 0.5, 0.06)]
    with path.open("w", newline="", encoding=encoding) as file:
        table = csv.writer(file, delimiter=apart)
        table.writerow(EXTENDED)
        for (ktrans, ve, vp), delay in product(kinds, delays):
            curve = tissue(times, plasma, ktrans, ktrans / ve, vp, delay)
            seen = curve + rng.normal(0, noise, len(times))
            artery = plasma + rng.normal(0, noise, len(times))
            name = f"simulated_{ktrans}_{delay}"
            numbers = (cell(times), cell(seen), cell(artery), cell(times))
            table.writerow([name, ve, vp, ktrans, delay, *numbers])
    return path


def write_patlak(path, delay):
    """Simulated Patlak curves as OSIPI writes them: noise of 0.02 mM, 0.5 s."""
    rng = np.random.default_rng(12)
    times = np.arange(0, 300, 0.5)
    plasma = parker_blood_mm(times, 10) / 0.58
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(PATLAK)
        for vp, ps in product([0.1, 0.2, 0.5], [0, 0.05, 0.15]):
            curve = tissue(times, plasma, ps, 0.0, vp, delay) + rng.normal(0, 0.02, len(times))
            numbers = (cell(times), cell(curve), cell(plasma))
            table.writerow([f"simulated_{vp}_{ps}", *numbers, vp, ps, delay])
    return path


def figures(path, model):
    compared, _ = compare_with_references(read_dce_table(path, model))
    return {name: each.figures() for name, each in compared.items()}


@pytest.mark.parametrize(
    ("model", "name", "parameters", "count"),
    [
        (DceModel.TOFTS, "dce_DRO_data_tofts.csv", ["Ktrans", "ve"], 25),
        (DceModel.T1, "t1_quiba_data.csv", ["R1", "R1_linear"], 45),
        (DceModel.AIF, "ParkerAIF_ref.csv", ["Cb"], 1931),
        (DceModel.CONCENTRATION, "SI2Conc_data.csv", ["conc"], 750),
    ],
)
def test_every_reference_of_osipi_is_met(public_data, model, name, parameters, count):
    path = public_data / "dce-reference" / name
    if not path.is_file():
        pytest.skip("OSIPI's references are not among the public data sets")
    found = figures(path, model)
    assert list(found) == parameters
    for figure in found.values():
        assert figure["n"] == figure["within_tolerance"] == count
        assert figure["outside"] == [] and figure["not_fitted"] == 0


def test_extended_tofts_without_noise_is_exact(tmp_path):
    found = figures(write_extended(tmp_path / "e.csv", 0.0), DceModel.EXTENDED_TOFTS)
    assert list(found) == ["Ktrans", "ve", "vp"]
    assert all(figure["max_abs_error"] < 1e-4 for figure in found.values())


@pytest.mark.parametrize("noise", [0.005, 0.02])
def test_extended_tofts_with_noise_is_within_tolerance(tmp_path, noise):
    path = write_extended(tmp_path / "e.csv", noise, apart=";", encoding="utf-8-sig")
    found = figures(path, DceModel.EXTENDED_TOFTS)
    assert all(figure["within_tolerance"] == figure["n"] == 4 for figure in found.values())
    assert all(figure["baseline_within"] < 4 for figure in found.values())


def test_a_delay_that_the_table_has_is_fitted(tmp_path):
    table = read_dce_table(
        write_extended(tmp_path / "e.csv", 0.002, (0.0, 4.0)), DceModel.EXTENDED_TOFTS
    )
    compared, told = compare_with_references(table)
    assert told == "fitted, -10 to 10 s"
    assert list(compared) == ["Ktrans", "ve", "vp", "arterialdelay"]
    assert all(each.figures()["within_tolerance"] == 8 for each in compared.values())


@pytest.mark.parametrize("delay", [0, 5])
def test_patlak_with_noise_is_within_tolerance_with_its_own_names(tmp_path, delay):
    found = figures(write_patlak(tmp_path / "p.csv", delay), DceModel.PATLAK)
    assert list(found) == ["ps", "vp"] + ["arterial_delay"] * bool(delay)
    assert all(figure["within_tolerance"] == figure["n"] == 9 for figure in found.values())


def test_names_are_taken_whatever_their_case_and_spaces(tmp_path):
    path = write_extended(tmp_path / "e.csv", 0.0)
    text = path.read_text(encoding="utf-8").replace(
        "Ktrans,arterialdelay", " KTRANS , Arterial Delay"
    )
    path.write_text(text, encoding="utf-8")
    assert list(figures(path, DceModel.EXTENDED_TOFTS)) == ["KTRANS", "ve", "vp"]


def test_what_was_not_fitted_is_not_within(tmp_path):
    tolerance = Tolerance(0.1, 0.1, "1")
    compared = Compared(
        np.array([1.2, 1.21, np.nan]), np.array([1.0, 1.0, 1.0]), ("a", "b", "c"), tolerance
    )
    told = compared.figures()
    assert (told["n"], told["within_tolerance"], told["not_fitted"]) == (3, 1, 1)
    assert told["outside"] == ["b", "c"] and told["max_abs_error"] == 0.21
    none = Compared(np.full(2, np.nan), np.ones(2), ("a", "b"), tolerance).figures()
    assert none["max_abs_error"] is None and none["within_tolerance"] == 0


def test_a_column_that_lacks_is_told_with_those_that_are_there(tmp_path):
    path = write_patlak(tmp_path / "p.csv", 0)
    with pytest.raises(DataSetError, match=r"label, t, C_t, .*none for ve; .*Ktrans or ps, ve, vp"):
        read_dce_table(path, DceModel.EXTENDED_TOFTS)
    empty = tmp_path / "none.csv"
    empty.write_text("label,t\n", encoding="utf-8")
    with pytest.raises(DataSetError, match="has 1 lines"):
        read_dce_table(empty, DceModel.TOFTS)


@pytest.mark.parametrize(
    ("model", "head", "row", "told"),
    [
        ("tofts", "t,C,ca,Ktrans,ve", "0 1 2,1 2,1 2 3,1,1", "3 numbers, one for each time"),
        ("tofts", "t,C,ca,Ktrans,ve", "0 1 2,1 2 x,1 2 3,1,1", "numbers with spaces between"),
        ("tofts", "t,C,ca,Ktrans,ve", "0 1 2,1 2 3,1 2 3,,1", "a number"),
        ("tofts", "t,C,ca,ta,Ktrans,ve", "0 1,1 2,1 2 3,0 1,1,1", "2 numbers, one for each time"),
        ("t1", "FA,TR,s,R1", "3 9 15,0.005,1 2,1", "3 numbers, one for each flip angle"),
        ("concentration", "FA,TR,T1base,numbaselinepts,r1,s,conc", "9,1,1,2,4,1 2 3,1 2", "3 num"),
        ("concentration", "FA,TR,T1base,numbaselinepts,r1,s,conc", "9,1,1,1,4,1 2,1 2", "2 basel"),
    ],
)
def test_cells_that_cannot_be_meant_are_told_with_their_line(tmp_path, model, head, row, told):
    path = tmp_path / "t.csv"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(DataSetError, match=f"Line 2 of t.csv .*{told}"):
        compare_with_references(read_dce_table(path, DceModel(model)))
