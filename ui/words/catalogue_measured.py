"""The words for lengths, their intervals and hand calipers, in English and simplified Chinese."""

from __future__ import annotations

MEASURED: dict[str, tuple[str, str]] = {
    "interval": ("{low} to {high} (95 %)", "{low} 至 {high}（95%）"),
    "intervals": (
        "{long_low} to {long_high} × {short_low} to {short_high} (95 %)",
        "{long_low} 至 {long_high} × {short_low} 至 {short_high}（95%）",
    ),
    "measures": ("Angle, area, depth", "夹角、面积、深度"),
    "orientation": ("Angle to the skin", "与皮肤夹角"),
    "orientation_any": ("any (nearly round)", "不定（近圆形）"),
    "area_of": ("Area", "面积"),
    "depth_of": ("Depth of centre", "中心深度"),
    "skin_distance": ("Distance to skin", "距皮距离"),
    "no_skin_line": ("skin line not known", "皮肤线未知"),
    "outline_drawn": ("reader's outline", "人工修改的轮廓"),
    # What says how large a pixel is
    "scale_from": ("Scale: {origin}, ± {percent} %", "标尺来源：{origin}，± {percent}%"),
    "origin_dicom_region": ("DICOM region", "DICOM 超声区域"),
    "origin_dicom_spacing": ("DICOM pixel spacing", "DICOM 像素间距"),
    "origin_openigtlink": ("OpenIGTLink", "OpenIGTLink"),
    "origin_ruler": ("ruler on the picture", "图像刻度尺"),
    "origin_two_points": ("two points set by hand", "手动两点标定"),
    "origin_phantom": ("phantom", "仿真体模"),
    # Calipers
    "calipers": ("Calipers", "测量卡尺"),
    "calipers_meaning": ("Measure between points; Enter sets one", "两点测距；Enter 放置测量点"),
    "calipers_hint": (
        "Click two points. Arrow keys move the last one, Esc ends.",
        "点击两点测距；方向键移动最后一点，Esc 结束。",
    ),
    "in_pixels": ("{n} pixels", "{n} 像素"),
    "caliper": ("{n}:  {length}  {interval}", "{n}：{length}  {interval}"),
}
