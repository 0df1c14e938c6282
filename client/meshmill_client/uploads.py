"""A file, posted by a form that the service has signed."""

from __future__ import annotations

from pathlib import Path

import httpx

from meshmill_client.batch_models import UploadForm
from meshmill_client.refusals import error_of
from meshmill_client.transport import Transport, reported_as_ours

_TYPE_FIELD = "Content-Type"
_DEFAULT_TYPE = "application/octet-stream"


def uploaded(form: UploadForm, file: Path, transport: Transport) -> None:
    """Post the file; it is streamed, and once more from its beginning where no answer comes.

    Repeating is harmless: of an issued batch the first version of the object counts.

    Raises:
        ApiError: the store refuses it.
        ConnectionFailed: the store does not answer.
    """

    def attempt() -> None:
        with file.open("rb") as content, reported_as_ours():
            # The store takes the type from the fields; that of the part is for show.
            part = (file.name, content, form.fields.get(_TYPE_FIELD, _DEFAULT_TYPE))
            response = transport.http.post(form.url, data=form.fields, files={"file": part})
        _require_success(response)

    transport.retrier.run(attempt)


def _require_success(response: httpx.Response) -> None:
    if not response.is_success:
        raise error_of(response)
