"""
Make the signed golden files: each is named after its defect.

    .venv/bin/python tests/golden/make_signed.py

The private keys exist only while this runs; `anchors.pem` and `tsa-anchors.pem` are what a verifier
must trust. Every time stamp is genuine, so the files keep their meaning when the certificate ends.
"""

import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import c2pa
import imageio_ffmpeg
from cryptography.hazmat.primitives.serialization import Encoding

from manifests.credentials.assertion import LicenceAssertion, LicenceGrant
from manifests.credentials.boxes import C2PA_BOX_ID, Box, outermost_boxes
from manifests.credentials.build import Ingredient, StampFacts, manifest_definition
from manifests.credentials.sdk import EngineSettings
from manifests.credentials.sign import sign_video
from manifests.credentials.timestamp import TimestampPolicy, timestamp_sources
from manifests.trust.certificates import (
    Issued,
    new_claim_leaf,
    new_issuing_authority,
    new_root,
    new_timestamp_leaf,
)
from manifests.trust.keyring import KeyRing, LocalSigner
from manifests.trust.lists import TrustLists

FOLDER = Path(__file__).parent / "signed"
MISSED = Path(__file__).parent / "signed_missed_by_engines"
NINE_YEARS = timedelta(days=9 * 365)
"""The authorities last ten; without this, files without a time stamp would expire in the tests."""

FACTS = StampFacts(
    title="Golden clip",
    generator="Example Video",
    generator_version="2.1",
    generated_at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
    licence=LicenceAssertion(
        licence_id="lic_golden",
        grants=(
            LicenceGrant(
                subject_id="hoshi-no-tabibito",
                subject_name="星の旅人",
                licensor="Hoshizora Studio",
                terms_sha256="ab" * 32,
            ),
        ),
        territory="JP",
        purpose="personal",
        decision_sha256="cd" * 32,
        granted_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
        status_url="https://licences.example/l/lic_golden",
    ),
)


def main() -> None:
    """Write the folders anew."""
    FOLDER.mkdir(exist_ok=True)
    MISSED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        issuing, keys = new_keys(NINE_YEARS)
        _, stranger = new_keys(NINE_YEARS)
        (FOLDER / "anchors.pem").write_text(keys.anchors_pem)
        (FOLDER / "tsa-anchors.pem").write_text(keys.tsa_anchors_pem)
        make_clips(scratch)
        make_expired(issuing, keys)
        make_genuine(scratch, keys, stranger)
        make_damaged(scratch)
        make_missed(scratch, keys)
    files = [*FOLDER.iterdir(), *MISSED.iterdir()]
    sys.stdout.write(f"{len(files)} files, {sum(file.stat().st_size for file in files)} bytes\n")


def new_keys(life: timedelta) -> tuple[Issued, KeyRing]:
    """Make keys whose leaf lasts as long as the files are kept."""
    at = _now()
    root = new_root("Golden root", at=at)
    issuing = new_issuing_authority("Golden issuing CA", root=root, at=at)
    leaf = new_claim_leaf(issuer=issuing, at=at, life=life)
    time_root = new_root("Golden timestamp root", at=at)
    time_leaf = new_timestamp_leaf(issuer=time_root, at=at)
    return issuing, KeyRing(
        signer=LocalSigner(leaf.key),
        chain_pem=_pem(leaf, issuing),
        anchors_pem=_pem(root),
        tsa_anchors_pem=_pem(time_root),
        licence_token_key_pem=b"",
        timestamp_certificate=time_leaf.certificate,
        timestamp_key=time_leaf.key,
        is_development=True,
    )


def _pem(*chain: Issued) -> str:
    return "".join(each.certificate.public_bytes(Encoding.PEM).decode() for each in chain)


def make_clips(scratch: Path) -> None:
    """Draw one second of a test picture with sound, and a second, different clip."""
    picture = "testsrc=size=64x64:rate=10:duration=1"
    sound = "sine=frequency=440:duration=1"
    _ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, FOLDER / "unsigned.mp4")
    _ffmpeg("-i", FOLDER / "unsigned.mp4", "-c", "copy", scratch / "unsigned.mov")
    _ffmpeg("-f", "lavfi", "-i", f"{picture},negate", scratch / "other.mp4")
    _ffmpeg("-f", "lavfi", "-i", picture, "-frames:v", "1", scratch / "picture.jpg")


def make_genuine(scratch: Path, keys: KeyRing, stranger: KeyRing) -> None:
    """Sign as the service does, and as a stranger does."""
    picture = scratch / "picture.jpg"
    unsigned = FOLDER / "unsigned.mp4"
    sign(unsigned, FOLDER / "intact.mp4", keys, thumbnail=picture.read_bytes())
    sign(scratch / "unsigned.mov", FOLDER / "intact.mov", keys)
    sign(unsigned, FOLDER / "restamped.mp4", keys, parent=FOLDER / "intact.mp4")
    start = Ingredient(path=picture, media_type="image/jpeg", title="Start picture")
    sign(unsigned, FOLDER / "made_from_picture.mp4", keys, inputs=(start,))
    sign(unsigned, FOLDER / "signer_on_no_list.mp4", stranger)
    foreign_time = timestamp_sources((), keys=stranger, now=_now)
    sign(unsigned, FOLDER / "timestamp_authority_on_no_list.mp4", keys, sources=foreign_time)
    sign(unsigned, FOLDER / "timestamp_missing.mp4", keys, sources=())


def make_expired(issuing: Issued, keys: KeyRing) -> None:
    """Sign in the few seconds of a certificate's life, then wait until it is over."""
    leaf = new_claim_leaf(issuer=issuing, at=_now(), life=timedelta(seconds=4))
    ending = replace(keys, signer=LocalSigner(leaf.key), chain_pem=_pem(leaf, issuing))
    unsigned = FOLDER / "unsigned.mp4"
    sign(unsigned, FOLDER / "certificate_expired.mp4", ending, sources=())
    sign(unsigned, FOLDER / "certificate_expired_but_timestamped.mp4", ending)
    time.sleep(5)


def make_damaged(scratch: Path) -> None:
    """Change a signed file afterwards, in one way each."""
    intact = FOLDER / "intact.mp4"
    data = intact.read_bytes()
    boxes = {box.kind: box for box in _boxes(intact)}
    manifest = boxes[b"uuid"]
    store = data[manifest.start : manifest.end]
    write("byte_flipped_in_mdat.mp4", flip(data, boxes[b"mdat"].end - 100))
    write("byte_flipped_in_moov.mp4", flip(data, boxes[b"moov"].body + 30))
    write("byte_flipped_in_licence.mp4", flip(data, data.index(b"lic_golden")))
    write("byte_flipped_in_title.mp4", flip(data, data.rindex(b"Golden clip")))
    write("truncated_by_one_byte.mp4", data[:-1])
    write("truncated_inside_manifest.mp4", data[: manifest.start + 2000])
    write("box_appended.mp4", data + box(b"uuid", b"\x11" * 16 + b"a stowaway"))
    write("media_appended.mp4", data + box(b"mdat", b"another picture"))
    write("free_box_appended.mp4", data + box(b"free", b"another picture"))
    _ffmpeg("-i", intact, "-c", "copy", FOLDER / "stripped.mp4")
    other = (scratch / "other.mp4").read_bytes()
    first_end = _boxes(scratch / "other.mp4")[0].end
    write("manifest_grafted.mp4", other[:first_end] + store + other[first_end:])


def make_missed(scratch: Path, keys: KeyRing) -> None:
    """
    Make what engines miss: two stores in one file, and pictures outside of the hash.

    Hide the pictures in a free box, have that signed by a careless signer, then swap them.

    The careless signer leaves free boxes out of the hash, as engines do unless told otherwise.
    """
    intact = (FOLDER / "intact.mp4").read_bytes()
    store = next(each for each in _boxes(FOLDER / "intact.mp4") if each.kind == b"uuid")
    (MISSED / "two_manifest_stores.mp4").write_bytes(intact + intact[store.start : store.end])
    hidden = scratch / "hidden.mp4"
    data = bytearray((FOLDER / "unsigned.mp4").read_bytes())
    place = next(each for each in _boxes(FOLDER / "unsigned.mp4") if each.kind == b"mdat")
    data[place.start + 4 : place.start + 8] = b"free"
    hidden.write_bytes(data)
    settings = EngineSettings(
        trust=TrustLists().with_own(keys), hash_free_and_skip_boxes=False
    ).to_engine()
    signed = scratch / "careless.mp4"
    with (
        c2pa.Context.from_dict(settings) as context,
        c2pa.Builder(manifest_definition(FACTS), context=context) as builder,
        c2pa.Signer.from_callback(keys.sign, c2pa.C2paSigningAlg.ES256, keys.chain_pem) as signer,
        hidden.open("rb") as source,
        signed.open("w+b") as dest,
    ):
        builder.sign(signer, "video/mp4", source, dest)
    data = bytearray(signed.read_bytes())
    place = max(
        (each for each in _boxes(signed) if each.kind == b"free"),
        key=lambda each: each.end - each.body,
    )
    data[place.body + 100 : place.end] = bytes(reversed(data[place.body + 100 : place.end]))
    (MISSED / "pictures_rewritten_in_free_box.mp4").write_bytes(data)


def sign(
    source: Path,
    dest: Path,
    keys: KeyRing,
    *,
    sources: tuple[object, ...] | None = None,
    **details: object,
) -> None:
    """Sign with the development authority, with another one, or (empty) without a time stamp."""
    asked = timestamp_sources((), keys=keys, now=_now) if sources is None else sources
    policy = TimestampPolicy(sources=asked, when_unavailable="sign_without")  # type: ignore[arg-type]
    sign_video(source, dest, facts=FACTS, keys=keys, timestamps=policy, **details)  # type: ignore[arg-type]


def flip(data: bytes, at: int) -> bytes:
    """Change one bit of one byte."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def box(kind: bytes, content: bytes) -> bytes:
    """Make an ISO box."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def write(name: str, data: bytes) -> None:
    """Put a golden file in its place."""
    (FOLDER / name).write_bytes(data)


def _boxes(path: Path) -> tuple[Box, ...]:
    with path.open("rb") as file:
        boxes = outermost_boxes(file)
        for each in boxes:
            if each.kind == b"uuid":
                file.seek(each.body)
                assert file.read(16) == C2PA_BOX_ID
    return boxes


def _ffmpeg(*arguments: str | Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"]
    command += [str(each) for each in arguments[:-1]]
    # No version of ffmpeg and no clock in the file.
    command += ["-fflags", "+bitexact", "-flags", "+bitexact", str(arguments[-1])]
    subprocess.run(command, check=True)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
