"""Logs: one JSON line a record, in the shape that the contract's example has."""

from __future__ import annotations

import logging
import sys

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter


def configure_logging(service: str) -> None:
    """Send the ``meshmill`` loggers to standard output as JSON lines.

    Members: ``timestamp`` (ISO 8601, UTC), ``level``, ``message``, ``context``, ``service``.
    """
    formatter = LambdaPowertoolsFormatter(
        datefmt="%Y-%m-%dT%H:%M:%S.%fZ",
        use_datetime_directive=True,
        utc=True,
        serialize_stacktrace=False,
        log_record_order=["timestamp", "level", "message", "context"],
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
