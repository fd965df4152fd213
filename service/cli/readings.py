"""`rakkan readings`: how the prompt of a clearance was read, and its decision made again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, require_text, table

if TYPE_CHECKING:
    from licensing.clearance.replay import Prompt, Replay
    from service.operations.readings import RecordedReading
    from service.runtime import Runtime

app = typer.Typer(
    help="How the prompts of clearances were read.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Clearance = Annotated[str, typer.Argument(help="Id of the clearance, clr_….")]
_DIGEST_CHARS = 12


@app.command("show")
def show(clearance_id: Clearance, *, as_json: Json = False) -> None:
    """
    Show the record of a reading: which registry, which rules, which mentions and why.

    It holds no word of the prompt.

    Example: `rakkan readings show clr_9f2c…`
    """
    from service.operations.readings import get_reading

    with opened_runtime() as runtime:
        recorded = get_reading(runtime, clearance_id)
    answer(recorded.to_json(), _record_lines(recorded), as_json=as_json)


@app.command("replay")
def replay(
    clearance_id: Clearance,
    *,
    prompt: Annotated[Path, typer.Option(help="File with the prompt; - is stdin.")],
    negative_prompt: Annotated[
        Path | None, typer.Option(help="File with what was to be left out.")
    ] = None,
    registry: Annotated[
        Path | None,
        typer.Option(help="Export of the registry of that time; without it, today's."),
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Make the decision of a clearance again, and say whether every byte is as it was.

    Needs the prompt, which is not kept here, and the registry of that version (`rakkan registry
    export`, taken then). A difference is an answer: the exit code is 0.

    Example: `rakkan readings replay clr_9f2c… --prompt prompt.txt`
    """
    from service.operations.readings import replay_reading

    export = registry.read_bytes() if registry is not None else None
    with opened_runtime() as runtime:
        given = _prompt(runtime, clearance_id, prompt, negative_prompt)
        found = replay_reading(runtime, clearance_id, given, registry=export)
    answer(found.to_json(), _replay_lines(found), as_json=as_json)


def _prompt(
    runtime: "Runtime", clearance_id: str, prompt: Path, negative_prompt: Path | None
) -> "Prompt":
    """Read the prompt; the line break that an editor puts at the end counts if it did then."""
    from licensing.clearance.action import prompt_digest
    from licensing.clearance.replay import Prompt
    from service.operations.readings import get_reading

    recorded = get_reading(runtime, clearance_id)
    text = _text(prompt, "--prompt")
    negative = _text(negative_prompt, "--negative-prompt") if negative_prompt else None
    given = Prompt(text=text, negative_text=negative)
    for each in (text, text.removesuffix("\n")):
        for other in dict.fromkeys((negative, negative and negative.removesuffix("\n"))):
            trial = Prompt(text=each, negative_text=other)
            digest = prompt_digest(recorded.clearance.prompt_nonce, trial.joined)
            if digest == recorded.record.prompt_sha256:
                return trial
    return given


def _text(path: Path, hint: str) -> str:
    data = typer.get_binary_stream("stdin").read() if str(path) == "-" else path.read_bytes()
    return require_text(data.decode("utf-8", "surrogateescape"), param_hint=hint)


def _record_lines(recorded: "RecordedReading") -> list[str]:
    """Say the record to a person."""
    record = recorded.record
    facts = [
        ("clearance", recorded.clearance.id),
        ("outcome", recorded.clearance.decision.outcome),
        ("read at", f"{recorded.clearance.created_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("registry", f"version {record.registry_version}, {_short(record.registry_sha256)}"),
        ("rules", f"{record.normaliser}, {_short(record.rules_sha256)}"),
        ("prompt", f"{_short(record.prompt_sha256)}, keyed"),
    ]
    if record.judge is not None:
        facts.append(("judge", record.judge.judgement.outcome))
    lines = [f"{name:<10} {value}" for name, value in facts]
    rows = [
        (
            facts["subject"],
            f"{facts['start']}-{facts['end']}",
            facts["strength"],
            facts["polarity"],
            ", ".join(facts["rules"]),
        )
        for facts in record.mentions
    ]
    if not rows:
        return [*lines, "No subject of the registry was mentioned."]
    return [*lines, *table(("subject", "place", "strength", "polarity", "rules"), rows)]


def _replay_lines(found: "Replay") -> list[str]:
    """Say the outcome of a replay to a person."""
    if found.is_identical:
        said = "Reading and decision are the same, byte for byte."
    elif found.reading is None:
        said = "The decision was not made again."
    else:
        said = "The decision made again is not the same."
    return [said, *(difference.message for difference in found.differences)]


def _short(digest: str) -> str:
    return f"SHA-256 {digest[:_DIGEST_CHARS]}…"
