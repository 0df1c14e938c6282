"""The glTF validator as the tests use it: every file of a list must be clean."""

from __future__ import annotations

from collections.abc import Mapping

from meshmill_local.gltf_check import Report, validate, validate_all

__all__ = ["Report", "complaints", "validate", "validate_all"]


def complaints(files: Mapping[str, bytes]) -> dict[str, Report]:
    """Reports of those files that have errors, warnings, infos or hints, by their labels."""
    reports = zip(files, validate_all(files.values()), strict=True)
    return {label: report for label, report in reports if report.messages}
