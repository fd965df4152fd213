"""What every page shares: templates, language, headers, the development-keys banner."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from service.pages.language import LANGUAGES, Language, Words, choose_language, words_of
from service.pages.wording import clean
from service.runtime import Runtime

# Everything from this service itself, nothing inline, nothing from elsewhere.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HOUR_S: Final = 3600


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = clean
    return environment


@cache
def _static_version() -> str:
    """Digest the static files, so that a browser's copy never outlives a release."""
    digest = sha256()
    for name in ("rakkan.css", "drop.js", "seal.svg"):
        digest.update(files("service.pages").joinpath("static", name).read_bytes())
    return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Site:
    """
    Renders pages for one runtime.

    `admit` gets a client address before an upload and raises `RateLimited`.
    """

    runtime: Runtime
    admit: Callable[[str], None]

    @property
    def result_lifetime_h(self) -> int:
        """How long a verdict stays, in whole hours."""
        return max(1, int(self.runtime.settings.verification_lifetime_s // _HOUR_S))

    def words(self, request: Request) -> Words:
        """Find the words in the language this reader asked for."""
        return words_of(
            choose_language(
                request.query_params.get("lang"),
                request.headers.get("accept-language"),
            ),
        )

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **facts: object,
    ) -> HTMLResponse:
        """Fill a template in the reader's language."""
        words = self.words(request)
        asked = request.query_params.get("lang") in LANGUAGES
        html = (
            _templates()
            .get_template(template)
            .render(
                t=words,
                lang=words.language,
                here=request.url.path,
                query=f"?lang={words.language}" if asked else "",
                other_language=_other(words.language),
                development_keys=self.runtime.keys.is_development,
                version=_static_version(),
                **facts,
            )
        )
        return HTMLResponse(
            html,
            status_code=status,
            headers={
                **(headers or {}),
                "Content-Security-Policy": CONTENT_SECURITY_POLICY,
                "Content-Language": words.language,
                "Vary": "Accept-Language",
            },
        )

    def address(self, request: Request, path: str) -> str:
        """Give a path of this site that keeps the language the reader chose."""
        asked = request.query_params.get("lang")
        return f"{path}?{urlencode({'lang': asked})}" if asked in LANGUAGES else path


def _other(language: Language) -> Language:
    return "ja" if language == "en" else "en"
