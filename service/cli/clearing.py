"""`rakkan clear`: whether a prompt may be made, and at what price."""

import secrets
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from licensing.clearance.codes import CONTENT_CATEGORIES, MEDIA, USER_CLASSES
from licensing.money import Money
from service.cli.opened import opened_runtime
from service.cli.output import Json, answer, require_text
from service.cli.said import money_text

if TYPE_CHECKING:
    from service.operations.clearance_answer import ClearanceAnswer
    from service.runtime import Runtime

MediaOption = Annotated[
    list[str] | None,
    typer.Option(help=f"In which medium: {', '.join(MEDIA)}; repeatable."),
]
UserClassOption = Annotated[
    str | None,
    typer.Option(help=f"Who makes it: {', '.join(USER_CLASSES)}."),
]
ContentOption = Annotated[
    list[str] | None,
    typer.Option(help=f"What it contains: {', '.join(CONTENT_CATEGORIES)}; repeatable."),
]
KeyOption = Annotated[
    str | None,
    typer.Option(help="The same for each retry of one request; made up if omitted."),
]
QuoteOption = Annotated[
    bool,
    typer.Option("--quote", help="Only tell the price; reserve nothing."),
]


def clear(  # noqa: PLR0913 - one argument an option
    prompt: Annotated[str, typer.Argument(help="The prompt that will be generated.")],
    *,
    territory: Annotated[str, typer.Option(help="Where it will be shown, such as JP.")],
    seconds: Annotated[str, typer.Option(help="Longest length that will be generated.")],
    purpose: Annotated[str, typer.Option(help="personal or commercial.")],
    platform: Annotated[str | None, typer.Option(help="Who asks; the only one if omitted.")] = None,
    audience: Annotated[str, typer.Option(help="all, teen or mature.")] = "all",
    channel: Annotated[list[str] | None, typer.Option(help="Where; repeatable.")] = None,
    medium: MediaOption = None,
    user_class: UserClassOption = None,
    content: ContentOption = None,
    resolution: Annotated[str | None, typer.Option(help="Such as 1080p.")] = None,
    negative_prompt: Annotated[str | None, typer.Option(help="What to leave out.")] = None,
    idempotency_key: KeyOption = None,
    quote: QuoteOption = False,
    as_json: Json = False,
) -> None:
    """
    Ask whether a prompt may be made, and reserve its price when it may.

    A denial is an answer too: every reason is printed, and the exit code is 0.

    Example: `rakkan clear "星守ミコ in the rain" --territory JP --seconds 8 --purpose personal`
    """
    from licensing.clearance.use import parse_use
    from service.operations.clearances import ClearanceRequest, clear_prompt

    use = parse_use(
        {
            "territory": territory,
            "purpose": purpose,
            "channels": channel or [],
            "duration_s": _seconds(seconds),
            "audience_rating": audience,
            "media": medium or [],
            "user_class": user_class,
            "content": content or [],
            "resolution": resolution,
        },
    )
    request = ClearanceRequest(
        prompt=require_text(prompt, param_hint="PROMPT"),
        negative_prompt=negative_prompt,
        use=use,
        quote_only=quote,
    )
    with opened_runtime() as runtime:
        cleared = clear_prompt(
            runtime,
            _platform(runtime, platform),
            request,
            idempotency_key=idempotency_key or f"cli-{secrets.token_hex(16)}",
        )
    answer(cleared.to_json(), _lines(cleared), as_json=as_json)


def _seconds(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is not a number.", param_hint="--seconds") from None


def _platform(runtime: "Runtime", named: str | None) -> str:
    """Take the platform that was named, else the only one there is."""
    from service.errors import UnknownTenant
    from service.operations.tenants import default_platform, list_platforms

    if named is None:
        return default_platform(runtime)
    if named not in {platform.id for platform in list_platforms(runtime)}:
        raise UnknownTenant(named)
    return named


def _lines(cleared: "ClearanceAnswer") -> list[str]:
    """Say the answer to a person: outcome first, then each finding with its reasons."""
    lines = [f"{cleared.outcome}  ({cleared.id})"]
    lines += [f"  {reason['message']} [{reason['code']}]" for reason in cleared.reasons]
    for finding in cleared.findings:
        lines.append(f"  {finding['subject']}: {finding['outcome']}")
        lines += [f"    {reason['message']} [{reason['code']}]" for reason in finding["reasons"]]
    lines += [f"  ? {doubt['message']}" for doubt in cleared.doubts]
    if cleared.price is not None:
        lines.append(f"Price: {money_text(cleared.price)}")
    for approval in cleared.approvals:
        until = approval["due_at"][:16].replace("T", " ")
        lines.append(f"{approval['licensor']} is asked until {until} UTC ({approval['id']}).")
    if cleared.alternatives:
        lines.append("Instead:")
    for way in cleared.alternatives:
        price = way.get("price")
        cost = money_text(Money(**price)) if price else "free"
        priced = "" if way["kind"] == "ask_owner" else f": {cost}"
        lines += [f"  {way['message']}{priced}", f"    {way['message_ja']}"]
    if cleared.token is not None:
        lines += [
            f"Reserved until {cleared.expires_at:%Y-%m-%d %H:%M} UTC. Next:",
            f"  rakkan stamp IN.mp4 OUT.mp4 --clearance {cleared.id}",
        ]
    return lines
