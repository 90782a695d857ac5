"""What a request says of the device that sent it: browser, system, and the network it comes from."""

from __future__ import annotations

import ipaddress

# The first that fits decides: Edge and Opera call themselves Chrome too, and everybody Safari.
BROWSERS = (
    ("micromessenger", "wechat"),
    ("dingtalk", "dingtalk"),
    ("edg", "edge"),
    ("opr/", "opera"),
    ("qqbrowser", "qq"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("chrome", "chrome"),
    ("crios", "chrome"),
    ("safari", "safari"),
)
SYSTEMS = (
    ("openharmony", "harmony"),
    ("harmonyos", "harmony"),
    ("android", "android"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("windows", "windows"),
    ("mac os", "macos"),
    ("cros", "chromeos"),
    ("linux", "linux"),
)
OTHER = "other"
LONGEST = 1000


def browser_of(agent: str) -> str:
    """The browser's name as a code; "other" where it is none that we know."""
    return _first(BROWSERS, agent)


def system_of(agent: str) -> str:
    """The system's name as a code."""
    return _first(SYSTEMS, agent)


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    text = agent[:LONGEST].lower()
    return next((code for mark, code in table if mark in text), OTHER)


def network_of(address: str) -> str:
    """The network that an address lies in: enough to recognise a place, too little to follow a person."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    length = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network(f"{found}/{length}", strict=False))


NAMES = {
    "wechat": "WeChat",
    "dingtalk": "DingTalk",
    "edge": "Edge",
    "opera": "Opera",
    "qq": "QQ",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "harmony": "HarmonyOS",
    "android": "Android",
    "ios": "iOS",
    "windows": "Windows",
    "macos": "macOS",
    "chromeos": "ChromeOS",
    "linux": "Linux",
}


def named(browser: str, system: str) -> str:
    """Both by their names, "Firefox · Windows", as far as they are known."""
    return " · ".join(NAMES[code] for code in (browser, system) if code in NAMES)
