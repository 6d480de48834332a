"""A shipped network as an inference server has it: named by its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from senoscope.models.engines.openvino import Ports, ports_of
from senoscope.models.engines.served_name import name_of
from senoscope.models.package import ModelPackage, Precision


@dataclass(frozen=True, slots=True)
class ServedNetwork:
    """One package's network in one precision."""

    package: ModelPackage
    precision: Precision
    onnx: bytes
    ports: Ports

    @property
    def sha256(self) -> str:
        """Of its weights."""
        return self.package.checksum(self.precision)

    @property
    def name(self) -> str:
        """What a server calls it."""
        return name_of(self.sha256)


def networks_of(
    packages: Sequence[ModelPackage], precisions: Sequence[Precision]
) -> list[ServedNetwork]:
    """Each package in each precision. ModelPackageError or EngineUnavailable says why not."""
    found = []
    for package in packages:
        for precision in precisions:
            onnx = package.weights(precision)
            found.append(ServedNetwork(package, precision, onnx, ports_of(onnx)))
    return found
