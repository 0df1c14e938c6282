"""What a new container of a function costs before it answers, against the least it could be."""

from __future__ import annotations

from benchmarks.measure import Row, process_cpu_ms

_AWS = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
_FLOOR = """
import boto3, pydantic
class Body(pydantic.BaseModel):
    format: str
for service in ("dynamodb", "sqs", "s3", "secretsmanager"):
    boto3.client(service)
"""
_IMPORT_CLIENTS = """
from functions.{verb} import handler
from meshmill.aws import clients
for client in (clients.dynamodb, clients.sqs, clients.s3, clients.secrets_manager):
    client()
"""


def rows() -> list[Row]:
    """Import and clients of the api and the status function, and of pydantic and boto3 alone."""
    floor = process_cpu_ms(_FLOOR, _AWS)
    measured = [Row("cold: pydantic + boto3 and four clients (floor)", floor)]
    for verb in ("api", "status"):
        cost = process_cpu_ms(_IMPORT_CLIENTS.format(verb=verb), _AWS)
        measured.append(Row(f"cold: {verb} function and the same clients", cost))
        measured.append(Row(f"cold: {verb} against the floor", cost / floor, "x"))
    return measured
