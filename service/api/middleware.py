"""
What wraps every answer, pages included: a request id, security headers, and no stack trace.

Plain ASGI, because Starlette's BaseHTTPMiddleware buffers streamed bodies.
"""

import re
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_PATTERN: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

# Answers that say nothing else may load nothing, be framed by nobody and be kept nowhere.
DEFAULT_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}

log = structlog.get_logger("service.api")


class Envelope:
    """Give each request its id and each answer its headers; turn a crash into a plain 500."""

    def __init__(self, app: ASGIApp, *, crashed: Callable[[Request, Exception], Response]) -> None:
        self.app = app
        self.crashed = crashed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of connection pass through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        request_id = _request_id(request.headers.get("x-request-id"))
        started = False

        async def send_enveloped(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in DEFAULT_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_enveloped)
            except ClientDisconnect:
                # Nobody is left to answer; what had arrived of an upload is already gone.
                log.info("client went away", method=request.method, path=request.url.path)
            except Exception as error:
                log.exception("request crashed", method=request.method, path=request.url.path)
                if started:
                    # Half an answer is out; only a broken connection tells the client so.
                    raise
                await self.crashed(request, error)(scope, receive, send_enveloped)


def _request_id(sent: str | None) -> str:
    """Keep the caller's id when it is one; anything else would be written into our logs."""
    return sent if sent and REQUEST_ID_PATTERN.fullmatch(sent) else uuid4().hex
