"""
The demo: every part is real (PostgreSQL, ledger, C2PA signature, time stamp, ffmpeg).

It acts as three people in turn: two owners of a fictional franchise, a platform that generates a
video, and a viewer who checks it. It can run again on the same data folder.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from licensing.clearance.use import Use
from licensing.errors import PeriodClosed
from licensing.money import MICROS_PER_MAJOR, Money
from licensing.registry import store as registry_store
from licensing.royalties import accounts, journal, ledger
from licensing.royalties.accrual import period_of
from licensing.royalties.statement import Statement
from manifests.media.normalise import normalise
from manifests.media.probe import probe
from manifests.verification.verdict import Verdict
from service.demo.words import OUTCOMES, PURPOSES, REASONS, WORDS, Language
from service.ids import new_id
from service.operations.clearance_answer import ClearanceAnswer
from service.operations.clearances import ClearanceRequest, clear_prompt
from service.operations.registry import import_registry
from service.operations.stamp_file import stamp_file
from service.operations.stamps import StampSource, StampView
from service.operations.statements import close_period
from service.operations.tenants import add_platform, credit_platform
from service.operations.verifications import verify_file
from service.runtime import Runtime

PLATFORM = "kirin-studio"
OWNERS = ("aoyama-bunko", "studio-kagerou")
PROMPT = "星灯りの庭のミオが、夜の温室で小さなロボットに花をわたす。手描きアニメ、8秒"
# What the prompt asks for; a longer video of your own is cleared for its own length.
SECONDS = 8
CREDIT = Money(10_000 * MICROS_PER_MAJOR, "JPY")

# What each copy may be called. A video of your own may be too plain to be found again.
STAMPED_IS: Final = frozenset({"verified"})
ALTERED_IS: Final = frozenset({"altered", "altered_recovered"})
STRIPPED_IS: Final = frozenset({"recovered", "possible_match", "nothing"})

Echo = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What the story left behind: three files to try the verify page with, and a licence."""

    stamped: Path
    altered: Path
    stripped: Path
    licence_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The stamped video, one with a byte changed, and one that lost its label on the way."""

    stamped: Path
    altered: Path
    stripped: Path


class DemoFailed(Exception):
    """A step of the story ended otherwise than it tells."""

    code = "demo_failed"


def clip_path() -> Path:
    """Find the film excerpt that stands in for a generated video; see CLIP.md for its licence."""
    return Path(str(files("service.demo") / "clip.mp4"))


def tell(runtime: Runtime, video: Path | None, *, echo: Echo, language: Language) -> Told:
    """
    Play the whole story on real parts and print it line by line.

    Raises the errors of the operations, for instance when `video` is no video.
    """
    words = WORDS[language]
    film = video or clip_path()
    # Before anything is written: a file that is no video ends the story here.
    seconds = max(SECONDS, math.ceil(probe(film, runtime.limits).duration_ms / 1000))
    echo(words["title"])
    if runtime.keys.is_development:
        echo(words["development"])
    _register(runtime, echo, words)
    answer = _ask(runtime, seconds, echo, language)
    copies, view = _stamp(runtime, film, answer, echo, words)
    _verify(runtime, copies, echo, language)
    _settle(runtime, answer, view, echo, language)
    return Told(copies.stamped, copies.altered, copies.stripped, view.stamp.licence_id)


def _register(runtime: Runtime, echo: Echo, words: dict[str, str]) -> None:
    echo("\n" + words["registry"])
    import_registry(runtime, (files("service.demo") / "registry.json").read_bytes())
    add_platform(runtime, PLATFORM, "Kirin Studio")
    echo(
        "   "
        + words["owners"].format(
            name="星灯りの庭 / The Starlit Garden",
            owners="青山文庫 Aoyama Bunko 3/5, スタジオ陽炎 Studio Kagerō 2/5",
        )
    )


def _ask(runtime: Runtime, seconds: int, echo: Echo, language: Language) -> ClearanceAnswer:
    """Ask the same prompt for three territories; only one is reserved and goes on."""
    words = WORDS[language]
    echo("\n" + words["prompt"])
    echo("   " + words["asks"].format(prompt=PROMPT))
    credit_platform(runtime, PLATFORM, CREDIT, reference=new_id("invoice"))
    answers = {territory: _clear(runtime, territory, seconds) for territory in ("JP", "US", "FR")}
    with runtime.transaction() as session:
        credit = ledger.balance(session, accounts.platform_credit(PLATFORM, "JPY"))
    for territory, answer in answers.items():
        if answer.price is not None and answer.token is not None:
            why = words["granted"].format(
                price=yen(answer.price.amount_micros),
                credit=yen(credit.posted_micros),
            )
        else:
            reasons = [reason for f in answer.findings for reason in f["reasons"]]
            said = (REASONS[language].get(r["code"], r["message"]) for r in reasons)
            why = "; ".join(dict.fromkeys(said))
        outcome = OUTCOMES[language].get(answer.outcome, answer.outcome)
        echo(words["outcome"].format(territory=territory, outcome=outcome, why=why))
    return answers["JP"]


def _clear(runtime: Runtime, territory: str, seconds: int) -> ClearanceAnswer:
    use = Use(
        territory=territory,
        purpose="personal",
        channels=(),
        duration_ms=seconds * 1000,
        audience_rating="all",
        resolution=None,
    )
    request = ClearanceRequest(prompt=PROMPT, use=use)
    return clear_prompt(runtime, PLATFORM, request, idempotency_key=new_id("demo"))


def _stamp(
    runtime: Runtime,
    video: Path,
    answer: ClearanceAnswer,
    echo: Echo,
    words: dict[str, str],
) -> tuple[Copies, StampView]:
    echo("\n" + words["stamp"])
    folder = runtime.settings.data_dir / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    copies = Copies(
        stamped=folder / "stamped.mp4",
        altered=folder / "altered.mp4",
        stripped=folder / "stripped.mp4",
    )
    source = StampSource(
        generator="Kirin Video",
        generator_version="2.1",
        created_at=runtime.now(),
    )
    view = stamp_file(runtime, video, copies.stamped, clearance_id=answer.id, generator=source)
    if view.stamp.status != "completed":
        raise DemoFailed(f"{view.stamp.error_code}: {view.stamp.error_detail}")
    echo(
        words["stamped"].format(
            path=copies.stamped,
            size=f"{(view.stamp.output_size_bytes or 0) / 1e6:.1f}",
            seconds=f"{(view.stamp.duration_ms or 0) / 1000:g}",
            manifest=view.stamp.manifest_id,
        )
    )
    _alter(copies.stamped, copies.altered)
    _strip(runtime, copies.stamped, copies.stripped)
    return copies, view


def _alter(stamped: Path, altered: Path) -> None:
    """Change one byte of the picture data, as a careless or hostile hand would."""
    content = bytearray(stamped.read_bytes())
    middle = content.index(b"mdat") + (len(content) - content.index(b"mdat")) // 2
    content[middle] ^= 0xFF
    altered.write_bytes(content)


def _strip(runtime: Runtime, stamped: Path, stripped: Path) -> None:
    """Write the video anew, as platforms do: that alone removes every label."""
    info = probe(stamped, runtime.limits)
    normalise(stamped, stripped, info=info, limits=runtime.limits)


def _verify(
    runtime: Runtime,
    copies: Copies,
    echo: Echo,
    language: Language,
) -> None:
    words = WORDS[language]
    echo("\n" + words["verify"])
    for path, words_of_verdict in (
        (copies.stamped, STAMPED_IS),
        (copies.altered, ALTERED_IS),
        (copies.stripped, STRIPPED_IS),
    ):
        verdict = verify_file(runtime, path)
        echo(words["verdict"].format(name=path.name, headline=verdict.headline(language)))
        if verdict.word not in words_of_verdict:
            raise DemoFailed(f"{path.name} is {verdict.word}")
        if path == copies.stamped:
            _tell_licence(verdict, echo, language)


def _tell_licence(verdict: Verdict, echo: Echo, language: Language) -> None:
    licence = verdict.to_json().get("licence") or {}
    grants = licence.get("grants", [])
    if grants:
        echo(
            WORDS[language]["licence"].format(
                subjects=", ".join(grant["subject"] for grant in grants),
                licensors=", ".join(dict.fromkeys(grant["licensor"] for grant in grants)),
                territory="JP",
                purpose=PURPOSES[language]["personal"],
            )
        )


def _settle(
    runtime: Runtime,
    answer: ClearanceAnswer,
    view: StampView,
    echo: Echo,
    language: Language,
) -> None:
    """Close the running month, print the statements and say where every yen went."""
    words = WORDS[language]
    reserved = answer.price.amount_micros if answer.price else 0
    with runtime.transaction() as session:
        parts = journal.entries_of(session, view.stamp.licence_id or "")
        names = registry_store.party_names(session, OWNERS)
    fee = sum(part.amount.amount_micros for part in parts)
    echo("\n" + words["close"])
    period = period_of(runtime.now())
    try:
        for statement in close_period(runtime, period):
            _tell_statement(statement, names, echo, language)
    except PeriodClosed:
        echo(words["closed_before"].format(period=period))
    echo("\n" + words["where"])
    echo(
        words["captured"].format(
            reserved=yen(reserved),
            fee=yen(fee),
            seconds=f"{(view.stamp.duration_ms or 0) / 1000:g}",
            rest=yen(reserved - fee),
        )
    )
    echo(words["money"].format(fee=yen(fee)))
    for part in parts:
        owner = accounts.party_of(part.credit_account) or part.credit_account
        amount = yen(part.amount.amount_micros)
        echo(words["part"].format(amount=amount, licensor=names.get(owner, owner)))


def _tell_statement(
    statement: Statement,
    names: dict[str, str],
    echo: Echo,
    language: Language,
) -> None:
    words = WORDS[language]
    for line in statement.lines:
        echo(
            words["line"].format(
                licensor=names.get(statement.licensor_id, statement.licensor_id),
                subject=line.subject_id,
                territory=line.territory,
                purpose=PURPOSES[language].get(line.purpose, line.purpose),
                count=line.count,
                seconds=f"{line.duration_ms / 1000:g}",
                exact=yen(line.amount_micros),
            ),
        )
    echo(
        words["payable"].format(
            payable=f"¥{statement.total_minor:,}",
            carried=yen(statement.carried_out_micros),
        ),
    )


def yen(amount_micros: int) -> str:
    """Write an exact amount of yen without trailing zeros: ¥65.208."""
    whole, micros = divmod(amount_micros, MICROS_PER_MAJOR)
    fraction = f".{micros:06d}".rstrip("0").rstrip(".")
    return f"¥{whole:,}{fraction}"
