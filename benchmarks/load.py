"""
A client of many connections, run as a process of its own.

Reads one JSON object on stdin and prints one on stdout: it sends `count` requests over
`connections` kept-alive connections to 127.0.0.1, each connection one request at a time, and tells
every latency. It speaks just enough HTTP/1.1 to cost little beside the server on the same machine.
`{n}` in a header's value becomes the request's number.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What to send, and how often."""

    port: int
    method: str
    path: str
    headers: dict[str, str]
    body: str
    connections: int
    count: int
    expected_status: int
    first_number: int = 0

    def request(self, number: int) -> bytes:
        """Write one request as it goes over the wire."""
        body = self.body.encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [
            f"{name}: {value.replace('{n}', str(number))}" for name, value in self.headers.items()
        ]
        lines += [f"Content-Length: {len(body)}", "", ""]
        return "\r\n".join(lines).encode() + body


async def send_all(load: Load) -> dict[str, object]:
    """Send every request and return `elapsed_s` and `latencies_ms`, in order of completion."""
    numbers = iter(range(load.first_number, load.first_number + load.count))
    latencies_ms: list[float] = []
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(load.connections):
            group.create_task(_one_connection(load, numbers, latencies_ms))
    return {"elapsed_s": time.perf_counter() - started, "latencies_ms": latencies_ms}


async def _one_connection(load: Load, numbers: Iterator[int], latencies_ms: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    for number in numbers:
        sent = time.perf_counter()
        writer.write(load.request(number))
        status, body = await _answer(reader)
        latencies_ms.append((time.perf_counter() - sent) * 1000)
        if status != load.expected_status:
            raise RuntimeError(f"{load.method} {load.path} answered {status}: {body[:400]!r}")
    writer.close()
    await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)


def main() -> None:
    load = Load(**json.load(sys.stdin))
    json.dump(asyncio.run(send_all(load)), sys.stdout)


if __name__ == "__main__":
    main()
