"""Groups of commands, and how they show themselves: at once, and with names as people type them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

Function = TypeVar("Function", bound=Callable[..., Any])


class LightGroup(TyperGroup):
    """A group of which help is there at once."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Options; of flags that aren't given Typer must not load pydantic to make sure."""
        options = super().get_params(ctx)
        for option in options:
            if option.default is None and getattr(option, "is_flag", False):
                option.default = False
        return options

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read its options, and the name of the command."""
        with _complaints_of(ctx):
            return super().parse_args(ctx, args)


class PlainCommand(TyperCommand):
    """A command whose usage names arguments as the rest of its help does."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """``[OPTIONS]``, then ``FILE`` or ``ID...``, and ``[NAME]`` of what may be left out."""
        arguments = (each for each in self.get_params(ctx) if each.param_type_name == "argument")
        return ["[OPTIONS]", *map(_in_usage, arguments)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read its options and arguments."""
        with _complaints_of(ctx):
            return super().parse_args(ctx, args)


class Group(typer.Typer):
    """Commands as they are declared."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Function], Function]:
        """As Typer's own; the command is a plain one."""
        return super().command(name, cls=PlainCommand, **settings)


def _in_usage(argument: Any) -> str:
    name: str = argument.display_name_raw
    return name if argument.required else f"[{name}]"


@contextmanager
def _complaints_of(context: Any) -> Iterator[None]:
    """Complaints that pass know whose they are: of options without a value Typer doesn't say."""
    try:
        yield
    except TyperException as error:
        error.ctx = getattr(error, "ctx", None) or context  # type: ignore[attr-defined]
        raise
