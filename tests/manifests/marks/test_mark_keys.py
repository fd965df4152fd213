"""The keys of the mark: made once, for their owner alone, newest first."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from manifests.errors import CredentialsMissing, CredentialsUnreadable
from manifests.marks.keys import FILE_NAME, KEPT_KEYS, init_mark_keys, load_mark_keys, rotate

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    first = init_mark_keys(tmp_path / "keys", at=NOON)

    assert init_mark_keys(tmp_path / "keys", at=NOON) == first
    assert (tmp_path / "keys" / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert first.newest.secret.hex() not in repr(first)


def test_rotation_puts_a_new_key_in_front_and_forgets_the_oldest(tmp_path: Path) -> None:
    rings = [init_mark_keys(tmp_path, at=NOON)]
    rings += [rotate(tmp_path, at=NOON) for _ in range(KEPT_KEYS)]

    assert rings[1].active[1] == rings[0].newest
    assert len(rings[-1].active) == KEPT_KEYS
    assert rings[0].newest not in rings[-1].active
    assert load_mark_keys(tmp_path) == rings[-1]


def test_missing_damaged_and_open_keys_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CredentialsMissing):
        load_mark_keys(tmp_path)
    init_mark_keys(tmp_path, at=NOON)
    file = tmp_path / FILE_NAME
    file.chmod(0o666)
    with pytest.raises(CredentialsUnreadable, match="others"):
        load_mark_keys(tmp_path)
    file.chmod(0o600)
    file.write_text('{"keys": []}')
    with pytest.raises(CredentialsUnreadable):
        load_mark_keys(tmp_path)
