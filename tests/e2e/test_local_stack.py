"""The laptop stage deploys what changed, says what failed, and remembers."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httpx
import pytest

from meshmill_local import BuildError, DeployError, LocalStack
from meshmill_local.processes import Children
from meshmill_local.toolchain import synthesise
from tests.e2e.echo_assembly import write_echo_assembly
from tests.support.embedded import grant


class TestDeployment:
    def test_expiry_that_the_engine_drops_is_set_afterwards(self, echo: LocalStack) -> None:
        described = echo.client("dynamodb").describe_time_to_live(
            TableName=echo.outputs["ApiKeysTable"]
        )

        assert described["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"

    def test_local_json_says_where_everything_is_while_the_stack_runs(
        self, tmp_path: Path, echo_assembly: Path
    ) -> None:
        file = tmp_path / "local.json"
        with LocalStack.start(state_dir=tmp_path, source=lambda *_: echo_assembly) as stack:
            told = json.loads(file.read_text())
            mode = stat.S_IMODE(file.stat().st_mode)

        assert told["base_url"] == stack.base_url
        assert told["uploads_bucket"] == stack.uploads_bucket
        assert {"token_url", "client_id", "client_secret", "api_key", "s3_endpoint"} <= set(told)
        assert mode == 0o600
        assert not file.exists()

    def test_a_restart_keeps_everything_and_deploys_only_what_changed(
        self, tmp_path: Path, echo_assembly: Path
    ) -> None:
        state, written = tmp_path / "state", {"Bucket": "", "Key": "a/ü.txt"}
        with LocalStack.start(state_dir=state, source=lambda *_: echo_assembly) as first:
            written["Bucket"] = first.uploads_bucket
            first.client("s3").put_object(**written, Body=b"kept")
            refresh = grant(first, grant_type="client_credentials").json()["refresh_token"]
            first.client("sqs").send_message(QueueUrl=first.outputs["QueueUrl"], MessageBody="1")
            extra_key = first.mint_api_key("somebody").split("_")[1]

        with LocalStack.start(state_dir=state, source=lambda *_: echo_assembly) as second:
            body = second.client("s3").get_object(**written)["Body"].read()
            messages = second.client("sqs").receive_message(QueueUrl=second.outputs["QueueUrl"])
            kept_key = second.client("dynamodb").get_item(
                TableName=second.outputs["ApiKeysTable"], Key={"key_id": {"S": extra_key}}
            )
            refreshed = grant(second, grant_type="refresh_token", refresh_token=refresh)

        assert second.outputs["PublicBaseUrl"] == second.base_url
        assert first.outputs["SecretId"] == second.outputs["SecretId"]
        assert first.api_key == second.api_key
        assert body == b"kept"
        assert [message["Body"] for message in messages["Messages"]] == ["1"]
        assert "Item" in kept_key
        assert refreshed.status_code == 200

    def test_a_failed_resource_is_named_with_its_reason_and_the_next_start_is_fresh(
        self, tmp_path: Path, echo_assembly: Path
    ) -> None:
        broken = write_echo_assembly(
            tmp_path / "broken",
            {"Bad": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 999_999}}},
        )

        with pytest.raises(
            DeployError, match=r"echo-service failed: Bad .*VisibilityTimeout"
        ) as raised:
            LocalStack.start(state_dir=tmp_path / "state", source=lambda *_: broken)
        with LocalStack.start(
            state_dir=tmp_path / "state", source=lambda *_: echo_assembly
        ) as stack:
            assert httpx.get(f"{stack.base_url}/api/v1/x").status_code == 200

        assert "\n" not in str(raised.value)

    def test_a_failed_build_says_which_tool_failed_and_why(self, tmp_path: Path) -> None:
        (tmp_path / "infra").mkdir()
        (tmp_path / "infra" / "__init__.py").touch()
        (tmp_path / "infra" / "build.py").write_text(
            "raise SystemExit('no wheel for this machine')"
        )
        children = Children()

        with pytest.raises(BuildError, match=r"infra\.build ended with code 1: no wheel"):
            synthesise(children, tmp_path, tmp_path / "out", tmp_path / "synth.log")
        children.end_all()
