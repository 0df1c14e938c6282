"""Synthesises a stage. Imports the CDK, which starts Node: reach it through :mod:`infra.synth`."""

from __future__ import annotations

import json
from pathlib import Path

from aws_cdk import App, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from infra.config import StageConfig
from infra.sources import CHECKOUT, Sources
from infra.stage import MeshmillStage


def synthesise(config: StageConfig, sources: Sources, out: Path) -> None:
    """Write the cloud assembly of one stage to ``out``."""
    context = json.loads((CHECKOUT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(outdir=str(out), context=context, analytics_reporting=False)
    MeshmillStage(app, config=config, sources=sources)
    Tags.of(app).add("project", "meshmill")
    Tags.of(app).add("stage", config.name)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
