"""Secrets from a person or a program, never from an argument: those stand in lists of processes."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import typer

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.terminal.output import tell


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that a command needs: what people call it, and where else it may come from."""

    name: str
    variable: str
    option: str

    def piped(self) -> str:
        """The first line of standard input.

        Raises:
            CommandFailed: there is none.
        """
        text = sys.stdin.readline().strip()
        if not text:
            raise CommandFailed([f"{self.option}: standard input is empty"], Exit.REFUSED)
        return text

    def asked(self) -> str:
        """What the environment names, or else a person types; it is not echoed.

        Raises:
            CommandFailed: there is neither.
        """
        told = os.environ.get(self.variable)
        if told:
            tell(f"taking the {self.name} from {self.variable}")
            return told.strip()
        if not sys.stdin.isatty():
            lines = [
                f"the {self.name} is missing, and there is no terminal to ask for it",
                f"pipe it in with {self.option}, or set {self.variable}",
            ]
            raise CommandFailed(lines, Exit.REFUSED)
        return str(typer.prompt(self.name[0].upper() + self.name[1:], hide_input=True, err=True))


API_KEY = Secret("API key", "MESHMILL_API_KEY", "--api-key-stdin")
CLIENT_SECRET = Secret("client secret", "MESHMILL_CLIENT_SECRET", "--client-secret-stdin")
