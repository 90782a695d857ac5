"""The settings about files, and the limits that a round may set below them."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenge.rounds.drafting import RoundFacts, _faults
from config import Settings, SettingsError

MB = 1024 * 1024


def settings(folder: Path, **env: str) -> Settings:
    """What this environment makes."""
    return Settings.from_env({"CHALLENGE_DATA": str(folder), **env})


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "clamd.internal:3310", "[::1]:3310", "/run/clamd.ctl"])
def test_a_scanner_has_an_address(tmp_path: Path, address: str) -> None:
    assert settings(tmp_path, CHALLENGE_CLAMD=address).clamd == address


@pytest.mark.parametrize("address", ["clamd", "clamd:", "clamd:port", "3310"])
def test_what_is_no_address_of_a_scanner_is_named_at_the_start(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="CHALLENGE_CLAMD"):
        settings(tmp_path, CHALLENGE_CLAMD=address)


def test_without_settings_nobody_scans_and_a_file_has_at_most_2_gib(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.clamd, found.max_file_bytes) == (None, 2048 * MB)
    assert settings(tmp_path, MAX_FILE_MB="100").max_file_bytes == 100 * MB
    with pytest.raises(SettingsError, match="MAX_FILE_MB"):
        settings(tmp_path, MAX_FILE_MB="much")


@pytest.mark.parametrize(
    ("file", "total", "wrong"),
    [
        (2048, 2048, []),
        (2048, 20_480, []),
        (1, 1, []),
        (2049, 4096, ["max_file_mb"]),
        (0, 100, ["max_file_mb"]),
        (100, 99, ["max_total_mb"]),
        (100, 20_481, ["max_total_mb"]),
    ],
)
def test_a_round_limits_a_file_and_all_files_of_a_submission(file: int, total: int, wrong: list[str]) -> None:
    facts = RoundFacts(title_en="A round", max_file_mb=file, max_total_mb=total)
    assert [fault.field for fault in _faults(facts)] == wrong
