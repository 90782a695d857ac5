"""Where else people may sign in (OpenID Connect): what the settings say of each provider, checked whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

NAMES = "OIDC_PROVIDERS"
PARTS = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "LABEL_ZH", "LABEL_EN", "SCOPE")
NEEDED = ("ISSUER", "CLIENT_ID", "LABEL_ZH", "LABEL_EN")
LOCAL = ("127.0.0.1", "localhost", "::1")
TAKEN = ("first", "letter")  # by our own addresses
_NAME = re.compile(r"[a-z][a-z0-9]{0,19}")


@dataclass(frozen=True, slots=True)
class Provider:
    """One of them: `name` stands in addresses and never changes, the labels on buttons."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False, default="")
    label_zh: str = ""
    label_en: str = ""
    scope: str = "openid email profile"

    def label(self, locale: str) -> str:
        """What it is called in this language."""
        return self.label_zh if locale.startswith("zh") else self.label_en

    def trusts(self, address: str) -> bool:
        """Whether secrets may be sent to this address: encrypted, or within this machine as the issuer is."""
        parts = urlsplit(address)
        local = urlsplit(self.issuer).hostname in LOCAL and parts.hostname in LOCAL
        return parts.scheme == "https" or (parts.scheme == "http" and local)


def read(env: Mapping[str, str]) -> tuple[tuple[Provider, ...], list[str]]:
    """The providers that `OIDC_PROVIDERS` names, and every fault of their settings in words."""
    names = [name.strip() for name in env.get(NAMES, "").split(",") if name.strip()]
    faults = [
        f"{NAMES} has {name!r}; a name is of small letters and figures, such as campus."
        for name in names
        if not _NAME.fullmatch(name) or name in TAKEN
    ]
    if len(set(names)) < len(names):
        faults.append(f"{NAMES} names one provider twice.")
    known = {f"OIDC_{name.upper()}_{part}" for name in names for part in PARTS} | {NAMES}
    faults += [
        f"{unknown} belongs to no provider that {NAMES} names, or is misspelt."
        for unknown in sorted(env)
        if unknown.startswith("OIDC_") and unknown not in known
    ]
    good = [name for name in dict.fromkeys(names) if _NAME.fullmatch(name) and name not in TAKEN]
    return tuple(_provider(name, env, faults) for name in good), faults


def _provider(name: str, env: Mapping[str, str], faults: list[str]) -> Provider:
    said = {part: env.get(f"OIDC_{name.upper()}_{part}", "").strip() for part in PARTS}
    faults += [
        f"OIDC_{name.upper()}_{part} is not set; {NAMES} names {name}." for part in NEEDED if not said[part]
    ]
    scope = said["SCOPE"] or "openid email profile"
    if "openid" not in scope.split():
        faults.append(f"OIDC_{name.upper()}_SCOPE has to hold openid.")
    made = Provider(
        name,
        said["ISSUER"].rstrip("/"),
        said["CLIENT_ID"],
        said["CLIENT_SECRET"],
        said["LABEL_ZH"],
        said["LABEL_EN"],
        scope,
    )
    if made.issuer and not made.trusts(made.issuer):
        faults.append(f"OIDC_{name.upper()}_ISSUER is {made.issuer!r}; it takes an https:// address.")
    return made
