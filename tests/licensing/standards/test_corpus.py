"""Documents in the shapes that others write: what each is read as, or why it is refused."""

from pathlib import Path

import pytest

from licensing.standards.errors import DeclarationMalformed
from licensing.standards.reading import part_about, read_document

CORPUS = Path(__file__).parents[2] / "golden" / "declarations"


@pytest.mark.parametrize(
    ("name", "part", "status", "said", "notes"),
    [
        pytest.param(
            "rsl_older_draft.xml",
            "https://moonlit.example/any",
            "active",
            {"prohibits ai-train", "prohibits gen-ai-train", "permits search", "permits ai-input"},
            4,
            id="the drafts of 2025",
        ),
        pytest.param(
            "rsl_mixed_vocabulary.xml",
            "/comics/1",
            "active",
            {"permits search", "permits ai-train", "prohibits ai-train", "permits ai-input"},
            1,
            id="words of two drafts together",
        ),
        pytest.param(
            "rsl_mixed_vocabulary.xml",
            "/comics/press/",
            "active",
            {"permits all"},
            1,
            id="a more specific path",
        ),
        pytest.param("rsl_media_person.xml", "PERSON-42", "active", set(), 0, id="a person"),
        pytest.param(
            "rsl_media_superseded.xml",
            "mio",
            "active",
            {"prohibits depict", "prohibits ai-train"},
            0,
            id="a right that took the place of another",
        ),
        pytest.param(
            "odrl_museum.json", "mask-7", "active", {"prohibits ai-train"}, 0, id="a museum"
        ),
        pytest.param(
            "odrl_tdm_policy.json",
            "https://press.example/articles",
            "active",
            set(),
            0,
            id="mining for a purpose that cannot be weighed",
        ),
        pytest.param(
            "tdmrep_site.json", "/open/1", "active", {"permits data-mining"}, 0, id="open paths"
        ),
        pytest.param(
            "tdmrep_site.json",
            "/open/figures/",
            "active",
            {"prohibits data-mining"},
            0,
            id="the longest pattern counts",
        ),
        pytest.param(
            "cawg_older_key.json",
            "file",
            "active",
            {"prohibits gen-ai-train", "permits data-mining"},
            2,
            id="an assertion under older keys",
        ),
    ],
)
def test_a_document_of_others_is_read(
    name: str, part: str, status: str, said: set[str], notes: int
) -> None:
    document = read_document((CORPUS / name).read_bytes(), media_draft=True)

    found = part_about(document, "nothing", part=part)

    assert found.status == status
    assert {f"{each.effect} {each.usage}" for each in found.statements} == said
    assert len(document.notes) == notes


def test_a_document_without_its_namespace_is_refused() -> None:
    with pytest.raises(DeclarationMalformed) as refused:
        read_document((CORPUS / "rsl_default_namespace_missing.xml").read_bytes())

    assert refused.value.where == "root"


def test_every_document_of_the_corpus_is_looked_at() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    assert [path.name for path in sorted(CORPUS.iterdir()) if path.name not in source] == []
