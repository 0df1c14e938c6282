"""Who issues tokens: a user pool of programs in the cloud, or whom the deployment names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from infra.choices import AppClient, Cognito, ExternalIssuer
from infra.config import ConfigError, stage_config
from infra.synth import with_identity
from meshmill.domain.permissions import USER_PERMISSIONS, Permission
from tests.infra.templates import Synthesised

_COGNITO = (
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolDomain",
    "AWS::Cognito::UserPoolResourceServer",
)


@pytest.fixture(params=["staging", "production"])
def cloud(request: pytest.FixtureRequest) -> Synthesised:
    """The stages that have a pool."""
    found: Synthesised = request.getfixturevalue(request.param)
    return found


def _only(stage: Synthesised, kind: str) -> dict[str, Any]:
    (resource,) = stage.resources(f"AWS::Cognito::{kind}").values()
    return dict(resource["Properties"])


def test_nobody_can_sign_up_and_passwords_would_be_strong(cloud: Synthesised) -> None:
    pool = _only(cloud, "UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 16
    demands = ("RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols")
    assert all(policy[demand] for demand in demands)


def test_there_is_a_scope_for_every_permission(cloud: Synthesised) -> None:
    scopes = {
        f"{server['Properties']['Identifier']}:{scope['ScopeName']}"
        for server in cloud.resources("AWS::Cognito::UserPoolResourceServer").values()
        for scope in server["Properties"]["Scopes"]
    }
    assert scopes == set(Permission)


def test_a_client_proves_itself_by_a_secret_and_in_no_other_way(cloud: Synthesised) -> None:
    client = _only(cloud, "UserPoolClient")
    assert client["GenerateSecret"] is True
    assert client["AllowedOAuthFlows"] == ["client_credentials"]
    # Without a list, Cognito would allow flows for passwords.
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert "CallbackURLs" not in client
    assert (client["AccessTokenValidity"], client["TokenValidityUnits"]["AccessToken"]) == (
        60,
        "minutes",
    )


def test_the_default_client_has_what_concerns_its_own_data(cloud: Synthesised) -> None:
    servers = cloud.resources("AWS::Cognito::UserPoolResourceServer")
    granted = set()
    for scope in _only(cloud, "UserPoolClient")["AllowedOAuthScopes"]:
        server, action = scope["Fn::Join"][1]
        granted.add(f"{servers[server['Ref']]['Properties']['Identifier']}{action}")
    assert granted == {each.replace(":", "/") for each in USER_PERMISSIONS}


def test_api_believes_the_pool_and_its_clients_alone(cloud: Synthesised) -> None:
    environment = cloud.environment("api")
    pool, client = (_exported(cloud, kind) for kind in ("ProviderURL", "Client"))
    assert environment["MESHMILL_TOKEN_ISSUER"] == pool
    assert environment["MESHMILL_TOKEN_AUDIENCE"] == client
    assert environment["MESHMILL_JWKS_URL"] == {"Fn::Join": ["", [pool, "/.well-known/jwks.json"]]}


def test_no_output_has_a_secret(cloud: Synthesised) -> None:
    for template in (cloud.data, cloud.service):
        assert "ClientSecret" not in str(template)


def test_the_token_endpoints_address_may_be_chosen(cloud: Synthesised) -> None:
    assert _only(cloud, "UserPoolDomain")["Domain"] == {
        "Fn::Join": ["", [{"Ref": "TokenDomainPrefix"}, "-", {"Ref": "AWS::AccountId"}]]
    }
    default = cloud.data["Parameters"]["TokenDomainPrefix"]["Default"]
    assert default == f"meshmill-{cloud.stage}"


def test_pool_and_clients_of_production_outlive_their_stack(production: Synthesised) -> None:
    for kind in _COGNITO:
        for name, resource in production.resources(kind).items():
            assert resource["DeletionPolicy"] == "Retain", name
            assert resource["UpdateReplacePolicy"] == "Retain", name
    assert _only(production, "UserPool")["DeletionProtection"] == "ACTIVE"


def test_pool_and_clients_of_staging_go_with_their_stack(staging: Synthesised) -> None:
    for kind in _COGNITO:
        for name, resource in staging.resources(kind).items():
            assert resource["DeletionPolicy"] == "Delete", name
    assert _only(staging, "UserPool")["DeletionProtection"] == "INACTIVE"


def test_the_laptop_has_no_pool_and_names_its_issuer_at_deployment(local: Synthesised) -> None:
    assert not [kind for kind in _COGNITO if local.resources(kind)]
    for name, variable in (
        ("TokenIssuer", "TOKEN_ISSUER"),
        ("TokenAudience", "TOKEN_AUDIENCE"),
        ("JwksUrl", "JWKS_URL"),
    ):
        parameter = local.service["Parameters"][name]
        assert "Default" not in parameter
        assert parameter["MinLength"] == 1
        assert local.environment("api")[f"MESHMILL_{variable}"] == {"Ref": name}


def test_any_stage_may_take_tokens_of_somebody_else() -> None:
    assert with_identity(stage_config("production"), "external").identity == ExternalIssuer()
    assert with_identity(stage_config("production"), None).identity == Cognito()
    with pytest.raises(ConfigError, match="external"):
        with_identity(stage_config("production"), "okta")


@pytest.mark.parametrize(
    ("clients", "message"),
    [
        ((), "needs a client"),
        ((AppClient(name="a"), AppClient(name="a")), "names must differ"),
        ((AppClient(name="a", permissions=()),), "client a must have a permission"),
    ],
)
def test_a_pool_that_nobody_could_use_is_refused(
    clients: tuple[AppClient, ...], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(stage_config("staging"), identity=Cognito(clients=clients))


def _exported(stage: Synthesised, what: str) -> dict[str, str]:
    """The reference to the one export of the data stack whose value is a pool's or a client's."""
    kind = "UserPoolClient" if what == "Client" else "UserPool"
    (name,) = stage.resources(f"AWS::Cognito::{kind}")
    value = {"Ref": name} if what == "Client" else {"Fn::GetAtt": [name, what]}
    (export,) = (
        output["Export"]["Name"]
        for output in stage.data["Outputs"].values()
        if output["Value"] == value
    )
    return {"Fn::ImportValue": export}
