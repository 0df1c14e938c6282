"""The embedded engine (ministack) as a child process on a free loopback port."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.support.backend import REGION, Backend

_LOOPBACK = "127.0.0.1"
_READY_SECONDS, _POLL_SECONDS, _END_SECONDS = 60.0, 0.05, 10.0


class EngineDidNotStart(Exception):
    """Its last output is in the message."""


@contextmanager
def embedded_backend(directory: Path) -> Iterator[Backend]:
    """A fresh engine, whose files are below ``directory``, ended with all of its group."""
    port = _free_port()
    log = directory / "engine.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-I", _entry_point()],
            env=_environment(port, directory),
            cwd=directory,
            stdin=subprocess.PIPE,  # the engine ends when this closes, however we end
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        endpoint = f"http://{_LOOPBACK}:{port}"
        _wait_until_ready(process, endpoint, log)
        backend = Backend("embedded", endpoint)
        yield backend
        backend.close()
    finally:
        _end(process)


def _entry_point() -> str:
    specification = importlib.util.find_spec("meshmill_local.engine_process")
    if specification is None or specification.origin is None:
        raise EngineDidNotStart("meshmill_local is not on the path")
    return specification.origin


def _environment(port: int, directory: Path) -> dict[str, str]:
    """All that the engine sees: nothing of the developer's, and no address but the loopback."""
    return {
        "PATH": os.defpath,
        "HOME": str(directory),
        "LANG": "C.UTF-8",
        "BIND_HOST": _LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": _LOOPBACK,
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker.sock",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not _answers(endpoint):
        if process.poll() is not None or time.monotonic() > deadline:
            raise EngineDidNotStart(log.read_text(errors="replace")[-2000:])
        time.sleep(_POLL_SECONDS)


def _answers(endpoint: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{endpoint}/_ministack/ready", trust_env=False).is_success
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
    if process.stdin is not None:
        process.stdin.close()
