"""How a command may end, in a number that scripts can rely on."""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Exit(IntEnum):
    """Exit codes of all commands; docs/command-line.md tells of them.

    130 and 141 are what shells report of programs that SIGINT and SIGPIPE have ended.
    """

    OK = 0
    #: What was asked for came to nothing: an asset or a batch failed, a file came damaged.
    FAILED = 1
    #: Wrong usage, or a request that the service refuses as it stands.
    REFUSED = 2
    #: A file can't be read or written.
    FILE = 3
    #: The service, or an operator's stage, does not answer, or answers with an error of its own.
    UNREACHABLE = 4
    #: No profile, credentials that are not known, or a permission that they lack.
    NOT_SIGNED_IN = 5
    #: There is nothing of this id.
    NOT_FOUND = 6
    #: It is still going on after ``--timeout``.
    TIMEOUT = 7
    #: Too many requests, also after waiting for the next ones.
    LIMITED = 8
    #: A batch is done, but lines of it were rejected, or assets failed.
    PARTLY = 9
    INTERRUPTED = 130
    #: Who read the output has gone, as ``head`` does.
    OUTPUT_CLOSED = 141
