from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from meshmill import __version__
from meshmill.aws import clients

_LAYER = Path(clients.__file__).parents[2]
_MADE = [
    clients.dynamodb,
    clients.dynamodb_bulk,
    clients.sqs,
    clients.s3,
    clients.secrets_manager,
    clients.cloudwatch,
]

_HEAVY = {
    "PIL",
    "aws_lambda_powertools",
    "boto3.s3.transfer",
    "numpy",
    "requests",
    "types_boto3_s3",
}


@pytest.fixture(autouse=True)
def _process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As Lambda begins one: credentials and region in the environment, no client made."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    made: dict[str, Any] = {}
    monkeypatch.setattr(clients, "_made", made)
    yield
    for client in made.values():
        client.close()


@pytest.mark.parametrize("make", _MADE, ids=lambda make: make.__name__)
def test_a_client_is_made_once_also_by_many_threads(make: object) -> None:
    assert callable(make)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: make(), range(16)))

    assert {id(client) for client in made} == {id(make())}


@pytest.mark.parametrize("make", _MADE, ids=lambda make: make.__name__)
def test_every_client_tries_three_times_and_never_waits_for_ever(make: object) -> None:
    assert callable(make)
    config = make().meta.config

    assert config.retries["mode"] == "standard"
    assert config.retries["total_max_attempts"] == 3
    assert config.connect_timeout <= 10
    assert config.read_timeout <= 10
    assert config.tcp_keepalive


def test_three_silent_attempts_on_a_table_end_before_the_api_function_does() -> None:
    config: Any = clients.dynamodb().meta.config

    assert 3 * (config.connect_timeout + config.read_timeout) < 10


def test_on_aws_a_bucket_has_a_host_of_its_own_in_its_own_region() -> None:
    url = clients.s3().generate_presigned_url("get_object", {"Bucket": "files", "Key": "a/b"})

    assert url.startswith("https://files.s3.eu-central-1.amazonaws.com/a/b?X-Amz-Algorithm=AWS4-")


def test_on_a_local_endpoint_a_bucket_stands_in_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")

    url = clients.s3().generate_presigned_url("get_object", {"Bucket": "files", "Key": "a/b"})

    assert url.startswith("http://127.0.0.1:4566/files/a/b?X-Amz-Algorithm=AWS4-HMAC-SHA256")


def test_importing_every_adapter_makes_no_client_and_loads_nothing_heavy() -> None:
    names = sorted(path.stem for path in Path(clients.__file__).parent.glob("*.py"))
    script = "\n".join(
        [
            "import sys",
            *(f"import meshmill.aws.{name}" for name in names if name != "__init__"),
            "assert not meshmill.aws.clients._made",
            f"print(sorted({_HEAVY} & set(sys.modules)))",
        ]
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(_LAYER), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.strip() == "[]"


def test_calls_are_told_apart_by_the_projects_own_user_agent() -> None:
    class Sent(Exception):
        pass

    def intercept(request: Any, **_: Any) -> None:
        raise Sent(request.headers["User-Agent"])

    clients.dynamodb().meta.events.register("before-send.dynamodb.ListTables", intercept)

    with pytest.raises(Sent, match=re.escape(f"meshmill/{__version__} Botocore/")):
        clients.dynamodb().list_tables()
