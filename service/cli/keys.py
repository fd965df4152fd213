"""`rakkan keys`: the keys that sign. They live in a folder and need no database."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from service.cli.opened import read_settings
from service.cli.output import Json, answer, note

if TYPE_CHECKING:
    from manifests.trust.keyring import KeyRing

app = typer.Typer(no_args_is_help=True, help="The keys that sign.")


@app.command("init")
def init(*, as_json: Json = False) -> None:
    """
    Make development keys, unless the folder has keys already.

    Example: `rakkan keys init`
    """
    from manifests.trust.keys import init_development_keys

    folder = read_settings().keys_folder
    keys = init_development_keys(folder, at=datetime.now(UTC))
    _say(keys, str(folder), as_json=as_json)


@app.command("show")
def show(*, as_json: Json = False) -> None:
    """
    Show who the keys sign for and how long; nothing secret.

    Example: `rakkan keys show`
    """
    from manifests.trust.keys import load_keys

    folder = read_settings().keys_folder
    _say(load_keys(folder), str(folder), as_json=as_json)


@app.command("rotate")
def rotate(*, as_json: Json = False) -> None:
    """
    Replace the signing key. What the old one signed keeps verifying.

    Example: `rakkan keys rotate`
    """
    from manifests.trust.keys import rotate_leaf

    folder = read_settings().keys_folder
    _say(rotate_leaf(folder, at=datetime.now(UTC)), str(folder), as_json=as_json)


def _say(keys: "KeyRing", folder: str, *, as_json: bool) -> None:
    facts = keys.facts()
    if keys.is_development:
        note("Development keys: signatures made with them prove nothing outside this machine.")
    answer(
        {"folder": folder, **facts},
        [
            f"{folder}: keys of {keys.signer_name} ({keys.key_id})",
            f"  signing until {keys.leaf_expires_at:%Y-%m-%d %H:%M} UTC",
        ],
        as_json=as_json,
    )
