from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammogram_sets.layouts import SetLayout, read_marked_views


@pytest.mark.parametrize("layout", SetLayout)
def test_every_layout_refuses_an_empty_folder_and_says_what_it_wants(
    layout: SetLayout, tmp_path: Path
) -> None:
    with pytest.raises(DataSetError, match=r"[Gg]ive"):
        read_marked_views(layout, tmp_path, lambda _: (None, None))


def test_all_but_the_simulated_one_are_of_patients() -> None:
    assert [layout for layout in SetLayout if not layout.is_clinical] == [SetLayout.SIMULATED]
