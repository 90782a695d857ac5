"""The command-line options of the suite, and the rigs it stands on."""

from __future__ import annotations

import gc
import os

import hypothesis
import pytest

# Until all is loaded nothing is garbage.
gc.disable()

# A loaded machine is no failure; what CI tries is the same every time.
hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("house")

pytest_plugins = [
    "tests.rigs.workshop",
    "tests.rigs.database",
    "tests.rigs.application",
    "tests.rigs.statements",
    "tests.rigs.mail",
    "tests.rigs.receiver",
    "tests.rigs.buckets",
    "tests.rigs.scanner",
    "tests.rigs.provider",
    "tests.rigs.redis",
    "tests.rigs.grown",
    "tests.rigs.server",
    "tests.rigs.demo",
    "tests.rigs.browser",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="the database under the tests; on postgresql those that touch one are run, one variant of each",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the other database, and what a second database would only repeat."""
    on_postgresql = config.getoption("--database") == "postgresql"
    kept, left, known = [], [], set[str]()
    for item in items:
        test = item.nodeid.partition("[")[0]
        # Variants of a test are other inputs of the same statements: one is run there.
        if (on_postgresql and test in known) or not _belongs(item, on_postgresql=on_postgresql):
            left.append(item)
        else:
            kept.append(item)
            known.add(test)
    if left:
        config.hook.pytest_deselected(items=left)
    items[:] = _long_ones_first(kept)


def _long_ones_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Every worker gets an equal part of the list: each part begins with its share of what takes long."""
    parts = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if _takes_long(item)]
    rest = [item for item in items if not _takes_long(item)]
    share = -(-len(rest) // parts)
    shares = [slow[part::parts] + rest[part * share : (part + 1) * share] for part in range(parts)]
    return [item for each in shares for item in each]


def _takes_long(item: pytest.Item) -> bool:
    return any(map(item.get_closest_marker, ("browser", "slow")))


def _belongs(item: pytest.Item, *, on_postgresql: bool) -> bool:
    if not on_postgresql:
        return item.get_closest_marker("postgres") is None
    touches = "database" in getattr(item, "fixturenames", ())
    return touches and item.get_closest_marker("sqlite") is None


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look it over for garbage again and again took 6 % of a run."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
