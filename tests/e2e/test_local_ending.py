"""However and whenever a local stack ends, it leaves no process, and says why in one line."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from meshmill_local import LocalStack, PortInUseError, StateInUseError
from meshmill_local.boot import CHECKOUT
from meshmill_local.processes import Children
from meshmill_local.progress import Progress
from meshmill_local.serving import INTERRUPTED, boot_and_use, serve
from meshmill_local.state import StateDirectory
from tests.support.runs import processes_of, wait_for_line

_GONE_SECONDS = 30.0

Run = subprocess.Popen[str]
Runs = Callable[..., Run]


@pytest.fixture
def runs() -> Iterator[Runs]:
    """Starts ``meshmill_local run`` on a state directory and an assembly; kills what stays."""
    started: list[Run] = []

    def run(state: Path, assembly: Path, port: int = 0) -> Run:
        options = ["--port", str(port), "--state-dir", str(state), "--assembly", str(assembly)]
        first_party = (CHECKOUT / "local", CHECKOUT / "layers" / "meshmill" / "python")
        process = subprocess.Popen(
            [sys.executable, "-m", "meshmill_local", "run", *options],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, first_party))},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with process:
            process.kill()


@pytest.fixture
def signals() -> Iterator[None]:
    """Gives both signals back to pytest."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


class TestEnding:
    @pytest.mark.parametrize(
        "moment", ["engine ready", "template synthesised", "stacks deployed", "Ctrl-C"]
    )
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_at_any_moment_leaves_no_process(
        self, tmp_path: Path, echo_assembly: Path, runs: Runs, moment: str, number: signal.Signals
    ) -> None:
        run = runs(tmp_path, echo_assembly)
        wait_for_line(run, moment)

        run.send_signal(number)
        run.communicate(timeout=_GONE_SECONDS)

        assert processes_of(tmp_path) == []
        assert not (tmp_path / "local.json").exists()

    def test_an_interruption_during_synthesis_ends_the_tools_too(self, tmp_path: Path) -> None:
        def synthesise_for_ever(children: Children, state: StateDirectory) -> Path:
            tool = children.spawn(
                [sys.executable, "-c", "import time; time.sleep(600)"],
                environment={"HOME": f"{state.root}/"},
                directory=tmp_path,
                output=subprocess.DEVNULL,
            )
            os.kill(os.getpid(), signal.SIGINT)
            tool.wait()  # until the interrupted thread ends it
            return tmp_path

        with pytest.raises(KeyboardInterrupt):
            LocalStack.start(state_dir=tmp_path, source=synthesise_for_ever)

        assert processes_of(tmp_path) == []

    def test_an_interrupted_boot_does_not_wait_for_the_tools(
        self, tmp_path: Path, signals: None
    ) -> None:
        ended_with: list[int] = []

        def interrupted_source(children: Children, state: StateDirectory) -> Path:
            tool = children.spawn(
                [sys.executable, "-c", "import time; time.sleep(60)"],
                environment={"HOME": f"{state.root}/"},
                directory=tmp_path,
                output=subprocess.DEVNULL,
            )
            os.kill(os.getpid(), signal.SIGINT)
            ended_with.append(tool.wait())
            return tmp_path

        code = boot_and_use(
            serve, port=0, state_dir=tmp_path, source=interrupted_source, progress=Progress()
        )

        assert code == INTERRUPTED
        assert ended_with == [-signal.SIGKILL]
        assert processes_of(tmp_path) == []

    def test_a_second_interruption_does_not_break_off_the_ending(
        self, tmp_path: Path, echo_assembly: Path, runs: Runs
    ) -> None:
        run = runs(tmp_path, echo_assembly)
        wait_for_line(run, "Ctrl-C")

        for _ in range(5):
            run.send_signal(signal.SIGINT)
        run.communicate(timeout=_GONE_SECONDS)

        assert run.returncode == 0
        assert processes_of(tmp_path) == []
        assert (tmp_path / "saved.json").exists()

    def test_the_engine_ends_when_its_parent_is_killed(
        self, tmp_path: Path, echo_assembly: Path, runs: Runs
    ) -> None:
        run = runs(tmp_path, echo_assembly)
        wait_for_line(run, "Ctrl-C")

        run.kill()
        run.communicate(timeout=_GONE_SECONDS)

        deadline = time.monotonic() + _GONE_SECONDS
        while processes_of(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert processes_of(tmp_path) == []

    def test_a_dead_engine_ends_the_run_with_one_line(
        self, tmp_path: Path, echo_assembly: Path, runs: Runs
    ) -> None:
        run = runs(tmp_path, echo_assembly)
        wait_for_line(run, "Ctrl-C")

        for process in processes_of(tmp_path):
            os.kill(process, signal.SIGKILL)
        _, errors = run.communicate(timeout=_GONE_SECONDS)

        assert run.returncode == 1
        assert errors.startswith("meshmill: the engine ended")
        assert len(errors.splitlines()) == 1

    def test_a_port_in_use_is_one_clear_line(
        self, tmp_path: Path, echo_assembly: Path, runs: Runs
    ) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            run = runs(tmp_path, echo_assembly, port)
            _, errors = run.communicate(timeout=_GONE_SECONDS)

        assert run.returncode == 1
        assert errors == (
            f"meshmill: port {port} can't be used: another program has it (127.0.0.1:{port}); "
            f"end it, or choose another port: make run PORT={port + 1}\n"
        )

    def test_a_state_directory_serves_one_stack_at_a_time(
        self, echo: LocalStack, echo_assembly: Path
    ) -> None:
        with pytest.raises(StateInUseError, match=str(os.getpid())):
            LocalStack.start(state_dir=echo.state.root, source=lambda *_: echo_assembly)

        assert httpx.get(f"{echo.base_url}/api/v1/x").status_code == 200

    def test_a_taken_port_is_noticed_before_anything_is_started(
        self, tmp_path: Path, echo: LocalStack, echo_assembly: Path
    ) -> None:
        port = int(echo.base_url.rpartition(":")[2])

        with pytest.raises(PortInUseError):
            LocalStack.start(port=port, state_dir=tmp_path, source=lambda *_: echo_assembly)

        assert not (tmp_path / "engine.log").exists()
