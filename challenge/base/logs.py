"""Log lines: one event a line with its facts; JSON in production, plain text elsewhere."""

from __future__ import annotations

import logging

import structlog


def configure(mode: str, level: int = logging.INFO) -> None:
    """Set structlog up for this process; `mode` is the settings' own."""
    form: structlog.types.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if mode != "prod":
        plain = structlog.dev.plain_traceback
        form = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)
    shared: list[structlog.types.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if mode == "prod":
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, form],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
