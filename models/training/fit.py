"""One training loop for every network: seeded, logged, resumable at any moment."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from senoscope.domain.errors import SettingsError

WEIGHT_DECAY = 0.05
"""Of AdamW, on weights but not on offsets and scales."""
WARM_UP = 0.05
"""Of the steps: the learning rate rises from 0."""
EMA_DECAY = 0.997
"""Of the averaged network, a step."""
CLIP_NORM = 2.0
"""Of all slopes together, at most."""


@dataclass(frozen=True, slots=True)
class Stage:
    """So many steps on inputs of `size` x `size` pixels."""

    size: int
    steps: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to fit; everything that changes the result and is not data."""

    seed: int
    batch: int
    stages: tuple[Stage, ...]
    learning_rate: float = 2e-3

    @property
    def steps(self) -> int:
        """Steps of all stages."""
        return sum(stage.steps for stage in self.stages)

    def size_at(self, step: int) -> int:
        """Input side at a step counted from 0."""
        for stage in self.stages:
            if step < stage.steps:
                return stage.size
            step -= stage.steps
        return self.stages[-1].size

    def learning_rate_at(self, step: int) -> float:
        """Linear warm-up, then half a cosine to zero (Loshchilov 2017)."""
        done = step / self.steps
        if done < WARM_UP:
            return self.learning_rate * done / WARM_UP
        along = (done - WARM_UP) / (1 - WARM_UP)
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * along))


class Task(Protocol):
    """What is fitted to what."""

    network: nn.Module

    def batch(self, size: int, count: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """`count` training examples at `size`; the first tensor is the network's input."""

    def loss(self, output: Any, batch: tuple[Tensor, ...]) -> Tensor:
        """A scalar from the network's output."""

    def score(self, network: nn.Module) -> Mapping[str, float]:
        """Figures on the inner split, for the log."""


def fit(
    task: Task, recipe: Recipe, run: Path, say: Callable[[str], None], score_every: int = 500
) -> nn.Module:
    """Fit `task` by `recipe`, keeping state in folder `run`; returns the averaged network.

    Started again on the same folder it goes on where the last checkpoint stood. SettingsError
    when the folder holds a run of another recipe.
    """
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    run.mkdir(parents=True, exist_ok=True)
    network = task.network
    for weights in network.parameters():
        if weights.ndim == 4:
            weights.data = weights.data.contiguous(memory_format=torch.channels_last)
    average: nn.Module = copy.deepcopy(network).eval()
    optimiser = _optimiser(network, recipe)
    checkpoint = run / "checkpoint.pt"
    step = _restore(checkpoint, recipe, network, average, optimiser)
    started, first = time.monotonic(), step
    half = has_bfloat16()
    say("multiplying in " + ("bfloat16" if half else "float32, for want of AVX512-BF16"))
    while step < recipe.steps:
        loss = _train_one_step(task, network, optimiser, recipe, step, half)
        step += 1
        _average(average, network, min(EMA_DECAY, (1 + step) / (10 + step)))
        if step % 50 == 0:
            pace = (time.monotonic() - started) / (step - first)
            say(
                f"step {step}/{recipe.steps}  size {recipe.size_at(step - 1)}  loss {loss:.4f}  "
                f"{pace * 1e3:.0f} ms/step  about {pace * (recipe.steps - step) / 60:.0f} min left"
            )
            _log(run, {"step": step, "loss": loss})
        if step % score_every == 0 or step == recipe.steps:
            _save(checkpoint, recipe, step, network, average, optimiser)
            scores = dict(task.score(average))
            say("inner split: " + "  ".join(f"{key} {value:.4f}" for key, value in scores.items()))
            _log(run, {"step": step, **scores})
    return average


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16. One that emulates it takes 15 times as long."""
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


def _train_one_step(
    task: Task,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    recipe: Recipe,
    step: int,
    half: bool,
) -> float:
    for group in optimiser.param_groups:
        group["lr"] = recipe.learning_rate_at(step)
    # The step is part of the seed, so that a resumed run draws what an unbroken one would.
    rng = np.random.default_rng((recipe.seed, step))
    batch = task.batch(recipe.size_at(step), recipe.batch, rng)
    network.train()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        output = network(batch[0].contiguous(memory_format=torch.channels_last))
    loss = task.loss(output, batch)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), CLIP_NORM)
    optimiser.step()
    return float(loss.detach())


def _optimiser(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    weights = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return torch.optim.AdamW(
        [
            {"params": weights, "weight_decay": WEIGHT_DECAY},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=recipe.learning_rate,
        # One pass over the weights: on AlexNet's 57 million a step of it takes a seventh.
        fused=True,
    )


@torch.no_grad()
def _average(average: nn.Module, network: nn.Module, decay: float) -> None:
    for kept, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)


def _save(
    path: Path,
    recipe: Recipe,
    step: int,
    network: nn.Module,
    average: nn.Module,
    optimiser: torch.optim.Optimizer,
) -> None:
    state = {
        "recipe": json.dumps(asdict(recipe)),
        "step": step,
        "network": network.state_dict(),
        "average": average.state_dict(),
        "optimiser": optimiser.state_dict(),
        "torch_rng": torch.get_rng_state(),
    }
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def _restore(
    path: Path,
    recipe: Recipe,
    network: nn.Module,
    average: nn.Module,
    optimiser: torch.optim.Optimizer,
) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    if state["recipe"] != json.dumps(asdict(recipe)):
        raise SettingsError(
            f"{path.parent} holds a run of another recipe. Give another --run folder, or remove "
            "this one to start again."
        )
    network.load_state_dict(state["network"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    torch.set_rng_state(state["torch_rng"])
    return int(state["step"])


def _log(run: Path, line: Mapping[str, float]) -> None:
    with (run / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
