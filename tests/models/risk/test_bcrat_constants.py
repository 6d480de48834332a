"""The shipped constants are the published ones, and a damaged file is told of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.risk import RaceGroup
from senoscope.models.risk.bcrat_constants import SHIPPED, bcrat_constants


def test_they_are_those_of_the_public_table(public_data: Path) -> None:
    table = json.loads((public_data / "risk" / "bcrat_constants.json").read_text())
    names = {
        "log_relative_risk": "beta",
        "incidence_per_year": "incidence",
        "competing_mortality_per_year": "mortality",
        "one_minus_attributable_risk": "one_minus_attributable_risk",
    }
    for group, constants in bcrat_constants().items():
        for theirs, ours in names.items():
            assert list(getattr(constants, ours)) == table[theirs][str(group.value)]


def test_only_white_and_other_women_have_an_average_of_their_own_years() -> None:
    differ = {
        group
        for group, each in bcrat_constants().items()
        if (each.incidence, each.mortality) != (each.average_incidence, each.average_mortality)
    }
    assert differ == {RaceGroup.WHITE, RaceGroup.NATIVE_AMERICAN_OR_OTHER}


@pytest.mark.parametrize("damage", ["format", "group", "short", "text", "json", "gone"])
def test_a_damaged_file_is_told_of(damage: str, tmp_path: Path) -> None:
    card = json.loads(SHIPPED.read_text())
    if damage == "format":
        card["format"] = 2
    elif damage == "group":
        del card["groups"]["7"]
    elif damage == "short":
        card["groups"]["7"]["beta"].pop()
    elif damage == "text":
        card["groups"]["7"]["incidence"][0] = "much"
    path = tmp_path / "bcrat.json"
    if damage != "gone":
        path.write_text("{" if damage == "json" else json.dumps(card))
    with pytest.raises(ModelPackageError, match="Reinstall"):
        bcrat_constants(path)
