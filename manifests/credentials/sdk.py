"""
The one file that knows the C2PA engine (c2pa-python 0.38.1 over c2pa-rs 0.91.3).

The engine ignores misspelt settings without a word. So they are written once, here, from typed
fields, and tests/manifests/credentials/test_engine_settings.py shows the effect of each.
"""

import errno
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

import c2pa

from manifests.trust.lists import TrustLists

CLAIM_SIGNING_USAGES = (
    "1.3.6.1.4.1.62558.2.1",  # c2pa-kp-claimSigning
    "1.3.6.1.5.5.7.3.4",  # emailProtection
    "1.3.6.1.5.5.7.3.36",  # documentSigning
    "1.3.6.1.5.5.7.3.8",  # timeStamping, for the authorities of time stamps
    "1.3.6.1.5.5.7.3.9",  # OCSPSigning, for stapled revocation answers
)
"""Extended key usages that C2PA accepts (2.4, section 14.5.1)."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

EngineProblemKind = Literal["no_manifest", "not_supported", "input_output", "other"]


class EngineProblem(Exception):
    """The engine refused; `kind` is all that its callers may decide by."""

    def __init__(self, kind: EngineProblemKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message

    @property
    def is_disk_full(self) -> bool:
        """Whether the engine's working copy found no room in the temporary folder."""
        return any(f"(os error {number})" in self.message for number in NO_ROOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """
    Everything this service tells the engine, with the safe value as default.

    The two fetches go to addresses that a stranger's file chooses, so they stay off. Boxes named
    free or skip are hashed: left out, a file whose pictures sit in one could be rewritten freely.
    Above `memory_limit_mib` a file's working copy goes to the temporary folder and not to memory.
    """

    trust: TrustLists
    verify_trust: bool = True
    verify_timestamp_trust: bool = True
    verify_after_sign: bool = True
    fetch_remote_manifests: bool = False
    fetch_revocation: bool = False
    make_thumbnails: bool = False
    hash_free_and_skip_boxes: bool = True
    created_labels: tuple[str, ...] = ("c2pa.thumbnail.claim", "c2pa.ingredient")
    memory_limit_mib: int = 64

    def to_engine(self) -> dict[str, object]:
        """Give the engine's own names."""
        return {
            "version": 1,
            "core": {"backing_store_memory_threshold_in_mb": self.memory_limit_mib},
            "trust": {
                "trust_config": "\n".join(CLAIM_SIGNING_USAGES),
                "anchors": [
                    {
                        "trust_uri": each.uri,
                        "trust_kind": each.kind,
                        "trust_anchors": each.anchors_pem,
                    }
                    for each in self.trust.lists
                ],
            },
            "verify": {
                "verify_trust": self.verify_trust,
                "verify_timestamp_trust": self.verify_timestamp_trust,
                "verify_after_sign": self.verify_after_sign,
                "remote_manifest_fetch": self.fetch_remote_manifests,
                "ocsp_fetch": self.fetch_revocation,
            },
            "builder": {
                "thumbnail": {"enabled": self.make_thumbnails},
                "bmff_hash_exclude_free_and_skip_boxes": not self.hash_free_and_skip_boxes,
                "created_assertion_labels": list(self.created_labels),
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSigner:
    """
    Whom the engine asks for a signature.

    `sign` gives raw ECDSA r and s on P-256. The engine turns whatever `sign` raises into a message
    without a cause, so `sign` should keep its own exceptions.
    """

    sign: Callable[[bytes], bytes]
    chain_pem: str
    timestamp_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineIngredient:
    """A definition and the open file it describes."""

    definition: Mapping[str, object]
    media_type: str
    content: BinaryIO


def sign_stream(
    definition: Mapping[str, object],
    *,
    media_type: str,
    source: BinaryIO,
    dest: io.IOBase,
    signer: EngineSigner,
    settings: EngineSettings,
    ingredients: Iterable[EngineIngredient] = (),
    resources: Mapping[str, bytes] | None = None,
) -> bytes:
    """
    Write `source` with a signed manifest to `dest` and return the manifest store.

    `dest` is written from start to end, without gaps. Raises `EngineProblem`; `dest` is then in an
    undefined state.
    """
    try:
        with (
            c2pa.Context.from_dict(settings.to_engine()) as context,
            c2pa.Builder(dict(definition), context=context) as builder,
            c2pa.Signer.from_callback(
                signer.sign, c2pa.C2paSigningAlg.ES256, signer.chain_pem, signer.timestamp_url
            ) as engine_signer,
        ):
            for uri, content in (resources or {}).items():
                builder.add_resource(uri, io.BytesIO(content))
            for each in ingredients:
                builder.add_ingredient(dict(each.definition), each.media_type, each.content)
            return bytes(builder.sign(engine_signer, media_type, source, dest))
    except c2pa.C2paError as problem:
        raise _engine_problem(problem) from problem


def read_stream(
    stream: BinaryIO,
    media_type: str,
    *,
    settings: EngineSettings,
    manifest_store: bytes | None = None,
) -> dict[str, Any]:
    """
    Validate a file and give the engine's report (its "manifest store" JSON).

    `manifest_store` stands in for an embedded one. Raises `EngineProblem`: kind "no_manifest" for
    a file without credentials, "not_supported" for a container that cannot carry any.
    """
    try:
        with (
            c2pa.Context.from_dict(settings.to_engine()) as context,
            c2pa.Reader(
                media_type, stream, manifest_data=manifest_store, context=context
            ) as reader,
        ):
            report: dict[str, Any] = json.loads(reader.json())
            return report
    except c2pa.C2paError as problem:
        raise _engine_problem(problem) from problem


def engine_version() -> str:
    """Give the version of the engine proper, such as 0.91.3."""
    return str(c2pa.sdk_version())


def _engine_problem(problem: Exception) -> EngineProblem:
    kinds: tuple[tuple[type[Exception], EngineProblemKind], ...] = (
        (c2pa.C2paError.ManifestNotFound, "no_manifest"),
        (c2pa.C2paError.NotSupported, "not_supported"),
        (c2pa.C2paError.Io, "input_output"),
    )
    for engine_class, kind in kinds:
        if isinstance(problem, engine_class):
            return EngineProblem(kind, str(problem))
    return EngineProblem("other", str(problem))
