"""The folder of kept templates: what is kept comes back, what is none is passed over and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.calibration.screen.field_of_view import FieldOfView
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.errors import SettingsError, StorageError
from senoscope.domain.frame import ScanArea
from senoscope.ui.calibration.screen_templates import MOST_TEMPLATES, ScreenTemplates

FIELD = FieldOfView(ScanArea(10, 10, 100, 80, (160, 120)))
DRAWN = ("#" * 32,) * 24


def template(name: str = "Scanner, breast") -> ScreenTemplate:
    return ScreenTemplate(name, FIELD, DRAWN)


def test_a_kept_template_is_there_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    kept = ScreenTemplates(folder)
    kept.keep(template())
    assert ScreenTemplates(folder).known == kept.known == [template()]
    ScreenTemplates(folder).delete(template().name)
    assert ScreenTemplates(folder).known == []
    assert list(folder.iterdir()) == []


def test_a_loop_that_holds_the_list_knows_what_comes_and_goes(tmp_path: Path) -> None:
    kept = ScreenTemplates(tmp_path)
    held_by_a_loop = kept.known
    kept.keep(template())
    assert held_by_a_loop == [template()]
    kept.delete(template().name)
    assert held_by_a_loop == []


@pytest.mark.parametrize("name", ["a/../../b", "LOGIQ, 9L (breast)", "彩超 乳腺", "A" * 80])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "below" / "templates"
    ScreenTemplates(folder).keep(template(name))
    assert [path.parent for path in tmp_path.rglob("*.yaml")] == [folder]
    assert ScreenTemplates(folder).named(name) == template(name)


def test_names_that_differ_a_little_have_files_of_their_own(tmp_path: Path) -> None:
    kept = ScreenTemplates(tmp_path)
    for name in ("Breast 1", "Breast-1", "breast 1"):
        kept.keep(template(name))
    assert len(ScreenTemplates(tmp_path).known) == 3


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    kept = ScreenTemplates(tmp_path)
    kept.keep(template())
    with pytest.raises(SettingsError, match="kept already"):
        kept.keep(template())
    with pytest.raises(SettingsError, match="no template of that name"):
        kept.delete("another")


def test_there_is_an_end_to_them(tmp_path: Path) -> None:
    kept = ScreenTemplates(tmp_path)
    for number in range(MOST_TEMPLATES):
        kept.keep(template(f"Preset {number}"))
    with pytest.raises(SettingsError, match="Delete one first"):
        kept.keep(template("One more"))
    assert len(list(tmp_path.iterdir())) == MOST_TEMPLATES


def test_what_is_no_template_is_named_and_the_others_are_known(tmp_path: Path) -> None:
    ScreenTemplates(tmp_path).keep(template())
    (tmp_path / "bomb.yaml").write_text("a: &a [x]\nb: [*a, *a]\n")
    (tmp_path / "copy.yaml").write_text(template().text())
    (tmp_path / "large.yaml").write_text("#" * 20_000)
    kept = ScreenTemplates(tmp_path)
    assert kept.known == [template()]
    assert [each.file for each in kept.unread][:1] == ["bomb.yaml"]
    assert {each.file for each in kept.unread} >= {"bomb.yaml", "large.yaml"}
    assert len(kept.unread) == 3, "Of two with one name the second is passed over."
    assert "refers to parts of itself" in kept.unread[0].why


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "templates").write_text("in the way")
    kept = ScreenTemplates(tmp_path / "templates")
    with pytest.raises(StorageError, match="cannot be written"):
        kept.keep(template())
    assert kept.known == []
