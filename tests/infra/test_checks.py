"""What AWS's own linters think of the templates."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.infra.templates import STAGES, Synthesised

ACKNOWLEDGED = {
    "AwsSolutions-S1",  # server access logs
    "AwsSolutions-SMG4",  # automatic rotation
    "AwsSolutions-APIG4",  # authorizers
    "AwsSolutions-IAM5",  # wildcards
    "AwsSolutions-L1",  # the latest runtime
}
IN_THE_CLOUD = {"AwsSolutions-COG8"}  # the user pool's plan


def _nag_report(stage: Synthesised) -> dict[str, Any]:
    reports = json.loads((stage.out / "validation-report.json").read_bytes())["pluginReports"]
    (report,) = (each for each in reports if each["pluginName"] == "AwsSolutions")
    return dict(report)


def test_cdk_nag_finds_nothing_that_we_do_not_know(stage: Synthesised) -> None:
    report = _nag_report(stage)
    assert report["conclusion"] == "success"
    assert report["violations"] == []


def test_what_cdk_nag_found_and_we_accept_is_this_with_reasons(stage: Synthesised) -> None:
    accepted = _nag_report(stage)["suppressedViolations"]
    expected = ACKNOWLEDGED if stage.stage == "local" else ACKNOWLEDGED | IN_THE_CLOUD
    assert {each["ruleName"].partition("[")[0] for each in accepted} == expected
    for each in accepted:
        assert len(each["reason"]) > 40, each["ruleName"]


NOT_FOR_US = (
    "W3005",  # the CDK names a role's policy and its role as dependencies, needed or not
    "W6001",  # the service stack repeats names of the data stack, so that tools read one place
)


def test_cfn_lint_finds_nothing(synthesised: Callable[[str], Synthesised]) -> None:
    templates = [path for name in STAGES for path in synthesised(name).template_paths()]
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--non-zero-exit-code", "warning"]
    command += ["--ignore-checks", *NOT_FOR_US]
    done = subprocess.run(
        [*command, "--", *map(str, templates)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
