"""The same client for every server under test: kept connections, one per thread."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Result:
    seconds: float = 0.0
    took: list[float] = field(default_factory=list)  # seconds of each accepted request
    errors: int = 0

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.took)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def load(port: int, clients: int, seconds: float, form: Callable[[], object]) -> Result:
    """Post forms from so many clients for so long; every answer but 200 is an error."""
    result = Result()
    lock = threading.Lock()
    began = time.perf_counter()
    until = began + seconds

    def one() -> None:
        took, errors = _post_until(port, until, form)
        with lock:
            result.took += took
            result.errors += errors

    threads = [threading.Thread(target=one) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    return result


def _post_until(
    port: int, until: float, form: Callable[[], object]
) -> tuple[list[float], int]:
    took, errors = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while (began := time.perf_counter()) < until:
        body = urlencode(form())  # type: ignore[arg-type]
        connection.request("POST", "/", body, HEADERS)
        answer = connection.getresponse()
        answer.read()
        if answer.status == 200:
            took.append(time.perf_counter() - began)
        else:
            errors += 1
    connection.close()
    return took, errors
