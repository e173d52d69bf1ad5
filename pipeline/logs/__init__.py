"""Logs as JSON lines on stderr: one event a line, no personal data, no task results."""

import logging
import sys
import traceback
from pathlib import Path

import structlog

_LENGTH = 256


def configure_logs() -> None:
    """Route structlog and the standard library through one JSON renderer. Safe to call again."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _shorten,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(  # in ASCII: some other letters end a line for some readers
            processor=structlog.processors.JSONRenderer(), foreign_pre_chain=shared
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def _shorten(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Cut what came from outside: nobody fills the disk with a user agent."""
    return {k: v[:_LENGTH] if isinstance(v, str) else v for k, v in event.items()}


def where(e: BaseException) -> str:
    """Class and place of an exception, without its message: that may quote what people typed."""
    frames = traceback.extract_tb(e.__traceback__)[-4:]
    return f"{type(e).__name__} " + " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
