"""Every word of a report, in English and simplified Chinese, and how it writes names and times."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from senoscope.domain.errors import SettingsError
from senoscope.studies.results.report_words_mammography import (
    MAMMOGRAPHIC_WORDS,
    MAMMOGRAPHY,
)
from senoscope.studies.results.report_words_mri import BREAST_MRI, MRI_WORDS

LANGUAGES = ("en", "zh-CN")

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Breast ultrasound report", "乳腺超声报告"),
    "notice": (
        "Not a medical device. Suggestion, not a diagnosis.",
        "非医疗器械。仅供参考，不作为诊断。",
    ),
    "page": ("Page {n} of {all}", "第 {n} 页，共 {all} 页"),
    "comma": (", ", "，"),
    "stop": (" ", ""),
    # Who signed
    "unsigned": (
        "NOT SIGNED: suggestion of software, not reviewed",
        "未签署：软件提示，未经审阅",
    ),
    "unsigned_short": ("NOT SIGNED", "未签署"),
    "signed": (
        "Signed by {name}, {organization}, {time}",
        "由 {name}（{organization}）于 {time} 签署",
    ),
    "simulated": (
        "SIMULATED: these pictures come from no patient",
        "模拟图像：并非来自患者",
    ),
    # The patient
    "name": ("Name", "姓名"),
    "patient_id": ("Patient ID", "患者编号"),
    "birth_date": ("Born", "出生日期"),
    "sex": ("Sex", "性别"),
    "study_date": ("Study", "检查日期"),
    "accession": ("Accession", "检查流水号"),
    "institution": ("Institution", "机构"),
    "modality": ("Modality", "检查类型"),
    "sex_F": ("female", "女"),
    "sex_M": ("male", "男"),
    "sex_O": ("other", "其他"),
    # The impressions
    "impression": ("Impression", "印象"),
    "final": ("Final", "最终结论"),
    "alone": ("Before the AI was shown", "查看 AI 结果之前"),
    "not_alone": ("Not recorded before the AI was shown.", "查看 AI 结果之前未记录结论。"),
    "category": ("BI-RADS {n}: {meaning}", "BI-RADS {n}：{meaning}"),
    "category_0": ("incomplete", "评估不完全"),
    "category_1": ("negative", "阴性"),
    "category_2": ("benign", "良性"),
    "category_3": ("probably benign", "可能良性"),
    "category_4A": ("low suspicion for malignancy", "低度可疑恶性"),
    "category_4B": ("moderate suspicion for malignancy", "中度可疑恶性"),
    "category_4C": ("high suspicion for malignancy", "高度可疑恶性"),
    "category_5": ("highly suggestive of malignancy", "高度提示恶性"),
    "category_6": ("known biopsy-proven malignancy", "活检证实的恶性"),
    "verdict_accepted": ("Accepted", "已接受"),
    "verdict_edited": ("Edited", "已修改"),
    "verdict_overruled": ("Overruled", "已否决"),
    # The findings
    "findings": ("Findings", "病灶"),
    "finding": ("Finding {n}", "病灶 {n}"),
    "none_marked": (
        "No lesion was marked. No mark does not mean no lesion.",
        "未标记病灶。未标记不代表没有病灶。",
    ),
    "nothing_read": (
        "NOT READ: not one frame was fit to be read. This says nothing of the breast.",
        "未判读：没有任何一帧适合判读。这不说明乳腺的任何情况。",
    ),
    "suspicion": ("Suspicion", "可疑程度"),
    "suspicion_low": ("low", "低"),
    "suspicion_uncertain": ("uncertain", "不确定"),
    "suspicion_high": ("high", "高"),
    "probability": ("Probability of malignancy", "恶性概率"),
    "range": ("{low} to {high}", "{low} 至 {high}"),
    "of_frames": ("single frames {low} to {high}", "单帧 {low} 至 {high}"),
    "interval": ("95 % interval", "95% 区间"),
    "agreement": ("Agreement", "一致度"),
    "size": ("Size", "大小"),
    "no_millimetres": ("millimetres unknown", "毫米尺寸未知"),
    "decision": ("Decision", "处理意见"),
    "long_axis": ("Long axis", "长径"),
    "short_axis": ("Short axis", "短径"),
    "orientation": ("Angle to the skin", "与皮肤夹角"),
    "any_angle": ("any (nearly round)", "不定（近圆形）"),
    "area": ("Area", "面积"),
    "depth": ("Depth of centre", "中心深度"),
    "skin_distance": ("Distance to skin", "距皮距离"),
    "shape": ("Shape", "形状"),
    "lie": ("Orientation", "方位"),
    "margin": ("Margin", "边缘"),
    "echo_pattern": ("Echo pattern", "回声类型"),
    "posterior_features": ("Posterior features", "后方回声"),
    "mammographic_margin": ("Margin", "边缘"),
    "mass_density": ("Density of the mass", "肿块密度"),
    "calcification_morphology": ("Calcifications, morphology", "钙化形态"),
    "calcification_distribution": ("Calcifications, distribution", "钙化分布"),
    "not_assessed": ("not assessed", "未评估"),
    "not_assessed_why": ("not assessed: {why}", "未评估：{why}"),
    "caption": (
        "Image {image}, frame {frame}; frames outlined: {n}",
        "图像 {image}，第 {frame} 帧；共 {n} 帧有轮廓",
    ),
    "line_low": ("Outline of the software: solid", "软件轮廓：实线"),
    "line_uncertain": ("Outline of the software: dashed", "软件轮廓：虚线"),
    "line_high": ("Outline of the software: double", "软件轮廓：双线"),
    "line_edited": ("Outline of the reader: white dots", "医生轮廓：白色点线"),
    "edited_elsewhere": (
        "The reader's outline is on another frame.",
        "医生轮廓位于另一帧。",
    ),
    "measured_before": (
        "Sizes are of the software's outline.",
        "大小按软件轮廓测量。",
    ),
    "no_picture": ("No picture was given.", "未提供图像。"),
    "picture_of": ("Key frame of finding {n}, outlined", "病灶 {n} 的关键帧及轮廓"),
    "overview": ("Overview", "概览"),
    # What was read
    "read": ("What was read", "判读范围"),
    "read_of": (
        "{read} of {frames} frames were read; images: {images}.",
        "{images} 幅图像共 {frames} 帧，已判读 {read} 帧。",
    ),
    "image": ("Image", "图像"),
    "frames": ("Frames", "帧数"),
    "frames_read": ("Read", "已判读"),
    "left_out": ("Not read, and why", "未判读及原因"),
    "left_out_of": ("{why} ({n})", "{why}（{n} 帧）"),
    "scale": ("Scale", "标尺"),
    "scale_of": ("{origin}, ± {percent} %", "{origin}，± {percent}%"),
    "origin_dicom_region": ("DICOM region", "DICOM 超声区域"),
    "origin_dicom_spacing": ("DICOM pixel spacing", "DICOM 像素间距"),
    "origin_openigtlink": ("OpenIGTLink", "OpenIGTLink"),
    "origin_ruler": ("ruler on the picture", "图像刻度尺"),
    "origin_two_points": ("two points set by hand", "手动两点标定"),
    "origin_phantom": ("phantom", "仿真体模"),
    "none": ("none", "无"),
    "unsuitable_in_air": ("probe in air", "探头未接触皮肤"),
    "unsuitable_too_fast": ("sweep too fast", "扫查过快"),
    "unsuitable_colour": ("colour Doppler or elastography", "彩色多普勒或弹性成像"),
    "unsuitable_text": ("text over the tissue", "组织上有文字"),
    "unsuitable_axilla": ("axilla", "腋窝"),
    "unsuitable_dual": ("two pictures in one", "双幅图像"),
    "unsuitable_no_ultrasound": ("no ultrasound picture", "非超声图像"),
    "unsuitable_frozen": ("scanner frozen", "超声仪已冻结"),
    "unsuitable_gain_low": ("too dark", "增益过低"),
    "unsuitable_gain_high": ("too bright", "增益过高"),
    "unsuitable_unlike_training": ("unlike what was learnt from", "与训练图像差异过大"),
    "unsuitable_looking": ("the picture was still looked for", "正在查找超声图像"),
    "unsuitable_no_field": ("no field of view found", "未找到超声视野"),
    "unsuitable_written_on": ("marks drawn on the tissue", "组织上有标记"),
    "unsuitable_for_processing": (
        "For Processing: not what the reader was made for",
        "处理用图像：软件仅针对显示用图像",
    ),
    "unsuitable_implant": ("implant not displaced", "植入物未推移"),
    "unsuitable_part": ("a part of the breast only", "仅为乳腺局部"),
    # The files
    "quality": ("Quality of the study", "检查资料质量"),
    "severity_fault": ("FAULT", "错误"),
    "severity_caution": ("CAUTION", "注意"),
    "severity_note": ("note", "说明"),
    # The software
    "software": ("Software", "软件"),
    "version": ("Version", "版本"),
    "mode": ("Mode", "模式"),
    "mode_ultrasound_clip": ("ultrasound images and clips", "超声图像与动态片段"),
    "mode_live_exam": ("live exam", "实时检查"),
    "engine": ("Engine", "推理引擎"),
    "models": ("Models", "模型"),
    "words_from": ("Words", "分级"),
    "operating_point": (
        "suspicion is low below {low} and high from {high}",
        "低于 {low} 为低，{high} 起为高",
    ),
    "read_at": ("Read at", "判读时间"),
    "made_at": ("Report made at", "报告生成时间"),
    "study_uid": ("Study UID", "检查 UID"),
    "other_letters": (
        "This document lacks some letters: they stand without their accents, or as {sign}. "
        "The HTML report has them.",
        "本文件缺少部分字符：以不带附加符号的字母或 {sign} 表示。HTML 报告中显示完整。",
    ),
}
_LEXICON: dict[str, str] = {
    "oval": "椭圆形",
    "round": "圆形",
    "irregular": "不规则形",
    "parallel": "平行",
    "not parallel": "不平行",
    "circumscribed": "清晰",
    "indistinct": "模糊",
    "angular": "成角",
    "microlobulated": "微小分叶",
    "spiculated": "毛刺",
    "anechoic": "无回声",
    "hyperechoic": "高回声",
    "complex cystic and solid": "囊实性复合回声",
    "hypoechoic": "低回声",
    "isoechoic": "等回声",
    "heterogeneous": "不均匀回声",
    "no posterior features": "无后方回声改变",
    "enhancement": "后方回声增强",
    "shadowing": "后方声影",
    "combined pattern": "混合性改变",
    **MAMMOGRAPHIC_WORDS,
    **MRI_WORDS,
}
_WORDS |= MAMMOGRAPHY | BREAST_MRI
KEYS, LEXICON = frozenset(_WORDS), frozenset(_LEXICON)


def require_language(language: str) -> str:
    """SettingsError for one that reports are not written in."""
    if language not in LANGUAGES:
        raise SettingsError(
            f"A report in {language[:20]!r} was asked for; expected one of {', '.join(LANGUAGES)}."
        )
    return language


def said(language: str, key: str, **values: object) -> str:
    """The words under that key, in which `values` are put."""
    text = _WORDS[key][LANGUAGES.index(language)]
    return text.format(**values) if values else text


def lexicon_word(language: str, word: str) -> str:
    """A word of `domain.lexicon`."""
    return word if language == "en" else _LEXICON[word]


def shown(text: str, longest: int = 4000) -> str:
    """Foreign text as one that can be written: without controls, not longer than `longest`.

    Marks that turn the direction of writing go too: a name could hide in them what stands behind.
    """
    kept = []
    for letter in text[: longest + 1]:
        kind = unicodedata.category(letter)
        if letter == "\n":
            kept.append(letter)
        elif kind == "Cs":
            kept.append("\N{REPLACEMENT CHARACTER}")
        elif letter in _TURNING:
            continue
        else:
            kept.append(" " if kind in ("Cc", "Zl", "Zp") or letter in "\ufffe\uffff" else letter)
    whole = re.sub(r"\n\s*\n\s*\n", "\n\n", "".join(kept[:longest]).strip())
    return whole + ("…" if len(text) > longest else "")


def shown_name(name: str) -> str:
    """A DICOM person's name: "Family, Given Middle, Prefix, Suffix", the second group in brackets.

    PS3.5 6.2.1.2; the third group, how it sounds, is left out. Chinese and Korean run together.
    """
    groups = []
    for group in name.split("=")[:2]:
        parts = [" ".join(part.split()) for part in group.split("^")]
        given = " ".join(each for each in parts[1:3] if each)
        between = "" if any(letter >= FIRST_EAST_ASIAN for letter in parts[0]) else ", "
        groups.append(between.join(each for each in (parts[0], given, *parts[3:]) if each))
    first, *others = [each for each in groups if each] or [""]
    return shown(f"{first} ({others[0]})" if others else first, LONGEST_LINE)


def shown_time(time: datetime) -> str:
    """To the minute, with its zone."""
    offset = time.utcoffset()
    zone = "UTC" if offset in (None, timedelta(0)) else f"{time:%z}"
    return f"{time:%Y-%m-%d %H:%M} {zone}"


LONGEST_LINE, LONGEST_SENTENCE = 200, 600
FIRST_EAST_ASIAN = "\u2e80"
_TURNING = "".join(
    map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
