"""Settings that cannot work are named at the start, all at once; nothing starts with half of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenge.rules.providers import Provider
from config import Settings, SettingsError

CAMPUS = {
    "OIDC_PROVIDERS": "campus",
    "OIDC_CAMPUS_ISSUER": "https://login.campus.example/",
    "OIDC_CAMPUS_CLIENT_ID": "challenge",
    "OIDC_CAMPUS_LABEL_ZH": "校园账号",
    "OIDC_CAMPUS_LABEL_EN": "Campus",
}


def faults(folder: Path, **env: str) -> list[str]:
    """What is said of this environment."""
    try:
        Settings.from_env({"CHALLENGE_DATA": str(folder), **env})
    except SettingsError as error:
        return [line.removeprefix("  - ") for line in str(error).splitlines()[1:]]
    return []


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    said = faults(
        tmp_path,
        CHALLENGE_MODE="prod",
        CHALLENGE_DATE="/srv",
        SMTP_PORT="70000",
        SMTP_USER="me",
        RATE_LIMIT_STORAGE="memcached://cache",
        TRUSTED_PROXIES="all",
        OIDC_PROVIDERS="campus",
    )
    for name in (
        *("SECRET_KEY", "PASSWORD_SALT", "DATABASE_URL", "BASE_URL", "SMTP_PORT", "SMTP_USER"),
        *("RATE_LIMIT_STORAGE", "TRUSTED_PROXIES", "OIDC_CAMPUS_ISSUER", "OIDC_CAMPUS_LABEL_ZH"),
    ):
        assert any(line.startswith(name) for line in said), name
    assert "CHALLENGE_DATE is no setting of ours. Did you mean CHALLENGE_DATA?" in said


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"CHALLENGE_MODE": "production"}, "CHALLENGE_MODE"),
        ({"POOL_SIZE": "0"}, "POOL_SIZE"),
        ({"WEB_WORKERS": "-1"}, "WEB_WORKERS"),
        ({"SMTP_TLS": "maybe", "SMTP_HOST": "mail"}, "SMTP_TLS"),
        ({"SMTP_TLS": "1"}, "SMTP_TLS"),
        ({"MAIL_SENDER": "Office"}, "MAIL_SENDER"),
        ({"FILES_URL": "/var/files"}, "FILES_URL"),
        ({"DEFAULT_ZONE": "Beijing"}, "DEFAULT_ZONE"),
        ({"BASE_URL": "https://me@challenge.example"}, "BASE_URL"),
        ({"BASE_URL": "challenge.example"}, "BASE_URL"),
        ({"DATABASE_URL": "mysql://db"}, "DATABASE_URL"),
        ({"NO_RATE_LIMITS": "1", "RATE_LIMIT_STORAGE": "redis://cache"}, "NO_RATE_LIMITS"),
        ({"OIDC_PROVIDERS": "Campus!"}, "OIDC_PROVIDERS"),
        ({"OIDC_PROVIDERS": "first"}, "OIDC_PROVIDERS"),
        ({**CAMPUS, "OIDC_CAMPUS_ISUER": "x"}, "OIDC_CAMPUS_ISUER"),
        ({**CAMPUS, "OIDC_CAMPUS_ISSUER": "http://login.campus.example"}, "OIDC_CAMPUS_ISSUER"),
        ({**CAMPUS, "OIDC_CAMPUS_SCOPE": "email"}, "OIDC_CAMPUS_SCOPE"),
    ],
)
def test_what_cannot_work_is_named(tmp_path: Path, env: dict[str, str], named: str) -> None:
    said = faults(tmp_path, **env)
    assert len(said) == 1
    assert said[0].startswith(named)


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert faults(tmp_path / "file")[0].startswith("CHALLENGE_DATA")


def test_a_secret_of_a_provider_is_never_printed(tmp_path: Path) -> None:
    env = {**CAMPUS, "CHALLENGE_DATA": str(tmp_path), "OIDC_CAMPUS_CLIENT_SECRET": "hush-hush"}
    (found,) = Settings.from_env(env).sign_in_by
    assert isinstance(found, Provider)
    assert (found.issuer, found.label("zh_CN"), found.client_secret) == (
        "https://login.campus.example",
        "校园账号",
        "hush-hush",
    )
    assert "hush-hush" not in repr(found)
    assert not found.trusts("http://login.campus.example/token")
