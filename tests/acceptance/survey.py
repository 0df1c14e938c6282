"""``python -m tests.acceptance.survey``: quality reports of all samples, as JSON and as a table."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from meshmill.geometry.spec import AssetSpec, Quality
from tests.acceptance.quality import quality_report
from tests.acceptance.report import QualityReport
from tests.acceptance.subject import Asset
from tests.unit.geometry.specs import SAMPLES, asset_spec


def main(arguments: Sequence[str]) -> int:
    """Measure every sample; 1 where one of them fails a check."""
    asked = _parser().parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for label, spec in SAMPLES.items():
        if asked.generator in (None, spec.parameters.generator):
            sample = _at(spec, asked.quality, asked.texture_size)
            report = quality_report(Asset.of(sample))
            _write(asked.out / f"{label.replace(' ', '-')}-{asked.quality}.json", report)
            print(f"{label}: {len(report.failed)} of {len(report.checks)} checks failed")
            print("".join(f"    {check.line}\n" for check in report.failed), end="", flush=True)
            failed += bool(report.failed)
    return 1 if failed else 0


def _at(spec: AssetSpec, quality: Quality, texture_size: int) -> AssetSpec:
    asked = spec.parameters
    options = asked.options.model_dump(exclude_unset=True)
    return asset_spec(
        asked.generator, options, quality=quality, texture_size=texture_size, seed=asked.seed
    )


def _write(path: Path, report: QualityReport) -> None:
    path.write_text(json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance.survey", description=__doc__)
    parser.add_argument("--generator", help="only samples of this generator")
    parser.add_argument("--quality", default="low", choices=get_args(Quality))
    parser.add_argument("--texture-size", type=int, default=256)
    parser.add_argument("--out", type=Path, default=Path("build/quality"))
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
