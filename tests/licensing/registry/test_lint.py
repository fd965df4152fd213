"""Lint: what names do to prompts that mean nobody's work."""

from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.registry.lint import lint
from licensing.registry.prompts import Prompt, ordinary_prompts
from licensing.registry.subjects import Ambiguity, Name, Subject, Trait

PROMPTS = (
    Prompt("en", "A link to the page"),
    Prompt("en", "A golden Link in a chain"),
    Prompt("ja", "リンクの氷"),
    Prompt("en", "a Dragovian sleeps"),
)


def subject(subject_id: str, *texts: str, ambiguity: Ambiguity = "unique") -> Subject:
    names = tuple(Name(text, "en", "official", ambiguity) for text in texts)
    return Subject(subject_id, "character", None, names)


def test_hits_are_counted_by_strength_and_language() -> None:
    report = lint([subject("link", "Link", "リンク")], PROMPTS)

    kana, latin = sorted(report.findings, key=lambda each: each.name.text, reverse=True)
    assert (kana.name.text, kana.strong, kana.weak, kana.languages) == ("リンク", 1, 0, {"ja": 1})
    assert (latin.strong + latin.weak, latin.languages) == (2, {"en": 2})
    assert {each.severity for each in report.findings} == {"warning"}
    assert report.warnings == 2
    assert report.prompts == {"en": 3, "ja": 1}


def test_an_example_marks_the_surface() -> None:
    report = lint([subject("link", "リンク")], PROMPTS)

    (example,) = report.findings[0].examples
    assert example.prompt.text[example.start : example.end] == "リンク"


def test_hits_speak_against_a_name_that_no_list_knows() -> None:
    (finding,) = lint([subject("d", "Dragovian")], PROMPTS).findings

    assert (finding.proposal.ambiguity, finding.proposal.clue) == ("common", "hits")
    assert finding.proposal.word == "Dragovian"


def test_a_slip_counts_for_the_name_most_like_it() -> None:
    texts = ("Zarathos", "Dragoviann")

    (finding,) = lint([subject("d", *texts)], [Prompt("en", "the dragoviamn sleeps")]).findings

    assert finding.name.text == "Dragoviann"


def test_a_class_that_fits_is_no_warning() -> None:
    (finding,) = lint([subject("gate", "Gate", ambiguity="common")], []).findings or (None,)

    assert finding is None


def test_a_shared_name_is_noted_once_for_each_subject() -> None:
    report = lint([subject("a", "Dragovian", "DRAGOVIAN"), subject("b", "Dragovian")], [])

    assert [(each.subject_id, each.shared_with) for each in report.findings] == [
        ("a", ("b",)),
        ("b", ("a",)),
    ]


def test_a_generated_spelling_is_read_and_keeps_its_class() -> None:
    name = Name("サケ", "ja", "official", "common")

    report = lint([Subject("s", "character", None, (name,))], [Prompt("en", "A glass of Sake")])

    (finding,) = report.findings
    assert (finding.name.text, finding.name.source, finding.weak) == ("sake", "サケ", 1)
    assert finding.proposal.ambiguity == "common"
    assert (report.names, report.generated) == (1, 1)


def test_a_sign_can_be_a_name() -> None:
    (finding,) = lint([subject("s", "☆")], [Prompt("en", "☆ at night")]).findings

    assert (finding.strong, finding.proposal.ambiguity) == (1, "generic")


def test_a_subject_that_is_described_is_told_apart() -> None:
    traits = ("straw hat", "eyepatch", "pirate coat", "wooden leg", "green parrot")
    reef = Subject(
        "reef",
        "character",
        None,
        (Name("Dragovian", "en", "official"),),
        traits=tuple(Trait("en", each) for each in traits),
    )
    prompt = Prompt("en", "An eyepatch, a straw hat, a wooden leg and a green parrot on a pirate")

    report = lint([reef], [prompt, PROMPTS[0]])

    assert report.findings == ()
    assert [(each.subject_id, each.prompts) for each in report.descriptions] == [("reef", 1)]
    assert report.to_json()["descriptions"][0]["examples"][0]["strength"] == "weak"


def test_the_bundled_prompts_are_many_in_each_language() -> None:
    counted = lint([], ordinary_prompts()).prompts

    assert counted["en"] > 1000
    assert counted["zh"] > 500
    assert counted["ja"] > 200
    assert counted["ko"] > 30


@settings(max_examples=30)
@given(
    st.lists(
        st.builds(
            subject,
            st.uuids().map(str),
            st.sampled_from(["Link", "リンク", "gold", "Dragovian", "龍"]),
            ambiguity=st.sampled_from(["unique", "name", "common", "generic"]),
        ),
        max_size=4,
    )
)
def test_a_report_is_the_same_twice_and_counts_every_prompt_once(subjects: list[Subject]) -> None:
    first, second = lint(subjects, PROMPTS), lint(subjects, PROMPTS)

    assert first == second
    for finding in first.findings:
        assert sum(finding.languages.values()) == finding.strong + finding.weak
        assert len(finding.examples) <= finding.strong + finding.weak
