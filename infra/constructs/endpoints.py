"""Whose tokens are believed, and under which address answers point back: given at deployment."""

from __future__ import annotations

from aws_cdk import CfnCondition, CfnParameter, Fn
from constructs import Construct


class Endpoints:
    """CloudFormation parameters of a service stack, under their plain names.

    ``PublicBaseUrl`` may be left out; the API's own address then stands in for it.
    """

    def __init__(self, stack: Construct, *, api_endpoint: str) -> None:
        self.token_issuer = _text(
            stack, "TokenIssuer", "iss of the access tokens that are believed"
        )
        self.token_audience = _text(
            stack, "TokenAudience", "aud, or client_id, of the access tokens that are believed"
        )
        self.jwks_url = _text(stack, "JwksUrl", "Where the issuer publishes its public keys")
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


def _text(stack: Construct, name: str, description: str) -> str:
    """A parameter that must be given."""
    return CfnParameter(stack, name, description=description, min_length=1).value_as_string
