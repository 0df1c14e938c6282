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


def count_outcomes(service: str, of_what: str, outcomes: Mapping[str, int]) -> None:
    """Emit how often which outcome was reached, ``carried_on`` of ``Jobs`` as ``JobsCarriedOn``."""
    count(service, {of_what + _camel_case(outcome): n for outcome, n in outcomes.items()})


def _camel_case(name: str) -> str:
    return name.title().replace("_", "")
