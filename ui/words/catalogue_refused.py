"""Why the risk page does not take what was typed into a field, English and Chinese."""

REFUSED = {
    "risk_refused": (
        "{n} fields are not accepted; each says why. Nothing was lost.",
        "{n} 个字段未被接受，原因见各字段旁；已填内容均保留。",
    ),
    "risk_refused_needed": (
        "Expected her age in years, or her date of birth.",
        "请填写年龄（岁）或出生日期。",
    ),
    "risk_refused_number": (
        "“{given}” is no number. Expected {low} to {high} {unit}, with a point for decimals.",
        "“{given}”不是数字，应为 {low} 至 {high} {unit}，小数用点号。",
    ),
    "risk_refused_whole": (
        "“{given}” is no whole number. Expected {low} to {high} {unit}.",
        "“{given}”不是整数，应为 {low} 至 {high} {unit}。",
    ),
    "risk_refused_range": (
        "“{given}” is out of range. Expected {low} to {high} {unit}.",
        "“{given}”超出范围，应为 {low} 至 {high} {unit}。",
    ),
    "risk_refused_metres": (
        "“{given}” looks like metres. Expected centimetres, such as 165.",
        "“{given}”像是以米为单位，应为厘米，例如 165。",
    ),
    "risk_refused_date": (
        "“{given}” is no day. Expected year, month and day, such as 1974-05-31.",
        "“{given}”不是有效日期，应为年-月-日，例如 1974-05-31。",
    ),
    "risk_refused_future": (
        "{given} is still to come; today is {today}.",
        "{given} 尚未到来，今天是 {today}。",
    ),
    "risk_refused_born": (
        "Born on {born} she is {age} on {on}. Expected {low} to {high} years.",
        "出生于 {born}，在 {on} 为 {age} 岁，应为 {low} 至 {high} 岁。",
    ),
    "risk_refused_age_differs": (
        "Born on {born} she is {age}, and {given} was given. Mend one, or leave one empty.",
        "按出生日期 {born} 应为 {age} 岁，但填写为 {given}。请更正其一或留空。",
    ),
    "risk_refused_code": (
        "“{given}” is no code that is known. Choose one of the list.",
        "“{given}”不是已知代码，请从列表中选择。",
    ),
    "risk_refused_both": (
        "Height and weight go together. Give both, or neither.",
        "身高和体重须同时填写，或都留空。",
    ),
    "risk_refused_bmi_far": (
        "Height and weight make {bmi} kg/m². Expected {low} to {high}. Check both units.",
        "身高体重算得 {bmi} kg/m²，应为 {low} 至 {high}，请检查单位。",
    ),
    "risk_refused_bmi_differs": (
        "Height and weight make {bmi}, and {given} was given. Leave one out.",
        "身高体重算得 {bmi}，但填写为 {given}，请只留其一。",
    ),
    "risk_refused_above_age": ("{given} is above her age of {age}.", "{given} 大于其年龄 {age}。"),
    "risk_refused_before_menarche": (
        "A first birth at {given} is before the first period at {age}.",
        "首次活产年龄 {given} 早于初潮年龄 {age}。",
    ),
    "risk_refused_no_birth": (
        "She has not given birth, it was said. Empty this, or change that.",
        "上面填写为未生育，请清空此项或更改该项。",
    ),
    "risk_refused_no_biopsy": (
        "0 biopsies were given, so nothing can have been found in one. Mend one of them.",
        "活检次数为 0，不可能有活检结果，请更正其一。",
    ),
    "risk_refused_biopsied": (
        "{given} biopsies were given, and never biopsied here. Mend one of them.",
        "活检次数为 {given}，此处却为从未活检，请更正其一。",
    ),
    "risk_refused_atypia": (
        "Atypical hyperplasia was said above; here something less grave. Mend one of them.",
        "上面填写有不典型增生，此处却更轻，请更正其一。",
    ),
    "risk_refused_no_atypia": (
        "No atypical hyperplasia was said above. Mend one of them.",
        "上面填写无不典型增生，请更正其一。",
    ),
}
