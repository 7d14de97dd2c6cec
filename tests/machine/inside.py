"""What runs inside the machine: a visitor, and a look at it. Only Python's own library.

report URL COUNT       send so many reports; each receipt is a line, once it is read
follow URL             read receipts from standard input; print those nobody knows
get URL                print the status and the page
listening              print who can reach which port
weight UNIT...         print the memory of these units' processes, in kB
busy UNIT SECONDS      print how many percent of a processor the unit takes
door PORT              be one connection to nginx: what comes in goes there, and back
"""

import http.client
import os
import re
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode, urlsplit

VISITOR = "127.9.8.7"  # on loopback, and nobody else's
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(url: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    """Speak to nginx over TLS from the visitor's own address."""
    parts = urlsplit(url)
    anybody = ssl._create_unverified_context()  # noqa: S323, SLF001 - made by the box
    line = http.client.HTTPSConnection(
        "127.0.0.1",
        parts.port or 443,
        timeout=30,
        source_address=(VISITOR, 0),
        context=anybody,
    )
    try:
        method, path = "POST" if form else "GET", parts.path or "/"
        headers = {"Host": parts.netloc, **(FORM if form else {})}
        line.request(method, path, urlencode(form) if form else None, headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode()
    finally:
        line.close()


def report(url: str) -> str:
    """Send one report and return its receipt, or what stood in the way."""
    status, page = ask(url)
    token = re.search(r'name="token" value="([^"]+)"', page)
    if token is None:
        return f"no form: {status}"
    form = {"token": token[1], "address": "https://item-one.example/page"}
    status, page = ask(url, form)
    code = re.search(r'class="receipt"><strong>([^<]+)<', page)
    return code[1] if code else f"no receipt: {status}"


def send(url: str, count: int) -> None:
    for _ in range(count):
        try:
            print(report(url), flush=True)
        except OSError as trouble:
            print(f"no answer: {type(trouble).__name__}", flush=True)
            time.sleep(0.5)


def follow(url: str) -> None:
    for code in sys.stdin.read().splitlines():
        status, _ = ask(f"{url}/follow/", {"code": code})
        if status != 200:
            print(f"{code}: {status}")


def listening() -> Iterator[str]:
    """Name each listener: “here 8081” on loopback, else “all 443”."""
    for file in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(file).exists():
            for line in Path(file).read_text().splitlines()[1:]:
                local, state = line.split()[1], line.split()[3]
                host, port = local.split(":")
                if state == "0A":
                    here = host == "0100007F" or host.endswith("01000000")
                    yield f"{'here' if here else 'all'} {int(port, 16)}"


def processes(unit: str) -> list[str]:
    where = Path("/sys/fs/cgroup/system.slice", unit)
    slices = Path("/sys/fs/cgroup/system.slice").glob(f"*/{unit}")
    found = [where, *slices]
    return [
        process
        for folder in found
        if folder.exists()
        for process in (folder / "cgroup.procs").read_text().split()
    ]


def weight(units: list[str]) -> int:
    """Add up what each process has for itself and its share of what it shares."""
    shares = [
        re.search(r"^Pss: +(\d+)", Path(f"/proc/{p}/smaps_rollup").read_text(), re.M)  # noqa: FURB167 - 3.11
        for unit in units
        for p in processes(unit)
    ]
    return sum(int(share[1]) for share in shares if share)


def ticks(unit: str) -> int:
    stats = [Path(f"/proc/{p}/stat").read_text() for p in processes(unit)]
    return sum(sum(map(int, s.rpartition(")")[2].split()[11:13])) for s in stats)


def busy(unit: str, seconds: float) -> float:
    before = ticks(unit)
    time.sleep(seconds)
    return (ticks(unit) - before) / seconds  # a tick is a hundredth of a second


def door(port: int) -> None:
    """Carry what a browser elsewhere says, as the visitor's; until nginx hangs up."""
    line = socket.create_connection(("127.0.0.1", port), source_address=(VISITOR, 0))
    Thread(target=_carry_in, args=(line,), daemon=True).start()
    while answer := line.recv(65536):
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


def _carry_in(line: socket.socket) -> None:
    while said := os.read(0, 65536):
        line.sendall(said)
    line.shutdown(socket.SHUT_WR)


def main(verb: str, *words: str) -> None:
    if verb == "report":
        send(words[0], int(words[1]))
    elif verb == "follow":
        follow(words[0])
    elif verb == "get":
        print(*ask(words[0]), sep="\n")
    elif verb == "listening":
        print(*sorted(set(listening())), sep="\n")
    elif verb == "weight":
        print(weight(list(words)))
    elif verb == "busy":
        print(busy(words[0], float(words[1])))
    elif verb == "door":
        door(int(words[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
