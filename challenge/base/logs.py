"""Log lines: one event a line with its facts; JSON in production or by setting, plain text elsewhere."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, so that it is found again; it writes to whatever stderr is by then."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _value: TextIO) -> None: ...


def configure(mode: str, form: str = "", level: int = logging.INFO) -> None:
    """Set structlog up for this process, and let what libraries log look the same.

    `mode` is the settings' own; `form` is `json`, `text` or empty: JSON in production, text elsewhere.
    """
    as_json = (form or ("json" if mode == "prod" else "text")) == "json"
    last: structlog.types.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not as_json:
        plain = structlog.dev.plain_traceback
        last = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_json:
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    _libraries(shared, last)


def _libraries(shared: list[structlog.types.Processor], last: structlog.types.Processor) -> None:
    """What libraries log by the standard loggers, warnings and up, in the same form."""
    handler = _Handler()
    handler.setLevel(logging.WARNING)
    chain: list[structlog.types.Processor] = [structlog.stdlib.ExtraAdder(), *shared]
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=chain, processors=[remove, last])
    )
    root = logging.getLogger()
    for known in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(known)
    root.addHandler(handler)
