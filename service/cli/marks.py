"""`rakkan mark`: the watermark alone. It needs the keys folder and no database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from service.cli.opened import read_settings
from service.cli.output import Json, answer, print_json, progress

if TYPE_CHECKING:
    from manifests.marks.keys import MarkKeyRing
    from manifests.media.limits import Limits

EncoderPreset: TypeAlias = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"
]

app = typer.Typer(no_args_is_help=True, help="The watermark alone.")


@app.command("embed")
def embed(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The video; never changed.")],
    dest: Annotated[Path, typer.Argument(metavar="OUT", help="The marked copy to write.")],
    *,
    mark_id: Annotated[
        str | None,
        typer.Option("--id", metavar="HEX16", help="The id to set; a random one if omitted."),
    ] = None,
    strength: Annotated[
        Literal["quality", "balanced", "robust"],
        typer.Option(help="How much it may change the picture to survive more."),
    ] = "balanced",
    preset: Annotated[
        EncoderPreset,
        typer.Option(help="The encoder's speed."),
    ] = "medium",
    crf: Annotated[
        int,
        typer.Option(min=1, max=30, help="The encoder's constant quality; lower is better."),
    ] = 18,
    as_json: Json = False,
) -> None:
    """
    Set a mark into a copy of a video: no manifest, no record.

    OUT appears whole or not at all.

    Example: `rakkan mark embed in.mp4 out.mp4 --id 0123456789abcdef`
    """
    from manifests.marks.embed import embed as embed_mark
    from manifests.marks.payload import is_mark_id, new_mark_id
    from manifests.media.probe import probe

    if mark_id is None:
        mark_id = new_mark_id()
    if not is_mark_id(mark_id := mark_id.lower()):
        raise typer.BadParameter("It has 16 hexadecimal digits.", param_hint="--id")
    limits, keys = _limits(), _keys()
    with progress("Marking") as show:
        made = embed_mark(
            source,
            dest,
            info=probe(source, limits),
            mark_id=mark_id,
            key=keys.newest,
            limits=limits,
            strength=strength,
            preset=preset,
            crf=crf,
            on_progress=lambda done: show("", done),
        )
    facts = {
        "id": mark_id,
        "strength": strength,
        "key": keys.newest.id,
        "duration_s": made.duration_ms / 1000,
        "size_bytes": made.size_bytes,
    }
    lines = [f"Marked: {dest}", f"  id  {mark_id}", f"Next: rakkan mark detect {dest}"]
    answer(facts, lines, as_json=as_json)


@app.command("detect")
def detect(
    file: Annotated[Path, typer.Argument(help="The video to look at.")],
    *,
    budget_s: Annotated[
        float,
        typer.Option(min=0.1, help="Seconds of search after the video was watched."),
    ] = 15.0,
    as_json: Json = False,  # noqa: ARG001 -- every command takes it; this one has no other answer
) -> None:
    """
    Find marks of the keys in use. Prints one JSON object, with or without `--json`.

    Example: `rakkan mark detect out.mp4`
    """
    from manifests.marks.detect import detect as detect_marks
    from manifests.media.probe import probe

    limits = _limits()
    found = detect_marks(
        file,
        info=probe(file, limits),
        keys=_keys(),
        limits=limits,
        budget_s=budget_s,
    )
    print_json(found.to_json())


def _limits() -> "Limits":
    from manifests.media.limits import Limits

    settings = read_settings()
    return Limits(
        size_bytes=settings.upload_max_bytes,
        duration_ms=settings.video_max_duration_s * 1000,
    )


def _keys() -> "MarkKeyRing":
    """Load the mark's keys, which stand beside the signing keys; make a first one if need be."""
    from manifests.marks.keys import init_mark_keys

    return init_mark_keys(read_settings().mark_keys_folder, at=datetime.now(UTC))
