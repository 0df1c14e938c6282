"""The worker on accounts: both kinds of jobs over the same stores."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.domain.account_job import JobKind, Stage
from meshmill.ports import ApiKeyStore, AssetStore, AuditTrail, Clock, Entropy
from meshmill.ports.accounts import AccountJobs, AssetErasure, ExportFiles, Fences, UserFiles
from meshmill.ports.batches import BatchStore
from meshmill.settings import AccountSettings
from meshmill.usecases.erasables import (
    Erasable,
    ErasableAssets,
    ErasableBatches,
    ErasableFiles,
    ErasableKeys,
)
from meshmill.usecases.erase_account import EraseAccount
from meshmill.usecases.export_account import AccountReader, ExportAccount
from meshmill.usecases.run_account_jobs import RunAccountJobs


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStores:
    """Everything that knows of a user.

    Erasures delete ``uploads``, which users have sent, and ``results``: exports, and the reports of
    batches.
    """

    jobs: AccountJobs
    assets: AssetStore
    erasure: AssetErasure
    batches: BatchStore
    keys: ApiKeyStore
    audit: AuditTrail
    fences: Fences
    export_files: ExportFiles
    uploads: UserFiles
    results: UserFiles


def account_worker(
    stores: AccountStores, settings: AccountSettings, clock: Clock, entropy: Entropy
) -> RunAccountJobs:
    """A worker with the leases and times of the function's settings."""
    export = ExportAccount(
        read=AccountReader(stores.assets, stores.batches, stores.keys, stores.audit),
        audit=stores.audit,
        files=stores.export_files,
        life_seconds=settings.export_seconds,
    )
    erase = EraseAccount(
        erasables=_erasables(stores, clock),
        jobs=stores.jobs,
        exports=stores.export_files,
        fences=stores.fences,
        audit=stores.audit,
        clock=clock,
        settle_ms=settings.settle_ms,
        life_seconds=settings.receipt_seconds,
    )
    return RunAccountJobs(
        jobs=stores.jobs,
        workers={JobKind.EXPORT: export, JobKind.ERASURE: erase},
        clock=clock,
        entropy=entropy,
        lease_ms=settings.lease_ms,
        reserve_ms=settings.reserve_ms,
    )


def _erasables(stores: AccountStores, clock: Clock) -> dict[Stage, Erasable]:
    return {
        Stage.API_KEYS: ErasableKeys(stores.keys, stores.fences, clock),
        Stage.BATCHES: ErasableBatches(stores.batches, clock),
        Stage.ASSETS: ErasableAssets(stores.assets, stores.erasure, clock),
        Stage.UPLOADS: ErasableFiles(stores.uploads),
        Stage.RESULTS: ErasableFiles(stores.results),
    }
