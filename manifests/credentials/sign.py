"""Sign a video: a stamped copy that appears whole, with its time stamp, or not at all."""

import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from manifests.credentials.boxes import manifest_store
from manifests.credentials.build import (
    THUMBNAIL_URI,
    Ingredient,
    StampFacts,
    ingredient_definition,
    manifest_definition,
)
from manifests.credentials.jumbf import active_manifest_label
from manifests.credentials.sdk import (
    NO_ROOM,
    EngineIngredient,
    EngineProblem,
    EngineSettings,
    EngineSigner,
    read_stream,
    sign_stream,
)
from manifests.credentials.timestamp import Relay, TimestampPolicy, relay_timestamps
from manifests.credentials.writer import HashingWriter
from manifests.errors import DiskFull, SigningFailed, TimestampUnavailable
from manifests.trust.keyring import KeyRing
from manifests.trust.lists import TrustLists

READ_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedVideo:
    """
    What was written, and where: the manifest's id and store, and the digest of the whole file.

    `signed_at` is the time in the time stamp. Without one (policy "sign_without") it is this
    machine's time, and `timestamped` is false.
    """

    path: Path
    manifest_id: str
    sha256: str
    size_bytes: int
    signed_at: datetime
    timestamped: bool
    manifest_store: bytes


@dataclass(slots=True)
class _Keeper:
    """Asks for the signature and keeps the exception that the engine would drop."""

    ask: Callable[[bytes], bytes]
    problem: Exception | None = None

    def sign(self, to_be_signed: bytes) -> bytes:
        try:
            return self.ask(to_be_signed)
        except Exception as problem:  # noqa: BLE001 - becomes the cause of SigningFailed
            self.problem = problem
            return b""


def sign_video(
    source: Path,
    dest: Path,
    *,
    facts: StampFacts,
    keys: KeyRing,
    timestamps: TimestampPolicy,
    thumbnail: bytes | None = None,
    parent: Path | None = None,
    inputs: tuple[Ingredient, ...] = (),
) -> SignedVideo:
    """
    Write a signed copy of `source` (MP4 or MOV) to `dest`.

    `parent` is the edition that `source` was made from: if it carries manifests, they stay in the
    chain. `thumbnail` is a JPEG. The copy is written beside `dest`, brought to stable storage and
    renamed; `source` is only read. Raises `TimestampUnavailable` when no authority answered,
    `DiskFull`, and `SigningFailed` with the signer's own exception as its cause.
    """
    if dest.exists() and dest.samefile(source):
        raise SigningFailed("the copy would replace its source")
    draft = dest.with_name(f".{dest.name}.{secrets.token_hex(8)}.part")
    try:
        with relay_timestamps(timestamps) as relay:
            opened = replace(facts, stamped_at=facts.stamped_at or _now())
            job = _Job(source, draft, opened, keys, thumbnail, _ingredients(parent, inputs))
            try:
                signed = job.run(relay)
            except TimestampUnavailable:
                if timestamps.when_unavailable == "refuse":
                    raise
                draft.unlink()
                signed = job.run(None)
        draft.replace(dest)
        _sync_folder(dest.parent)
    except OSError as problem:
        raise _disk_problem(problem, dest.parent) from problem
    finally:
        draft.unlink(missing_ok=True)
    return replace(signed, path=dest)


@dataclass(frozen=True, slots=True)
class _Job:
    source: Path
    draft: Path
    facts: StampFacts
    keys: KeyRing
    thumbnail: bytes | None
    ingredients: tuple[Ingredient, ...]

    def run(self, relay: Relay | None) -> SignedVideo:
        """Write the whole draft once. Raises like `sign_video`, and leaves the draft behind."""
        keeper = _Keeper(self.keys.sign)
        with ExitStack() as open_files:
            source = open_files.enter_context(self.source.open("rb", buffering=READ_BUFFER_BYTES))
            ingredients = [
                EngineIngredient(
                    definition=ingredient_definition(number, each),
                    media_type=each.media_type,
                    content=open_files.enter_context(each.path.open("rb")),
                )
                for number, each in enumerate(self.ingredients)
            ]
            dest = open_files.enter_context(HashingWriter(self.draft))
            try:
                store = sign_stream(
                    manifest_definition(
                        self.facts,
                        ingredients=self.ingredients,
                        with_thumbnail=self.thumbnail is not None,
                    ),
                    media_type=media_type_of(self.source),
                    source=source,
                    dest=dest,
                    signer=EngineSigner(
                        sign=keeper.sign,
                        chain_pem=self.keys.chain_pem,
                        timestamp_url=relay.url if relay else None,
                    ),
                    settings=EngineSettings(trust=TrustLists.official().with_own(self.keys)),
                    ingredients=ingredients,
                    resources={THUMBNAIL_URI: self.thumbnail} if self.thumbnail else None,
                )
            except EngineProblem as problem:
                _raise_cause(problem, keeper, dest, relay)
            sha256, size_bytes = dest.finish()
        stamped_at = relay.stamped_at if relay else None
        return SignedVideo(
            path=self.draft,
            manifest_id=active_manifest_label(store),
            sha256=sha256,
            size_bytes=size_bytes,
            signed_at=stamped_at or _now(),
            timestamped=stamped_at is not None,
            manifest_store=store,
        )


def media_type_of(path: Path) -> str:
    """
    Tell the containers apart that can carry a manifest here.

    A QuickTime file says so in its first box (brand "qt  "); AVI starts with RIFF; the rest is MP4.
    """
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF":
        return "video/x-msvideo"
    return "video/quicktime" if head[4:12] == b"ftypqt  " else "video/mp4"


def _ingredients(parent: Path | None, inputs: tuple[Ingredient, ...]) -> tuple[Ingredient, ...]:
    if parent is None or not _has_history(parent):
        return inputs
    earlier = Ingredient(
        path=parent,
        media_type=media_type_of(parent),
        title="Earlier edition",
        relationship="parentOf",
    )
    return (earlier, *inputs)


def _has_history(path: Path) -> bool:
    """Say whether there are manifests to keep; a damaged store would only stop the signing."""
    with path.open("rb", buffering=READ_BUFFER_BYTES) as file:
        if manifest_store(file) is None:
            return False
        file.seek(0)
        try:
            read_stream(file, media_type_of(path), settings=EngineSettings(trust=TrustLists()))
        except EngineProblem:
            return False
    return True


def _raise_cause(
    problem: EngineProblem, keeper: _Keeper, dest: HashingWriter, relay: Relay | None
) -> NoReturn:
    """Say what really happened: the engine reports all of these as one failed signature."""
    if keeper.problem is not None:
        raise SigningFailed(f"the signer gave no signature ({keeper.problem})") from keeper.problem
    if dest.problem is not None:
        raise dest.problem
    if problem.is_disk_full:
        raise DiskFull(tempfile.gettempdir()) from problem
    if relay is not None and relay.stamped_at is None and relay.asked:
        raise TimestampUnavailable(tuple(relay.attempts)) from problem
    raise SigningFailed(problem.message) from problem


def _disk_problem(problem: OSError, folder: Path) -> DiskFull | SigningFailed:
    if problem.errno in NO_ROOM:
        return DiskFull(str(folder))
    return SigningFailed(f"{problem.strerror or problem} ({problem.filename or folder})")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
