"""The operator replaces the signing key, in good order."""

from __future__ import annotations

import os

from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.aws.signing_vault import SecretsManagerSigningVault
from meshmill.domain.attribution import Attribution
from meshmill.usecases.rotate_signing import RotateSigning, StillOverlapping
from tests.faults.platform import Platform
from tests.support import tables
from tests.support.cloud import AUDIT_DAYS

_LONGEST_LINK_MS = 7 * 24 * 60 * 60_000


def rotate(stage: Platform) -> bool:
    """Whether it was replaced: not as long as a link of the key before may be good."""
    rotation = RotateSigning(
        vault=SecretsManagerSigningVault(stage.cloud.secrets, "signing"),
        audit=DynamoDbAuditTrail(stage.cloud.dynamodb, tables.AUDIT, AUDIT_DAYS),
        clock=stage.clock,
        entropy=os.urandom,
        longest_link_ms=_LONGEST_LINK_MS,
    )
    try:
        rotation(Attribution("operator:tests", f"rotation-{stage.clock.now_ms()}"))
    except StillOverlapping:
        return False
    return True
