"""No secret stands in a template: the platform makes what must be secret, and ids name it."""

from __future__ import annotations

from tests.infra.templates import Synthesised, leaves
from tests.security.secret_patterns import secrets_in


def test_templates_hold_no_secret(stage: Synthesised) -> None:
    paths = stage.template_paths()
    assert len(paths) >= 2
    found = {secret[:6] for path in paths for secret in secrets_in(path.read_text())}
    assert not found


def test_secrets_are_generated_by_the_platform(stage: Synthesised) -> None:
    secrets = stage.resources("AWS::SecretsManager::Secret")
    assert secrets
    for secret in secrets.values():
        assert "SecretString" not in secret["Properties"]
        assert secret["Properties"]["GenerateSecretString"]["PasswordLength"] >= 43


def test_functions_are_told_where_secrets_are_and_never_what_they_are(stage: Synthesised) -> None:
    for function in stage.resources("AWS::Lambda::Function").values():
        variables = function["Properties"].get("Environment", {}).get("Variables", {})
        for name, value in variables.items():
            if any(word in name for word in ("SECRET", "PASSWORD", "CREDENTIAL")):
                assert not isinstance(value, str), f"{name} is spelled out"


def test_no_output_and_no_parameter_tells_a_secret(stage: Synthesised) -> None:
    for template in (stage.data, stage.service):
        for path, value in leaves(template.get("Outputs", {})):
            assert "resolve:secretsmanager" not in str(value), path
            assert "SecretString" not in str(value), path
        for name, parameter in template.get("Parameters", {}).items():
            assert "Default" not in parameter or "secret" not in name.lower()
