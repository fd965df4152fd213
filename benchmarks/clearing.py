"""
How many clearances a second one web process answers, beside a route that does next to nothing.

A real uvicorn with a real PostgreSQL on this machine; the client is a process of its own with 16
connections. The anchor checks the same API key and reads one row. Routes take turns, round after
round, so that a busy machine troubles all alike.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from statistics import quantiles
from typing import Annotated

import uvicorn
from fastapi import APIRouter, Depends
from sqlmodel import select

from benchmarks.load import Load
from benchmarks.measure import table
from benchmarks.tpcb import tpcb_per_s
from licensing.money import Money
from licensing.registry.tables import PartyRow
from service.api.access import Caller, caller_with
from service.api.routes_common import RuntimeDep
from service.demo.story import PROMPT
from service.operations.registry import import_registry
from service.operations.tenants import add_platform, create_api_key, credit_platform
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app

CONNECTIONS = 16
PLATFORM = "benchmark"
REGISTRY = Path(__file__).parents[1] / "service" / "demo" / "registry.json"
CREDIT = Money(10**12 * 100, "JPY")
USE = {"territory": "JP", "purpose": "personal", "duration_s": 8}
ANCHOR = "key and one row"

router = APIRouter()


@router.get("/benchmark")
def read_one_row(
    runtime: RuntimeDep,
    caller: Annotated[Caller, Depends(caller_with("clearances"))],
) -> dict[str, str]:
    """Check the key and read one row: the anchor."""
    with runtime.transaction(caller.tenant_id) as session:
        name = session.exec(select(PartyRow.name).where(PartyRow.id == caller.tenant_id)).one()
    return {"name": name}


def loads(port: int, secret: str, *, count: int) -> dict[str, Load]:
    """Describe the anchor and the clearances: one whose price is held, and one of nobody's work."""
    anchor = Load(
        port=port,
        method="GET",
        path="/benchmark",
        headers={"Authorization": f"Bearer {secret}"},
        body="",
        connections=CONNECTIONS,
        count=count,
        expected_status=200,
    )

    def clearance(prompt: str, name: str) -> Load:
        return replace(
            anchor,
            method="POST",
            path="/v1/clearances",
            headers={
                **anchor.headers,
                "Content-Type": "application/json",
                "Idempotency-Key": f"{name}-{{n}}",
            },
            body=json.dumps({"prompt": prompt, "use": USE}),
            expected_status=201,
        )

    return {
        ANCHOR: anchor,
        "clearance, priced": clearance(PROMPT, "priced"),
        "clearance, nobody's": clearance("夕暮れの港をゆっくり歩く猫", "nobody"),
    }


@contextmanager
def served(runtime: Runtime) -> Generator[int]:
    """Serve the whole site and the anchor on a free port of the loopback."""
    app = create_app(runtime)
    app.include_router(router)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def send(load: Load) -> tuple[float, list[float]]:
    """Let a client process send the load; give its requests a second and its latencies."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(load)),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer = json.loads(done.stdout)
    return load.count / answer["elapsed_s"], answer["latencies_ms"]


def measure(runtime: Runtime, *, rounds: int, count: int) -> list[list[str]]:
    """Send every load in turns; the best round gives the rate, all rounds give the p99."""
    import_registry(runtime, REGISTRY.read_bytes())
    add_platform(runtime, PLATFORM, "Benchmark")
    credit_platform(runtime, PLATFORM, CREDIT, reference="benchmark")
    secret = create_api_key(runtime, PLATFORM, "benchmark", ("clearances",)).secret
    rates: dict[str, list[float]] = {}
    latencies_ms: dict[str, list[float]] = {}
    with served(runtime) as port:
        # The first round warms pools and caches and is not counted.
        for turn in range(rounds + 1):
            for name, load in loads(port, secret, count=count).items():
                rate, latencies = send(replace(load, first_number=turn * count))
                if turn:
                    rates.setdefault(name, []).append(rate)
                    latencies_ms.setdefault(name, []).extend(latencies)
    best = {name: max(all_) for name, all_ in rates.items()}
    p99_ms = {name: quantiles(all_, n=100)[98] for name, all_ in latencies_ms.items()}
    return [
        [
            name,
            f"{best[name]:.0f}",
            f"{p99_ms[name]:.1f}",
            f"{best[name] / best[ANCHOR]:.2f}",
            f"{p99_ms[name] / p99_ms[ANCHOR]:.2f}",
        ]
        for name in best
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count")
    parser.add_argument("--count", type=int, default=480, help="requests of one round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        with Runtime.open(settings) as runtime:
            rows = measure(runtime, rounds=options.rounds, count=options.count)
            tpcb = tpcb_per_s(runtime.database.url, connections=CONNECTIONS)
    print(f"Clearing over {CONNECTIONS} connections, {options.rounds} rounds; aim: at least 0.40")
    print(table(("", "per second", "p99 ms", "rate/anchor", "p99/anchor"), rows))
    if tpcb is not None:
        print(f"pgbench, TPC-B (sort of), on the same server: {tpcb:.0f} transactions a second")


if __name__ == "__main__":
    main()
