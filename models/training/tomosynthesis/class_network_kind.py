"""Which networks tell three classes apart. Without torch, so that a command can list them."""

from __future__ import annotations

from enum import StrEnum


class ClassNetworkKind(StrEnum):
    """Both of `models.networks`."""

    GOOGLENET = "googlenet"
    RESNET = "resnet"
