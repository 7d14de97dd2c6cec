"""Stop every connection that would leave this machine, and write it down.

Python imports a module of this name at its start (PYTHONPATH names this folder), so
the processes that tests start are watched like the tests themselves. The hook is
Python's own (PEP 578): nothing below it, in whatever library, gets around it.
"""

import os
import socket
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path

NOTES = "REPORTBOX_TESTS_WENT_TO"  # the variable that names the file of notes
# Where the practice world's reported hosts live: nobody ever connects to one.
REPORTED = ip_network("100.64.0.0/10")
EXCEPTIONS: tuple[str, ...] = ()  # there are none, and a test says so

GOES = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
ASKS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
LOCAL = {None, "", "localhost", socket.gethostname()}


def _one_for_all_names(made: type[BaseException]) -> type[BaseException]:
    """Return the class made first: Python and the tests know this file by two names."""
    first: type[BaseException] = sys.__dict__.setdefault(made.__name__, made)
    return first


@_one_for_all_names
class LeavesTheMachine(BaseException):
    """Not even a test that expects an error may swallow this."""


def watch() -> None:
    """Watch this process, once, to its end."""
    if not getattr(sys, "is_watched", False):
        sys.is_watched = True  # type: ignore[attr-defined]
        sys.addaudithook(_hook)


def went_to() -> list[str]:
    """List what was stopped since the last look, here and in processes begun here."""
    notes = Path(os.environ[NOTES])
    found = notes.read_text().splitlines()
    if found:
        notes.write_text("")
    return found


def is_here(host: object) -> bool:
    """Tell whether a name or an address is this machine."""
    if host in LOCAL or host in EXCEPTIONS:
        return True
    try:
        return ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return str(host).endswith(".localhost")


def _hook(
    event: str,
    said: tuple[object, ...],
    goes: frozenset[str] = GOES,  # kept here: a process that ends loses its globals
    asks: frozenset[str] = ASKS,
) -> None:
    if event in goes:
        connection, place = said[:2]
        assert isinstance(connection, socket.socket)
        is_inet = connection.family in {socket.AF_INET, socket.AF_INET6}
        if is_inet and isinstance(place, tuple) and not is_here(place[0]):
            _stop(place[0])
    elif event in asks and not is_here(said[0]) and not _is_address(said[0]):
        _stop(said[0])


def _is_address(host: object) -> bool:
    """Nobody is asked where an address is; what is done with it is seen later."""
    try:
        ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _stop(host: object) -> None:
    kind = "reported host" if _is_reported(host) else "host"
    words = f"{kind} {host}"
    if notes := os.environ.get(NOTES):
        with Path(notes).open("a") as file:
            file.write(f"{words}\n")
    raise LeavesTheMachine(words)


def _is_reported(host: object) -> bool:
    return _is_address(host) and ip_address(str(host).partition("%")[0]) in REPORTED


watch()
