"""What the login page says, and what a role may not do, in English and simplified Chinese."""

from __future__ import annotations

LOGIN: dict[str, tuple[str, str]] = {
    "login_name": ("Name", "用户名"),
    "login_password": ("Password", "密码"),
    "login_enter": ("Enter", "进入"),
    "login_wrong": ("This is not the password. Try again.", "密码不正确，请重试。"),
    "login_wrong_name": (
        "Name and password do not go together. Try again.",
        "用户名或密码不正确，请重试。",
    ),
    "login_wait": (
        "Too many wrong passwords within a minute. Wait a minute, then try again.",
        "一分钟内密码错误次数过多，请等待一分钟后再试。",
    ),
    "login_as": ("Logged in as {name}, {role}", "当前登录：{name}，{role}"),
    "login_back": ("Back to the picture", "返回图像"),
    "log_out": ("Log out", "退出登录"),
    "role_reader": ("reader", "阅片医师"),
    "role_operator": ("operator", "扫查操作者"),
    "role_staff": ("staff", "扫查与阅片"),
    "role_admin": ("administrator", "管理员"),
    "not_your_duty": (
        "Your role ({role}) may not do this. Log in with another account for it.",
        "当前角色（{role}）无权执行此操作，请使用其他账户登录。",
    ),
    "NotAllowed": ("Your role may not do this.", "当前角色无权执行此操作。"),
}
