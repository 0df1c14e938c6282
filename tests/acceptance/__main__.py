"""``python -m tests.acceptance GENERATOR``: the quality report of one asset."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import get_args

from pydantic import ValidationError

from meshmill.geometry.spec import Quality
from tests.acceptance.quality import quality_report
from tests.acceptance.subject import Asset, options_of


def main(arguments: Sequence[str]) -> int:
    """Print the report; 0 where every check passed, 1 where one failed, 2 for refused options."""
    asked = _parser().parse_args(arguments)
    try:
        options = options_of(asked.generator).model_validate_json(asked.options)
    except ValidationError as refused:
        print(refused, file=sys.stderr)
        return 2
    asset = Asset(asked.generator, options, asked.quality, asked.texture_size, asked.seed)
    report = quality_report(asset)
    print(json.dumps(report.as_json(), indent=1) if asked.json else report.as_text())
    return 1 if report.failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    parser.add_argument("generator", metavar="GENERATOR")
    parser.add_argument("--options", default="{}", metavar="JSON", help="the generator's options")
    parser.add_argument("--quality", default="low", choices=get_args(Quality))
    parser.add_argument("--texture-size", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
