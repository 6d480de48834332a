"""What networks for mammograms can be trained. Without torch, so that a command can list them."""

from __future__ import annotations

from enum import StrEnum


class NetworkKind(StrEnum):
    """The first two on patches, the last on whole views."""

    GOOGLENET = "googlenet"
    RESNET = "resnet"
    MULTIPLE_INSTANCE = "multiple-instance"
