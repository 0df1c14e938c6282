"""Ports on the loopback interface."""

from __future__ import annotations

import socket

from meshmill_local.errors import PortInUseError

LOOPBACK = "127.0.0.1"
_PROBE_SECONDS = 0.5


def bind_front(port: int) -> socket.socket:
    """Bind, but don't listen on, the front port; 0 takes a free one.

    Raises:
        PortInUseError: another program has the port, or answers for ``localhost`` on it.
    """
    if port and _answers("localhost", port):
        raise _in_use(port)
    front = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    front.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        front.bind((LOOPBACK, port))
    except OSError as error:
        front.close()
        raise _in_use(port) from error
    return front


def free_port(preferred: int | None) -> int:
    """The preferred port where it is free, or any free one."""
    for port in (preferred or 0, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise PortInUseError(
        "no free port", where=LOOPBACK, next_step="end some programs, then try again"
    )


def _in_use(port: int) -> PortInUseError:
    return PortInUseError(
        f"port {port} can't be used: another program has it",
        where=f"{LOOPBACK}:{port}",
        next_step=f"end it, or choose another port: make run PORT={port + 1}",
    )


def _answers(host: str, port: int) -> bool:
    """``localhost`` may be ``::1`` first: a listener there would take our clients' requests."""
    try:
        socket.create_connection((host, port), timeout=_PROBE_SECONDS).close()
    except OSError:
        return False
    return True
