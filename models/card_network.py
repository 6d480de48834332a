"""A user's own network, run behind the contract of its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable, ModelPackageError
from senoscope.models.engines.base import BackEnd, LoadedEngine
from senoscope.models.network_card import AnyCard

Tensor = NDArray[np.float32]
Made = TypeVar("Made")
_ROUNDING = 1e-4


class CardNetwork(Generic[AnyCard]):
    """A loaded network, of the size its card says. One thread's."""

    def __init__(self, card: AnyCard, engine: LoadedEngine) -> None:
        """ModelPackageError where it takes something else."""
        self.card = card
        self._engine = engine
        if engine.input_shape != card.input_shape:
            raise ModelPackageError(
                f"The network in {card.folder.name} takes {engine.input_shape}; its card "
                f"asks for one input of {card.input_shape}. Export it at that fixed size, or "
                "correct the card."
            )

    def given_of(self, fed: Tensor) -> dict[str, Tensor]:
        """Its outputs by name. ModelPackageError where the engine fails."""
        try:
            given = self._engine.run(np.ascontiguousarray(fed))
        except RuntimeError as error:
            raise ModelPackageError(
                f"The network in {self.card.folder.name} failed on {fed.shape} "
                f"({' '.join(str(error).split())[:200]}). Export it again."
            ) from error
        return {name: np.array(each) for name, each in given.items()}

    def refused(self, given: Mapping[str, Tensor], wanted: str) -> ModelPackageError:
        """Where outputs are none that its card says."""
        shapes = {name: each.shape for name, each in given.items()}
        return ModelPackageError(
            f"The network in {self.card.folder.name} gives {shapes}; its card asks for {wanted}, "
            "all within 0 to 1. Export probabilities by these names."
        )


def are_shares(*tensors: Tensor | None) -> bool:
    """Whether all are there and within 0 to 1, but for rounding."""
    return all(
        each is not None and bool(((each >= -_ROUNDING) & (each <= 1 + _ROUNDING)).all())
        for each in tensors
    )


def loaded_network(
    card: AnyCard, back_end: BackEnd, made: Callable[[AnyCard, LoadedEngine], Made]
) -> Made:
    """What is `made` of the network beside its card. ModelPackageError says what to correct."""
    try:
        engine = back_end.load(card.weights())
    except EngineUnavailable as error:
        raise ModelPackageError(
            f"The network in {card.folder.name} cannot be loaded: {error} Its card asks for one "
            f"input of the fixed size {card.input_shape}; export it so."
        ) from error
    return made(card, engine)
