"""moto inside this process, made atomic."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from botocore.awsrequest import AWSPreparedRequest
from moto import mock_aws
from moto.core.common_types import TYPE_RESPONSE
from moto.core.models import botocore_stubber

from tests.support.backend import Backend
from tests.support.emulation import thrifty_emulation


@contextmanager
def moto_backend() -> Iterator[Backend]:
    """A backend of moto's, atomic as AWS is."""
    with mock_aws(), thrifty_emulation(), one_request_at_a_time():
        backend = Backend("moto")
        yield backend
        backend.close()


@contextmanager
def one_request_at_a_time() -> Iterator[None]:
    """moto 5 looks and then writes without a lock, so that of two conditional writes both may win.

    On AWS each is atomic; so one request at a time here.
    """
    process, one_at_a_time = botocore_stubber.process_request, threading.Lock()

    def process_alone(request: AWSPreparedRequest) -> TYPE_RESPONSE | None:
        with one_at_a_time:
            return process(request)

    with mock.patch.object(botocore_stubber, "process_request", process_alone):
        yield
