"""What the page of a patient's case says, English and Chinese."""

CASE = {
    "case": ("Case", "病例"),
    "case_all": ("All of this patient", "该患者的全部检查"),
    "case_none": (
        "Open a study and choose “All of this patient”.",
        "请打开一个检查，并选择“该患者的全部检查”。",
    ),
    "case_loading": ("Loading", "正在载入"),
    # The diagram
    "case_where": ("Where it lies", "所在位置"),
    "case_front": ("seen from in front", "正面观"),
    "case_breast_R": ("Right breast", "右乳"),
    "case_breast_L": ("Left breast", "左乳"),
    "case_marker": ("Lesion {n}, {modality}: {place}", "病灶 {n}，{modality}：{place}"),
    "case_rings": (
        "Rings at 2, 4 and 6 cm from the nipple, the breast laid flat. An ellipse holds the place "
        "with two chances in three.",
        "圆环距乳头 2、4、6 cm（乳房平展）。椭圆内包含真实位置的概率约为三分之二。",
    ),
    "case_unplaced": ("Not on the picture, place not known: {list}", "位置不明，未绘出：{list}"),
    "case_modality_ultrasound": ("Ultrasound", "超声"),
    "case_modality_mammography": ("Mammography", "乳腺X线摄影"),
    "case_modality_tomosynthesis": ("Tomosynthesis", "断层合成"),
    "case_modality_breast_mri": ("MRI", "磁共振"),
    # A finding
    "case_clock": ("{hour} o'clock ± {within} h", "{hour} 点 ± {within} 小时"),
    "case_behind_nipple": ("behind the nipple", "乳头后方"),
    "case_from_nipple": ("{cm} cm from the nipple", "距乳头 {cm} cm"),
    "case_place_unknown": ("place not known", "位置不明"),
    "case_side_only": ("{side}, place not known", "{side}，位置不明"),
    "case_quadrant_upper": ("upper", "上方"),
    "case_quadrant_lower": ("lower", "下方"),
    "case_quadrant_outer": ("outer", "外侧"),
    "case_quadrant_inner": ("inner", "内侧"),
    "case_quadrant_upper_outer": ("upper outer", "外上"),
    "case_quadrant_upper_inner": ("upper inner", "内上"),
    "case_quadrant_lower_outer": ("lower outer", "外下"),
    "case_quadrant_lower_inner": ("lower inner", "内下"),
    "case_third_anterior": ("anterior third", "前三分之一"),
    "case_third_middle": ("middle third", "中三分之一"),
    "case_third_posterior": ("posterior third", "后三分之一"),
    "case_size": ("{mm} mm", "{mm} 毫米"),
    "case_size_within": ("{mm} mm (95 % {low} to {high})", "{mm} 毫米（95% 区间 {low} 至 {high}）"),
    "case_no_size": ("no millimetres", "无毫米数"),
    "case_probability": ("probability {p}", "概率 {p}"),
    "case_score": ("mark score {p}", "标记评分 {p}"),
    "case_suspicion": ("suspicion {word}", "可疑程度：{word}"),
    "case_curve": ("curve type {type}", "{type} 型曲线"),
    "case_kind_lesion": ("Lesion", "病灶"),
    "case_kind_enhancement": ("Enhancing lesion", "强化病灶"),
    "case_also": ("also on {list}", "亦见于{list}"),
    "case_same": ("seen again as lesion {list}", "又见为病灶 {list}"),
    "case_picture": ("Picture of finding {n}, exam {exam}", "检查 {exam} 第 {n} 个发现的图像"),
    "case_no_picture": ("No picture. Open the exam.", "无图像，请打开检查。"),
    "case_open": ("Exam {exam}, finding {n}", "检查 {exam}，发现 {n}"),
    # Lesions
    "case_lesions": ("Lesions", "病灶"),
    "case_no_lesions": ("Nothing is marked in what was read.", "已判读的图像中未标记病灶。"),
    "case_lesion": ("Lesion {n}", "病灶 {n}"),
    "case_joined": (
        "joined by place alone, {percent} % sure, if it is as likely as not beforehand",
        "仅按位置归为同一病灶，把握 {percent}%（先验各半）",
    ),
    "case_alone": ("on one examination", "仅见于一项检查"),
    "case_not_here": ("not seen", "未见"),
    "case_not_done": ("this breast was not looked at", "未检查该侧乳房"),
    "case_not_shown": ("not shown yet", "尚未显示"),
    # What is disagreed on
    "case_all_agree": ("Nothing that is looked for disagrees.", "未发现所检查项目的不一致。"),
    "case_dispute_not_on": (
        "Not seen on {modality}, which showed this breast.",
        "{modality}已包括该乳房，但未见此病灶。",
    ),
    "case_dispute_not_on_probe": (
        "Not seen on ultrasound; whether the probe passed here is not known.",
        "超声未见；探头是否扫过此处不明。",
    ),
    "case_dispute_sizes": (
        "Sizes differ by more than the two usually do: {one} {one_mm} mm, {other} {other_mm} mm.",
        "大小差异超过两种检查的通常差异：{one} {one_mm} 毫米，{other} {other_mm} 毫米。",
    ),
    "case_dispute_suspicion": (
        "Suspicion differs: {one} {one_word}, {other} {other_word}.",
        "可疑程度不同：{one} {one_word}，{other} {other_word}。",
    ),
    "case_dispute_quadrants": (
        "Quadrants differ: {one} {one_word}, {other} {other_word}.",
        "象限不同：{one} {one_word}，{other} {other_word}。",
    ),
    "case_dispute_overruled": (
        "A reader overruled it on one examination and not on the other: {one}, {other}.",
        "医生在一项检查中否决，另一项中未否决：{one}、{other}。",
    ),
    "case_dispute_rivals": (
        "More than one finding could be this lesion, so none is joined: {list}.",
        "不止一个发现可能是此病灶，因此未归并：{list}。",
    ),
    "case_dispute_mirrored": (
        "Lies at the mirror place of the other breast: {one}, {other}. Check the sides.",
        "位于对侧乳房的镜像位置：{one}、{other}。请核对左右侧。",
    ),
    "case_dispute_side_contradicted": (
        "The side that the header says contradicts the picture: {list}.",
        "文件所述侧别与图像矛盾：{list}。",
    ),
    "case_dispute_no_place": (
        "Cannot be matched, since its place is not known: {list}.",
        "位置不明，无法配对：{list}。",
    ),
    "case_dispute_assessments": (
        "Readers signed different BI-RADS categories (exam: category): {listed}.",
        "各检查签署的 BI-RADS 分类不同（检查：分类）：{listed}。",
    ),
    "case_dispute_apart": (
        "The newest exams lie {months} months apart.",
        "各类最新检查相隔 {months} 个月。",
    ),
    # Earlier exams
    "case_priors": ("Against earlier exams", "与既往检查比较"),
    "case_all_there": (
        "What earlier exams of the same kind showed is seen again.",
        "既往同类检查所见此次均可见。",
    ),
    "case_no_priors": ("No earlier exam of the same kind.", "无同类既往检查。"),
    "case_change_grown": ("larger: {percent} %, {mm} mm", "增大：{percent}%，{mm} 毫米"),
    "case_change_shrunk": ("smaller: {percent} %, {mm} mm", "缩小：{percent}%，{mm} 毫米"),
    "case_change_same": (
        "same within measuring again: {percent} %, {mm} mm",
        "在重复测量误差内：{percent}%，{mm} 毫米",
    ),
    "case_change_seen": ("was there, size not known", "既往已见，大小不明"),
    "case_change_new": ("new", "新出现"),
    "case_change_not_seen_before": (
        "not seen before; whether it was looked at is not known",
        "既往未见；当时是否检查到此处不明",
    ),
    "case_change_gone": ("gone", "已消失"),
    "case_change_not_seen_now": (
        "not seen now; whether it was looked at is not known",
        "此次未见；此次是否检查到此处不明",
    ),
    "case_change_unclear": ("cannot be told from its place", "依位置无法判断"),
    "case_since": (
        "since exam {exam} of {date}: {change}",
        "与检查 {exam}（{date}）相比：{change}",
    ),
    "case_before": (
        "Exam {exam} of {date}, finding {n}: {change}",
        "检查 {exam}（{date}）发现 {n}：{change}",
    ),
    # Exams
    "case_exams": ("Exams", "检查"),
    "case_exam": ("Exam {n}", "检查 {n}"),
    "case_newest": ("newest", "最新"),
    "case_earlier": ("earlier", "既往"),
    "case_hidden": ("what the AI found is not shown yet", "尚未显示 AI 结果"),
    "case_signed": ("signed BI-RADS {category}", "已签署 BI-RADS {category}"),
    "case_no_date": ("no date", "无日期"),
    "case_many": ("findings: {n}", "发现：{n}"),
}
