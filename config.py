"""Settings from the environment. `Settings.from_env` names every fault at start and refuses."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from challenge.rules.environment import COUNTERS, LAST_PORT, STORES, Reader
from challenge.rules.providers import Provider

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
    log_format: str = ""
    metrics_token: str | None = None
    proof_minutes: int = 15
    admin_second_factor: bool = False
    factor_reset_hours: int = 24
    sign_in_by: tuple[Provider, ...] = ()
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
        reader = Reader(os.environ if env is None else env)
        mode = reader.choice("CHALLENGE_MODE", "dev", MODES)
        data_dir = _folder(reader)
        kept = partial(_kept_secret, data_dir)
        found = cls(
            mode=mode,
            database_url=reader.database(f"sqlite:///{data_dir / 'challenge.db'}", mode),
            data_dir=data_dir,
            secret_key=reader.secret("SECRET_KEY", mode, kept),
            password_salt=reader.secret("PASSWORD_SALT", mode, kept),
            base_url=reader.base_url(mode),
            smtp_host=reader.maybe("SMTP_HOST"),
            smtp_port=reader.number("SMTP_PORT", 25, 1, LAST_PORT),
            smtp_user=reader.maybe("SMTP_USER"),
            smtp_password=reader.maybe("SMTP_PASSWORD"),
            smtp_tls=reader.flag("SMTP_TLS"),
            mail_sender=reader.sender("MAIL_SENDER", "challenge@localhost"),
            channels=reader.channels(),
            webhook_private_addresses=reader.private_addresses(mode),
            max_upload_bytes=reader.number("MAX_UPLOAD_MB", 600) * MEBIBYTE,
            max_file_bytes=reader.number("MAX_FILE_MB", 2048) * MEBIBYTE,
            clamd=reader.scanner(),
            rate_limits=not reader.flag("NO_RATE_LIMITS"),
            rate_limit_storage=reader.address("RATE_LIMIT_STORAGE", COUNTERS) or "memory://",
            files_url=reader.address("FILES_URL", STORES) or None,
            trusted_proxies=reader.number("TRUSTED_PROXIES", 0),
            default_zone=reader.zone("DEFAULT_ZONE", "Asia/Shanghai"),
            default_locale=reader.choice("DEFAULT_LOCALE", "zh_CN", ("zh_CN", "en_US")),
            pool_size=reader.number("POOL_SIZE", 10, 1),
            web_workers=reader.number("WEB_WORKERS", 2, 1),
            log_format=reader.choice("LOG_FORMAT", "", ("", "json", "text")),
            metrics_token=reader.token("METRICS_TOKEN"),
            sign_in_by=reader.providers("OIDC_PROVIDERS"),
            **_proving(reader),
        )
        return _usable(found, reader)


def _proving(reader: Reader) -> dict[str, Any]:
    """How people prove who they are."""
    return {
        "admin_second_factor": reader.flag("ADMIN_SECOND_FACTOR"),
        "factor_reset_hours": reader.number("FACTOR_RESET_HOURS", 24, 1),
        "proof_minutes": reader.number("PROOF_MINUTES", 15, 1),
    }


def _folder(reader: Reader) -> Path:
    """Where files and kept secrets lie; without one nothing else can be read."""
    folder = Path(reader.text("CHALLENGE_DATA", "instance")).absolute()
    if folder.exists() and not folder.is_dir():
        raise SettingsError(
            f"The settings are not usable:\n  - CHALLENGE_DATA is {str(folder)!r}, no folder."
        )
    return folder


def _usable(settings: Settings, reader: Reader) -> Settings:
    """The settings; raises `SettingsError` with every fault, if there are any."""
    reader.together()
    if reader.faults:
        raise SettingsError("The settings are not usable:\n  - " + "\n  - ".join(reader.faults))
    return settings


def _kept_secret(folder: Path, name: str) -> str:
    """The secret in `folder`, made with owner-only rights if it is not there; two processes may race."""
    path = folder / f"{name.lower()}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_hex(32)
        file.write(secret)
    return secret
