"""`rakkan settings`: every setting, where it comes from, secrets masked."""

import os

from service.cli.opened import read_settings
from service.cli.output import Json, answer, table


def show(*, as_json: Json = False) -> None:
    """
    Show every setting with its value and meaning. Each is an environment variable.

    Example: `RAKKAN_DATA_DIR=/srv/rakkan rakkan settings`
    """
    settings = read_settings()
    values = settings.model_dump(mode="json")
    facts = {
        f"RAKKAN_{name.upper()}": {
            "value": values[name],
            "set": f"RAKKAN_{name.upper()}" in os.environ,
            "meaning": field.description or "",
        }
        for name, field in type(settings).model_fields.items()
    }
    rows = [(name, fact["value"], fact["meaning"]) for name, fact in facts.items()]
    lines = table(("setting", "value", "meaning"), rows)
    answer({"settings": facts}, lines, as_json=as_json)
