"""Logs and metrics: one JSON line a record, in the shape that the operations notes describe."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.metrics import Metrics

_NAMESPACE = "Meshmill"


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


def count(service: str, counts: Mapping[str, int]) -> None:
    """Emit counts as CloudWatch metrics in embedded metric format (one line on standard output)."""
    if not counts:
        return
    metrics = Metrics(namespace=_NAMESPACE, service=service)
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()
