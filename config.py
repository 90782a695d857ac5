"""Settings from the environment. `Settings.from_env` names every fault at start and refuses."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from challenge.rules import providers

MEBIBYTE = 1024 * 1024
MODES = ("dev", "demo", "test", "prod")


class SettingsError(RuntimeError):
    """The environment does not make a runnable configuration; the message lists every fault."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the product takes from its surroundings, checked once at start."""

    mode: str
    database_url: str
    data_dir: Path
    secret_key: str
    base_url: str
    password_salt: str
    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: str | None = None
    smtp_tls: bool = False
    mail_sender: str = "challenge@localhost"
    channels: str = ""
    webhook_private_addresses: bool = False
    max_upload_bytes: int = 600 * MEBIBYTE
    max_file_bytes: int = 2048 * MEBIBYTE
    clamd: str | None = None
    rate_limits: bool = True
    rate_limit_storage: str = "memory://"
    files_url: str | None = None
    trusted_proxies: int = 0
    default_zone: str = "Asia/Shanghai"
    default_locale: str = "zh_CN"
    pool_size: int = 10
    web_workers: int = 2
    sign_in_by: tuple[providers.Provider, ...] = ()
    flask: Mapping[str, object] = field(default_factory=dict)

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel by HTTPS only wherever the public address is HTTPS."""
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def for_test(cls, database_url: str, data_dir: Path, **changes: object) -> Settings:
        """Settings of a test: fixed secrets, no rate limits, letters kept in the database."""
        values: dict[str, object] = {
            "mode": "test",
            "database_url": database_url,
            "data_dir": data_dir,
            "secret_key": "test-only-secret-key-of-forty-characters",
            "password_salt": "test-only-salt",
            "base_url": "http://localhost",
            "rate_limits": False,
            "default_locale": "en_US",
        }
        return cls(**{**values, **changes})  # type: ignore[arg-type]

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; raise `SettingsError` naming every fault at once."""
        env = os.environ if env is None else env
        reader = _Reader(env)
        mode = reader.choice("CHALLENGE_MODE", "dev", MODES)
        data_dir = Path(env.get("CHALLENGE_DATA", "instance")).absolute()
        secret = reader.secret("SECRET_KEY", mode, data_dir)
        salt = reader.secret("PASSWORD_SALT", mode, data_dir)
        settings = cls(
            mode=mode,
            database_url=reader.database(data_dir, mode),
            data_dir=data_dir,
            secret_key=secret,
            password_salt=salt,
            base_url=reader.base_url(mode),
            smtp_host=env.get("SMTP_HOST") or None,
            smtp_port=reader.number("SMTP_PORT", 25),
            smtp_user=env.get("SMTP_USER") or None,
            smtp_password=env.get("SMTP_PASSWORD") or None,
            smtp_tls=reader.flag("SMTP_TLS"),
            mail_sender=env.get("MAIL_SENDER", "challenge@localhost"),
            channels=reader.channels(),
            webhook_private_addresses=reader.private_addresses(mode),
            max_upload_bytes=reader.number("MAX_UPLOAD_MB", 600) * MEBIBYTE,
            max_file_bytes=reader.number("MAX_FILE_MB", 2048) * MEBIBYTE,
            clamd=reader.scanner(),
            rate_limits=not reader.flag("NO_RATE_LIMITS"),
            rate_limit_storage=env.get("RATE_LIMIT_STORAGE", "memory://"),
            files_url=env.get("FILES_URL") or None,
            trusted_proxies=reader.number("TRUSTED_PROXIES", 0),
            default_zone=reader.zone("DEFAULT_ZONE", "Asia/Shanghai"),
            default_locale=reader.choice("DEFAULT_LOCALE", "zh_CN", ("zh_CN", "en_US")),
            pool_size=reader.number("POOL_SIZE", 10),
            web_workers=max(1, reader.number("WEB_WORKERS", 2)),
            sign_in_by=reader.providers("OIDC_PROVIDERS"),
        )
        if reader.faults:
            raise SettingsError("The settings are not usable:\n  - " + "\n  - ".join(reader.faults))
        return settings


class _Reader:
    """Reads single variables and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: list[str] = []

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.env.get(name, default)
        if value not in allowed:
            self.faults.append(f"{name} is {value!r}; it can be one of {', '.join(allowed)}.")
        return value

    def number(self, name: str, default: int) -> int:
        text = self.env.get(name, str(default))
        if not text.isdecimal():
            self.faults.append(f"{name} is {text!r}; it takes a whole number, 0 or more.")
            return default
        return int(text)

    def flag(self, name: str) -> bool:
        text = self.env.get(name, "0").lower()
        if text not in ("0", "1", "false", "true", "no", "yes"):
            self.faults.append(f"{name} is {text!r}; it takes 1 or 0.")
        return text in ("1", "true", "yes")

    def channels(self) -> str:
        text = self.env.get("CHANNELS", "")
        for part in filter(None, text.split(",")):
            name, _, carrier = part.partition("=")
            if name.strip() not in ("sms", "chat") or not (carrier == "file" or ":" in carrier):
                self.faults.append(f"CHANNELS has {part!r}; write sms=file or chat=module:function.")
        return text

    def private_addresses(self, mode: str) -> bool:
        """Whether webhooks may go to this network, and by http: never where a public address is served."""
        allowed = self.flag("WEBHOOK_PRIVATE_ADDRESSES")
        own = urlsplit(self.env.get("BASE_URL", "")).hostname in ("127.0.0.1", "localhost")
        if allowed and mode == "prod" and not own:
            self.faults.append(
                "WEBHOOK_PRIVATE_ADDRESSES is for development; webhooks would reach your network."
            )
        return allowed

    def zone(self, name: str, default: str) -> str:
        from zoneinfo import available_timezones

        value = self.env.get(name, default)
        if value not in available_timezones():
            self.faults.append(f"{name} is {value!r}; it takes an IANA time zone such as Asia/Shanghai.")
        return value

    def database(self, data_dir: Path, mode: str) -> str:
        url = self.env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'challenge.db'}"
        if mode == "prod" and not self.env.get("DATABASE_URL"):
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
        value = self.env.get("CHALLENGE_CLAMD", "")
        _, _, port = value.rpartition(":")
        if value and not value.startswith("/") and not (":" in value and port.isdecimal()):
            self.faults.append(f"CHALLENGE_CLAMD is {value!r}; it takes host:port or the path of a socket.")
        return value or None

    def base_url(self, mode: str) -> str:
        default = "" if mode == "prod" else f"http://127.0.0.1:{self.env.get('PORT', '8000')}"
        url = self.env.get("BASE_URL", default).rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            self.faults.append(
                "BASE_URL is not set to the public address, e.g. https://challenge.example.org."
            )
        elif mode == "prod" and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            self.faults.append("BASE_URL is not https; sign-in cookies would travel in the clear.")
        return url

    def secret(self, name: str, mode: str, data_dir: Path) -> str:
        """A secret from the environment; outside production one is made once and kept in the data folder."""
        value = self.env.get(name, "")
        if mode == "prod":
            if len(value) < 32:
                self.faults.append(f"{name} needs at least 32 characters; `openssl rand -hex 32` makes one.")
            return value
        return value or _kept_secret(data_dir / f"{name.lower()}.txt")


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made with owner-only rights if it is not there; safe when two processes race."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
    return secret
