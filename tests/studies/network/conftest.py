"""An Orthanc for all tests of the network, started when the first one asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.studies.network.orthanc import Orthanc, running_orthanc


@pytest.fixture(scope="session")
def one_orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with running_orthanc(tmp_path_factory.mktemp("orthanc")) as orthanc:
        yield orthanc


@pytest.fixture
def orthanc(one_orthanc: Orthanc) -> Orthanc:
    """It holds nothing."""
    one_orthanc.forget()
    return one_orthanc
