"""``meshmill audit`` as an operator types it, against a stage that moto plays."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.domain.audit import Action, AuditEntry
from meshmill_cli.app import main
from meshmill_cli.operators import stages

USER, NOW = "u" + "a" * 32, 1_800_000_000_000
OUTPUTS = {"AuditTable": "audit", "AuditDays": "400"}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Run]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.chdir(tmp_path)

    def deployed(name: str, session: boto3.Session, endpoint: str | None) -> stages.Stage:
        return stages.Stage(name, session, endpoint, OUTPUTS)

    def ended(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["meshmill", "audit", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        told = capsys.readouterr()
        return int(exit_.value.code or 0), told.out, told.err

    monkeypatch.setattr(stages, "_deployed", deployed)
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="audit",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "S"} for key in ("subject", "at_id")
            ],
            KeySchema=[
                {"AttributeName": "subject", "KeyType": "HASH"},
                {"AttributeName": "at_id", "KeyType": "RANGE"},
            ],
        )
        yield ended


def entry(number: int, subject: str = USER) -> AuditEntry:
    return AuditEntry(
        subject=subject,
        at=NOW + number,
        entry_id=f"entry {number:03d}",
        action=Action.ASSET_CREATED,
        actor="key:mk_1",
        request_id=f"request-{number}",
        target=f"asset:{number}",
        details={"priority": 5},
    )


def record(*entries: AuditEntry) -> None:
    DynamoDbAuditTrail(boto3.client("dynamodb"), "audit", 400).record(entries)


def test_entries_are_told_a_line_each_the_latest_last(run: Run) -> None:
    record(entry(2), entry(1), entry(3, "u" + "b" * 32))

    code, out, err = run("--stage", "staging", "--user", USER)

    assert (code, err) == (0, "")
    heading, first, second = out.splitlines()
    assert heading.split() == ["at", "action", "target", "actor", "request_id", "details"]
    assert first.startswith("2027-01-15T08:00:00.001Z  asset.created  asset:1  key:mk_1")
    assert first.endswith('request-1   {"priority": 5}')
    assert "request-2" in second


def test_programs_get_one_json_value_with_every_member(run: Run) -> None:
    record(entry(1))

    code, out, _ = run("--stage", "staging", "--user", USER, "--json")

    assert code == 0
    assert json.loads(out) == [
        {
            "at": "2027-01-15T08:00:00.001Z",
            "action": "asset.created",
            "subject": USER,
            "target": "asset:1",
            "actor": "key:mk_1",
            "request_id": "request-1",
            "details": {"priority": 5},
        }
    ]


def test_of_many_entries_the_latest_are_told(run: Run) -> None:
    record(*[entry(number) for number in range(120)])

    _, out, _ = run("--stage", "staging", "--user", USER, "--json", "--limit", "3")

    assert [told["target"] for told in json.loads(out)] == ["asset:117", "asset:118", "asset:119"]
    _, out, _ = run("--stage", "staging", "--user", USER, "--json")
    assert len(json.loads(out)) == 100


def test_a_user_of_whom_nothing_is_known_has_no_entries(run: Run) -> None:
    assert run("--stage", "staging", "--user", USER) == (0, "there are no entries\n", "")
    assert json.loads(run("--stage", "staging", "--user", USER, "--json")[1]) == []


@pytest.mark.parametrize("limit", ["0", "501", "many"])
def test_a_limit_out_of_bounds_is_refused(run: Run, limit: str) -> None:
    code, out, _ = run("--stage", "staging", "--user", USER, "--limit", limit)
    assert code == 2
    assert out == ""


def test_a_stage_that_is_out_of_reach_is_told_in_a_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OUTPUTS, "AuditTable", "elsewhere")

    code, out, err = run("--stage", "staging", "--user", USER)

    assert (code != 0, out) == (True, "")
    assert err.startswith("meshmill: stage staging: ")


def test_an_entry_of_another_kind_of_details_is_told_too(run: Run) -> None:
    told: Any = AuditEntry(
        subject="stage",
        at=NOW,
        entry_id="1",
        action="signing_key.painted",
        actor="operator:local",
        request_id="r",
        target="signing_key:1",
        details={"nested": {"list": ["é"]}},
    )
    record(told)

    _, out, _ = run("--stage", "staging", "--user", "stage", "--json")

    assert json.loads(out)[0]["details"] == {"nested": {"list": ["é"]}}
