"""Every word the pages show, in English and simplified Chinese."""

from __future__ import annotations

LANGUAGES = ("en", "zh")

_TEXTS: dict[str, tuple[str, str]] = {
    # The top bar
    "brand": ("Senoscope", "Senoscope"),
    "source": ("Source", "图像源"),
    "frame_rate": ("{n} fps", "{n} 帧/秒"),
    "latency": ("p95 {n} ms", "p95 {n} 毫秒"),
    "latency_meaning": (
        "19 of 20 pictures are shown and read within this time",
        "每 20 幅图像中有 19 幅在此时间内完成显示和判读",
    ),
    "other_language": ("中文", "English"),
    "theme_light": ("Light", "浅色"),
    "theme_dark": ("Dark", "深色"),
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
    "said_lesion": ("Lesion {n}, {word}, {p}", "病灶 {n}，{word}，{p}"),
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
    # The lesion card
    "lesion": ("Lesion {n}", "病灶 {n}"),
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
    "mark_warning": ("No mark does not mean no lesion.", "未标记不代表没有病灶。"),
    "device_warning": (
        "Not a medical device. Suggestion, not a diagnosis.",
        "非医疗器械。仅供参考，不作为诊断。",
    ),
    # The source dialog
    "choose_source": ("Choose the source", "选择图像源"),
    "choose_area": ("Mark the scan area", "标出扫描区域"),
    "check_source": ("Check and start", "检查并开始"),
    "phantom": ("Phantom (simulated)", "体模（模拟图像）"),
    "camera": ("Camera {n}", "采集设备 {n}"),
    "image_folder": ("Image folder", "图像文件夹"),
    "video_file": ("Video file", "视频文件"),
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
    # The login page
    "login_password": ("Password", "密码"),
    "login_enter": ("Enter", "进入"),
    "login_wrong": ("This is not the password. Try again.", "密码不正确，请重试。"),
    "login_wait": (
        "Five wrong passwords within a minute. Wait a minute, then try again.",
        "一分钟内密码错误五次，请等待一分钟后再试。",
    ),
}


def texts(language: str) -> dict[str, str]:
    """Every text by its key, in one of `LANGUAGES`; {names} in braces are filled by the page."""
    column = LANGUAGES.index(language)
    return {key: row[column] for key, row in _TEXTS.items()}
