"""What the environment says, read name by name; whatever is wrong with it is collected in words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from challenge.rules import providers

OURS = "CHALLENGE_"  # no other program reads names like these, so one that we do not know is misspelt
STORES = ("s3://", "s3a://", "gs://", "az://", "azure://", "abfs://", "abfss://", "memory://", "file://")
COUNTERS = ("memory://", "redis://", "rediss://", "redis+unix://")
LAST_PORT = 65535
LEAST_TOKEN = 16
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


class Reader:
    """Reads single variables and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: list[str] = []
        self.asked: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        """A text as it is."""
        self.asked.add(name)
        return self.env.get(name, default)

    def maybe(self, name: str) -> str | None:
        """A text, or None where it is empty or not set."""
        return self.text(name) or None

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of these."""
        value = self.text(name, default)
        if value not in allowed:
            self.faults.append(f"{name} is {value!r}; it can be one of {', '.join(allowed)}.")
        return value

    def number(self, name: str, default: int, least: int = 0, most: int | None = None) -> int:
        """A whole number between these."""
        text = self.text(name, str(default))
        fits = (
            text.isascii() and text.isdecimal() and least <= int(text) and (most is None or int(text) <= most)
        )
        if not fits:
            span = f"from {least} to {most}" if most is not None else f"{least} or more"
            self.faults.append(f"{name} is {text!r}; it takes a whole number, {span}.")
            return default
        return int(text)

    def flag(self, name: str) -> bool:
        """Yes or no."""
        text = self.text(name, "0").lower()
        if text not in ("0", "1", "false", "true", "no", "yes"):
            self.faults.append(f"{name} is {text!r}; it takes 1 or 0.")
        return text in ("1", "true", "yes")

    def channels(self) -> str:
        """What carries requirements beside mail."""
        text = self.text("CHANNELS", "")
        for part in filter(None, text.split(",")):
            name, _, carrier = part.partition("=")
            if name.strip() not in ("sms", "chat") or not (carrier == "file" or ":" in carrier):
                self.faults.append(f"CHANNELS has {part!r}; write sms=file or chat=module:function.")
        return text

    def private_addresses(self, mode: str) -> bool:
        """Whether webhooks may go to this network, and by http: never where a public address is served."""
        allowed = self.flag("WEBHOOK_PRIVATE_ADDRESSES")
        own = urlsplit(self.text("BASE_URL")).hostname in ("127.0.0.1", "localhost")
        if allowed and mode == "prod" and not own:
            self.faults.append(
                "WEBHOOK_PRIVATE_ADDRESSES is for development; webhooks would reach your network."
            )
        return allowed

    def zone(self, name: str, default: str) -> str:
        """A time zone."""
        from zoneinfo import available_timezones

        value = self.text(name, default)
        if value not in available_timezones():
            self.faults.append(f"{name} is {value!r}; it takes an IANA time zone such as Asia/Shanghai.")
        return value

    def database(self, otherwise: str, mode: str) -> str:
        """The address of the database; in production it has to be named."""
        url = self.text("DATABASE_URL") or otherwise
        if mode == "prod" and not self.text("DATABASE_URL"):
            self.faults.append("DATABASE_URL is not set; name it, e.g. postgresql://user@host/challenge.")
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            self.faults.append("DATABASE_URL must begin with sqlite:/// or postgresql://.")
        return url

    def providers(self, _name: str) -> tuple[providers.Provider, ...]:
        """Where else people may sign in: `OIDC_PROVIDERS` and what each of them needs."""
        found, faults = providers.read(self.env)
        self.faults += faults
        return found

    def scanner(self) -> str | None:
        """Where a ClamAV daemon listens: host:port or the path of its socket; None asks nobody."""
        value = self.text("CHALLENGE_CLAMD", "")
        _, _, port = value.rpartition(":")
        if value and not value.startswith("/") and not (":" in value and port.isdecimal()):
            self.faults.append(f"CHALLENGE_CLAMD is {value!r}; it takes host:port or the path of a socket.")
        return value or None

    def base_url(self, mode: str) -> str:
        """The public address."""
        default = "" if mode == "prod" else f"http://127.0.0.1:{self.text('PORT', '8000')}"
        url = self.text("BASE_URL", default).rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            self.faults.append(
                "BASE_URL is not set to the public address, e.g. https://challenge.example.org."
            )
        elif parts.query or parts.fragment or parts.username:
            self.faults.append(f"BASE_URL is {url!r}; it takes scheme, host and at most a path.")
        elif mode == "prod" and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            self.faults.append("BASE_URL is not https; sign-in cookies would travel in the clear.")
        return url

    def secret(self, name: str, mode: str, kept: Callable[[str], str]) -> str:
        """A secret from the environment; outside production one is made once and kept in the data folder."""
        value = self.text(name, "")
        if mode == "prod":
            if len(value) < 32:
                self.faults.append(f"{name} needs at least 32 characters; `openssl rand -hex 32` makes one.")
            return value
        return value or kept(name)

    def address(self, name: str, allowed: tuple[str, ...], default: str = "") -> str:
        """An address of one of these kinds; an empty one stays empty."""
        url = self.text(name, default)
        if url and not url.startswith(allowed):
            self.faults.append(f"{name} is {url!r}; it begins with one of {', '.join(allowed)}.")
        return url

    def token(self, name: str) -> str | None:
        """A secret that another program shows; one that could be guessed is a fault."""
        value = self.maybe(name)
        if value is not None and len(value) < LEAST_TOKEN:
            self.faults.append(f"{name} needs at least {LEAST_TOKEN} characters.")
        return value

    def sender(self, name: str, default: str) -> str:
        """A mail address, alone or as `Name <address>`."""
        text = self.text(name, default)
        inner = text.rpartition("<")[2].removesuffix(">") if text.endswith(">") else text
        if not _ADDRESS.fullmatch(inner.strip()):
            self.faults.append(f"{name} is {text!r}; it takes an address, or Name <address>.")
        return text

    def together(self) -> None:
        """What fits no other setting: a part without its whole, two that contradict each other."""
        for part in ("SMTP_USER", "SMTP_PASSWORD", "SMTP_TLS"):
            if self.env.get(part, "0") not in ("", "0") and not self.env.get("SMTP_HOST"):
                self.faults.append(f"{part} is set, but SMTP_HOST is not: nothing would be sent.")
        if bool(self.env.get("SMTP_USER")) != bool(self.env.get("SMTP_PASSWORD")):
            self.faults.append("SMTP_USER and SMTP_PASSWORD go together; one of them is not set.")
        shared = self.env.get("RATE_LIMIT_STORAGE", "memory://") not in ("", "memory://")
        if shared and self.env.get("NO_RATE_LIMITS", "0").lower() in ("1", "true", "yes"):
            self.faults.append("NO_RATE_LIMITS switches off what RATE_LIMIT_STORAGE shares: set one of them.")
        for name in sorted(self.env):
            if name.startswith(OURS) and name not in self.asked:
                near = difflib.get_close_matches(name, self.asked, 1, 0.6)
                meant = f" Did you mean {near[0]}?" if near else ""
                self.faults.append(f"{name} is no setting of ours.{meant}")
