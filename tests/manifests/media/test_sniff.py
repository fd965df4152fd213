"""The container is told by its bytes, and what is none is called by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.errors import MalformedMedia, MediaError, UnsupportedMedia
from manifests.media.sniff import Container, sniff


def ebml(doc_type: bytes) -> bytes:
    element = b"\x42\x82" + bytes([0x80 | len(doc_type)]) + doc_type
    return b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(element)]) + element


@pytest.mark.parametrize(
    ("head", "container"),
    [
        pytest.param(b"\0\0\0\x20ftypisom\0\0\2\0", Container.MP4, id="ISO base media"),
        pytest.param(b"\0\0\0\x20ftypmp42\0\0\0\0", Container.MP4, id="MP4 version 2"),
        pytest.param(b"\0\0\0\x14ftypqt  \0\0\0\0", Container.MOV, id="QuickTime"),
        pytest.param(b"\0\0\0\x1cftypM4V \0\0\0\1", Container.M4V, id="iTunes video"),
        pytest.param(b"\0\0\x10\0moov\0\0\0\x6cmvhd", Container.MOV, id="QuickTime before ftyp"),
        pytest.param(
            b"\0\0\0\1mdat\0\0\0\0\0\1\0\0", Container.MOV, id="QuickTime, long box first"
        ),
        pytest.param(b"\0\0\0\0mdat", Container.MOV, id="QuickTime, open box first"),
        pytest.param(ebml(b"webm"), Container.WEBM, id="WebM"),
        pytest.param(ebml(b"matroska"), Container.MKV, id="Matroska"),
        pytest.param(ebml(b"webm\0\0"), Container.WEBM, id="WebM, padded with zeros"),
        pytest.param(b"RIFF\0\1\0\0AVI LIST", Container.AVI, id="AVI"),
    ],
)
def test_a_container_is_told_by_its_first_bytes(head: bytes, container: Container) -> None:
    assert sniff(head) is container


@pytest.mark.parametrize(
    ("head", "found"),
    [
        pytest.param(b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n", "a playlist", id="HLS"),
        pytest.param(b"ffconcat version 1.0\nfile /etc/passwd\n", "a playlist", id="ffconcat"),
        pytest.param("君の名は".encode(), "text", id="Japanese text"),
        pytest.param(b"PK\x03\x04\x14\0", "a ZIP archive", id="zip"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture", id="png"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8 ", "a RIFF file that is not AVI", id="webp"),
        pytest.param(b"\0\0\0\x1cftypheic\0\0\0\0", "a still picture (HEIF or AVIF)", id="heic"),
        pytest.param(b"\0\0\0\x04ftyp", "bytes of an unknown kind", id="ftyp without a brand"),
        pytest.param(b"\0\0\0\x05moov", "bytes of an unknown kind", id="box of impossible length"),
        pytest.param(
            b"\x1a\x45\xdf\xa3\x80",
            "an EBML file that is neither WebM nor Matroska",
            id="bare EBML",
        ),
        pytest.param(b"\x80\x81\x82\x83", "bytes of an unknown kind", id="noise"),
    ],
)
def test_what_is_no_video_is_called_by_its_name(head: bytes, found: str) -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        sniff(head)
    assert refused.value.found == found


def test_a_file_without_bytes_is_damaged() -> None:
    with pytest.raises(MalformedMedia):
        sniff(b"")


@given(st.binary(max_size=64))
def test_any_bytes_get_an_answer_or_a_media_error(head: bytes) -> None:
    try:
        answer = sniff(head)
    except MediaError:
        return
    assert answer in Container


@pytest.mark.parametrize("container", Container)
def test_every_container_has_a_demuxer_and_a_media_type(container: Container) -> None:
    assert container.demuxer in {"mov", "matroska", "avi"}
    assert container.media_type.startswith("video/")
