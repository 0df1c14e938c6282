"""Logs: one JSON line a record, in the shape that the contract's example has."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from meshmill.domain.redaction import masked

_FIRST = ("timestamp", "level", "message", "context")
_bound: ContextVar[Mapping[str, str] | None] = ContextVar("bound", default=None)


def configure_logging(service: str) -> None:
    """Send the ``meshmill`` loggers to standard output as JSON lines.

    Members: ``timestamp`` (ISO 8601, UTC), ``level``, ``message``, ``context``, ``service``.
    """
    formatter = LambdaPowertoolsFormatter(
        json_serializer=_line,
        # Milliseconds are %F here; with datetime's %f the formatter adds the fraction twice.
        datefmt="%Y-%m-%dT%H:%M:%S.%FZ",
        utc=True,
        serialize_stacktrace=False,
        log_record_order=list(_FIRST),
        location=None,
        service=service,
    )
    output = logging.StreamHandler(sys.stdout)
    output.setFormatter(formatter)
    logger = logging.getLogger("meshmill")
    logger.handlers = [output]
    logger.setLevel(logging.INFO)
    # Lambda's own root handler would print every record a second time.
    logger.propagate = False


@contextmanager
def bound_context(members: Mapping[str, str]) -> Iterator[None]:
    """Have members in the ``context`` of every record that is made within, and of none after it."""
    token = _bound.set(members)
    try:
        yield
    finally:
        _bound.reset(token)


def _line(record: Mapping[str, Any]) -> str:
    """A record as JSON, masked; ``context`` stands in those of libraries too."""
    context = {**(_bound.get() or {}), **record.get("context", {})}
    whole = dict.fromkeys(_FIRST) | dict(record) | {"context": context}
    return json.dumps(masked(whole), default=str, separators=(",", ":"))
