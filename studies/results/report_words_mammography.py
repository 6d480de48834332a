"""The words of a report on mammograms, in English and simplified Chinese."""

from __future__ import annotations

MAMMOGRAPHY: dict[str, tuple[str, str]] = {
    "title_mammography": ("Mammography report", "乳腺X线摄影报告"),
    "mode_mammography": ("mammograms", "乳腺X线摄影"),
    "semicolon": ("; ", "；"),
    "mark": ("Mark {n}: {kind}", "标记 {n}：{kind}"),
    "kind": ("Kind", "类型"),
    "kind_mass": ("mass", "肿块"),
    "kind_calcifications": ("calcifications", "钙化"),
    "kind_architectural distortion": ("architectural distortion", "结构扭曲"),
    "mark_score": ("Mark score", "标记评分"),
    "mark_score_meaning": (
        "How much it looks like marks on simulated breasts; no probability of cancer",
        "与模拟乳腺中标记的相似程度；并非癌症概率",
    ),
    "views": ("Views", "体位"),
    "seen_in": ("outlined on {n}", "在 {n} 幅上有轮廓"),
    "no_mark": (
        "No place was marked. No mark does not mean no lesion.",
        "未标记任何位置。未标记不代表没有病灶。",
    ),
    "exam": ("The breasts", "乳腺"),
    "density": ("Breast density (suggestion)", "乳腺密度（建议）"),
    "density_A": ("almost entirely fatty", "几乎全部为脂肪"),
    "density_B": ("scattered areas of fibroglandular density", "散在纤维腺体密度"),
    "density_C": ("heterogeneously dense", "不均匀致密"),
    "density_D": ("extremely dense", "极度致密"),
    "letter_chances": ("Probability of each letter", "各类概率"),
    "density_percent": ("Area percent density", "面积密度百分比"),
    "breast_L": ("left", "左"),
    "breast_R": ("right", "右"),
    "consider": ("To consider", "可考虑"),
    "supplemental_ultrasound": ("supplemental ultrasound", "补充超声检查"),
    "dense_percent": ("{percent} % dense", "致密 {percent}%"),
    "dense_area": ("{dense} of {breast} cm²", "{breast} cm² 中 {dense} cm²"),
    "caution_window_unused": (
        "its window shows next to nothing and was not used",
        "其窗位几乎不显示内容，未使用",
    ),
    "caution_no_window": ("it has no window: greys were spread", "无窗位：灰度已拉伸"),
    "caution_eight_bits": ("8 bits of grey only", "仅 8 位灰度"),
    "caution_lossy": ("compressed with loss", "有损压缩"),
    "caution_no_spacing": ("pixel size not known", "像素尺寸未知"),
    "caution_no_side": ("side not known: compared with no other", "侧别未知：未作比较"),
    "caution_no_view": ("view not known: compared with no other", "体位未知：未作比较"),
    "caution_contradicting_greys": (
        "its header contradicts itself on which greys are dark",
        "文件头对灰度明暗的说明自相矛盾",
    ),
    "caution_side_contradicted": (
        "the tissue lies at the edge of the other side: compared with no other",
        "组织位于对侧边缘：未作比较",
    ),
    "caution_no_marks_sought": ("marks were NOT sought", "未查找标记"),
    "caution_implant_displaced": ("implant displaced", "植入物已推移"),
}
