"""A screen is known again by its template, and a hostile template is refused with a sentence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from benchmarks.field_screens import made_screen
from senoscope.calibration.screen.field_of_view import FieldOfView, find_field_of_view
from senoscope.calibration.screen.screen_template import LARGEST_FILE, ScreenTemplate, read_template
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import ScanArea

NAME = "Breast preset, linear probe"


@cache
def template(seed: int = 0) -> ScreenTemplate:
    pictures = made_screen(seed, 2).pictures
    field = find_field_of_view(pictures)
    assert isinstance(field, FieldOfView)
    return ScreenTemplate.of(NAME, field, pictures)


@pytest.mark.parametrize("seed", [0, 7])
def test_a_template_is_read_as_it_was_written(seed: int, tmp_path: Path) -> None:
    saved = template(seed)
    path = tmp_path / "screen.yaml"
    path.write_text(saved.text(), encoding="utf-8")
    assert read_template(path) == saved


def test_the_same_screen_matches_while_its_tissue_moves_and_another_does_not() -> None:
    known = template(0)
    assert all(known.matches(picture) for picture in made_screen(0, 6).pictures)
    other = made_screen(5).pictures[0]
    assert other.shape == known.field.inside.shape and not known.matches(other)
    assert not known.matches(made_screen(1).pictures[0])
    assert not known.matches(np.zeros_like(other))


def test_a_template_holds_no_letter_of_the_screen() -> None:
    stored = yaml.safe_load(template(0).text())
    assert set("".join(stored["drawn"])) == {"#", "."}
    assert "PATIENT" not in str(stored)


def stored(**changes: object) -> str:
    fresh = {
        "version": 1,
        "name": NAME,
        "area": "10,10,100,100 of 640x480",
        "outline": None,
        "dual": False,
        "drawn": ["." * 32] * 24,
    }
    return yaml.dump(fresh | changes)


def test_what_the_others_are_changed_from_is_understood() -> None:
    # Rows that are equal must not become aliases of one.
    area = ScanArea(10, 10, 100, 100, (640, 480))
    expected = ScreenTemplate(NAME, FieldOfView(area), ("." * 32,) * 24)
    assert ScreenTemplate.parse(stored()) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (stored(version=2), "version"),
        (stored(version=True), "version"),
        (stored(name="DOE\nJANE"), "name"),
        (stored(name="x" * 500), "name"),
        (stored(name=7), "text"),
        (stored(area="10,10,100,100"), "size"),
        (stored(area="600,10,100,100 of 640x480"), "within"),
        (stored(area="1,1,9,9 of 640x480"), "at least"),
        (stored(area="9" * 9000), "too long"),
        (stored(area="1,1,99,99 of 99999x99999"), "pixels"),
        (stored(outline=[[each, 0] for each in range(999)]), "at most"),
        (stored(outline=[[0, 0], [5, 5], [999, 0]]), "outline"),
        (stored(outline=[[0, 0], [5.5, 5], [9, 0]]), "whole numbers"),
        (stored(outline="round"), "points"),
        (stored(dual="yes"), "true nor false"),
        (stored(drawn=["#"]), "24 rows"),
        (stored(drawn=["x" * 32] * 24), "24 rows"),
        (stored(drawn=7), "rows"),
        (stored(more=1), "nothing else"),
        ("[1, 2]", "nothing else"),
        ("", "nothing else"),
        ("a: &a [1]\nb: *a", "itself"),
        ("!!python/object/apply:os.system ['true']", "YAML"),
        ("[" * 9000, "deep"),
        ("a: 'open", "YAML"),
        ("x" * (LARGEST_FILE + 1), "larger"),
    ],
    ids=range(26),
)
def test_a_hostile_template_is_refused_with_a_sentence(text: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as refused:
        ScreenTemplate.parse(text)
    assert "expected" in str(refused.value) and len(str(refused.value)) < 500


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "screen.yaml"
    with pytest.raises(SettingsError, match=r"screen\.yaml"):
        read_template(path)
    path.write_bytes(bytes(range(256)))
    with pytest.raises(SettingsError, match=r"screen\.yaml"):
        read_template(path)
    path.write_bytes(b"x" * (LARGEST_FILE + 9))
    with pytest.raises(SettingsError, match="larger"):
        read_template(path)


def test_a_caliper_over_the_tissue_does_not_change_the_screen() -> None:
    known = template(0)
    picture = made_screen(0).pictures[0].copy()
    area = known.field.area
    middle = area.left + area.width // 2, area.top + area.height // 2
    cv2.drawMarker(picture, middle, 255, cv2.MARKER_CROSS, 20, 2)
    assert known.matches(picture)
