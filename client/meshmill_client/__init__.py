"""Python client of Meshmill: ask for 3D assets, one or many, follow them, download them.

:mod:`meshmill_client.errors` draws what can be raised.
"""

from meshmill_client.assets import Assets
from meshmill_client.batch_models import Batch, BatchCounts, BatchStatus, UploadForm
from meshmill_client.batches import Batches
from meshmill_client.client import Client
from meshmill_client.clock import Clock, SystemClock
from meshmill_client.credentials import ApiKey, ClientCredentials, Credentials
from meshmill_client.errors import ApiError, DownloadFailed, MeshmillError
from meshmill_client.models import (
    Asset,
    AssetFile,
    AssetLinks,
    AssetPage,
    AssetStats,
    AssetStatus,
    Failure,
)
from meshmill_client.retries import RetryPolicy
from meshmill_client.version import __version__

__all__ = [
    "ApiError",
    "ApiKey",
    "Asset",
    "AssetFile",
    "AssetLinks",
    "AssetPage",
    "AssetStats",
    "AssetStatus",
    "Assets",
    "Batch",
    "BatchCounts",
    "BatchStatus",
    "Batches",
    "Client",
    "ClientCredentials",
    "Clock",
    "Credentials",
    "DownloadFailed",
    "Failure",
    "MeshmillError",
    "RetryPolicy",
    "SystemClock",
    "UploadForm",
    "__version__",
]
