"""Ways through the pipeline; each is set up without faults and then played under them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from meshmill.domain.work import UnbuildableSpec
from tests.faults import insides
from tests.faults.injection import Call
from tests.faults.platform import Platform
from tests.support import tables, tokens

PATIENCE_MS = 60_000


def rock(seed: int = 0, **members: Any) -> dict[str, Any]:
    return {"format": "gltf", "parameters": {"generator": "rock", "seed": seed}, **members}


@dataclass(frozen=True, slots=True)
class Scenario:
    """``prepare`` happens without faults, ``play`` with them; then the platform comes to rest.

    ``about`` are the calls that get faults: all of a function's, or one operation of them.
    """

    name: str
    prepare: Callable[[Platform], Any]
    play: Callable[[Platform], Any]
    about: frozenset[str]

    def concerns(self, call: Call) -> bool:
        """Whether the call is one that the scenario is about."""
        return bool(self.about & {call.function, f"{call.function} {call.operation}"})


def nothing(_: Platform) -> None:
    """No preparation."""


def ask_and_wait(platform: Platform) -> None:
    """From the request to the answer that it is done."""
    url = platform.create(rock()).json["status_url"]
    platform.run_to_rest()
    assert platform.poll(url).json["status"] == "completed"


def lose_the_message(platform: Platform) -> None:
    platform.create(rock())
    take(platform, "standard")
    platform.clock.advance(PATIENCE_MS)


def reconcile_and_wait(platform: Platform) -> None:
    platform.attempt("reconcile", platform.cloud.reconcile)
    platform.run_to_rest()


def leave_the_message_waiting(platform: Platform) -> None:
    platform.create(rock())
    platform.clock.advance(PATIENCE_MS)


def give_the_message_up(platform: Platform) -> None:
    platform.create(rock())
    (body,) = take(platform, "standard")
    platform.cloud.sqs.send_message(
        QueueUrl=platform.cloud.dead_letter_urls["standard"], MessageBody=body
    )


def fail_the_first_attempt(platform: Platform) -> None:
    platform.create(rock())
    platform.engine.fail_next(RuntimeError("injected"))


def fail_for_good(platform: Platform) -> None:
    platform.create(rock())
    platform.engine.fail_next(UnbuildableSpec("injected"))
    platform.run_to_rest()
    (failed,) = platform.assets()
    assert failed.status == "failed"


def ask_for_bulk(platform: Platform) -> None:
    platform.create(rock(priority=1))


def ask_urgently(platform: Platform) -> None:
    platform.create(rock(priority=9))
    platform.run_to_rest()


def let_another_user_have_it(platform: Platform) -> None:
    reply = platform.cloud.create(rock(), bearer=tokens.token("grace", exp=4_000_000_000))
    assert reply.status == 202
    platform.run_to_rest()
    platform.create(rock())


def send_poison(platform: Platform) -> None:
    platform.cloud.sqs.send_message(
        QueueUrl=platform.cloud.queue_urls["standard"], MessageBody="nobody understands"
    )


def quarantine(platform: Platform) -> None:
    platform.run_to_rest()
    assert len(platform.cloud.keys("quarantine/")) == 1


def delete_it(platform: Platform) -> None:
    """What was asked for; a repetition finds it gone."""
    (asset,) = platform.assets()
    assert platform.delete(asset.asset_id).status in {204, 404}
    assert platform.assets() == []
    platform.run_to_rest()


def ask_and_delete(platform: Platform) -> None:
    platform.create(rock())
    delete_it(platform)


def complete(platform: Platform) -> None:
    platform.create(rock())
    platform.run_to_rest()


def inspect_it(platform: Platform) -> None:
    """Whoever is shown another user's asset stands in the trail."""
    (asset,) = platform.assets()
    assert platform.inspect(asset.asset_id).status == 200
    assert "asset.read_by_admin" in {entry.action for entry in insides.audit_entries()}
    platform.run_to_rest()


def ask_urgently_after_all(platform: Platform) -> None:
    """A request and its move to a faster lane, both of which are told of."""
    ask_for_bulk(platform)
    ask_urgently(platform)


def break_an_image(platform: Platform) -> None:
    """A record that no version of ours has written, beside one that is asked for."""
    item = {"asset_id": {"S": "broken"}}
    platform.cloud.dynamodb.put_item(TableName=tables.ASSETS, Item=item)
    platform.cloud.dynamodb.delete_item(TableName=tables.ASSETS, Key=item)


def keep_the_image(platform: Platform) -> None:
    platform.deliver()
    assert len(platform.cloud.keys("quarantine/asset_changes/")) == 1
    insides.clear()


def take(platform: Platform, lane: str) -> list[str]:
    """Take all messages out of a lane; their bodies."""
    cloud, url = platform.cloud, platform.cloud.queue_urls[lane]
    received = cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    for message in received["Messages"]:
        cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in received["Messages"]]


def scenario(
    name: str, prepare: Callable[[Platform], Any], play: Callable[[Platform], Any], *about: str
) -> Scenario:
    """A scenario about these functions, or operations of functions."""
    return Scenario(name, prepare, play, frozenset(about))


CORE = scenario("from the request to completed", nothing, ask_and_wait, "api", "generate", "status")
SCENARIOS = (
    CORE,
    scenario("a lost message", lose_the_message, reconcile_and_wait, "reconcile"),
    scenario(
        "an overdue message",
        leave_the_message_waiting,
        reconcile_and_wait,
        "reconcile GetQueueAttributes",
        "reconcile GetMetricStatistics",
        "reconcile SendMessage",
    ),
    scenario("a dead letter", give_the_message_up, Platform.run_to_rest, "dead_letter"),
    scenario(
        "a failed attempt",
        fail_the_first_attempt,
        Platform.run_to_rest,
        "generate UpdateItem",
        "generate ChangeMessageVisibility",
    ),
    scenario("asked for again", fail_for_good, ask_and_wait, "api"),
    scenario("moved to a faster lane", ask_for_bulk, ask_urgently, "api"),
    scenario("adopted", let_another_user_have_it, Platform.run_to_rest, "generate"),
    scenario("poison", send_poison, quarantine, "generate", "dead_letter"),
    scenario("deleted while it waits", nothing, ask_and_delete, "api", "generate"),
    scenario("deleted once completed", complete, delete_it, "api"),
    scenario("read by an admin", complete, inspect_it, "api"),
    scenario("changes told", nothing, ask_urgently_after_all, "audit"),
    scenario("a change that nobody understands", break_an_image, keep_the_image, "audit"),
)
