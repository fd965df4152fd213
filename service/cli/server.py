"""The web server of `rakkan serve`, with its worker in a thread beside it."""

import socket
from collections.abc import Callable
from contextlib import ExitStack

import uvicorn

from service.errors import FileUnreadable
from service.runtime import Runtime
from service.web import create_app
from service.worker import worker_in_background

# Long enough for an upload's last bytes, short enough for an impatient Ctrl-C.
GRACE_S = 10


def serve_site(
    runtime: Runtime,
    *,
    host: str,
    port: int,
    with_worker: bool,
    started: Callable[[str], None],
) -> None:
    """Serve until interrupted; `started` gets the address once it accepts connections."""
    listener = _listen(host, port)
    shown_host = f"[{host}]" if ":" in host else host
    with ExitStack() as stack:
        stack.enter_context(listener)
        if with_worker:
            stack.enter_context(worker_in_background(runtime))
        config = uvicorn.Config(
            create_app(runtime),
            # Our own logs carry the request id; uvicorn's would double each line.
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        started(f"http://{shown_host}:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is announced; a taken one is a clear error."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        problem = error.strerror or str(error)
        raise FileUnreadable(f"{host}:{port}", problem) from error
