"""Python client of Meshmill: ask for 3D assets, one or many, follow them, download them.

:class:`Client` blocks, :class:`AsyncClient` is for asyncio and trio.
:mod:`meshmill_client.errors` draws what can be raised.
"""

from meshmill_client.assets import Assets, AsyncAssets
from meshmill_client.async_client import AsyncClient
from meshmill_client.batch_models import (
    Batch,
    BatchCounts,
    BatchStatus,
    LineError,
    LineResult,
    UploadForm,
)
from meshmill_client.batches import AsyncBatches, Batches
from meshmill_client.client import Client
from meshmill_client.clock import AsyncClock, AsyncSystemClock, Clock, SystemClock
from meshmill_client.credentials import ApiKey, ClientCredentials, Credentials, TokenProvider
from meshmill_client.errors import ApiError, DownloadFailed, MeshmillError
from meshmill_client.generators import AsyncGenerators, Generators
from meshmill_client.models import (
    Asset,
    AssetFile,
    AssetLinks,
    AssetPage,
    AssetStats,
    AssetStatus,
    DryRun,
    Estimate,
    Failure,
    Generator,
)
from meshmill_client.request_types import (
    Format,
    GeneratorName,
    Parameters,
    Quality,
    TextureFormat,
    TextureSize,
)
from meshmill_client.retries import RetryPolicy
from meshmill_client.tokens import AccessToken, CachedToken, TokenCache
from meshmill_client.transfers import Transfer
from meshmill_client.version import __version__

__all__ = [
    "AccessToken",
    "ApiError",
    "ApiKey",
    "Asset",
    "AssetFile",
    "AssetLinks",
    "AssetPage",
    "AssetStats",
    "AssetStatus",
    "Assets",
    "AsyncAssets",
    "AsyncBatches",
    "AsyncClient",
    "AsyncClock",
    "AsyncGenerators",
    "AsyncSystemClock",
    "Batch",
    "BatchCounts",
    "BatchStatus",
    "Batches",
    "CachedToken",
    "Client",
    "ClientCredentials",
    "Clock",
    "Credentials",
    "DownloadFailed",
    "DryRun",
    "Estimate",
    "Failure",
    "Format",
    "Generator",
    "GeneratorName",
    "Generators",
    "LineError",
    "LineResult",
    "MeshmillError",
    "Parameters",
    "Quality",
    "RetryPolicy",
    "SystemClock",
    "TextureFormat",
    "TextureSize",
    "TokenCache",
    "TokenProvider",
    "Transfer",
    "UploadForm",
    "__version__",
]
