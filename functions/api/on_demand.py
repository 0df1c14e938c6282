"""What the api function wires on use, since most processes are never asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshmill.aws import clients

if TYPE_CHECKING:
    from meshmill.aws.dynamodb_assets import DynamoDbAssets
    from meshmill.ports import Clock, Entropy, SigningSecret
    from meshmill.settings import ApiSettings
    from meshmill.usecases.account_requests import AccountRequests
    from meshmill.usecases.batches.batches import Batches
    from meshmill.usecases.cross_user_reading import CrossUserReading
    from meshmill.usecases.delete_asset import DeleteAsset
    from meshmill.usecases.estimate_asset import EstimateAsset
    from meshmill.usecases.list_assets import ListAssets


@dataclass(frozen=True, slots=True)
class OnDemand:
    """A method a use case, or a few that belong together."""

    settings: ApiSettings
    assets: DynamoDbAssets
    secret: SigningSecret
    clock: Clock
    entropy: Entropy

    def estimate_asset(self) -> EstimateAsset:
        """What a dry run asks."""
        from meshmill.usecases.estimate_asset import EstimateAsset  # noqa: PLC0415

        return EstimateAsset(self.assets)

    def list_assets(self) -> ListAssets:
        """Pages of assets."""
        from meshmill.usecases.list_assets import ListAssets  # noqa: PLC0415

        return ListAssets(self.assets, self.secret, self.cross_user_reading)

    def cross_user_reading(self) -> CrossUserReading:
        """What stands between an admin and somebody else's data."""
        from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail  # noqa: PLC0415
        from meshmill.usecases.cross_user_reading import CrossUserReading  # noqa: PLC0415

        table, days = self.settings.audit_table, self.settings.audit_days
        trail = DynamoDbAuditTrail(clients.dynamodb(), table, days)
        return CrossUserReading(trail, self.clock, self.entropy)

    def delete_asset(self) -> DeleteAsset:
        """The end of a record."""
        from meshmill.aws.dynamodb_asset_deletion import DynamoDbAssetDeletion  # noqa: PLC0415
        from meshmill.usecases.delete_asset import DeleteAsset  # noqa: PLC0415

        settings = self.settings
        tables = settings.assets_table, settings.audit_table, settings.batches_table
        deletion = DynamoDbAssetDeletion(clients.dynamodb(), *tables, settings.audit_days)
        return DeleteAsset(self.assets, deletion, self.clock)

    def account_requests(self) -> AccountRequests:
        """A user's own account."""
        from meshmill.aws.dynamodb_account_jobs import DynamoDbAccountJobs  # noqa: PLC0415
        from meshmill.aws.dynamodb_fences import DynamoDbFences  # noqa: PLC0415
        from meshmill.usecases.account_requests import AccountRequests  # noqa: PLC0415

        jobs = DynamoDbAccountJobs(clients.dynamodb(), self.settings.account_jobs_table)
        fences = DynamoDbFences(clients.dynamodb(), self.settings.rate_limits_table, self.clock)
        return AccountRequests.over(jobs, fences, self.clock, self.entropy)

    def batches(self) -> Batches:
        """Batches, whose manifests come by a form."""
        from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail  # noqa: PLC0415
        from meshmill.aws.dynamodb_batches import DynamoDbBatches  # noqa: PLC0415
        from meshmill.aws.s3_upload_forms import S3UploadForms  # noqa: PLC0415
        from meshmill.aws.sqs_batches import SqsBatchQueue  # noqa: PLC0415
        from meshmill.usecases.batches.batches import Batches, BatchStores  # noqa: PLC0415

        settings, dynamodb = self.settings, clients.dynamodb()
        audited = settings.audit_table, settings.audit_days
        signer = clients.url_signer(settings.uploads_bucket, self.clock)
        stores = BatchStores(
            batches=DynamoDbBatches(dynamodb, settings.batches_table, *audited),
            forms=S3UploadForms(signer, settings.uploads_bucket),
            queue=SqsBatchQueue(clients.sqs(), settings.batch_queue_url),
            trail=DynamoDbAuditTrail(dynamodb, *audited),
            secret=self.secret,
        )
        return Batches.over(stores, settings, self.cross_user_reading, self.clock, self.entropy)
