"""What can go wrong, what to catch, and what to write down.

::

    python examples/errors.py

Every error of the client is a ``MeshmillError``. What the service refuses is an ``ApiError`` with a
code, all details and the id of the request; rate limits, outages and lost connections only arrive
here after the client has tried again as often as its ``RetryPolicy`` says.
"""

from meshmill_client import Client, RetryPolicy
from meshmill_client.errors import (
    ConnectionFailed,
    DuplicateRequest,
    MeshmillError,
    NotFound,
    ValidationFailed,
    WaitTimeout,
)


def refused(client: Client) -> None:
    """A request that breaks rules is told everything that is wrong with it, at once."""
    try:
        client.assets.create(format="gltf", parameters={"quality": "hi", "lods": 9})
    except ValidationFailed as error:
        for violation in error.details["violations"]:
            print("; ".join(violation[part] for part in ("message", "hint") if part in violation))
        print(f"  {error.code}, HTTP {error.status}; quote {error.request_id} when asking about it")


def asked_twice(client: Client) -> None:
    """Usually the first one is returned; who wants to know of it says so."""
    gear = {"generator": "gear", "quality": "low", "texture_size": 256}
    asset = client.assets.create(format="gltf", parameters=gear)
    try:
        client.assets.create(format="gltf", parameters=gear, on_duplicate="reject")
    except DuplicateRequest as error:
        print(f"stands already: {error.details['asset_id'] == asset.asset_id}")
    try:
        client.assets.wait(asset, timeout=0)
    except WaitTimeout as error:
        print(f"not yet: {error}")  # it goes on being made; wait again, or come back later


def main() -> None:
    """One of each."""
    with Client.from_profile() as client:
        refused(client)
        asked_twice(client)
        try:
            client.assets.get("00000000-0000-0000-0000-000000000000")
        except NotFound as error:
            print(error)

    # Nobody answers here: two attempts instead of the usual five.
    with Client("http://127.0.0.1:9", retries=RetryPolicy(attempts=2)) as client:
        try:
            client.generators.list()
        except ConnectionFailed as error:
            print(f"{error}; reached the service: {error.was_sent}")
        except MeshmillError as error:  # the widest net, last
            print(error)


if __name__ == "__main__":
    main()
