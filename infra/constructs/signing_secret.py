"""The key that signs status links."""

from __future__ import annotations

import json

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.choices import OnDeletion
from infra.constructs.acknowledgements import acknowledge
from infra.constructs.deletion import removal_policy


class SigningSecret(secretsmanager.Secret):
    """``{"current": <generated>, "previous": ""}``: both verify, ``current`` alone signs."""

    def __init__(self, scope: Construct, construct_id: str, *, on_deletion: OnDeletion) -> None:
        super().__init__(
            scope,
            construct_id,
            description="Signs Meshmill's status links; previous is still honoured",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"previous": ""}),
                generate_string_key="current",
                password_length=64,
                exclude_punctuation=True,
            ),
            removal_policy=removal_policy(on_deletion),
        )
        acknowledge(
            self,
            "SMG4",
            "Rotation moves current to previous and must leave it there for as long as links "
            "live, which Secrets Manager's own rotation can't; operators do it when they need to.",
        )
