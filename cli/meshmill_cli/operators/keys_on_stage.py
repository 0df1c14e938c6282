"""The use cases around keys, wired to a stage."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass

from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.aws.dynamodb_key_store import DynamoDbApiKeyStore
from meshmill.aws.signing_vault import SecretsManagerSigningVault
from meshmill.domain.api_keys import ApiKey
from meshmill.domain.attribution import Attribution
from meshmill.domain.identity import user_id
from meshmill.domain.signing import KeySuccession
from meshmill.domain.times import iso
from meshmill.usecases.issue_api_key import IssueApiKey, IssuedKey, KeyRequest
from meshmill.usecases.revoke_api_key import RevokeApiKey
from meshmill.usecases.rotate_signing import RotateSigning, StillOverlapping
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.operators.stages import Stage, stage_opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A key as the command line asks for it; without an issuer, the stage's own is meant."""

    subject: str
    issuer: str | None
    name: str
    permissions: tuple[str, ...]
    requests_per_minute: int | None
    lifetime_ms: int | None


def create(stage_name: str, asked: Asked) -> IssuedKey:
    """A new key for the user that tokens of this issuer and subject belong to."""
    if not asked.subject:
        raise CommandFailed(["--subject must not be empty"], Exit.REFUSED)
    with stage_opened(stage_name) as stage:
        issuer = asked.issuer or stage.output("Issuer")
        request = KeyRequest(
            user_id=user_id(issuer, asked.subject),
            name=asked.name,
            permissions=asked.permissions,
            requests_per_minute=asked.requests_per_minute,
            lifetime_ms=asked.lifetime_ms,
        )
        issue = IssueApiKey(_store(stage), SystemClock(), secrets.token_bytes)
        return issue(request, _attribution(stage))


def every(stage_name: str) -> list[ApiKey]:
    """All keys of the stage."""
    with stage_opened(stage_name) as stage:
        return list(_store(stage).every())


def revoke(stage_name: str, key_id: str) -> ApiKey:
    """The key, which is no more."""
    with stage_opened(stage_name) as stage:
        return RevokeApiKey(_store(stage), SystemClock())(key_id, _attribution(stage))


def rotate(stage_name: str) -> KeySuccession:
    """The signing keys after a rotation that no good link dies of."""
    with stage_opened(stage_name) as stage:
        try:
            return _rotation(stage)(_attribution(stage))
        except StillOverlapping as refusal:
            until = "" if refusal.until is None else f" until {iso(refusal.until)}"
            lines = [
                f"links that the previous key has signed may be good{until}",
                "wait for that, or let them die with --force",
            ]
            raise CommandFailed(lines, Exit.REFUSED) from None


def rotate_regardless(stage_name: str) -> KeySuccession:
    """The signing keys after a rotation that links of the previous key may die of."""
    with stage_opened(stage_name) as stage:
        return _rotation(stage).regardless(_attribution(stage))


def _store(stage: Stage) -> DynamoDbApiKeyStore:
    return DynamoDbApiKeyStore(
        client=stage.client("dynamodb"),
        keys_table=stage.output("ApiKeysTable"),
        audit_table=stage.output("AuditTable"),
        audit_days=int(stage.output("AuditDays")),
    )


def _rotation(stage: Stage) -> RotateSigning:
    clock = SystemClock()
    return RotateSigning(
        vault=SecretsManagerSigningVault(
            stage.client("secretsmanager"), stage.output("SigningSecretId")
        ),
        audit=DynamoDbAuditTrail(
            stage.client("dynamodb"), stage.output("AuditTable"), int(stage.output("AuditDays"))
        ),
        clock=clock,
        entropy=secrets.token_bytes,
        longest_link_ms=int(stage.output("LongestLinkSeconds")) * 1_000,
    )


def _attribution(stage: Stage) -> Attribution:
    """The operator; a command is a request of its own."""
    return Attribution(actor=stage.actor(), request_id=str(uuid.uuid4()))
