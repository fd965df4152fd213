"""Signing: a copy that appears whole and says what it should, or no file at all."""

import errno
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from manifests.credentials.build import Ingredient, StampFacts
from manifests.credentials.read import read_credentials
from manifests.credentials.sdk import EngineProblem
from manifests.credentials.sign import media_type_of, sign_video
from manifests.credentials.timestamp import TimestampPolicy, timestamp_sources
from manifests.errors import DiskFull, SigningFailed, TimestampUnavailable
from manifests.trust import certificates
from manifests.trust.keyring import KeyRing, LocalSigner
from manifests.trust.lists import TrustLists

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "signed"
CHECKER = Path(__file__).resolve().parents[3] / ".." / "shared" / "tools" / "check_manifest.py"


class NoHands:
    """A claim signer whose key service is down."""

    def sign(self, to_be_signed: bytes) -> bytes:  # noqa: ARG002 - the port
        raise ConnectionError("the key service does not answer")


class Unreachable:
    """A timestamp authority that nobody can reach."""

    name = "https://time.example"

    def ask(self, request_der: bytes, *, limit_s: float) -> bytes:  # noqa: ARG002 - the port
        raise ConnectionRefusedError(errno.ECONNREFUSED, "connection refused")


def check(path: Path, keys: KeyRing, folder: Path, *options: str) -> list[str]:
    """What the independent checker objects to."""
    if not CHECKER.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHECKER} is missing")
        pytest.skip("the independent checker is not beside this checkout")
    (folder / "anchors.pem").write_text(keys.anchors_pem)
    (folder / "tsa.pem").write_text(keys.tsa_anchors_pem)
    anchors = ["--anchors", str(folder / "anchors.pem"), "--tsa-anchors", str(folder / "tsa.pem")]
    done = subprocess.run(
        [sys.executable, str(CHECKER), str(path), *anchors, "--no-watermark", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    findings = json.loads(done.stdout.splitlines()[-1])["findings"]
    return [finding["id"] for finding in findings if finding["level"] != "info"]


def test_a_stamped_file_passes_an_independent_checker(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"

    sign_video(clip, out, facts=facts, keys=keys, timestamps=timestamps)

    options = ("--expect-licence", "org.rakkan.licence", "--require-timestamp")
    assert check(out, keys, tmp_path, *options, "--forbid", "a secret prompt") == []


def test_what_is_told_about_the_file_is_true(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    before = clip.read_bytes()

    signed = sign_video(clip, out, facts=facts, keys=keys, timestamps=timestamps)

    written = out.read_bytes()
    report = read_credentials(out, "video/mp4", trust=TrustLists().with_own(keys))
    assert signed.path == out
    assert signed.sha256 == hashlib.sha256(written).hexdigest()
    assert signed.size_bytes == len(written)
    assert signed.manifest_store in written
    assert signed.manifest_id == report.manifest_id
    assert signed.signed_at == report.signed_at
    assert signed.timestamped
    assert abs(signed.signed_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert clip.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_the_credentials_say_what_the_facts_said(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    sign_video(clip, tmp_path / "out.mp4", facts=facts, keys=keys, timestamps=timestamps)

    report = read_credentials(tmp_path / "out.mp4", "video/mp4", trust=TrustLists().with_own(keys))

    assert report.title == "A clip"
    assert report.licence == facts.licence
    assert report.creation is not None
    assert report.creation.generator == "Example Video"
    assert report.creation.at == facts.generated_at
    assert (report.signature_valid, report.binding, report.timestamp) == (True, "match", "trusted")
    assert (report.signer_name, report.signer_tier) == ("Rakkan development", "local")


def test_a_video_without_a_licence_carries_no_licence_assertion(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"

    sign_video(clip, out, facts=replace(facts, licence=None), keys=keys, timestamps=timestamps)

    assert read_credentials(out, "video/mp4", trust=TrustLists()).licence is None
    assert check(out, keys, tmp_path, "--require-timestamp") == []


def test_restamping_keeps_the_earlier_manifests(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    earlier = GOLDEN / "intact.mp4"
    out = tmp_path / "out.mp4"

    signed = sign_video(clip, out, facts=facts, keys=keys, timestamps=timestamps, parent=earlier)

    report = read_credentials(out, "video/mp4", trust=TrustLists().with_own(keys))
    first = read_credentials(earlier, "video/mp4", trust=TrustLists())
    assert report.earlier_manifests == 1
    assert (first.manifest_id or "").encode() in signed.manifest_store
    assert check(out, keys, tmp_path, "--derivative", "--require-timestamp") == []


def test_an_unsigned_parent_is_no_history(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"

    sign_video(clip, out, facts=facts, keys=keys, timestamps=timestamps, parent=clip)

    assert read_credentials(out, "video/mp4", trust=TrustLists()).earlier_manifests == 0
    assert check(out, keys, tmp_path) == []


@pytest.mark.parametrize("name", ["byte_flipped_in_mdat.mp4", "truncated_inside_manifest.mp4"])
def test_a_damaged_parent_does_not_keep_its_child_from_being_signed(
    name: str,
    clip: Path,
    keys: KeyRing,
    facts: StampFacts,
    timestamps: TimestampPolicy,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.mp4"

    sign_video(clip, out, facts=facts, keys=keys, timestamps=timestamps, parent=GOLDEN / name)

    report = read_credentials(out, "video/mp4", trust=TrustLists().with_own(keys))
    assert (report.signature_valid, report.binding) == (True, "match")


def test_the_picture_a_video_was_made_from_is_an_ingredient(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    picture = tmp_path / "start.jpg"
    picture.write_bytes(
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
    )
    out = tmp_path / "out.mp4"

    sign_video(
        clip,
        out,
        facts=facts,
        keys=keys,
        timestamps=timestamps,
        inputs=(Ingredient(path=picture, media_type="image/jpeg", title="Start"),),
    )

    assert b"inputTo" in out.read_bytes()
    assert check(out, keys, tmp_path, "--require-timestamp") == []


def test_no_time_stamp_means_no_stamp(
    clip: Path, keys: KeyRing, facts: StampFacts, tmp_path: Path
) -> None:
    nobody = TimestampPolicy(sources=(Unreachable(),))

    with pytest.raises(TimestampUnavailable, match=r"https://time\.example") as caught:
        sign_video(clip, tmp_path / "out.mp4", facts=facts, keys=keys, timestamps=nobody)

    assert caught.value.code == "timestamp_unavailable"
    assert list(tmp_path.iterdir()) == []


def test_an_operator_may_choose_to_sign_without_a_time_stamp(
    clip: Path, keys: KeyRing, facts: StampFacts, tmp_path: Path
) -> None:
    nobody = TimestampPolicy(sources=(Unreachable(),), when_unavailable="sign_without")

    signed = sign_video(clip, tmp_path / "out.mp4", facts=facts, keys=keys, timestamps=nobody)

    assert not signed.timestamped
    report = read_credentials(tmp_path / "out.mp4", "video/mp4", trust=TrustLists().with_own(keys))
    assert report.timestamp == "none"


def test_the_signers_own_exception_is_the_cause(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    absent = replace(keys, signer=NoHands())

    with pytest.raises(SigningFailed, match="the key service does not answer") as caught:
        sign_video(clip, tmp_path / "out.mp4", facts=facts, keys=absent, timestamps=timestamps)

    assert isinstance(caught.value.__cause__, ConnectionError)
    assert list(tmp_path.iterdir()) == []


def test_an_expired_certificate_signs_nothing(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    at = datetime.now(UTC) - timedelta(days=400)
    root = certificates.new_root("Old root", at=at)
    leaf = certificates.new_claim_leaf(issuer=root, at=at)
    old = replace(
        keys,
        signer=LocalSigner(leaf.key),
        chain_pem=leaf.certificate.public_bytes(Encoding.PEM).decode(),
    )

    with pytest.raises(SigningFailed, match="rakkan keys show"):
        sign_video(clip, tmp_path / "out.mp4", facts=facts, keys=old, timestamps=timestamps)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"", "empty", id="empty file"),
        pytest.param(b"#EXTM3U\n", "playlist", id="text"),
        pytest.param(b"\x1a\x45\xdf\xa3" + bytes(100), "matroska", id="another container"),
    ],
)
def test_what_cannot_carry_a_manifest_is_refused(
    content: bytes,
    name: str,
    keys: KeyRing,
    facts: StampFacts,
    timestamps: TimestampPolicy,
    tmp_path: Path,
) -> None:
    source = tmp_path / name
    source.write_bytes(content)

    with pytest.raises(SigningFailed):
        sign_video(source, tmp_path / "out.mp4", facts=facts, keys=keys, timestamps=timestamps)

    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_copy_never_replaces_its_source(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    source = tmp_path / "in.mp4"
    source.write_bytes(clip.read_bytes())

    with pytest.raises(SigningFailed, match="replace its source"):
        sign_video(source, source, facts=facts, keys=keys, timestamps=timestamps)

    assert source.read_bytes() == clip.read_bytes()


def test_an_earlier_copy_stays_when_signing_fails(
    clip: Path, keys: KeyRing, facts: StampFacts, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    out.write_bytes(b"the earlier copy")

    with pytest.raises(TimestampUnavailable):
        sign_video(
            clip, out, facts=facts, keys=keys, timestamps=TimestampPolicy(sources=(Unreachable(),))
        )

    assert out.read_bytes() == b"the earlier copy"


def test_a_missing_folder_is_told(
    clip: Path, keys: KeyRing, facts: StampFacts, timestamps: TimestampPolicy, tmp_path: Path
) -> None:
    with pytest.raises(SigningFailed, match="No such file"):
        sign_video(clip, tmp_path / "no" / "out.mp4", facts=facts, keys=keys, timestamps=timestamps)


DISK_FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from manifests.credentials.build import StampFacts
from manifests.credentials.sdk import EngineProblem
from manifests.credentials.sign import sign_video
from manifests.credentials.timestamp import TimestampPolicy, timestamp_sources
from manifests.errors import DiskFull
from manifests.trust.keys import init_development_keys

folder, clip = map(Path, sys.argv[1:])
now = lambda: datetime.now(UTC)
keys = init_development_keys(folder / "keys", at=now())
policy = TimestampPolicy(sources=timestamp_sources((), keys=keys, now=now))
facts = StampFacts(title="t", generator="g", generator_version="1", generated_at=now())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
try:
    sign_video(clip, folder / "out.mp4", facts=facts, keys=keys, timestamps=policy)
except DiskFull as problem:
    print(problem.code, sorted(path.name for path in folder.iterdir()))
"""


def test_a_full_disk_is_told_and_leaves_nothing(clip: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DISK_FULL, str(tmp_path), str(clip)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[3],
    )

    assert done.stdout.split() == ["disk_full", "['keys']"], done.stderr
    assert DiskFull.code == "disk_full"


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x00\x00\x00\x14ftypqt  \x00\x00", "video/quicktime"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00", "video/mp4"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "video/x-msvideo"),
        (b"", "video/mp4"),
    ],
)
def test_the_media_type_is_read_from_the_first_bytes(
    head: bytes, media_type: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(head)

    assert media_type_of(tmp_path / "file") == media_type


def test_two_time_stamps_in_a_row_come_from_the_first_that_answers(
    clip: Path, keys: KeyRing, facts: StampFacts, tmp_path: Path
) -> None:
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - a clock is a value
    sources = (Unreachable(), *timestamp_sources((), keys=keys, now=clock))

    signed = sign_video(
        clip,
        tmp_path / "out.mp4",
        facts=facts,
        keys=keys,
        timestamps=TimestampPolicy(sources=sources),
    )

    assert signed.timestamped


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Io: No space left on device (os error 28)", True),
        ("Io: failed to fill whole buffer", False),
    ],
)
def test_a_full_temporary_folder_is_recognised(message: str, *, expected: bool) -> None:
    assert EngineProblem("input_output", message).is_disk_full is expected
