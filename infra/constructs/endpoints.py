"""Whose tokens are believed, and under which address answers point back: given at deployment."""

from __future__ import annotations

from aws_cdk import CfnCondition, CfnParameter, Fn
from constructs import Construct

from infra.constructs.identity import TrustedIssuer


class Endpoints:
    """What a service stack believes, and under which address it is found.

    Without an ``issuer`` of the app's own, CloudFormation parameters name one. ``PublicBaseUrl``
    may be left out; the API's own address then stands in for it.
    """

    def __init__(
        self, stack: Construct, *, api_endpoint: str, issuer: TrustedIssuer | None
    ) -> None:
        self.trusted = issuer or _given_issuer(stack)
        given = CfnParameter(
            stack,
            "PublicBaseUrl",
            default="",
            description="Address that links begin with; empty for the API's own",
        )
        is_given = CfnCondition(
            stack,
            "HasPublicBaseUrl",
            expression=Fn.condition_not(Fn.condition_equals(given.value_as_string, "")),
        )
        self.public_base_url = Fn.condition_if(
            is_given.logical_id, given.value_as_string, api_endpoint
        ).to_string()


def _given_issuer(stack: Construct) -> TrustedIssuer:
    """Any issuer, by the parameters ``TokenIssuer``, ``TokenAudience`` and ``JwksUrl``."""
    return TrustedIssuer(
        issuer=_text(stack, "TokenIssuer", "iss of the access tokens that are believed"),
        audience=_text(
            stack,
            "TokenAudience",
            "aud, or client_id, of the access tokens that are believed; several joined by commas",
        ),
        jwks_url=_text(stack, "JwksUrl", "Where the issuer publishes its public keys"),
    )


def _text(stack: Construct, name: str, description: str) -> str:
    """A parameter that must be given."""
    return CfnParameter(stack, name, description=description, min_length=1).value_as_string
