"""The steps of a start."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_keys import to_item
from meshmill.domain.api_keys import ApiKey, KeyCredential
from meshmill.domain.identity import user_id
from meshmill.domain.permissions import USER_PERMISSIONS
from meshmill_local.assembly import Stack, read_assembly
from meshmill_local.clients import Clients
from meshmill_local.deploy import Deployment
from meshmill_local.engine import Engine, start_engine
from meshmill_local.identity import AUDIENCE, ISSUER, Credentials, SigningKey
from meshmill_local.issuer import JWKS_PATH, Issuer, RefreshTokens
from meshmill_local.ports import LOOPBACK
from meshmill_local.prewarm import prewarm
from meshmill_local.processes import Children
from meshmill_local.state import StateDirectory, read_json, write_private_json
from meshmill_local.toolchain import synthesise

Report = Callable[[str], None]
"""Receives one line about each finished step."""

Source = Callable[[Children, StateDirectory], Path]
"""Makes a cloud assembly and says where it stands."""

CHECKOUT = Path(__file__).resolve().parents[2]


def synthesised_checkout(children: Children, state: StateDirectory) -> Path:
    """The local stage of this checkout."""
    output = CHECKOUT / "build" / "cdk" / "local"
    synthesise(children, CHECKOUT, output, state.root / "synth.log")
    return output


class Boot:
    """The steps of a start; what each begins is ended by ``ending``."""

    def __init__(
        self,
        state: StateDirectory,
        children: Children,
        report: Report,
        ending: contextlib.ExitStack,
    ) -> None:
        """Boot on this state directory."""
        self._children = children
        self._state = state
        self._report = report
        self._ending = ending
        self._deployed: Mapping[str, str] = {}

    def prepare(self) -> None:
        """Make the directories and find out what the engine's state holds."""
        self._state.prepare()
        self._deployed = (read_json(self._state.saved_json) or {}).get("stacks", {})

    def engine_and_assembly(self, source: Source) -> tuple[Engine, list[Stack]]:
        """Start the engine while the template is synthesised."""
        state = self._state
        self._ending.callback(state.empty_temporary)
        threads = self._ending.enter_context(ThreadPoolExecutor(2, "boot"))
        children = self._children
        self._ending.callback(children.end_all)
        started = time.monotonic()
        starting = threads.submit(start_engine, children, state)
        sourcing = threads.submit(source, children, state)
        engine = starting.result()
        engine.wait_until_ready()
        self._step(f"engine ready on {LOOPBACK}:{engine.port}", started)
        assembly = sourcing.result()
        self._step("template synthesised", started)
        return engine, read_assembly(assembly)

    def deploy(
        self, engine: Engine, clients: Clients, stacks: Sequence[Stack], base_url: str
    ) -> dict[str, str]:
        """Deploy; from then on the engine's state is worth saving when everything ends."""
        started = time.monotonic()
        port = base_url.rpartition(":")[2]
        parameters = {
            "PublicBaseUrl": base_url,
            "JwksUrl": f"http://{LOOPBACK}:{port}{JWKS_PATH}",
            "TokenIssuer": ISSUER,
            "TokenAudience": AUDIENCE,
        }
        deployment = Deployment(clients, self._state.layers, engine.require_running)
        fingerprints = deployment.apply(stacks, parameters, self._deployed)
        outputs = deployment.outputs(stacks)
        self._ending.callback(partial(_save, engine, self._state, fingerprints))
        self._step(f"{len(stacks)} stacks deployed", started)
        return outputs

    def identity(self, clients: Clients, keys_table: str) -> tuple[Credentials, Issuer]:
        """The local user, its API key in the table, and the issuer that knows it.

        The key is put at every start: it stays good after the engine's state was dropped.
        """
        kept = self._state.identity
        credentials = Credentials.kept_in(kept / "credentials.json")
        subject = credentials.client_id
        put_api_key(clients, keys_table, credentials.api_key, subject, USER_PERMISSIONS)
        key = SigningKey.kept_in(kept / "issuer_key.pem")
        return credentials, Issuer(key, credentials, RefreshTokens(kept / "refresh_tokens.json"))

    def warm(self, port: int, outputs: Mapping[str, str], clients: Clients) -> None:
        """Start a worker of each function."""
        started = time.monotonic()
        prewarm(f"http://{LOOPBACK}:{port}", outputs, clients, self._report)
        self._step("functions warm", started)

    def _step(self, what: str, started: float) -> None:
        self._report(f"{what} ({time.monotonic() - started:.1f} s)")


def _save(engine: Engine, state: StateDirectory, fingerprints: Mapping[str, str]) -> None:
    """The fingerprints are only true of a state that was written as a whole."""
    if engine.save_and_stop():
        write_private_json(
            state.saved_json,
            {
                "root": str(state.root),
                "engine_port": engine.port,
                "stacks": dict(fingerprints),
            },
        )


def put_api_key(
    clients: Clients,
    table: str,
    credential: KeyCredential,
    subject: str,
    permissions: Sequence[str],
    requests_per_minute: int | None = None,
) -> None:
    """Store a key's hash for a subject of the local issuer, over one that stands there."""
    key = ApiKey(
        key_id=credential.key_id,
        secret_sha256=credential.secret_sha256,
        user_id=user_id(ISSUER, subject),
        permissions=frozenset(permissions),
        name=f"local key of {subject}",
        created_at=SystemClock().now_ms(),
        requests_per_minute=requests_per_minute,
    )
    clients.client("dynamodb").put_item(TableName=table, Item=to_item(key))
