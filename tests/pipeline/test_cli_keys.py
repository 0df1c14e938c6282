"""``meshmill keys`` as an operator types it, against a stage that moto plays."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto import mock_aws

from meshmill.aws.audit_items import to_entry
from meshmill.aws.dynamodb_keys import DynamoDbApiKeys
from meshmill.domain.api_keys import KeyCredential
from meshmill.domain.audit import AuditEntry
from meshmill.domain.identity import user_id
from meshmill_cli.app import main
from tests.fakes.clock import START_MS, FakeClock

REGION = "eu-central-1"
ISSUER = "https://issuer.example"
DAY_MS = 86_400_000
CREATE = ("create", "--stage", "staging", "--subject", "ada", "--name", "ci")
READ = ("--permission", "assets:read")


OUTPUTS = {
    "ApiKeysTable": "keys",
    "AuditTable": "audit",
    "AuditDays": "400",
    "SigningSecretId": "signing",
    "LongestLinkSeconds": "86400",
    "Issuer": ISSUER,
}
_call = BaseClient._make_api_call


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """Commands, and a clock that they go by."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    clock: FakeClock

    def keys(self, *arguments: str) -> Ended:
        self.monkeypatch.setattr(sys, "argv", ["meshmill", "keys", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = self.capsys.readouterr()
        return Ended(int(ended.value.code or 0), told.out, told.err)

    def create(self, *arguments: str) -> KeyCredential:
        ended = self.keys(*CREATE, *READ, *arguments)
        assert ended.code == 0, ended.err
        credential = KeyCredential.parse(ended.out.strip())
        assert credential is not None
        return credential

    def stored(self, credential: KeyCredential) -> Any:
        client = boto3.client("dynamodb")
        return DynamoDbApiKeys(client, "keys", self.clock).find(credential.key_id)

    def entries(self) -> list[AuditEntry]:
        items = boto3.client("dynamodb").scan(TableName="audit")["Items"]
        return sorted(map(to_entry, items), key=lambda entry: entry.position)


@pytest.fixture
def shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Shell]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    clock = FakeClock()
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda _: clock.now_ms())
    with mock_aws():
        _create_resources()
        _describe(monkeypatch, OUTPUTS)
        yield Shell(monkeypatch, capsys, clock)


def _create_resources() -> None:
    for table, keys in (("keys", ["key_id"]), ("audit", ["subject", "at_id"])):
        boto3.client("dynamodb").create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
    text = '{"current": "first", "previous": ""}'
    boto3.client("secretsmanager").create_secret(Name="signing", SecretString=text)


def _describe(monkeypatch: pytest.MonkeyPatch, outputs: dict[str, str]) -> None:
    """One stack: moto's CloudFormation needs more than is installed for the other services."""

    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if operation != "DescribeStacks":
            return _call(client, operation, parameters)
        name = parameters["StackName"]
        if name != "meshmill-staging-service":
            message = f"Stack with id {name} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation)
        told = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        return {"Stacks": [{"StackName": name, "Outputs": told}]}

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


class TestCreate:
    def test_the_key_stands_alone_on_standard_output_and_is_stored_as_a_hash(
        self, shell: Shell
    ) -> None:
        ended = shell.keys(*CREATE, *READ)

        assert re.fullmatch(r"mm_[a-z2-7]{16}_[A-Za-z0-9_-]{43}\n", ended.out)
        credential = KeyCredential.parse(ended.out.strip())
        assert credential is not None
        key = shell.stored(credential)
        assert key.opens_to(credential, START_MS)
        assert key.permissions == {"assets:read"}
        assert credential.secret not in ended.err
        assert "not shown again" in ended.err

    def test_key_and_token_of_one_subject_are_one_user(self, shell: Shell) -> None:
        assert shell.stored(shell.create()).user_id == user_id(ISSUER, "ada")

    def test_another_issuer_may_be_named(self, shell: Shell) -> None:
        other = shell.create("--issuer", "https://other.example")
        assert shell.stored(other).user_id == user_id("https://other.example", "ada")

    @pytest.mark.parametrize(
        ("lifetime", "milliseconds"), [("90d", 90 * DAY_MS), ("12h", DAY_MS // 2), ("1m", 60_000)]
    )
    def test_a_key_may_end_and_have_a_limit_of_its_own(
        self, shell: Shell, lifetime: str, milliseconds: int
    ) -> None:
        key = shell.stored(shell.create("--expires-in", lifetime, "--requests-per-minute", "5000"))
        assert key.expires_at == START_MS + milliseconds
        assert key.requests_per_minute == 5_000

    def test_as_json_it_is_all_in_one_object(self, shell: Shell) -> None:
        told = shell.keys(*CREATE, *READ, "--json").json
        assert told["api_key"].startswith(f"mm_{told['key_id']}_")
        assert told["created_at"] == "2027-01-15T08:00:00.000Z"
        assert (told["expires_at"], told["permissions"]) == (None, ["assets:read"])

    def test_it_is_recorded_with_the_operators_arn(self, shell: Shell) -> None:
        credential = shell.create()

        (entry,) = shell.entries()
        assert entry.action == "api_key.created"
        assert entry.subject == user_id(ISSUER, "ada")
        assert entry.target == f"api_key:{credential.key_id}"
        assert entry.actor.startswith("operator:arn:aws:sts::")

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ((), ["name at least one"]),
            (("--permission", "asset:read"), ["did you mean 'assets:read'?"]),
            (("--permission", "x", "--requests-per-minute", "0"), ["x is not", "between 1 and"]),
            ((*READ, "--expires-in", "90"), ["must be 1 to 9999 minutes, hours or days"]),
            ((*READ, "--expires-in", "0d"), ["must be 1 to 9999 minutes, hours or days"]),
            ((*READ, "--name", ""), ["name must have"]),
            ((*READ, "--subject", ""), ["--subject must not be empty"]),
        ],
    )
    def test_all_that_is_wrong_is_told_and_nothing_is_made(
        self, shell: Shell, arguments: tuple[str, ...], told: list[str]
    ) -> None:
        ended = shell.keys(*CREATE, *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert all(words in ended.err for words in told)
        assert all(line.startswith("meshmill: ") for line in ended.err.splitlines())
        assert not shell.entries()


class TestList:
    def test_every_key_is_told_and_no_secret(self, shell: Shell) -> None:
        made = [shell.create()]
        shell.clock.advance(1_000)
        made.append(shell.create("--expires-in", "90d"))

        text = shell.keys("list", "--stage", "staging").out

        heading, *lines = text.splitlines()
        assert heading.split()[:3] == ["key_id", "name", "user_id"]
        assert [line.split()[0] for line in lines] == [key.key_id for key in made]
        assert "2027-04-15T08:00:01.000Z" in lines[1]
        for key in made:
            assert key.secret not in text
            assert key.secret_sha256 not in text

    def test_as_json_it_is_a_list(self, shell: Shell) -> None:
        credential = shell.create()
        (told,) = shell.keys("list", "--stage", "staging", "--json").json
        assert (told["key_id"], told["name"]) == (credential.key_id, "ci")
        assert not {"secret", "secret_sha256", "api_key"} & told.keys()

    def test_where_there_is_none_that_is_said(self, shell: Shell) -> None:
        assert shell.keys("list", "--stage", "staging").out == "there are no API keys\n"


class TestRevoke:
    def test_a_revoked_key_is_gone_and_the_minute_is_told(self, shell: Shell) -> None:
        credential = shell.create()

        ended = shell.keys("revoke", credential.key_id, "--stage", "staging")

        assert ended.code == 0
        assert credential.key_id in ended.out
        assert "up to a minute" in ended.out
        assert shell.stored(credential) is None
        # Both in one millisecond of the test's clock: their order is not told.
        assert {entry.action for entry in shell.entries()} == {"api_key.created", "api_key.revoked"}

    def test_an_unknown_id_is_an_error_that_names_it(self, shell: Shell) -> None:
        ended = shell.keys("revoke", "nobody", "--stage", "staging")
        assert (ended.code, ended.err) == (2, "meshmill: There is no API key nobody\n")


class TestRotate:
    def test_the_old_key_stays_and_its_end_is_told(self, shell: Shell) -> None:
        ended = shell.keys("rotate-signing", "--stage", "staging")

        assert "2027-01-16T08:05:00.000Z" in ended.out
        kept = json.loads(
            boto3.client("secretsmanager").get_secret_value(SecretId="signing")["SecretString"]
        )
        assert (len(kept["current"]), kept["previous"]) == (64, "first")
        assert kept["current"] not in ended.out
        (entry,) = shell.entries()
        assert (entry.subject, entry.action) == ("stage", "signing_key.rotated")

    def test_a_second_one_is_refused_while_links_live_unless_forced(self, shell: Shell) -> None:
        shell.keys("rotate-signing", "--stage", "staging")

        refused = shell.keys("rotate-signing", "--stage", "staging")
        assert refused.code == 2
        assert "until 2027-01-16T08:05:00.000Z" in refused.err
        assert "--force" in refused.err

        forced = shell.keys("rotate-signing", "--stage", "staging", "--force", "--json")
        assert forced.json == {
            "rotated_at": "2027-01-15T08:00:00.000Z",
            "previous_until": "2027-01-16T08:05:00.000Z",
        }

    def test_a_secret_of_another_form_is_told_without_its_text(self, shell: Shell) -> None:
        boto3.client("secretsmanager").put_secret_value(SecretId="signing", SecretString="hush")
        ended = shell.keys("rotate-signing", "--stage", "staging", "--force")
        assert ended.code == 4
        assert "hush" not in ended.err


class TestStages:
    def test_a_stage_that_is_not_there_is_named_with_its_region(self, shell: Shell) -> None:
        ended = shell.keys("list", "--stage", "production")
        assert ended.code == 4
        assert "no stage production in eu-central-1" in ended.err
        assert len(ended.err.splitlines()) == 1

    def test_without_a_local_stage_it_says_how_to_start_one(self, shell: Shell) -> None:
        ended = shell.keys("list", "--stage", "local")
        assert ended.code == 4
        assert "make run" in ended.err

    def test_a_local_file_that_is_none_is_like_no_file(self, shell: Shell) -> None:
        Path(".meshmill").mkdir()
        Path(".meshmill/local.json").write_text("{")
        assert shell.keys("list", "--stage", "local").code == 4

    def test_a_stage_of_an_earlier_version_lacks_an_output_and_says_so(self, shell: Shell) -> None:
        _describe(shell.monkeypatch, {"ApiKeysTable": "keys"})
        ended = shell.keys("list", "--stage", "staging")
        assert ended.code == 4
        assert "no output AuditTable" in ended.err

    def test_a_service_that_refuses_is_told_in_a_line(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        boto3.client("dynamodb").delete_table(TableName="keys")
        ended = shell.keys("list", "--stage", "staging")
        assert ended.code == 4
        assert ended.err.startswith("meshmill: stage staging: ")
        assert len(ended.err.splitlines()) == 1


def test_other_commands_do_not_wait_for_the_sdk() -> None:
    program = "import sys, meshmill_cli.app; print('boto3' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
