"""The words of the page that reviews a clip, in English and simplified Chinese."""

from __future__ import annotations

REVIEW: dict[str, tuple[str, str]] = {
    "review": ("Review", "片段回顾"),
    "to_live": ("Live", "实时"),
    # Opening a clip
    "drop_here": ("Drop a clip here", "将视频片段拖放到此处"),
    "choose_file": ("Choose a file", "选择文件"),
    "drop_formats": (
        "MP4, AVI, MOV, MKV, DICOM cine or a recording",
        "MP4、AVI、MOV、MKV、DICOM 动态图像或录制文件",
    ),
    "kept_recordings": ("Recordings of this machine", "本机录制文件"),
    "no_recordings": (
        "None yet. Press R on the live page to make one.",
        "尚无录制。可在实时页面按 R 键录制。",
    ),
    "megabytes": ("{n} MB", "{n} MB"),
    "sending": ("Sending {file}, {n} %", "正在上传 {file}，{n}%"),
    "sending_label": ("File sent", "文件上传进度"),
    "sending_stopped": ("Not sent: stopped.", "已停止，文件未上传。"),
    "stop": ("Cancel", "取消"),
    # The clip
    "no_clip": ("No clip open", "未打开片段"),
    "clip_close": ("Close clip", "关闭片段"),
    "clip_kept": (
        "Closed. Remarks and outlines are kept with the reviews.",
        "已关闭。备注和轮廓已随回顾结果保存。",
    ),
    "reading_label": ("Frames read", "判读进度"),
    "read_of": ("Read {n} of {of}", "已判读 {n} / {of} 帧"),
    "read_so_far": ("Read {n}", "已判读 {n} 帧"),
    "time_left": ("{time} left", "剩余 {time}"),
    "reading_cancelled": (
        "Cancelled: {n} frames were read. What was found in them stays.",
        "已取消：共判读 {n} 帧，其结果保留。",
    ),
    "frame_count": ("{n} frames", "{n} 帧"),
    "same": ("Live readings: {same} of {n} the same", "实时判读：{n} 帧中 {same} 帧相同"),
    "same_meaning": (
        "Frames of the recording that read now as they did live",
        "录制中本次判读与实时判读一致的帧数",
    ),
    "edited_here": ("OUTLINE DRAWN BY HAND", "轮廓为手工修改"),
    # The timeline
    "timeline": ("Frames of the clip", "片段时间轴"),
    "moment": ("Frame {n} of {all} · {s} s", "第 {n} / {all} 帧 · {s} 秒"),
    "moment_why": ("not read: {why}", "未判读：{why}"),
    "moment_lesion": (
        "lesion {n}: here {own}, quality {quality}",
        "病灶 {n}：本帧 {own}，质量 {quality}",
    ),
    "moment_followed": ("lesion {n}: followed, not found", "病灶 {n}：跟踪中，本帧未检出"),
    "not_yet_read": ("Not read yet", "尚未判读"),
    # The lesions
    "no_lesion_yet": ("No lesion marked so far", "目前未标记病灶"),
    "lesion_facts": ("{low} to {high}, {n} frames", "{low} 至 {high}，{n} 帧"),
    "lesion_evidence": (
        "{agree} agree, frames {first} to {last}",
        "{agree} 帧一致，第 {first} 至 {last} 帧",
    ),
    "lesion_edited": ("frames drawn by hand: {n}", "{n} 帧轮廓为手工修改"),
    "key_frame": ("Key frame", "关键帧"),
    "no_key_frame": ("There is no key frame yet.", "尚无关键帧。"),
    "at_clock": ("{n} o'clock", "{n} 点方位"),
    "at_distance": ("{n} cm from nipple", "距乳头 {n} cm"),
    "remark_save": ("Save", "保存"),
    # The controls
    "play": ("Play", "播放"),
    "pause": ("Pause", "暂停"),
    "step_back": ("One frame back", "上一帧"),
    "step_on": ("One frame on", "下一帧"),
    "next_key": ("Next key frame", "下一关键帧"),
    "edit": ("Edit outline", "修改轮廓"),
    "points": ("Points", "控制点"),
    "brush": ("Brush", "画笔"),
    "erase": ("Erase", "擦除"),
    "radius": ("Size", "笔宽"),
    "undo": ("Undo", "撤销"),
    "reset_outline": ("AI's outline", "恢复 AI 轮廓"),
    "done": ("Done", "完成"),
    "edit_nothing": (
        "No lesion is marked on this frame. Go to one that shows it, for example with K.",
        "本帧没有标记病灶。请先转到显示病灶的帧，例如按 K 键。",
    ),
    "not_on_this_frame": ("Lesion {n} is not marked on this frame.", "病灶 {n} 在本帧没有标记。"),
    "points_hint": (
        "Drag a point. A double click adds or removes one.",
        "拖动控制点；双击可增加或删除。",
    ),
    "handle_hint": (
        "Arrow keys move it, Delete removes it, + adds one.",
        "方向键移动该点，Delete 删除，+ 增加。",
    ),
    "brush_hint": ("Paint to add. Shift erases.", "涂抹以增加，按住 Shift 擦除。"),
    "fewest_handles": ("An outline needs at least {n} points.", "轮廓至少需要 {n} 个控制点。"),
    # The scan area
    "read_again_meaning": (
        "The clip is then read anew. Remarks and outlines made so far are kept with the reviews.",
        "随后将重新判读该片段。已有的备注和轮廓随回顾结果保存。",
    ),
    "read_within": ("Read within", "在区域内判读"),
    "read_found": ("Find the field of view", "自动查找超声图像区"),
    "read_whole": ("Read the whole picture", "判读整幅图像"),
    # The keys
    "play_meaning": ("Play at the clip's own rate, or pause", "按片段原有帧率播放或暂停"),
    "step_meaning": ("One frame back, on; with Shift ten", "上一帧，下一帧；按住 Shift 为十帧"),
    "ends_meaning": ("First frame, last frame", "首帧，末帧"),
    "choose_lesion": ("Choose the lesion in that place of the list", "选择列表中对应位置的病灶"),
    "points_meaning": ("Edit the outline by its points", "用控制点修改轮廓"),
    "handle_meaning": (
        "Choose a point, then move it with the arrow keys",
        "选择控制点，再用方向键移动",
    ),
    "brush_meaning": ("Edit the outline with a brush", "用画笔修改轮廓"),
    "undo_meaning": ("Undo the last change of this outline", "撤销此轮廓的上一次修改"),
    "escape_meaning": ("Leave editing, close", "退出修改，关闭"),
    # Taking away
    "export": ("Export", "导出"),
    "export_meaning": (
        "Each carries the name of the software and of the models. Suggestion, not a diagnosis.",
        "每个文件均注明软件和模型名称。仅供参考，不作为诊断。",
    ),
    "export_video": ("Video with outlines, MP4", "带轮廓的视频，MP4"),
    "export_csv": ("Frames, CSV", "逐帧数据，CSV"),
    "export_json": ("Readings, JSON", "判读结果，JSON"),
    "export_images": ("Key images, ZIP", "关键图像，ZIP"),
    "video_label": ("Video made", "视频生成进度"),
    "video_making": ("Making the video ...", "正在生成视频……"),
    "video_ready": ("The video is ready.", "视频已生成。"),
    "video_stopped": ("No video: stopped.", "已停止，未生成视频。"),
}
