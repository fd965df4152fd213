"""Why a compiled registry cannot be used."""

from licensing.errors import RegistryError


class ArtefactRefused(RegistryError):
    """A compiled registry cannot be used."""

    code = "artefact_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The compiled registry is refused: {reason}. Compile it again with "
            "`rakkan registry build`.",
        )
        self.reason = reason
