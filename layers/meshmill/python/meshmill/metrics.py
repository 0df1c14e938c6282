"""Metrics: counts in CloudWatch's embedded metric format, written as log lines."""

from __future__ import annotations

from collections.abc import Mapping

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.metrics import Metrics

_NAMESPACE = "Meshmill"


def count(service: str, counts: Mapping[str, int]) -> None:
    """Emit counts as CloudWatch metrics in embedded metric format (one line on standard output)."""
    if not counts:
        return
    metrics = Metrics(namespace=_NAMESPACE, service=service)
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()
