"""What the routers share: the runtime, bounded JSON bodies, documented problems, ids in paths."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, ClassVar, Final

from fastapi import Depends, HTTPException, Path, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message

from service.api.schemas import ProblemOut
from service.runtime import Runtime

# A prompt of 20,000 characters, escaped as \uXXXX pairs, with its negative prompt: 480 kB.
MAX_JSON_BYTES: Final = 1024**2
CONTENT_TOO_LARGE: Final = 413

PathId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_:.-]{1,128}$")]


def runtime_of(request: Request) -> Runtime:
    """Find the runtime this application was created with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(runtime_of)]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the problems of a route."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {
        status: {"description": "A problem", "model": ProblemOut, "content": content}
        for status in statuses
    }


class JsonRoute(APIRoute):
    """A route whose body is small JSON: reading stops at `max_bytes`."""

    max_bytes: ClassVar[int] = MAX_JSON_BYTES

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the reading of the body."""
        handle = super().get_route_handler()

        async def handle_bounded(request: Request) -> Response:
            received_bytes = 0

            async def receive_bounded() -> Message:
                nonlocal received_bytes
                message = await request.receive()
                received_bytes += len(message.get("body", b""))
                if received_bytes > self.max_bytes:
                    # FastAPI lets an HTTPException out of its body reading; others become a 400.
                    raise HTTPException(CONTENT_TOO_LARGE)
                return message

            return await handle(Request(request.scope, receive_bounded))

        return handle_bounded
