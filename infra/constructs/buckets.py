"""S3 buckets with our defaults."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.choices import CrossOrigin, OnDeletion
from infra.constructs.acknowledgements import acknowledge
from infra.constructs.cross_origin import of_downloads, of_uploads
from infra.constructs.deletion import removal_policy
from infra.stage_parts import Retention

ARTEFACTS = "artefacts"
"""Prefix of the files that users download: ``artefacts/{spec_id}/{engine_version}/{filename}``."""

EXPORTS = "exports"
"""Prefix of what users are recorded with: ``exports/{user_id}/{job_id}.jsonl``."""

UPLOADS = "uploads"
"""Prefix of what users send, in a bucket of its own: ``uploads/{user_id}/…``."""

BATCHES = "batches"
"""Prefix of what became of batches' lines: ``batches/{user_id}/{batch_id}/{filename}``."""

PARTS = "parts"
"""Prefix of what those files are put together from: ``parts/{user_id}/{batch_id}/{name}``."""

ISSUED = f"{UPLOADS}/*/.batches"
"""Where forms of the API put what users send; ``*`` stands for a user's id."""

QUARANTINE = "quarantine"
"""Prefix of the messages that nobody could understand."""


class PrivateBucket(s3.Bucket):
    """A bucket that the public can't reach, encrypted, over TLS 1.2 and later alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        versioned: bool,
        lifecycle_rules: Sequence[s3.LifecycleRule] = (),
        cors: Sequence[s3.CorsRule],
        retention: Retention,
        on_deletion: OnDeletion,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            versioned=versioned,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            cors=list(cors) or None,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="incomplete-uploads",
                    abort_incomplete_multipart_upload_after=Duration.days(
                        retention.incomplete_upload_days
                    ),
                ),
                *lifecycle_rules,
            ],
            removal_policy=removal_policy(on_deletion),
        )
        acknowledge(
            self,
            "S1",
            "Users open objects by short-lived URLs that api and status mint; a second record "
            "of every download would add nothing but the addresses that it came from.",
        )


def artefacts_bucket(
    scope: Construct, *, retention: Retention, on_deletion: OnDeletion, cors: CrossOrigin
) -> PrivateBucket:
    """What was generated, under immutable keys, and beside it the exports and the quarantine."""
    return PrivateBucket(
        scope,
        "Artefacts",
        versioned=False,
        lifecycle_rules=[
            s3.LifecycleRule(
                id="quarantine",
                prefix=f"{QUARANTINE}/",
                expiration=Duration.days(retention.quarantine_days),
            ),
            s3.LifecycleRule(
                id="exports",
                prefix=f"{EXPORTS}/",
                expiration=Duration.days(retention.export_days),
            ),
            s3.LifecycleRule(
                id="parts",
                prefix=f"{PARTS}/",
                expiration=Duration.days(retention.part_days),
            ),
        ],
        cors=of_downloads(cors),
        retention=retention,
        on_deletion=on_deletion,
    )


def uploads_bucket(
    scope: Construct, *, retention: Retention, on_deletion: OnDeletion, cors: CrossOrigin
) -> PrivateBucket:
    """Manifests as they came: versioned, since an ingestion reads one version to its end."""
    return PrivateBucket(
        scope,
        "Uploads",
        versioned=True,
        lifecycle_rules=[
            s3.LifecycleRule(
                id="uploads",
                prefix=f"{UPLOADS}/",
                expiration=Duration.days(retention.upload_days),
                noncurrent_version_expiration=Duration.days(retention.upload_days),
            ),
            # S3 takes no day together with this, hence a rule of its own.
            s3.LifecycleRule(
                id="delete-markers", prefix=f"{UPLOADS}/", expired_object_delete_marker=True
            ),
        ],
        cors=of_uploads(cors),
        retention=retention,
        on_deletion=on_deletion,
    )
