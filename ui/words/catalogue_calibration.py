"""What the pages say of the field of view and of millimetres, English and Chinese."""

CALIBRATION = {
    # The field of view
    "unsuitable_looking": ("looking for the picture", "正在查找超声图像"),
    "unsuitable_no_field": (
        "no ultrasound picture found; draw the scan area",
        "未找到超声图像，请手动框选扫查区",
    ),
    "unsuitable_written_on": (
        "writing on the tissue, maybe a name; clear it or draw the scan area",
        "组织上有文字（可能为姓名），请清除或手动框选扫查区",
    ),
    "find_field": ("Find it", "自动查找"),
    "framing_found": ("Found, and followed on the screen", "自动查找并跟随屏幕"),
    "framing_found_meaning": (
        "Found by itself, and again on another screen. All outside is made black before it is "
        "read, shown or saved. Drag the corners to set it by hand.",
        "已自动找到，屏幕变化时会重新查找。框外内容在判读、显示或保存前一律涂黑。拖动四角可手动设定。",
    ),
    "framing_whole_meaning": (
        "All of it is read, shown, recorded and exported, with any name that stands on it.",
        "整幅图像均会被判读、显示、录制和导出，包括其上的姓名。",
    ),
    # The calibration page
    "calibration": ("Calibrate", "校准"),
    "left_to_do": ("Left to do: {steps}", "待完成：{steps}"),
    "all_done": ("All done", "全部完成"),
    "not_possible": ("Not possible here: {steps}", "此处无法进行：{steps}"),
    "state_done": ("done", "已完成"),
    "state_to_do": ("to do", "待完成"),
    "state_not_here": ("not possible here", "此处无法进行"),
    "step_source": ("Source", "图像源"),
    "step_field": ("Field of view", "超声图像区"),
    "step_ruler": ("Ruler", "标尺"),
    "step_test": ("Test measurement", "测试测量"),
    "step_latency": ("Latency", "延迟"),
    "no_pictures": ("No picture comes. Choose another source.", "没有图像，请选择其他图像源。"),
    "to_source_dialog": ("Source dialog", "图像源设置"),
    # The whole picture, and two points on it
    "whole_picture_label": ("The whole picture of the source", "图像源的完整画面"),
    "whole_picture_meaning": (
        "The whole screen, with any name on it, is shown only here and in the source dialog. "
        "Nothing of it is saved.",
        "整个屏幕（包括其上的姓名）仅在此处和图像源设置中显示，不会保存。",
    ),
    "new_picture": ("New picture", "更新画面"),
    "points_hint_canvas": (
        "Click two points. Drag to move one, or use the arrow keys (Shift: ten pixels); Space "
        "chooses the other, Delete removes both.",
        "点击两点。可拖动，或用方向键移动（按住 Shift 为十像素）；空格键切换点，Delete 删除两点。",
    ),
    "point_said": ("A at {x}, {y}. Set the second point.", "A 位于 {x}, {y}，请设置第二点。"),
    "points_said": (
        "A at {ax}, {ay} · B at {bx}, {by} · {n} pixels apart · {point} is moved",
        "A 位于 {ax}, {ay} · B 位于 {bx}, {by} · 相距 {n} 像素 · 当前移动 {point}",
    ),
    "points_remove": ("Remove the points", "删除测量点"),
    "points_missing": ("Set two points on the picture first.", "请先在画面上设置两点。"),
    # The field of view
    "field_tissue": (
        "All of the picture: this source shows tissue only",
        "整幅图像：此图像源仅显示组织",
    ),
    "field_cleared": (
        "All of the picture; what is written on it is painted over",
        "整幅图像；其上的文字会被涂黑",
    ),
    "field_by_hand": ("Set by hand", "手动设定"),
    "field_missing": ("Not found: {why}", "未找到：{why}"),
    "field_as_template": ("As in the template {name}", "与模板“{name}”一致"),
    "template_name": ("Scanner and preset, never a patient", "超声仪和预设，切勿填写患者信息"),
    "template_save": ("Save as template", "存为模板"),
    "template_saving": ("Saving takes a second ...", "正在保存……"),
    "templates_kept": ("Templates kept here", "已保存的模板"),
    "templates_none": ("None yet.", "尚无模板。"),
    "templates_meaning": (
        "A screen that one of them knows has its field of view at once. It holds no letter and no "
        "tissue, and may be shared.",
        "模板可识别的屏幕会立即得到图像区。模板不含文字和组织图像，可以共享。",
    ),
    "template_download": ("Download {name}", "下载 {name}"),
    "template_delete": ("Delete {name}", "删除 {name}"),
    "template_add": ("Add a template file", "添加模板文件"),
    "template_added": ("The template was added.", "模板已添加。"),
    "template_deleted": ("Deleted {name}", "已删除 {name}"),
    "template_unread": (
        "Passed over in the folder: {file}. {why}",
        "文件夹中已跳过：{file}。{why}",
    ),
    "download": ("Download", "下载"),
    "delete": ("Delete", "删除"),
    # The scale
    "scale_pixel": ("{mm} mm a pixel", "每像素 {mm} mm"),
    "scale_ticks": ("{n} ticks, marked on the picture", "{n} 条刻度，已标在画面上"),
    "refused_looking": ("Looking for a ruler ...", "正在查找刻度尺……"),
    "refused_no_ticks": (
        "No evenly spaced ticks were found; set two points on a known distance.",
        "未找到等间距刻度，请在已知距离上设置两点。",
    ),
    "refused_step_unknown": (
        "Ticks were found, not what they stand for; give the depth shown on the screen.",
        "已找到刻度，但不知其含义，请输入屏幕显示的深度。",
    ),
    "refused_disagree": (
        "The picture's scales do not agree; set two points on a known distance.",
        "画面上的刻度尺不一致，请在已知距离上设置两点。",
    ),
    "depth_shown": ("Depth shown on the screen", "屏幕显示的深度"),
    "depth_unit": ("Unit", "单位"),
    "depth_use": ("Use this depth", "使用此深度"),
    "between_mm": ("mm between A and B", "A、B 间距离，mm"),
    "between_use": ("Use as scale", "用作标尺"),
    "between_meaning": (
        "Set both on the scanner's own ruler: when its depth changes, that moves, and the "
        "millimetres are withdrawn.",
        "请将两点设在超声仪自身的刻度尺上：深度改变时刻度移动，毫米值随即撤销。",
    ),
    "scale_forget": ("Forget the scale", "清除标尺"),
    "number_missing": ("Type a number first.", "请先输入数值。"),
    # The test measurement
    "test_meaning": (
        "Set A and B on something of known size that is not what the scale was set on, such as a "
        "target of a test phantom.",
        "请将 A、B 设在已知尺寸的目标上（不同于设定标尺所用的目标），例如测试体模的靶点。",
    ),
    "test_expected": ("mm expected", "预期值，mm"),
    "test_measure": ("Measure A to B", "测量 A 至 B"),
    "test_said": ("Measured {mm} mm, {interval}", "测得 {mm} mm，{interval}"),
    "test_holds": ("The interval holds {mm} mm.", "区间包含 {mm} mm。"),
    "test_misses": (
        "The interval does not hold {mm} mm: check the points, then the scale.",
        "区间不包含 {mm} mm，请检查测量点和标尺。",
    ),
    "test_unscaled": (
        "Millimetres are not known yet: set the scale first.",
        "毫米值未知，请先设定标尺。",
    ),
    # The latency
    "latency_software": (
        "Software, from in memory until shown and read: p95 {n} ms",
        "软件（入内存至显示和判读）：p95 {n} 毫秒",
    ),
    "latency_unmeasured": ("Software: nothing was read yet", "软件：尚无判读"),
    "latency_no_device": (
        "The rest is measured of a camera, grabber or stream only.",
        "其余部分只能用摄像头、采集卡或视频流测量。",
    ),
    "latency_how": (
        "The rest is measured by a pattern that is filmed. End Senoscope, whose source cannot be "
        "opened twice, name your source in place of camera:0, and run:",
        "其余部分通过拍摄图案测量。请先退出 Senoscope（图像源不能同时打开两次），"
        "将 camera:0 换成实际图像源，然后运行：",
    ),
    "latency_kept": (
        "Measured {when}, p95: grabber {grabber}, software {software}, display {display} ms",
        "测量于 {when}，p95：采集 {grabber}，软件 {software}，显示 {display} 毫秒",
    ),
    "latency_loopback": (
        "That was a loopback: no screen was filmed.",
        "该结果为环回测量，未拍摄屏幕。",
    ),
}
