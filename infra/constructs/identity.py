"""The user pool that issues tokens to programs, where no other issuer is configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Aws, CfnParameter, Duration, Fn, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.choices import AppClient, Cognito, OnDeletion
from infra.constructs.acknowledgements import acknowledge
from infra.constructs.deletion import removal_policy
from meshmill.domain.permissions import Permission

_TOKEN_LIFE = Duration.hours(1)


@dataclass(frozen=True, kw_only=True)
class TrustedIssuer:
    """Whose tokens are believed: ``iss``, the accepted ``aud`` or ``client_id``, the public keys.

    ``audience`` may be several, joined by commas.
    """

    issuer: str
    audience: str
    jwks_url: str


class ClientPool(Construct):
    """A user pool without users: a scope for each permission, and one client a program.

    A token's subject is the id of its client, so that what a client has made belongs to it for as
    long as the pool stands: pool and clients outlive the service's releases.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage_name: str,
        choice: Cognito,
        on_deletion: OnDeletion,
    ) -> None:
        super().__init__(scope, construct_id)
        self._fate = removal_policy(on_deletion)
        self._pool = self._user_pool(f"meshmill-{stage_name}")
        self._scopes = self._resource_servers()
        self._clients = {client.name: self._client(client) for client in choice.clients}
        self._domain = self._pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(
                domain_prefix=_domain_prefix(scope, stage_name)
            ),
        )
        self._domain.apply_removal_policy(self._fate)

    @property
    def trusted(self) -> TrustedIssuer:
        """The pool as an issuer for exactly its own clients."""
        issuer = self._pool.user_pool_provider_url
        return TrustedIssuer(
            issuer=issuer,
            audience=Fn.join(",", list(self.client_ids.values())),
            jwks_url=f"{issuer}/.well-known/jwks.json",
        )

    @property
    def pool_id(self) -> str:
        """The user pool's id."""
        return self._pool.user_pool_id

    @property
    def token_url(self) -> str:
        """Where clients exchange their credentials for a token."""
        return f"{self._domain.base_url()}/oauth2/token"

    @property
    def client_ids(self) -> Mapping[str, str]:
        """Ids of the clients, by name; their secrets are for Cognito's console and API alone."""
        return {name: client.user_pool_client_id for name, client in self._clients.items()}

    def _user_pool(self, name: str) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "UserPool",
            user_pool_name=name,
            feature_plan=cognito.FeaturePlan.LITE,
            self_sign_up_enabled=False,
            account_recovery=cognito.AccountRecovery.NONE,
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=16,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
            ),
            deletion_protection=self._fate is RemovalPolicy.RETAIN,
            removal_policy=self._fate,
        )
        acknowledge(
            pool,
            "COG8",
            "The Plus plan guards the sign-in of people, and here none sign in: nobody can sign "
            "up, clients are allowed client credentials and the refreshing of tokens, which nobody "
            "is given, and programs prove themselves by a secret.",
        )
        return pool

    def _resource_servers(self) -> Mapping[Permission, cognito.OAuthScope]:
        """``assets/create`` and its like, a resource server for each resource."""
        scopes: dict[Permission, cognito.OAuthScope] = {}
        for resource in dict.fromkeys(each.resource for each in Permission):
            named = {
                each: cognito.ResourceServerScope(
                    scope_name=each.action, scope_description=f"The permission {each.value}"
                )
                for each in Permission
                if each.resource == resource
            }
            server = self._pool.add_resource_server(
                resource.capitalize(), identifier=resource, scopes=list(named.values())
            )
            server.apply_removal_policy(self._fate)
            scopes |= {
                each: cognito.OAuthScope.resource_server(server, scope)
                for each, scope in named.items()
            }
        return scopes

    def _client(self, client: AppClient) -> cognito.UserPoolClient:
        made = self._pool.add_client(
            f"{client.name}-client",
            user_pool_client_name=client.name,
            generate_secret=True,
            # Where no flow is named, Cognito allows passwords by SRP and flows of one's own. What
            # remains is the refreshing of tokens, for which nobody has a token.
            auth_flows=cognito.AuthFlow(user_srp=False, custom=False),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(client_credentials=True),
                scopes=[self._scopes[each] for each in client.permissions],
            ),
            access_token_validity=_TOKEN_LIFE,
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
        made.apply_removal_policy(self._fate)
        return made


def _domain_prefix(stack: Construct, stage_name: str) -> str:
    """A parameter, and the account's number, since prefixes are unique in a region."""
    given = CfnParameter(
        stack,
        "TokenDomainPrefix",
        default=f"meshmill-{stage_name}",
        description="First part of the token endpoint's address; the account's id follows it",
        allowed_pattern="[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?",
    )
    return f"{given.value_as_string}-{Aws.ACCOUNT_ID}"
