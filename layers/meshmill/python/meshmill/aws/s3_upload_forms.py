"""Forms by which a client puts one file into the bucket of uploads."""

from __future__ import annotations

from meshmill.aws.s3_signing import UrlSigner
from meshmill.ports.batches import UploadForm

_LEAST_BYTES = 1


class S3UploadForms:
    """Forms signed with the process's own credentials, made without a round trip.

    They put nothing that the signing role may not put, and die with its session.
    """

    def __init__(self, signer: UrlSigner, bucket: str) -> None:
        self._signer = signer
        self._bucket = bucket

    def form(self, key: str, content_type: str, most_bytes: int, seconds: int) -> UploadForm:
        """A form that is good for so long, for this key, this type and 1 … ``most_bytes``.

        Source: *POST policy* in the Amazon S3 API reference: S3 refuses a form with another field
        than its conditions name, and checks the range when the file has been sent.
        """
        fields = {"key": key, "Content-Type": content_type}
        conditions = [
            {"bucket": self._bucket},
            *({name: value} for name, value in fields.items()),
            ["content-length-range", _LEAST_BYTES, most_bytes],
        ]
        signed = self._signer.form(conditions, seconds)
        return UploadForm(signed.url, fields | signed.fields, signed.expires_at)
