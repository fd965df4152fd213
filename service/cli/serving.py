"""`rakkan demo`, `rakkan serve`, `rakkan worker`: the long-running commands."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, note

DEFAULT_PORT: Final = 8000


def demo(
    video: Annotated[Path | None, typer.Argument(help="Your own video; a clip if omitted.")] = None,
    *,
    serve_pages: Annotated[
        bool,
        typer.Option("--serve/--no-serve", help="Serve the pages when the story is told."),
    ] = True,
    as_json: Json = False,
) -> None:
    """
    Tell the whole story on this machine: prompt, licence, stamp, verdict, statement.

    Without a terminal it ends after the story.

    Example: `rakkan demo my-video.mp4`
    """
    from service.cli.server import serve_site
    from service.demo.story import tell
    from service.pages.language import language_of_environment

    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    with opened_runtime() as runtime:
        told = tell(
            runtime,
            video,
            echo=note if as_json else typer.echo,
            language=language_of_environment(),
        )
        facts = {
            "stamped": str(told.stamped),
            "altered": str(told.altered),
            "stripped": str(told.stripped),
            "licence_id": told.licence_id,
        }
        answer(facts, [], as_json=as_json)
        if serve_pages and on_terminal and not as_json:
            serve_site(
                runtime,
                host="127.0.0.1",
                port=DEFAULT_PORT,
                with_worker=True,
                started=lambda address: _say_addresses(address, told.licence_id),
            )


def _say_addresses(address: str, licence_id: str | None) -> None:
    typer.echo(f"\nCheck the three files yourself:{address}/verify")
    if licence_id is not None:
        typer.echo(f"The licence anyone can see:    {address}/l/{licence_id}")
    typer.echo("Ctrl-C ends it.")


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = DEFAULT_PORT,
    worker_inside: Annotated[
        bool,
        typer.Option("--worker/--no-worker", help="Run one worker in this process."),
    ] = True,
    as_json: Json = False,
) -> None:
    """
    Serve the pages and the API, with one worker inside.

    Example: `rakkan serve --host 0.0.0.0 --port 8000`
    """
    from service.cli.server import serve_site

    with opened_runtime() as runtime:
        serve_site(
            runtime,
            host=host,
            port=port,
            with_worker=worker_inside,
            started=lambda address: answer(
                {"address": address},
                [f"Serving {address}  (Ctrl-C ends it)"],
                as_json=as_json,
            ),
        )


def worker(*, as_json: Json = False) -> None:
    """
    Run jobs (stamps, checks, housekeeping) until Ctrl-C. Run as many as you like.

    Example: `rakkan worker`
    """
    from service.worker import run_worker

    with opened_runtime() as runtime:
        answer({"status": "running"}, ["Working  (Ctrl-C ends it)"], as_json=as_json)
        run_worker(runtime)
