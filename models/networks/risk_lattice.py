"""Three convolutions over the lattice of parenchymal texture: log odds of risk at each cell."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

WIDTH = 8


class RiskLattice(nn.Module):
    """(n, channels, rows, columns) to (n, 1, rows, columns). A cell sees two others each way."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [
                nn.Conv2d(channels, WIDTH, 3, padding=1),
                nn.Conv2d(WIDTH, WIDTH, 3, padding=1),
                nn.Conv2d(WIDTH, 1, 1),
            ]
        )

    def forward(self, lattice: Tensor) -> Tensor:
        """Log odds of a cancer."""
        seen = lattice
        for layer in self.layers[:-1]:
            seen = layer(seen).relu()
        return cast(Tensor, self.layers[-1](seen))
