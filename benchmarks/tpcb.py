"""PostgreSQL's own anchor: transactions a second of pgbench's TPC-B-like script, same server."""

import re
import subprocess

from sqlalchemy import URL

from service.embedded_postgres import connect_directly, superuser_address
from service.postgres_folder import binary

DATABASE = "pgbench"
# 16 branches: fewer than connections would have them wait for each other's row.
SCALE = 16
SECONDS = 8


def tpcb_per_s(address: URL, *, connections: int) -> float | None:
    """
    Run pgbench against the server of an embedded database; None without pgbench.

    A transaction changes three balances and writes a history row in five statements, over as many
    connections as the load has, without a web server in between.
    """
    program = binary("pgbench")
    if not program.exists():
        return None
    superuser = superuser_address(address)
    with connect_directly(superuser) as connection:
        connection.execute(f"create database {DATABASE}")
    url = superuser.set(drivername="postgresql", database=DATABASE)
    target = url.render_as_string(hide_password=False)
    common = [str(program), "--quiet"]
    subprocess.run(
        [*common, "--initialize", f"--scale={SCALE}", target], check=True, capture_output=True
    )
    load = [f"--client={connections}", "--jobs=2", f"--time={SECONDS}", target]
    done = subprocess.run([str(program), *load], check=True, capture_output=True, text=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    return float(found[1]) if found else None
