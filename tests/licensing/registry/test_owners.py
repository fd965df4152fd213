"""Identifiers with their check digits, shares by place, mandates, and consents of real people."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.clearance.use import Use
from licensing.errors import RegistryMalformed
from licensing.registry.identifiers import (
    identifier_to_json,
    mod_11_2,
    mod_37_36,
    parse_identifier,
)
from licensing.registry.identity import Consent
from licensing.registry.nodes import Node
from licensing.registry.owners import Mandate, Share
from licensing.registry.references import Citation
from licensing.registry.terms import Validity

AT = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2027, 11, 1, tzinfo=UTC)
USE = Use(territory="JP", purpose="personal", duration_ms=8000)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("scheme", "value", "normal"),
    [
        # The example of RFC 7972 and of the EIDR ID format.
        pytest.param(
            "eidr",
            "10.5240/7791-8534-2C23-9030-8610-5",
            "10.5240/7791-8534-2C23-9030-8610-5",
            id="EIDR",
        ),
        pytest.param(
            "eidr",
            "urn:eidr:10.5240:7791-8534-2c23-9030-8610-5",
            "10.5240/7791-8534-2C23-9030-8610-5",
            id="EIDR as a URN",
        ),
        # The example of RFC 4246.
        pytest.param(
            "isan",
            "urn:isan:0000-0000-9E59-0000-O-0000-0000-2",
            "0000-0000-9E59-0000-O-0000-0000-2",
            id="ISAN as a URN",
        ),
        pytest.param("isan", "0000-0000-9E59-0000-O", "0000-0000-9E59-0000-O", id="ISAN root"),
        pytest.param("isni", "0000 0001 2150 090X", "000000012150090X", id="ISNI"),
        pytest.param("iscc", "iscc:KACT4EBWK27737D2", "ISCC:KACT4EBWK27737D2", id="ISCC"),
        pytest.param("wikidata", "Q212606", "Q212606", id="Wikidata"),
        pytest.param("anilist", "anime/5114", "anime/5114", id="AniList"),
    ],
)
def test_an_identifier_is_read_into_its_normal_form(scheme: str, value: str, normal: str) -> None:
    identifier = parse_identifier(Node({"scheme": scheme, "value": value}, "id"))

    assert identifier_to_json(identifier) == {"scheme": scheme, "value": normal}
    assert parse_identifier(Node(identifier_to_json(identifier), "id")) == identifier


@pytest.mark.parametrize(
    ("scheme", "value", "where"),
    [
        pytest.param("eidr", "10.5240/7791-8534-2C23-9030-8610-6", "id.value", id="EIDR digit"),
        pytest.param("eidr", "10.1000/7791-8534-2C23-9030-8610-5", "id.value", id="another DOI"),
        pytest.param("isan", "0000-0000-9E59-0000-P", "id.value", id="ISAN digit"),
        pytest.param("isan", "0000-0000-9E59-0000-O-0000-0000-3", "id.value", id="ISAN version"),
        pytest.param("isan", "9E59", "id.value", id="no ISAN"),
        pytest.param("isni", "0000000121500901", "id.value", id="ISNI digit"),
        pytest.param("isni", "１２３", "id.value", id="no ISNI"),
        pytest.param("iscc", "ISCC:1", "id.value", id="not base32"),
        pytest.param("iscc", "ISCC:AA", "id.value", id="too short"),
        pytest.param("iscc", "ISCC:7777777777777777", "id.value", id="no such main type"),
        pytest.param("wikidata", "P31", "id.value", id="a property"),
        pytest.param("anilist", "5114", "id.value", id="of which kind"),
        pytest.param("imdb", "tt0096283", "id.scheme", id="another scheme"),
    ],
)
def test_an_identifier_that_does_not_check_is_refused(scheme: str, value: str, where: str) -> None:
    with pytest.raises(RegistryMalformed) as refused:
        parse_identifier(Node({"scheme": scheme, "value": value}, "id"))

    assert refused.value.where == where


@given(st.text(DIGITS, min_size=12, max_size=24), st.data())
def test_one_wrong_character_never_checks(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([digit for digit in DIGITS if digit != text[place]]))

    assert mod_37_36(text) != mod_37_36(text[:place] + other + text[place + 1 :])


@given(st.text("0123456789", min_size=15, max_size=15), st.data())
def test_one_wrong_digit_never_checks(digits: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 14))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != digits[place]]))

    assert mod_11_2(digits) != mod_11_2(digits[:place] + other + digits[place + 1 :])


def test_a_share_may_be_bound_to_a_place_and_a_purpose() -> None:
    everywhere = Share("garden", "aoyama", Fraction(1))
    in_japan = Share(
        "garden", "kagerou", Fraction(1, 2), frozenset({"JP"}), frozenset({"personal"})
    )
    in_france = Share("garden", "kagerou", Fraction(1, 2), frozenset({"FR"}))

    assert everywhere.covers("US", "commercial")
    assert in_japan.covers("JP", "personal")
    assert not in_japan.covers("US", "personal")
    assert not in_japan.covers("JP", "commercial")
    assert everywhere.meets(in_japan)
    assert not in_japan.meets(in_france)


def test_a_mandate_covers_what_it_names_and_all_that_belongs_to_it() -> None:
    mandate = Mandate(
        id="m1",
        agent_id="agency",
        holder_id="aoyama",
        powers=frozenset({"license"}),
        validity=Validity(starts_at=AT, ends_at=None),
        subjects=frozenset({"garden"}),
        territories=frozenset({"JP"}),
    )

    assert mandate.covers_subject(("mio", "garden"))
    assert not mandate.covers_subject(("rival",))
    assert mandate.covers_use(USE)
    assert not mandate.covers_use(Use(territory="US", purpose="personal", duration_ms=1))


@pytest.mark.parametrize(
    ("scope", "use", "at", "covered"),
    [
        pytest.param({}, USE, AT, True, id="everything"),
        pytest.param({"ends_at": LATER}, USE, AT, True, id="not over yet"),
        pytest.param({"ends_at": LATER}, USE, LATER, False, id="over"),
        pytest.param({"given_at": LATER}, USE, AT, False, id="not given yet"),
        pytest.param({"territories": frozenset({"US"})}, USE, AT, False, id="elsewhere"),
        pytest.param({"purposes": frozenset({"commercial"})}, USE, AT, False, id="otherwise"),
    ],
)
def test_a_consent_covers_what_the_person_agreed_to(
    scope: dict[str, object], use: Use, at: datetime, *, covered: bool
) -> None:
    consent = Consent(
        **{"evidence": Citation("0" * 64, "Release form"), "given_at": AT, **scope}  # type: ignore[arg-type]
    )

    assert consent.covers(use, at) is covered
