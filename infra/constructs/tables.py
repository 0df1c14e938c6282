"""DynamoDB tables with our defaults."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.choices import OnDeletion
from infra.constructs.deletion import removal_policy


class Table(dynamodb.Table):
    """An on-demand table with string keys, encrypted, restorable to any second of 35 days.

    Args:
        partition_key: attribute of type S.
        sort_key: attribute of type S, if there is one.
        expires_at: attribute (N, seconds since 1970) after which DynamoDB may drop an item.
        stream: what is told of each change, if anybody is to be told.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        partition_key: str,
        sort_key: str | None = None,
        expires_at: str | None = None,
        stream: dynamodb.StreamViewType | None = None,
        on_deletion: OnDeletion,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            partition_key=_string(partition_key),
            sort_key=None if sort_key is None else _string(sort_key),
            time_to_live_attribute=expires_at,
            stream=stream,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=on_deletion is OnDeletion.RETAIN,
            removal_policy=removal_policy(on_deletion),
        )

    @property
    def changes_arn(self) -> str:
        """The ARN of the table's stream.

        Raises:
            TypeError: it was made without one.
        """
        if self.table_stream_arn is None:
            raise TypeError("the table has no stream")
        return self.table_stream_arn

    def index_keys(
        self,
        name: str,
        *,
        partition: str,
        sort: str,
        kind: dynamodb.AttributeType,
        partition_kind: dynamodb.AttributeType | None = None,
    ) -> None:
        """Add an index that projects keys alone: updating anything else costs it no write.

        Both of its keys are of one ``kind``, unless the partition's has another.
        """
        self.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=partition, type=partition_kind or kind),
            sort_key=dynamodb.Attribute(name=sort, type=kind),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
