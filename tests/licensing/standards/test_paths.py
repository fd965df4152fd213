"""Patterns of paths, as in robots.txt."""

import pytest

from licensing.standards.paths import matches, most_specific


@pytest.mark.parametrize(
    ("pattern", "address", "expected"),
    [
        ("/works/*", "/works/mio", True),
        ("/works/", "/works/mio", True),
        ("/works/$", "/works/mio", False),
        ("/works/$", "/works/", True),
        ("/*.mp4$", "/a/b.mp4", True),
        ("/*.mp4$", "/a/b.mp4?x", False),
        ("/*.mp4$", "/a/b.mp3", False),
        ("/a*b*c", "/a-b-c", True),
        ("/a*c*b", "/a-b-c", False),
        ("/a*a$", "/a", False),
        ("/works/*", "https://site.example/works/mio", True),
        ("https://site.example/works/*", "https://site.example/works/mio", True),
        ("https://site.example/works/*", "https://other.example/works/mio", False),
        ("https://site.example/works/*", "/works/mio", True),
        ("https://site.example", "https://SITE.example/works?id=1", True),
        ("/works?id=1", "https://site.example/works?id=1", True),
        ("http://[x", "/works", False),
        ("/" + "*a" * 2_000, "/" + "a" * 1_999, False),
    ],
)
def test_a_pattern_speaks_of_an_address(pattern: str, address: str, *, expected: bool) -> None:
    assert matches(pattern, address) is expected


def test_the_longest_pattern_counts() -> None:
    assert most_specific(["/", "/works/*", "/press/*"], "/works/mio") == "/works/*"
    assert most_specific(["/press/*"], "/works/mio") is None
