"""The lexicon's words of mammography in the reports' simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping

MAMMOGRAPHY: Mapping[str, str] = {
    "obscured": "遮蔽",
    "high density": "高密度",
    "equal density": "等密度",
    "low density": "低密度",
    "fat-containing": "含脂肪密度",
    "skin": "皮肤钙化",
    "vascular": "血管钙化",
    "coarse or popcorn-like": "粗大或爆米花样",
    "large rod-like": "粗棒状",
    "punctate": "点状",
    "rim": "环形",
    "dystrophic": "失养性",
    "milk of calcium": "钙乳样",
    "suture": "缝线钙化",
    "amorphous": "不定形",
    "coarse heterogeneous": "粗糙不均质",
    "fine pleomorphic": "细小多形性",
    "fine linear or branching": "细线样或细线分枝状",
    "diffuse": "弥漫分布",
    "regional": "区域性分布",
    "grouped": "成群分布",
    "linear": "线样分布",
    "segmental": "段样分布",
}
