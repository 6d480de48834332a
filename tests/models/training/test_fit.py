"""A run that was broken off goes on as if it had not been."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the [train] extra")

from torch import Tensor, nn  # noqa: E402

from senoscope.domain.errors import SettingsError  # noqa: E402
from senoscope.models.training.fit import Recipe, Stage, fit  # noqa: E402

RECIPE = Recipe(seed=5, batch=4, stages=(Stage(8, 3), Stage(12, 4)), learning_rate=0.02)


class Stopped(Exception):
    """What a test breaks a run off with."""


class ToyTask:
    """Tells bright pictures from dark; batch norm, dropout and channels as the real networks."""

    def __init__(self, initial_seed: int = 0, stop_at: int | None = None) -> None:
        torch.manual_seed(initial_seed)
        self.network: nn.Module = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.3),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 1),
        )  # fmt: skip
        self.sizes: list[int] = []
        self._stop_at = stop_at

    def batch(self, size: int, count: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
        if self._stop_at == len(self.sizes):
            raise Stopped
        self.sizes.append(size)
        pictures = rng.random((count, 1, size, size), dtype=np.float32)
        bright = rng.random((count, 1), dtype=np.float32).round()
        return torch.from_numpy(pictures + bright[:, :, None, None]), torch.from_numpy(bright)

    def loss(self, output: Any, batch: tuple[Tensor, ...]) -> Tensor:
        return nn.functional.binary_cross_entropy_with_logits(output.float(), batch[1])

    def score(self, network: nn.Module) -> Mapping[str, float]:
        assert not network.training
        return {"bias": float(network.get_parameter("6.bias").detach())}


def run(task: ToyTask, folder: Path, recipe: Recipe = RECIPE) -> dict[str, Tensor]:
    return fit(task, recipe, folder, lambda line: None, score_every=2).state_dict()


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tensor]:
    return run(ToyTask(), tmp_path_factory.mktemp("unbroken"))


@pytest.mark.parametrize("stop_at", [1, 2, 5, 6])
def test_a_resumed_run_is_the_unbroken_one_bit_for_bit(
    tmp_path: Path, unbroken: dict[str, Tensor], stop_at: int
) -> None:
    with pytest.raises(Stopped):
        run(ToyTask(stop_at=stop_at), tmp_path)
    had_no_checkpoint = stop_at < 2
    resumed = ToyTask(initial_seed=0 if had_no_checkpoint else 99)
    assert same(run(resumed, tmp_path), unbroken)
    assert len(resumed.sizes) == RECIPE.steps - stop_at // 2 * 2


def test_another_seed_is_another_run(tmp_path: Path, unbroken: dict[str, Tensor]) -> None:
    assert not same(run(ToyTask(), tmp_path, replace(RECIPE, seed=6)), unbroken)


def test_a_finished_run_is_not_fitted_again(tmp_path: Path, unbroken: dict[str, Tensor]) -> None:
    run(ToyTask(), tmp_path)
    again = ToyTask(initial_seed=99)
    assert same(run(again, tmp_path), unbroken)
    assert again.sizes == []


def test_a_folder_of_another_recipe_is_refused_and_kept(tmp_path: Path) -> None:
    run(ToyTask(), tmp_path)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with pytest.raises(SettingsError, match=r"run of another recipe.*another --run folder"):
        run(ToyTask(), tmp_path, replace(RECIPE, learning_rate=0.03))
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def test_a_run_killed_while_saving_goes_on_from_the_checkpoint_before(
    tmp_path: Path, unbroken: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    save, saved = torch.save, []

    def save_half(state: dict[str, Any], path: Path) -> None:
        save(state, path)
        saved.append(path)
        if len(saved) == 2:
            path.write_bytes(path.read_bytes()[:100])
            raise Stopped

    monkeypatch.setattr(torch, "save", save_half)
    with pytest.raises(Stopped):
        run(ToyTask(), tmp_path)
    monkeypatch.undo()
    resumed = ToyTask(initial_seed=99)
    assert same(run(resumed, tmp_path), unbroken)
    assert len(resumed.sizes) == RECIPE.steps - 2


def test_each_stage_is_fitted_at_its_size_and_scores_are_logged(tmp_path: Path) -> None:
    task = ToyTask()
    run(task, tmp_path)
    assert task.sizes == [8, 8, 8, 12, 12, 12, 12]
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "bias" in line] == [2, 4, 6, 7]


def test_the_learning_rate_warms_up_and_falls_to_nothing() -> None:
    recipe = replace(RECIPE, stages=(Stage(8, 1000),), learning_rate=1.0)
    rates = [recipe.learning_rate_at(step) for step in (0, 25, 50, 525, 999)]
    assert rates == pytest.approx([0, 0.5, 1, 0.5, 0], abs=1e-5)


@pytest.mark.parametrize("fast", [True, False])
def test_bfloat16_is_used_where_the_processor_multiplies_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    """A processor that emulates it fits fifteen times as slowly."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": fast})
    seen: list[object] = []
    task = ToyTask()
    task.network.get_submodule("6").register_forward_hook(
        lambda layer, given, made: seen.append(made.dtype)
    )
    run(task, tmp_path)
    assert seen[0] is (torch.bfloat16 if fast else torch.float32)
