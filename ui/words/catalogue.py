"""Every word the pages show, in English and simplified Chinese, and in what is added."""

from __future__ import annotations

from collections.abc import Mapping

from senoscope.ui.words.catalogue_calibration import CALIBRATION
from senoscope.ui.words.catalogue_case import CASE
from senoscope.ui.words.catalogue_hanging import HANGING
from senoscope.ui.words.catalogue_login import LOGIN
from senoscope.ui.words.catalogue_measured import MEASURED
from senoscope.ui.words.catalogue_mri import MRI
from senoscope.ui.words.catalogue_proof import PROOF
from senoscope.ui.words.catalogue_review import REVIEW
from senoscope.ui.words.catalogue_risk import RISK
from senoscope.ui.words.catalogue_rooms import ROOMS
from senoscope.ui.words.catalogue_studies import STUDIES
from senoscope.ui.words.catalogue_why import WHY

LANGUAGES = {"en": "English", "zh": "中文"}
"""Each language's code (BCP 47) and what it calls itself, in the order of the page's button."""
ADDED: dict[str, Mapping[str, str]] = {}
"""Texts by their key in further languages, by code; what a language lacks is shown in English."""

_LIVE: dict[str, tuple[str, str]] = {
    # The top bar
    "brand": ("Senoscope", "Senoscope"),
    "source": ("Source", "图像源"),
    "frame_rate": ("{n} fps", "{n} 帧/秒"),
    "latency": ("p95 {n} ms", "p95 {n} 毫秒"),
    "latency_meaning": (
        "19 of 20 pictures are shown and read within this time",
        "每 20 幅图像中有 19 幅在此时间内完成显示和判读",
    ),
    "theme_light": ("Light", "浅色"),
    "theme_dark": ("Dark", "深色"),
    "pages": ("Pages", "页面"),
    "keys": ("Keys", "快捷键"),
    # The controls
    "freeze": ("Freeze", "冻结"),
    "resume": ("Resume", "解冻"),
    "overlay_hide": ("Hide overlay", "隐藏标注"),
    "overlay_show": ("Show overlay", "显示标注"),
    "snapshot": ("Snapshot", "存图"),
    "language_switch": ("Language", "语言"),
    "theme_switch": ("Light or dark", "浅色或深色"),
    "close": ("Close", "关闭"),
    # The picture
    "picture": ("Ultrasound picture", "超声图像"),
    "said_lesion": ("{lesion}, {word}, {p}", "{lesion}，{word}，{p}"),
    "waiting": ("Waiting for the picture", "正在等待图像"),
    "opening": ("Opening the source, {n} %", "正在打开图像源，{n}%"),
    "reconnecting": ("Live view lost - reconnecting", "实时画面中断，正在重新连接"),
    "too_many_viewers": (
        "Eight browsers watch already. Close the page in one of them.",
        "已有八个浏览器正在观看，请先关闭其中一个页面。",
    ),
    "no_answer": (
        "Senoscope did not answer. Check that it is running.",
        "Senoscope 没有响应，请确认程序正在运行。",
    ),
    "gone": (
        "This frame is no longer in memory and cannot be saved. Resume, then freeze again.",
        "此帧已不在内存中，无法保存。请解冻后重新冻结。",
    ),
    "saved": ("Saved {file}", "已保存 {file}"),
    "overlay_hidden": ("Overlay hidden", "标注已隐藏"),
    # Banners
    "lost": ("LOST", "信号丢失"),
    "stale": ("STALE", "画面停滞"),
    "ai_off": ("AI OFF", "AI 已停用"),
    "ai_off_again": ("AI OFF, restarts: {n}", "AI 已停用，已重启 {n} 次"),
    "frozen": ("FROZEN, frame {n}", "已冻结，第 {n} 帧"),
    "ended": ("END OF CLIP", "播放结束"),
    "ai_starting": ("AI STARTING", "AI 启动中"),
    "simulated": ("SIMULATED", "模拟图像"),
    "uncalibrated": ("UNCALIBRATED", "未校准"),
    "abstains": ("NOT READ: {why}", "未判读：{why}"),
    "frozen_source": ("SCANNER FROZEN", "超声仪已冻结"),
    "drawn_on": ("DRAWN ON, outline as before", "画面有标记，轮廓沿用此前结果"),
    "unsuitable_in_air": ("probe in air", "探头未接触皮肤"),
    "unsuitable_too_fast": ("sweep too fast", "扫查过快"),
    "unsuitable_colour": ("colour Doppler or elastography", "彩色多普勒或弹性成像"),
    "unsuitable_text": ("text over the tissue", "组织上有文字"),
    "unsuitable_axilla": ("axilla", "腋窝"),
    "unsuitable_dual": ("two pictures", "双幅图像"),
    "unsuitable_no_ultrasound": ("no ultrasound picture", "非超声图像"),
    "unsuitable_gain_low": ("too dark", "增益过低"),
    "unsuitable_gain_high": ("too bright", "增益过高"),
    "unsuitable_unlike_training": ("unlike what was learnt from", "与训练图像差异过大"),
    "not_read": ("Not read", "未判读"),
    # The lesion card
    "lesion": ("Lesion {n}", "病灶 {n}"),
    "new_lesion": ("A mark", "一处标记"),
    "new": ("looking ...", "观察中……"),
    "seen_so_far": ("seen in {n} frames so far", "目前见于 {n} 帧"),
    "evidence": (
        "in {n} frames, {agree} agree, {low} to {high}",
        "见于 {n} 帧，{agree} 帧一致，{low} 至 {high}",
    ),
    "on_frame": ("in {n} frames; this one {own}", "见于 {n} 帧；本帧 {own}"),
    "not_on_frame": ("in {n} frames; not on this one", "见于 {n} 帧；本帧未见"),
    "evidence_meaning": (
        "Frames that showed it, those with the same word, the lowest and highest of single frames. "
        "Frames of one sweep are alike: its calibration is unvalidated.",
        "显示该病灶的帧数、结论相同的帧数、单帧的最低和最高概率。同一次扫查的各帧相似，其校准未经验证。",
    ),
    "no_lesion": ("No lesion marked", "未标记病灶"),
    "more_lesions": ("{n} more marked", "另有 {n} 处标记"),
    "suspicion": ("Suspicion", "可疑程度"),
    "low": ("low", "低"),
    "uncertain": ("uncertain", "不确定"),
    "high": ("high", "高"),
    "probability": ("Probability", "概率"),
    "operating_point": ("low below {low}, high from {high}", "低于 {low} 为低，{high} 起为高"),
    "size": ("Size", "大小"),
    "axes": ("{long} × {short} mm", "{long} × {short} mm"),
    "reading_age": ("Reading {n} ms old", "判读距今 {n} 毫秒"),
    "no_reading": ("No reading", "无判读"),
    "proven": ("reads as fp32 does (Dice {dice})", "与 fp32 判读一致（Dice {dice}）"),
    "server_reads": ("{engine} at {address}", "{engine}（{address}）"),
    "server_falls": ("{n} frames read here instead", "其中 {n} 帧由本机判读"),
    "server_fell": (
        "{here} here; the server {address} gives no usable answer in time ({n} frames)",
        "本机 {here}：服务器 {address} 未及时给出可用结果（{n} 帧）",
    ),
    "mark_warning": ("No mark does not mean no lesion.", "未标记不代表没有病灶。"),
    "device_warning": (
        "Not a medical device. Suggestion, not a diagnosis.",
        "非医疗器械。仅供参考，不作为诊断。",
    ),
    # The cine
    "cine": ("Frames before the freeze", "冻结前的图像"),
    "cine_back": ("One frame back", "上一帧"),
    "cine_on": ("One frame on", "下一帧"),
    "cine_meaning": ("Cine: one frame back, on", "电影回放：上一帧，下一帧"),
    "cine_place": ("{n} of {all}", "第 {n} 帧，共 {all} 帧"),
    "only_jpeg": (
        "Of this frame only the compressed picture is left.",
        "此帧仅保留压缩图像。",
    ),
    # How picture and reading go together
    "align_meaning": ("Picture waits for its reading, or least lag", "图像等待判读，或最低延迟"),
    "aligned": ("Every picture waits for its own reading.", "每幅图像等待自身的判读。"),
    "lowest_lag": (
        "Pictures come at once, each with the newest reading and its age.",
        "图像即时显示，并附最新判读及其时效。",
    ),
    # Recording
    "record": ("Record", "录制"),
    "record_stop": ("Stop", "停止录制"),
    "recording": ("RECORDING {time}", "录制中 {time}"),
    "recorded": ("Recorded {n} frames: {file}", "已录制 {n} 帧：{file}"),
    # The filmstrip
    "key_frames": ("Key frames", "关键帧"),
    "no_key_frames": (
        "The best frame of each lesion is kept here.",
        "每个病灶的最佳图像保存在此。",
    ),
    "side": ("Side", "侧别"),
    "side_left": ("left", "左"),
    "side_right": ("right", "右"),
    "clock_face": ("Clock face", "钟面方位"),
    "from_nipple": ("From nipple, cm", "距乳头，cm"),
    "remark": ("Note", "备注"),
    "accept": ("Accept", "接受"),
    "reject": ("Reject", "否决"),
    "verdict_open": ("not judged", "未判定"),
    "verdict_accepted": ("accepted", "已接受"),
    "verdict_rejected": ("rejected", "已否决"),
    # One lesion or two
    "may_be_across": (
        "Lesion {n} may be lesion {older} seen across. Did you turn the probe?",
        "病灶 {n} 可能是病灶 {older} 的垂直切面。是否转动过探头？",
    ),
    "may_be_again": (
        "Lesion {n} may be lesion {older} again.",
        "病灶 {n} 可能是再次显示的病灶 {older}。",
    ),
    "one_across": ("One, seen across", "同一病灶，垂直切面"),
    "one_again": ("One, seen again", "同一病灶，再次显示"),
    "two_lesions": ("Two lesions", "两个病灶"),
    "undo_same": ("Undo", "撤销"),
    "is_across": ("Lesion {n} is lesion {older} seen across", "病灶 {n} 为病灶 {older} 的垂直切面"),
    "is_again": ("Lesion {n} is lesion {older} again", "病灶 {n} 即病灶 {older}"),
    "is_not": ("Lesion {n} is not lesion {older}", "病灶 {n} 不是病灶 {older}"),
    # The exam
    "exam": ("Exam", "检查"),
    "exam_anonymous": ("{n}, anonymous", "{n}，匿名"),
    "exam_patient": ("Patient", "患者"),
    "exam_began": ("Began", "开始"),
    "exam_lesions": ("Lesions followed", "已跟踪病灶"),
    "exam_captured": ("Frames captured", "采集帧数"),
    "exam_read": ("= read", "= 判读"),
    "exam_not_read": ("+ not read", "+ 未判读"),
    "exam_alike": ("+ as the one before", "+ 与前一帧相同"),
    "exam_waiting": ("+ waiting", "+ 等待"),
    "dropped_superseded": ("overtaken", "被新帧取代"),
    "dropped_unsuitable": ("not suitable", "不适合判读"),
    "dropped_ai_off": ("AI off", "AI 停用"),
    "dropped_ai_lost": ("AI lost", "AI 中断"),
    "dropped_ai_error": ("AI error", "AI 出错"),
    "dropped_ended": ("ended before", "此前已结束"),
    "exam_rate": ("Frame rate", "帧率"),
    "exam_rate_said": ("{actual} fps, ideal {ideal}", "{actual} 帧/秒，理想 {ideal}"),
    "exam_rate_meaning": (
        "Stalls cut out. Ideal: at the usual interval, with no frame late or lost.",
        "不含停顿。理想：按通常间隔、无延迟或丢失时的帧率。",
    ),
    "exam_stalls": ("Stalls", "停顿"),
    "exam_stalls_said": ("{n}, longest {longest} s", "{n} 次，最长 {longest} 秒"),
    "anonymous": ("anonymous", "匿名"),
    "end_exam": ("End exam", "结束检查"),
    "exam_ended": (
        "Exam {n} ended: {captured} frames, {read} read. A new one has begun.",
        "检查 {n} 已结束：{captured} 帧，判读 {read} 帧。新的检查已开始。",
    ),
    "exam_in_studies": ("It will be in Studies soon.", "稍后可在“检查”页面中查看。"),
    "next_patient": ("Pseudonym for the next exam", "下一次检查的代号"),
    "next_patient_hint": (
        "Leave it empty for an anonymous exam. What is followed and held of this exam is cleared.",
        "留空则为匿名检查。本次检查的跟踪和缓存内容将被清除。",
    ),
    # The source dialog
    "choose_source": ("Choose the source", "选择图像源"),
    "choose_area": ("Mark the scan area", "标出扫描区域"),
    "check_source": ("Check and start", "检查并开始"),
    "phantom": ("Phantom (simulated)", "体模（模拟图像）"),
    "camera": ("Camera {n}", "采集设备 {n}"),
    "image_folder": ("Image folder", "图像文件夹"),
    "video_file": ("Video file", "视频文件"),
    "recording_source": ("Recording", "录制文件"),
    "path_or_address": ("File path or stream address", "文件路径或视频流地址"),
    "try_source": ("Try", "测试"),
    "trying": ("Opening ...", "正在打开……"),
    "area_hint": (
        "Drag the corners until only tissue is inside. Nothing outside is read, shown or saved.",
        "拖动四角，使框内只有组织图像。框外内容不会被判读、显示或保存。",
    ),
    "whole_picture": ("Whole picture", "整幅图像"),
    "left": ("Left", "左"),
    "top": ("Top", "上"),
    "width": ("Width", "宽"),
    "height": ("Height", "高"),
    "found_picture": ("Picture", "图像"),
    "found_area": ("Scan area", "扫描区域"),
    "found_rate": ("Rate", "帧率"),
    "found_tissue": ("Content", "内容"),
    "found_scale": ("Scale", "标尺"),
    "found_ai": ("AI", "AI"),
    "pixels": ("{columns} × {rows} pixels", "{columns} × {rows} 像素"),
    "area_at": ("{width} × {height} at {left}, {top}", "{width} × {height}，起点 {left}, {top}"),
    "not_said": ("not stated", "未说明"),
    "is_simulated": ("simulated, no real tissue", "模拟图像，非真实组织"),
    "is_real": ("from a device or file", "来自设备或文件"),
    "is_calibrated": ("calibrated, sizes in mm", "已校准，尺寸以 mm 表示"),
    "is_uncalibrated": ("uncalibrated, no sizes", "未校准，不显示尺寸"),
    "ai_is_reading": ("reading", "判读中"),
    "ai_is_starting": ("starting", "启动中"),
    "ai_is_off": ("off", "已停用"),
    "back": ("Back", "上一步"),
    "next": ("Next", "下一步"),
    "start": ("Start", "开始"),
    # What leads an error's own sentence, by its class in domain/errors.py. The sentence is English,
    # so the English page needs the lead only where there is none.
    "SenoscopeError": ("Something went wrong.", "出现问题。"),
    "SourceError": ("The source cannot be used.", "图像源无法使用。"),
    "SourceUnavailable": ("The source could not be opened.", "图像源无法打开。"),
    "SourceLost": ("The source went away.", "图像源已中断。"),
    "ImageError": ("A picture cannot be used.", "图像无法使用。"),
    "SettingsError": ("A setting is not accepted.", "设置无效。"),
    "StorageError": ("The file could not be saved.", "文件未能保存。"),
    "DataSetError": ("The data set cannot be used.", "数据集无法使用。"),
    "InstallationError": ("The installation is not complete.", "软件安装不完整。"),
    "EngineUnavailable": ("The AI engine cannot be used.", "AI 引擎无法使用。"),
    "ModelPackageError": ("A model cannot be used.", "AI 模型无法使用。"),
    "PortInUse": ("The port is in use.", "端口已被占用。"),
    "AiError": ("The AI does not read this.", "AI 未能判读。"),
}


def following(language: str) -> str:
    """The one of `LANGUAGES` that the language button offers where a page is in `language`."""
    codes = list(LANGUAGES)
    return codes[(codes.index(language) + 1) % len(codes)]


def texts(language: str) -> dict[str, str]:
    """Every text by its key, in one of `LANGUAGES`; {names} in braces are filled by the page."""
    rows = (
        *(_LIVE, WHY, REVIEW, CALIBRATION, MEASURED, STUDIES, HANGING, MRI, CASE, RISK, PROOF),
        *(ROOMS, LOGIN),
    )
    column = 1 if language == "zh" else 0
    written = {key: row[column] for part in rows for key, row in part.items()}
    return {**written, **ADDED.get(language, {}), "other_language": LANGUAGES[following(language)]}
