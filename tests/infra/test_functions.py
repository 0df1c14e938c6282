"""Functions: their code, their layers, and what their environment tells them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.sources import CHECKOUT
from infra.stage_parts import FUNCTIONS
from meshmill.settings import (
    AccountSettings,
    ApiSettings,
    AuditSettings,
    DeadLetterSettings,
    GenerateSettings,
    IngestSettings,
    ReconcileSettings,
    Settings,
    SplitSettings,
    StatusSettings,
)
from tests.infra.templates import Synthesised

SETTINGS: dict[str, type[Settings]] = {
    "api": ApiSettings,
    "status": StatusSettings,
    "generate": GenerateSettings,
    "split_manifest": SplitSettings,
    "ingest_manifest": IngestSettings,
    "dead_letter": DeadLetterSettings,
    "reconcile": ReconcileSettings,
    "audit": AuditSettings,
    "account": AccountSettings,
}


def test_there_is_a_function_for_each_verb_and_no_other(stage: Synthesised) -> None:
    descriptions = {
        function["Properties"]["Description"]
        for function in stage.resources("AWS::Lambda::Function").values()
    }
    assert descriptions == {f"Meshmill {stage.stage}: {verb}" for verb in FUNCTIONS}


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_the_handler_that_a_function_names_exists(verb: str, production: Synthesised) -> None:
    module, _, name = production.function(verb)["Handler"].rpartition(".")
    assert module == f"functions.{verb}.handler"
    assert f"def {name}(" in (CHECKOUT / f"{module.replace('.', '/')}.py").read_text()


def test_a_function_is_deployed_whole_and_alone(production: Synthesised) -> None:
    deployed = {
        tuple(sorted(str(path.relative_to(root)) for path in root.rglob("*.py")))
        for root in production.out.glob("asset.*")
        if (root / "functions").is_dir()
    }
    assert deployed == {
        tuple(
            sorted(
                [
                    "functions/__init__.py",
                    *(f"functions/{verb}/{path.name}" for path in _modules(verb)),
                ]
            )
        )
        for verb in FUNCTIONS
    }


def _modules(verb: str) -> list[Path]:
    return list((CHECKOUT / "functions" / verb).glob("*.py"))


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_the_environment_is_exactly_what_the_settings_read(verb: str, stage: Synthesised) -> None:
    environment = stage.environment(verb)
    texts = {name: _text(value) for name, value in environment.items()}
    settings = SETTINGS[verb].from_environment(texts)
    assert settings.as_environment() == texts


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_layers_are_the_common_two_and_numpy_for_generate_alone(
    verb: str, stage: Synthesised
) -> None:
    layers = {layer["Ref"][: -len("XXXXXXXX")] for layer in stage.function(verb)["Layers"]}
    geometry = {"LayersGeometry"} if verb == "generate" else set()
    assert layers == {"LayersMeshmill", "LayersRuntime"} | geometry


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_functions_run_python_3_13_on_arm_in_the_cloud(
    verb: str, production: Synthesised, staging: Synthesised
) -> None:
    for stage in (production, staging):
        function = stage.function(verb)
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_functions_log_to_a_group_of_their_own_with_a_retention(
    verb: str, stage: Synthesised
) -> None:
    group = stage.function(verb)["LoggingConfig"]["LogGroup"]["Ref"]
    assert group.startswith("".join(word.capitalize() for word in verb.split("_")))
    assert stage.resources("AWS::Logs::LogGroup")[group]["Properties"]["RetentionInDays"] > 0


def test_queue_variables_point_at_their_own_lane(stage: Synthesised) -> None:
    for verb in ("api", "generate", "ingest_manifest", "reconcile"):
        environment = stage.environment(verb)
        for lane, (queue, _) in stage.lanes().items():
            assert environment[f"MESHMILL_{lane.upper()}_QUEUE_URL"] == {"Ref": queue}


def test_table_variables_point_at_their_own_table(production: Synthesised) -> None:
    environment = production.environment("api")
    for variable, table in (
        ("ASSETS_TABLE", "Assets"),
        ("RATE_LIMITS_TABLE", "RateLimits"),
        ("API_KEYS_TABLE", "ApiKeys"),
        ("BATCHES_TABLE", "Batches"),
        ("ARTEFACTS_BUCKET", "Artefacts"),
        ("UPLOADS_BUCKET", "Uploads"),
    ):
        imported = environment[f"MESHMILL_{variable}"]["Fn::ImportValue"]
        assert imported.startswith(f"meshmill-production-data:ExportsOutputRef{table}")


def test_links_begin_with_the_given_address_or_else_the_apis_own(stage: Synthesised) -> None:
    (api,) = stage.resources("AWS::ApiGatewayV2::Api")
    for verb in ("api", "status"):
        assert stage.environment(verb)["MESHMILL_PUBLIC_BASE_URL"] == {
            "Fn::If": [
                "HasPublicBaseUrl",
                {"Ref": "PublicBaseUrl"},
                {"Fn::GetAtt": [api, "ApiEndpoint"]},
            ]
        }


def test_links_may_begin_with_the_apis_own_address(stage: Synthesised) -> None:
    assert stage.service["Parameters"]["PublicBaseUrl"]["Default"] == ""


def _text(value: Any) -> str:
    """A number as it stands; a reference as some text, since it resolves to one."""
    return value if isinstance(value, str) else "resolved at deployment"
