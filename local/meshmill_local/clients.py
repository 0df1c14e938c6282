"""boto3 clients of the embedded engine, independent of the developer's AWS configuration."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from meshmill_local.engine import REGION

# The engine accepts any.
ACCESS_KEY_ID = "test"
SECRET_ACCESS_KEY = "test"  # noqa: S105 - as said

_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 5, 60, 3
_CONNECTIONS = 32


# Name in the configuration file, in the environment, default, conversion.
_NOT_CONFIGURABLE = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def _session() -> boto3.Session:
    """Without the developer's profile: a name that no file has would be an error."""
    return boto3.Session(
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        region_name=REGION,
        botocore_session=botocore.session.Session(session_vars=_NOT_CONFIGURABLE),
    )


@dataclass(frozen=True)
class Clients:
    """Makes one client a service; boto3's clients may be shared between threads."""

    endpoint: str
    _session: boto3.Session = field(default_factory=_session)
    _made: dict[str, Any] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str) -> Any:
        """The client of a service.

        Proxies of the environment are not used, buckets stand in the path.
        """
        with self._making:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    def close(self) -> None:
        """Close every connection."""
        with self._making:
            for client in self._made.values():
                client.close()
            self._made.clear()

    def _make(self, service: str) -> Any:
        return self._session.client(
            service,  # type: ignore[call-overload]  # any service, not one literal
            endpoint_url=self.endpoint,
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
                max_pool_connections=_CONNECTIONS,
                proxies={},
                s3={"addressing_style": "path"},
            ),
        )
