"""`rakkan stamp` and `rakkan verify`: a file in, a stamped copy or a verdict out."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, note, print_json, progress

if TYPE_CHECKING:
    from manifests.verification.verdict import Verdict
    from service.resolver_client import UploadConsent
    from service.runtime import Runtime

Strength: TypeAlias = Annotated[
    Literal["quality", "balanced", "robust"],
    typer.Option(help="How much the mark may change the picture to survive more."),
]
Pictures: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="PICTURE",
        help="A picture the video was made from (PNG, JPEG, WebP); again for more, up to 4.",
    ),
]


def stamp(  # noqa: PLR0913 - each is an option of the command
    source: Annotated[Path, typer.Argument(metavar="IN", help="The video; never changed.")],
    dest: Annotated[Path, typer.Argument(metavar="OUT", help="The stamped copy to write.")],
    *,
    clearance: Annotated[
        str | None,
        typer.Option(help="The clearance that covers it; without one, provenance only."),
    ] = None,
    strength: Strength = "balanced",
    ingredient: Pictures = None,
    generator: Annotated[str, typer.Option(help="The model that made it.")] = "unknown",
    generator_version: Annotated[str, typer.Option(help="Its version.")] = "unknown",
    generated_at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z"],
            help="When, such as 2026-11-22T10:00:00+0900; now if omitted.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """
    Write a signed copy of a video, with its licence when there is one.

    OUT appears whole or not at all. Again with the same clearance and video writes it again.

    Example: `rakkan stamp in.mp4 out.mp4 --clearance clr_… --strength robust`
    """
    from service.operations.stamp_file import stamp_file
    from service.operations.stamp_ingredients import PICTURES_MAX
    from service.operations.stamps import StampSource

    if len(ingredient or ()) > PICTURES_MAX:
        raise typer.BadParameter(f"At most {PICTURES_MAX} can be named.", param_hint="--ingredient")
    with opened_runtime() as runtime, progress("Stamping") as show:
        origin = StampSource(
            generator=generator,
            generator_version=generator_version,
            created_at=generated_at or runtime.now(),
            strength=strength,
        )
        view = stamp_file(
            runtime,
            source,
            dest,
            clearance_id=clearance,
            generator=origin,
            ingredients=ingredient or (),
            on_step=show,
        ).to_json()
    if "error" in view:
        raise typer.Exit(_say_failed(view, as_json=as_json))
    answer(view, _stamped_lines(view, dest), as_json=as_json)


def verify(
    file: Annotated[Path, typer.Argument(help="The video to check.")],
    *,
    lang: Annotated[Literal["en", "ja"], typer.Option(help="Language of the answer.")] = "en",
    ask_others: Annotated[
        bool,
        typer.Option(
            "--ask-others",
            help="When nothing certain is found here, send the whole file to the services in "
            "RAKKAN_RESOLVER_URLS and show what they say.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """
    Tell where a video comes from, whether it was changed, and whether it was licensed.

    Every verdict is an answer: the exit code is 0. Only a file that is no video is an error.
    Nothing leaves this machine, unless `--ask-others` allows it for this file.

    Example: `rakkan verify out.mp4`
    """
    from service.operations.verifications import verify_file

    with opened_runtime() as runtime, progress("Checking") as show:
        consent = _consent(runtime, file) if ask_others else None
        verdict = verify_file(runtime, file, lambda done: show("", done), consent=consent)
    answer(verdict.to_json(), _lines(verdict, lang), as_json=as_json)


def _stamped_lines(view: dict[str, Any], dest: Path) -> list[str]:
    licence = view["licence"]
    return [
        f"Stamped: {dest}",
        f"  manifest  {view['manifest_id']}",
        f"  licence   {licence['status_url'] if licence else 'none, provenance only'}",
        f"Next: rakkan verify {dest}",
    ]


def _consent(runtime: "Runtime", file: Path) -> "UploadConsent | None":
    """Say to whom the file may go, before it does."""
    from service.operations.ask_others import consent_for, service_names
    from service.operations.verifications import file_digest

    consent = consent_for(runtime, file_digest(file))
    if consent is None:
        note("No other service is configured, so none is asked: set RAKKAN_RESOLVER_URLS.")
        return None
    names = ", ".join(service_names(sorted(consent.resolver_urls)))
    note(f"If nothing certain is found here, {file} is sent to: {names}")
    return consent


def _say_failed(view: dict[str, Any], *, as_json: bool) -> int:
    """Say why a stamp ended without a copy."""
    from service.pages.problem_pages import problem_page

    page = problem_page(view["error"]["code"], "en")
    title = page.title if page else "The video could not be stamped."
    if as_json:
        print_json({"error": {"code": view["error"]["code"], "title": title, **view["error"]}})
    else:
        note(f"{title}\n{view['error']['detail']}\n({view['error']['code']})")
    return 1


def _lines(verdict: "Verdict", lang: Literal["en", "ja"]) -> list[str]:
    """Say the verdict to a person: the word, then who, when and licence, then the checks."""
    facts = verdict.to_json(lang)
    lines = [f"{facts['verdict']}: {verdict.headline(lang)}"]
    signer, created, licence = facts.get("signer"), facts.get("created"), facts.get("licence")
    if signer:
        lines.append(f"  issued by  {signer['name']} ({signer['tier']})")
    if created:
        lines.append(
            f"  made with  {created['generator']} {created['version']}, {created['at']}",
        )
    if licence:
        lines.append(f"  licence    {licence['status']} {licence.get('licence_id') or ''}".rstrip())
        lines += [
            f"    {grant['subject']}, granted by {grant['licensor']}" for grant in licence["grants"]
        ]
    lines += [
        f"  {part['start_s']:.1f}-{part['end_s']:.1f} s  {part['manifest_id']}"
        for part in facts["segments"]
    ]
    lines += [
        f"  {check['name']}: {check['result']} ({check['detail']})" for check in facts["checks"]
    ]
    return lines
