"""The laptop stage boots from the checkout, with every function warm and its user known."""

from __future__ import annotations

import httpx

from meshmill_local import LocalStack
from tests.support.embedded import grant


def test_the_checkout_boots_and_answers_health_through_the_front(local_stack: LocalStack) -> None:
    answer = httpx.get(f"{local_stack.base_url}/api/v1/health")

    assert answer.status_code == 200


def test_every_function_has_a_worker_before_the_first_request(
    local_stack: LocalStack, boot_report: list[str]
) -> None:
    assert [line for line in boot_report if "stayed cold" in line] == []


def test_the_api_believes_tokens_and_keys_of_the_local_user(local_stack: LocalStack) -> None:
    token = grant(local_stack, grant_type="client_credentials").json()["access_token"]
    assets = f"{local_stack.base_url}/api/v1/assets"

    by_token = httpx.get(assets, headers={"Authorization": f"Bearer {token}"})
    by_key = httpx.get(assets, headers={"X-API-Key": local_stack.api_key})
    by_nobody = httpx.get(assets)

    assert (by_token.status_code, by_key.status_code, by_nobody.status_code) == (200, 200, 401)
