"""The embedded engine (ministack) as a child process on a free loopback port."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpcore

from meshmill_local.errors import EngineError
from meshmill_local.ports import LOOPBACK, free_port
from meshmill_local.processes import Children, kill_group
from meshmill_local.state import StateDirectory, read_json

REGION = "us-east-1"
ACCOUNT = "000000000000"

_READY_SECONDS = 60.0
_SAVE_SECONDS = 30.0
_PROBE_SECONDS = 2.0
_POLL_SECONDS = 0.02
_WARM_WORKER_SECONDS = 3600
_LAST_LINES = 3
_OK = 200


class Engine:
    """A running engine."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, state: StateDirectory) -> None:
        """Take over a process that :func:`start_engine` started."""
        self._process = process
        self._log = state.engine_log
        self.port = port
        self.endpoint = f"http://{LOOPBACK}:{port}"

    @property
    def pid(self) -> int:
        """The process id, which is also the id of the group of its workers."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Return once the engine answers.

        Raises:
            EngineError: it ended, or did not answer in time.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while not self._answers():
            self.require_running()
            if time.monotonic() > deadline:
                raise EngineError(
                    f"the engine did not answer within {_READY_SECONDS:.0f} s",
                    where=str(self._log),
                    next_step="read the log, then try again",
                )
            time.sleep(_POLL_SECONDS)

    def require_running(self) -> None:
        """Raise EngineError when the process has ended."""
        code = self._process.poll()
        if code is not None:
            raise EngineError(
                f"the engine ended with code {code}: {_last_words(self._log)}",
                where=str(self._log),
                next_step="read the log; `make clean` starts afresh",
            )

    def save_and_stop(self) -> bool:
        """End the engine so that it writes its state; True when it did."""
        if self._process.poll() is not None:
            return False
        os.kill(self._process.pid, signal.SIGTERM)
        try:
            return self._process.wait(_SAVE_SECONDS) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            kill_group(self._process)

    def _answers(self) -> bool:
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), _PROBE_SECONDS)
        try:
            answer = httpcore.request(
                "GET", f"{self.endpoint}/_ministack/ready", extensions={"timeout": timeout}
            )
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
            return False
        return answer.status == _OK


def start_engine(children: Children, state: StateDirectory) -> Engine:
    """Start the engine; it is not ready yet.

    The port of the last run is taken again where it is free: queue addresses that functions hold
    in their environment name it.

    Raises:
        EngineError: it is not installed, or can't be started.
    """
    if importlib.util.find_spec("ministack") is None:
        raise EngineError(
            "the embedded engine is not installed",
            where=sys.executable,
            next_step="run `make setup`",
        )
    port = free_port((read_json(state.saved_json) or {}).get("engine_port"))
    with state.engine_log.open("wb") as log:
        process = children.spawn(
            [sys.executable, "-I", str(Path(__file__).with_name("engine_process.py"))],
            environment=_environment(port, state),
            directory=state.engine,
            output=log,
        )
    return Engine(process, port, state)


def _environment(port: int, state: StateDirectory) -> dict[str, str]:
    """All that the engine sees; functions inherit it, so nothing of the developer's is in it."""
    home = state.engine / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "TMPDIR": str(state.engine_temporary),
        "LANG": "C.UTF-8",
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state.engine / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state.engine / "objects"),
        "LAMBDA_EXECUTOR": "local",
        "LAMBDA_WARM_TTL_SECONDS": str(_WARM_WORKER_SECONDS),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # A socket that doesn't exist: the engine would sweep the developer's containers.
        "DOCKER_HOST": f"unix://{home}/no-docker.sock",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _last_words(log: Path) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return " | ".join(lines[-_LAST_LINES:]) or "no output"
