"""`rakkan db`: bring the schema up to date, and check it."""

import typer

from service.cli.opened import read_settings
from service.cli.output import Json, answer

app = typer.Typer(no_args_is_help=True, help="The database schema.")


@app.command("upgrade")
def upgrade(*, as_json: Json = False) -> None:
    """
    Bring the schema to this version's. Again changes nothing.

    Example: `RAKKAN_DATABASE_OWNER_URL=postgresql://owner@host/rakkan rakkan db upgrade`
    """
    from service.database import opened_database

    with opened_database(read_settings()) as database:
        database.upgrade()
    answer({"status": "current"}, ["The schema is current."], as_json=as_json)


@app.command("check")
def check(*, as_json: Json = False) -> None:
    """
    Tell whether the database fits this version.

    Example: `rakkan db check`
    """
    from service.database import opened_database

    settings = read_settings()
    with opened_database(settings) as database:
        if settings.database_url is None:
            # An embedded database is set up by whichever command comes first.
            database.upgrade()
        differences = database.check()
    status = "different" if differences else "current"
    answer(
        {"status": status, "differences": differences},
        differences or ["The schema is current."],
        as_json=as_json,
    )
