"""A page for every problem, in both languages."""

import pytest

from service.pages.problem_pages import Piece, problem_page


@pytest.mark.parametrize(
    "code",
    ["nothing_known", "../en/not_found", "", "NOT_FOUND", "not_found\x00", "a" * 100],
)
def test_an_unknown_code_has_no_page(code: str) -> None:
    assert problem_page(code, "en") is None


def test_a_page_says_what_happened_what_stayed_and_what_to_do() -> None:
    page = problem_page("scope_missing", "en")

    assert page is not None
    assert page.title == "The API key may not do this."
    assert [section.heading for section in page.sections] == [
        None,
        "What was not changed",
        "Next step",
    ]
    assert page.sections[0].paragraphs == (
        (Piece("scope", is_code=True), Piece(" names what it lacks.", is_code=False)),
    )
