"""Users' own networks beside the programmed reading of breast MRI."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from senoscope.domain.errors import ImageError, ModelPackageError
from senoscope.models.breast_mri_card import installed_breast_mri_cards
from senoscope.models.breast_mri_network import BreastMriNetwork, load_breast_mri_network
from senoscope.models.breast_mri_outline import NetworkOutline, network_outline
from senoscope.models.programmed.breast_mri.analysis import Tissue
from senoscope.studies.modes.mode import Say
from senoscope.studies.modes.told_parts import parts_of
from senoscope.studies.study_reading import ReadVolumes


@dataclass(frozen=True)
class UsersNetworks:
    """Those that are `loaded`, clinical or not: each outline says which. Why others are not used.

    One thread's, as the networks are.
    """

    loaded: tuple[BreastMriNetwork, ...] = ()
    troubles: tuple[str, ...] = ()

    @classmethod
    def of(cls, folder: Path | None) -> UsersNetworks:
        """All in `folder`; none where there is no such folder."""
        if folder is None:
            return cls()
        cards, why = installed_breast_mri_cards(folder)
        loaded, troubles = [], list(why)
        for card in cards:
            try:
                loaded.append(load_breast_mri_network(card.folder))
            except ModelPackageError as error:
                troubles.append(str(error))
        return cls(tuple(loaded), tuple(troubles))

    def beside(self, volumes: ReadVolumes, say: Say, cancelled: Event | None) -> ReadVolumes | None:
        """With what each outlines in the box of the breasts; None once `cancelled`.

        What is wrong with any is said with the analysis's own troubles.
        """
        found: list[NetworkOutline] = []
        troubles = list(self.troubles)
        told_of = parts_of(say, [1] * len(self.loaded))
        for network, told in zip(self.loaded, told_of, strict=True):
            try:
                outline = _outline(network, volumes, told, cancelled)
            except (ImageError, ModelPackageError) as error:
                troubles.append(f"{network.card.title} outlines nothing. {error}")
                continue
            if outline is None:
                return None
            found.append(outline)
        analysis = volumes.analysis
        said = replace(analysis, troubles=(*analysis.troubles, *troubles))
        return replace(volumes, analysis=said, networks=tuple(found))


def _outline(
    network: BreastMriNetwork, volumes: ReadVolumes, say: Say, cancelled: Event | None
) -> NetworkOutline | None:
    if not (volumes.analysis.tissue & Tissue.BREAST).any():
        raise ImageError(
            "No breast was found for it to look at; expected one. Correct the table of phases, or "
            "give another exam."
        )
    return network_outline(
        network,
        volumes.series,
        volumes.analysis,
        lambda: cancelled is not None and cancelled.is_set(),
        lambda share: say(share, network.card.title),
    )
