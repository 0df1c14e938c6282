"""``client.generators``: what can be asked for. It is public: no credentials are needed."""

from __future__ import annotations

from meshmill_client.addresses import segment
from meshmill_client.blocking import blocking
from meshmill_client.models import Generator, GeneratorList
from meshmill_client.session import Session

_PATH = "/api/v1/generators"


class AsyncGenerators:
    """Read what each generator takes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def list(self) -> tuple[Generator, ...]:
        """All generators.

        Raises:
            ApiError, ConnectionFailed: as every call.
        """
        return GeneratorList.read(await self._session.read_public(_PATH)).data

    async def get(self, name: str) -> Generator:
        """One generator.

        Raises:
            NotFound: there is none of this name; ``details["allowed"]`` has the names.
            ApiError, ConnectionFailed: as every call.
        """
        path = f"{_PATH}/{segment(name)}"
        return Generator.read(await self._session.read_public(path))


class Generators:
    """Read what each generator takes."""

    def __init__(self, session: Session) -> None:
        self._calls = AsyncGenerators(session)

    list = blocking(AsyncGenerators.list)
    get = blocking(AsyncGenerators.get)
