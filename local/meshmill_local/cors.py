"""CORS as the template's HTTP API configures it; the engine drops that configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from meshmill_local.assembly import Stack
from meshmill_local.issuer import Answer

Headers = list[tuple[bytes, bytes]]
"""Lower-case names and values, in order."""

_API = "AWS::ApiGatewayV2::Api"


@dataclass(frozen=True)
class CorsPolicy:
    """Who may call from another origin, and what they may see. Empty: nobody."""

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    request_headers: tuple[str, ...] = ()
    exposed_headers: tuple[str, ...] = ()
    max_age_seconds: int = 0

    @classmethod
    def of(cls, stacks: Sequence[Stack]) -> Self:
        """The policy of the first HTTP API in these stacks that has one."""
        for stack in stacks:
            for properties in stack.resources(_API).values():
                if "CorsConfiguration" in properties:
                    return cls._parsed(properties["CorsConfiguration"])
        return cls()

    @classmethod
    def _parsed(cls, configuration: Mapping[str, Any]) -> Self:
        return cls(
            origins=tuple(configuration.get("AllowOrigins", ())),
            methods=tuple(configuration.get("AllowMethods", ())),
            request_headers=tuple(configuration.get("AllowHeaders", ())),
            exposed_headers=tuple(configuration.get("ExposeHeaders", ())),
            max_age_seconds=int(configuration.get("MaxAge", 0)),
        )

    def preflight(self, method: str, headers: Mapping[bytes, bytes]) -> Answer | None:
        """The answer to a preflight request; None when it isn't one, or nothing is configured.

        API Gateway answers 204 by itself, with CORS headers only for an allowed origin.
        """
        asked = method == "OPTIONS" and b"access-control-request-method" in headers
        if not asked or not self.origins:
            return None
        allowed = self._allowed_origin(headers)
        if allowed is None:
            return Answer(204, {}, b"")
        return Answer(
            204,
            {
                "access-control-allow-origin": allowed,
                "access-control-allow-methods": ",".join(self.methods),
                "access-control-allow-headers": ",".join(self.request_headers),
                "access-control-max-age": str(self.max_age_seconds),
                "vary": "origin",
            },
            b"",
        )

    def apply(self, headers: Mapping[bytes, bytes], answered: Headers) -> Headers:
        """An answer's headers under this policy, given the request's.

        As in API Gateway, a configured policy replaces what the function says.
        """
        if not self.origins:
            return answered
        kept = [pair for pair in answered if not pair[0].startswith(b"access-control-")]
        allowed = self._allowed_origin(headers)
        if allowed is not None:
            kept.append((b"access-control-allow-origin", allowed.encode("latin-1")))
            if self.exposed_headers:
                exposed = ",".join(self.exposed_headers).encode()
                kept.append((b"access-control-expose-headers", exposed))
        return kept

    def _allowed_origin(self, headers: Mapping[bytes, bytes]) -> str | None:
        origin = headers.get(b"origin", b"").decode("latin-1")
        if not origin:
            return None
        if "*" in self.origins:
            return "*"
        return origin if origin in self.origins else None
