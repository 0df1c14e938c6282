"""Account jobs in DynamoDB: every write is one conditional call.

An item has the fields of :class:`~meshmill.domain.account_job.AccountJob` that are set, under
their own names, keyed by ``user_id`` and ``kind``. The index by_due (``kind``, ``due_at``) is
sparse: a job with nothing left to do is not in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from meshmill.aws.attributes import Item, from_value, to_value
from meshmill.aws.conditions import to_expressions
from meshmill.aws.errors import item_of, unavailable
from meshmill.domain.account_job import (
    AccountJob,
    ErasureProgress,
    ExportProgress,
    JobKind,
    JobStatus,
    Part,
    Section,
    Stage,
)
from meshmill.domain.attribution import Attribution
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.transitions import Transition

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SERVICE, _BY_DUE = "DynamoDB", "by_due"
_FIELDS = frozenset(entry.name for entry in dataclasses.fields(AccountJob))


class DynamoDbAccountJobs:
    """The table of jobs, and its index by_due."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, user_id: str, kind: JobKind) -> AccountJob | None:
        """The record as of now."""
        with unavailable(_SERVICE):
            answer = self._client.get_item(
                TableName=self._table, Key=_key(user_id, kind), ConsistentRead=True
            )
        return to_job(answer["Item"]) if "Item" in answer else None

    def put(self, job: AccountJob, replaced: AccountJob | None) -> AccountJob:
        """Put a job where none stands, or in the place of ``replaced``; the one that stands then.

        A second try after a lost response is refused by the job itself, which then stands.
        """
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(user_id)"}
        if replaced is not None:
            condition = {
                "ConditionExpression": "attribute_not_exists(user_id) OR job_id = :replaced",
                "ExpressionAttributeValues": {":replaced": to_value(replaced.job_id)},
            }
        try:
            with unavailable(_SERVICE):
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item(job),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **condition,
                )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            standing = item_of(refusal)
            if standing is None:
                # Refused, and yet nothing stands there: removed at the same moment.
                raise DependencyUnavailable("The job is being removed") from refusal
            return to_job(standing)
        return job

    def change(self, job: AccountJob, transition: Transition) -> AccountJob | None:
        """Apply a transition: the job after it, or None where it was refused."""
        expressions = to_expressions(transition)
        try:
            with unavailable(_SERVICE):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(job.user_id, job.kind),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **expressions.as_arguments(),
                )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            item = item_of(refusal)
            standing = None if item is None else to_job(item)
            if standing is None or not transition.already.holds(standing.attributes()):
                return None
            return standing
        return to_job(answer["Attributes"])

    def remove(self, job: AccountJob) -> None:
        """Delete this very job; where another stands, or none, nothing happens."""
        try:
            with unavailable(_SERVICE):
                self._client.delete_item(
                    TableName=self._table,
                    Key=_key(job.user_id, job.kind),
                    ConditionExpression="job_id = :job_id",
                    ExpressionAttributeValues={":job_id": to_value(job.job_id)},
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def due(self, kind: JobKind, now: int, limit: int) -> list[str]:
        """Users whose job has ``due_at <= now``, longest overdue first."""
        with unavailable(_SERVICE):
            answer = self._client.query(
                TableName=self._table,
                IndexName=_BY_DUE,
                KeyConditionExpression="kind = :kind AND due_at <= :now",
                ExpressionAttributeValues={":kind": to_value(kind), ":now": to_value(now)},
                Limit=limit,
            )
        return [item["user_id"]["S"] for item in answer["Items"]]


def to_item(job: AccountJob) -> Item:
    """The whole record."""
    return {name: to_value(value) for name, value in job.attributes().items()}


def to_job(item: Mapping[str, Any]) -> AccountJob:
    """The record in an item; attributes that this version doesn't know are left aside."""
    fields = {name: from_value(item[name]) for name in item.keys() & _FIELDS}
    fields["kind"] = JobKind(fields["kind"])
    fields["status"] = JobStatus(fields["status"])
    fields["attribution"] = Attribution(**fields["attribution"])
    fields["export"] = _to_export(fields["export"])
    fields["erasure"] = _to_erasure(fields["erasure"])
    return AccountJob(**fields)


def _to_export(members: Mapping[str, Any]) -> ExportProgress:
    parts = tuple(Part(**part) for part in members["parts"])
    section = Section(members["section"])
    return ExportProgress(**{**members, "section": section, "parts": parts})


def _to_erasure(members: Mapping[str, Any]) -> ErasureProgress:
    lists = {name: tuple(members[name]) for name in ("planned", "key_ids")}
    return ErasureProgress(**{**members, "stage": Stage(members["stage"]), **lists})


def _key(user_id: str, kind: JobKind) -> Any:
    return {"user_id": to_value(user_id), "kind": to_value(kind)}
