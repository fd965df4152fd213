"""`rakkan keys`: the keys that sign. They live in a folder and need no database."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from service.cli.opened import read_settings
from service.cli.output import Json, answer, note

if TYPE_CHECKING:
    from manifests.trust.keyring import KeyRing
    from service.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The keys that sign.")


@app.command("init")
def init(*, as_json: Json = False) -> None:
    """
    Make development keys, unless the folder has keys already.

    Example: `rakkan keys init`
    """
    from manifests.trust.keys import init_development_keys

    settings = read_settings()
    keys = init_development_keys(
        settings.keys_folder, at=datetime.now(UTC), passphrase=settings.keys_passphrase_bytes
    )
    _say(keys, settings, as_json=as_json)


@app.command("show")
def show(*, as_json: Json = False) -> None:
    """
    Show who the keys sign for and how long; nothing secret.

    Example: `rakkan keys show`
    """
    from manifests.trust.keys import load_keys

    settings = read_settings()
    keys = load_keys(settings.keys_folder, passphrase=settings.keys_passphrase_bytes)
    _say(keys, settings, as_json=as_json)


@app.command("rotate")
def rotate(*, as_json: Json = False) -> None:
    """
    Replace the signing key. What the old one signed keeps verifying.

    Example: `rakkan keys rotate`
    """
    from manifests.trust.keys import rotate_leaf

    settings = read_settings()
    keys = rotate_leaf(
        settings.keys_folder, at=datetime.now(UTC), passphrase=settings.keys_passphrase_bytes
    )
    _say(keys, settings, as_json=as_json)


@app.command("seal")
def seal(*, as_json: Json = False) -> None:
    """
    Seal the private keys with the passphrase in RAKKAN_KEYS_PASSPHRASE.

    Every process that signs needs it from then on. Again changes nothing.

    Example: `RAKKAN_KEYS_PASSPHRASE=… rakkan keys seal`
    """
    from manifests.trust.keys import reseal_keys

    settings = read_settings()
    passphrase = _passphrase(settings)
    keys = reseal_keys(settings.keys_folder, old=passphrase, new=passphrase)
    _say(keys, settings, as_json=as_json)


@app.command("unseal")
def unseal(*, as_json: Json = False) -> None:
    """
    Take the passphrase in RAKKAN_KEYS_PASSPHRASE off the private keys again.

    Example: `RAKKAN_KEYS_PASSPHRASE=… rakkan keys unseal`
    """
    from manifests.trust.keys import reseal_keys

    settings = read_settings()
    keys = reseal_keys(settings.keys_folder, old=_passphrase(settings), new=None)
    _say(keys, settings, as_json=as_json)


def _passphrase(settings: "Settings") -> bytes:
    passphrase = settings.keys_passphrase_bytes
    if passphrase is None:
        problem = "It is not set. On a command line others may read it: set it in the environment."
        raise typer.BadParameter(problem, param_hint="RAKKAN_KEYS_PASSPHRASE")
    return passphrase


def _say(keys: "KeyRing", settings: "Settings", *, as_json: bool) -> None:
    facts, folder = keys.facts(), str(settings.keys_folder)
    rest = (
        "sealed with a passphrase" if keys.is_sealed else "unsealed, for their owner alone (0600)"
    )
    if keys.is_development:
        note("Development keys: signatures made with them prove nothing outside this machine.")
    answer(
        {"folder": folder, **facts},
        [
            f"{folder}: keys of {keys.signer_name} ({keys.key_id})",
            f"  private keys {rest}",
            f"  signing until {keys.leaf_expires_at:%Y-%m-%d %H:%M} UTC",
        ],
        as_json=as_json,
    )
