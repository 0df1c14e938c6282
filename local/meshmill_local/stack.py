"""A whole Meshmill on this machine, as one object with a beginning and an end."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from meshmill.domain.api_keys import KeyCredential
from meshmill.domain.permissions import USER_PERMISSIONS
from meshmill_local.boot import Boot, Report, Source, put_api_key, synthesised_checkout
from meshmill_local.clients import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Clients
from meshmill_local.cors import CorsPolicy
from meshmill_local.engine import REGION, Engine
from meshmill_local.identity import Credentials
from meshmill_local.issuer import TOKEN_PATH, Issuer
from meshmill_local.ports import bind_front
from meshmill_local.processes import Children
from meshmill_local.proxy import Proxy
from meshmill_local.server import FrontServer
from meshmill_local.state import StateDirectory, write_private_json

MAX_CONCURRENCY = max(4, 2 * (os.cpu_count() or 1))
"""Requests in the engine at a time: it runs a process for each, more only take turns."""


@dataclass(frozen=True)
class LocalStack:
    """A running stack: addresses, credentials and clients. Use it as a context manager."""

    base_url: str
    engine: Engine
    clients: Clients
    outputs: Mapping[str, str]
    credentials: Credentials
    state: StateDirectory
    _issuer: Issuer
    _ending: contextlib.ExitStack

    @classmethod
    def start(
        cls,
        *,
        port: int = 0,
        state_dir: Path,
        report: Report = lambda _: None,
        source: Source = synthesised_checkout,
        children: Children | None = None,
    ) -> Self:
        """Boot everything; returns when a request is answered by warm workers.

        Args:
            port: of the front on localhost; 0 takes a free one.
            state_dir: kept between runs; one stack at a time.
            report: receives a line about each step.
            source: where the cloud assembly comes from.
            children: its ``end_all`` breaks off the start, from whichever thread.

        Raises:
            LocalStackError: one of its kinds; nothing is left running.
        """
        ending = contextlib.ExitStack()
        state = StateDirectory(state_dir.resolve())
        boot = Boot(state, children or Children(), report, ending)
        try:
            return cls._booted(port, state, boot, source, ending)
        except BaseException:
            ending.close()
            raise

    @classmethod
    def _booted(
        cls,
        port: int,
        state: StateDirectory,
        boot: Boot,
        source: Source,
        ending: contextlib.ExitStack,
    ) -> Self:
        ending.enter_context(state.locked())
        front = ending.enter_context(bind_front(port))
        boot.prepare()
        engine, stacks = boot.engine_and_assembly(source)
        base_url = f"http://localhost:{front.getsockname()[1]}"
        clients = Clients(engine.endpoint)
        ending.callback(clients.close)
        outputs = boot.deploy(engine, clients, stacks, base_url)
        credentials, issuer = boot.identity(clients, outputs["ApiKeysTable"])
        proxy = Proxy(
            f"{engine.endpoint}/_aws/execute-api/{outputs['ApiId']}/$default",
            issuer,
            CorsPolicy.of(stacks),
            MAX_CONCURRENCY,
        )
        server = FrontServer(proxy, front).start()
        ending.callback(server.stop)
        boot.warm(server.port, outputs, clients)
        stack = cls(base_url, engine, clients, outputs, credentials, state, issuer, ending)
        ending.callback(state.local_json.unlink, missing_ok=True)
        write_private_json(state.local_json, stack.description())
        return stack

    def __enter__(self) -> Self:
        """The running stack itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything that was started."""
        self.close()

    def close(self) -> None:
        """End everything that was started; the engine writes its state first."""
        self._ending.close()

    @property
    def token_url(self) -> str:
        """Where ``POST`` grants tokens."""
        return self.base_url + TOKEN_PATH

    @property
    def client_id(self) -> str:
        """The local user's client id."""
        return self.credentials.client_id

    @property
    def client_secret(self) -> str:
        """The local user's client secret."""
        return self.credentials.client_secret

    @property
    def api_key(self) -> str:
        """The local user's API key."""
        return str(self.credentials.api_key)

    @property
    def uploads_bucket(self) -> str:
        """Where manifests are dropped."""
        return self.outputs["UploadsBucket"]

    @property
    def s3_endpoint(self) -> str:
        """The engine's address for S3 clients; path-style buckets, any credentials."""
        return self.engine.endpoint

    @property
    def engine_endpoint(self) -> str:
        """The engine's address for every AWS service."""
        return self.engine.endpoint

    def client(self, service: str) -> Any:
        """A boto3 client of the engine."""
        return self.clients.client(service)

    def mint_token(
        self,
        subject: str,
        permissions: Sequence[str] = USER_PERMISSIONS,
        lifetime_seconds: int = 3600,
    ) -> str:
        """A valid access token for any subject: another user, fewer permissions, expired."""
        return self._issuer.mint(subject, permissions, lifetime_seconds)

    def mint_api_key(
        self,
        subject: str,
        permissions: Sequence[str] = USER_PERMISSIONS,
        requests_per_minute: int | None = None,
    ) -> str:
        """A new API key for any subject, with the stage's limit or one of its own."""
        credential = KeyCredential.generate(secrets.token_bytes)
        table = self.outputs["ApiKeysTable"]
        put_api_key(self.clients, table, credential, subject, permissions, requests_per_minute)
        return str(credential)

    def description(self) -> dict[str, str]:
        """What local.json tells tools."""
        return {
            "base_url": self.base_url,
            "token_url": self.token_url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "api_key": self.api_key,
            "uploads_bucket": self.uploads_bucket,
            "s3_endpoint": self.s3_endpoint,
            "region": REGION,
            "aws_access_key_id": ACCESS_KEY_ID,
            "aws_secret_access_key": SECRET_ACCESS_KEY,
        }
