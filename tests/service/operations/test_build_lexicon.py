"""A compiled registry: built, loaded by other processes, changed, damaged, replaced."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from licensing.reading.refusal import ArtefactRefused
from licensing.registry.lexicon_store import KeptLexicon, newest_lexicon
from licensing.registry.store import registry_version
from service import live_registry
from service.blobs import Blobs
from service.operations import build_lexicon as building
from service.operations.build_lexicon import build_lexicon, build_lexicon_if_due
from service.operations.registry import import_registry, read_prompt
from service.runtime import Runtime


def document(**names: str) -> bytes:
    subjects = [
        {
            "id": subject_id,
            "kind": "character",
            "parent": None,
            "names": [{"text": text, "lang": "en", "kind": "official"}],
        }
        for subject_id, text in names.items()
    ]
    return json.dumps({"format": "rakkan-registry/1", "subjects": subjects}).encode()


def named(runtime: Runtime, text: str) -> list[str]:
    return [mention.subject_id for mention in read_prompt(runtime, text).mentions]


def other(runtime: Runtime) -> Runtime:
    """Another process on the same database and folder."""
    return Runtime(runtime.settings, database=runtime.database, blobs=Blobs.open(runtime.settings))


def newest(runtime: Runtime) -> KeptLexicon:
    with runtime.transaction() as session:
        kept = newest_lexicon(session, at_most=registry_version(session))
    assert kept is not None
    return kept


def local_file(runtime: Runtime) -> Path:
    (path,) = runtime.settings.lexicons_folder.iterdir()
    return path


def test_a_process_reads_what_was_compiled_and_what_changed_since(runtime: Runtime) -> None:
    import_registry(runtime, document(a="Kumomori", b="Torahime"))
    built = build_lexicon(runtime)
    import_registry(runtime, document(b="Torajiro", c="Hoshimaru"))
    reader = other(runtime)

    found = named(reader, "Kumomori, Torahime, Torajiro and Hoshimaru")

    assert (built.registry_version, built.subjects) == (1, 2)
    assert found == ["a", "b", "c"]
    with reader.transaction() as session:
        snapshot = reader.snapshot(session)
    assert snapshot.compiled is not None
    assert snapshot.subjects["c"].display_name() == "Hoshimaru"
    with runtime.transaction() as session:
        assert snapshot.sha256 == runtime.snapshot(session).sha256


def test_every_process_notices_a_change(runtime: Runtime) -> None:
    import_registry(runtime, document(a="Kumomori"))
    build_lexicon(runtime)
    reader = other(runtime)
    before = named(reader, "Kumomori and Torahime")

    import_registry(runtime, document(b="Torahime"))

    assert (before, named(reader, "Kumomori and Torahime")) == (["a"], ["a", "b"])


def test_the_same_registry_gives_the_same_body(runtime: Runtime) -> None:
    import_registry(runtime, document(a="Kumomori", b="Torahime"))

    assert build_lexicon(runtime).sha256 == build_lexicon(runtime).sha256


def spoilt(change: Callable[[bytes], bytes]) -> Callable[[Runtime], None]:
    def spoil(runtime: Runtime) -> None:
        path = local_file(runtime)
        content = change(path.read_bytes())
        path.write_bytes(content)
        runtime.blobs.put_bytes(newest(runtime).blob, content)

    return spoil


def lose(runtime: Runtime) -> None:
    runtime.lexicon_files.forget(newest(runtime).blob)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(spoilt(lambda old: old[:-8]), "damaged", id="truncated"),
        pytest.param(spoilt(lambda old: old[:100]), "cut short", id="truncated in the header"),
        pytest.param(
            spoilt(lambda old: old[:-9] + b"x" + old[-8:]), "damaged", id="a body changed"
        ),
        pytest.param(
            spoilt(lambda old: old.replace(b'"subjects": 2', b'"subjects": 3')),
            "signature",
            id="a header changed",
        ),
        pytest.param(spoilt(lambda _: b""), "begin like one", id="emptied"),
        pytest.param(lose, "gone", id="lost"),
    ],
)
def test_a_damaged_file_is_refused_and_the_registry_read_all_the_same(
    runtime: Runtime,
    spoil: Callable[[Runtime], None],
    reason: str,
) -> None:
    import_registry(runtime, document(a="Kumomori", b="Torahime"))
    build_lexicon(runtime)
    spoil(runtime)
    reader = other(runtime)

    with pytest.raises(ArtefactRefused, match=reason):
        reader.lexicon_files.open(newest(runtime))

    assert named(reader, "Kumomori") == ["a"]
    rebuilt = build_lexicon_if_due(runtime)
    assert rebuilt is not None
    assert reader.lexicon_files.open(newest(runtime)).version == 1
    assert build_lexicon_if_due(runtime) is None


def test_a_file_in_place_of_another_is_refused(runtime: Runtime) -> None:
    import_registry(runtime, document(a="Kumomori"))
    build_lexicon(runtime)
    old = local_file(runtime).read_bytes()
    import_registry(runtime, document(a="Torahime"))
    build_lexicon(runtime)
    kept = newest(runtime)
    (runtime.settings.lexicons_folder / Path(kept.blob).name).write_bytes(old)

    with pytest.raises(ArtefactRefused, match="not the one that was kept"):
        runtime.lexicon_files.open(kept)


def test_a_lost_copy_is_fetched_again(runtime: Runtime) -> None:
    import_registry(runtime, document(a="Kumomori"))
    build_lexicon(runtime)
    local_file(runtime).unlink()

    assert runtime.lexicon_files.open(newest(runtime)).version == 1


def test_only_the_last_two_are_kept(runtime: Runtime) -> None:
    for number in range(4):
        import_registry(runtime, document(a=f"Kumomori {number}"))
        build_lexicon(runtime)

    assert [key.split("-")[0] for key in runtime.blobs.list("lexicons")] == [
        "lexicons/00000003",
        "lexicons/00000004",
    ]
    assert len(list(runtime.settings.lexicons_folder.iterdir())) == 2


def test_subjects_removed_by_hand_are_not_read(runtime: Runtime) -> None:
    import_registry(runtime, document(a="Kumomori", b="Torahime"))
    build_lexicon(runtime)
    with runtime.transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("delete from name where subject_id = 'b'")
        connection.exec_driver_sql("delete from subject where id = 'b'")
    reader = other(runtime)

    assert named(reader, "Kumomori and Torahime") == ["a"]


def test_a_large_change_is_made_ready_while_the_old_registry_is_read(
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_registry, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(building, "MOST_AT_ONCE", 1)
    import_registry(runtime, document(a="Kumomori"))
    before = named(runtime, "Kumomori and Torahime")
    import_registry(runtime, document(b="Torahime", c="Hoshimaru"))
    built = build_lexicon_if_due(runtime)

    while_made_ready = read_prompt(runtime, "Kumomori")
    runtime.registry.wait()

    assert built is not None
    assert (before, while_made_ready.registry_version) == (["a"], 1)
    assert named(runtime, "Kumomori and Torahime") == ["a", "b"]
    assert build_lexicon_if_due(runtime) is None
