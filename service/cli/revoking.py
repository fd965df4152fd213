"""`rakkan revoke`: take terms back, with the effect that they announce."""

from typing import Annotated

import typer

from service.cli.opened import opened_runtime
from service.cli.output import Json, answer


def revoke(
    terms_id: Annotated[str, typer.Argument(metavar="TERMS", help="The id of a version of terms.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, for the platforms.")] = "",
    as_json: Json = False,
) -> None:
    """
    Revoke terms. What ends, and when, the terms themselves say. Again changes nothing.

    Example: `rakkan revoke hoshiakari-jp-2026 --reason "The series ends"`
    """
    from service.operations.revocations import revoke_terms
    from service.runtime import OPERATOR

    with opened_runtime() as runtime:
        revoked = revoke_terms(runtime, OPERATOR, terms_id, reason=reason)
    ends = revoked.distribution_ends
    shown = f"may be shown until {ends:%Y-%m-%d %H:%M} UTC" if ends else "stay licensed"
    lines = [
        f"{terms_id} is revoked ({revoked.effect}).",
        f"New clearances end at {revoked.new_uses_end:%Y-%m-%d %H:%M} UTC.",
        f"Videos that exist {shown}.",
    ]
    answer(revoked.to_json(), lines, as_json=as_json)
