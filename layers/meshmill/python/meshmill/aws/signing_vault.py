"""The signing keys in Secrets Manager, for who replaces them."""

from __future__ import annotations

import dataclasses
import json
import uuid
from typing import TYPE_CHECKING

from meshmill.aws.errors import unavailable
from meshmill.aws.signing_secret import parse_succession
from meshmill.domain.errors import InvalidState
from meshmill.domain.signing import KeySuccession
from meshmill.ports import StoredSuccession

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

_SUCCESSORS = uuid.UUID("6a0cbb1f-8a0d-5d4e-9a55-3f0a1b9de0c7")


class SecretsManagerSigningVault:
    """Replaces what was read, and nothing else.

    PutSecretValue knows no condition, but a request token becomes the id of the version that it
    makes, and a version never changes: a second value under the same token is refused, the same
    value again is ignored. So the token follows from the version that was read, and of two who
    read the same one, the first alone succeeds.
    Source: *PutSecretValue*, ``ClientRequestToken``, in the AWS Secrets Manager API reference.
    """

    def __init__(self, client: SecretsManagerClient, secret_id: str) -> None:
        self._client = client
        self._secret_id = secret_id

    def read(self) -> StoredSuccession:
        """The keys that stand now, and their version.

        Raises:
            MalformedSecret: the secret has another form.
        """
        with unavailable("Secrets Manager"):
            answer = self._client.get_secret_value(SecretId=self._secret_id)
        keys = parse_succession(answer.get("SecretString", ""))
        return StoredSuccession(answer["VersionId"], keys)

    def replace(self, seen: StoredSuccession, keys: KeySuccession) -> None:
        """Put these keys in the place of what was read.

        Raises:
            InvalidState: somebody else has replaced them since.
        """
        members = dataclasses.asdict(keys)
        try:
            with unavailable("Secrets Manager"):
                self._client.put_secret_value(
                    SecretId=self._secret_id,
                    SecretString=json.dumps(members),
                    ClientRequestToken=str(uuid.uuid5(_SUCCESSORS, seen.version)),
                )
        except self._client.exceptions.ResourceExistsException:
            raise InvalidState("Somebody else has rotated the signing key meanwhile") from None
