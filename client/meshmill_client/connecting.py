"""What both clients are put together from."""

from __future__ import annotations

import httpx

from meshmill_client.addresses import is_base, quoted
from meshmill_client.credentials import Credentials
from meshmill_client.retries import Retrier, RetryPolicy, certainly_not_received, transient
from meshmill_client.runtime import Runtime
from meshmill_client.session import Call, Session
from meshmill_client.transport import Transport
from meshmill_client.version import __version__

DEFAULT_TIMEOUT = 30.0
HEADERS = {
    "Accept": "application/json",
    "User-Agent": f"meshmill-client/{__version__} httpx/{httpx.__version__}",
}
#: RFC 9110, 9.2.2: sent twice, they have the effect of once.
_IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")


def checked(base_url: str) -> str:
    """The address, without a slash at its end.

    Raises:
        ValueError: it is no HTTP address.
    """
    if not is_base(base_url):
        reason = f"must be https:// or http:// and a host, not {quoted(base_url)}"
        raise ValueError(f"base_url {reason}")
    return base_url.rstrip("/")


def session_of(
    base_url: str, credentials: Credentials | None, runtime: Runtime, retries: RetryPolicy | None
) -> Session:
    """A service, and who is calling it."""
    transport = Transport(runtime, Retrier(retries or RetryPolicy(), runtime))
    authenticator = credentials.authenticator(transport) if credentials is not None else None
    return Session(base_url, authenticator, transport)


async def sent(session: Session, call: Call) -> httpx.Response:
    """The answer of a call that nothing is known of but its method and headers.

    Raises:
        ValueError: its path is none: behind the address it could name another host.
        ApiError, ConnectionFailed, TokenRefused: there is no good answer.
    """
    if not call.path.startswith("/"):
        raise ValueError(f"a path begins with a slash: {call.path!r}")
    keyed = any(name.lower() == "idempotency-key" for name in call.headers or ())
    harmless = keyed or call.method.upper() in _IDEMPOTENT
    return await session.send(call, transient if harmless else certainly_not_received)
