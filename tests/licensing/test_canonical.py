"""Canonical JSON: one value, one text."""

import hashlib
import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.canonical import canonical_json, sha256_hex

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            {"b": 1, "a": [True, False, None]}, '{"a":[true,false,null],"b":1}', id="order"
        ),
        pytest.param(("落款", -7), '["落款",-7]', id="a tuple is a list, text stays readable"),
        pytest.param('\x00\t\n"\\/\x7f', '"\\u0000\\t\\n\\"\\\\/\x7f"', id="shortest escapes"),
        pytest.param(
            {"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}', id="UTF-16 order"
        ),
        pytest.param({}, "{}", id="empty object"),
    ],
)
def test_a_value_has_one_form(value: object, expected: str) -> None:
    assert canonical_json(value) == expected.encode()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(0.5, id="float"),
        pytest.param({"price": [1.0]}, id="float deep inside"),
        pytest.param({1: "a"}, id="number as member name"),
        pytest.param({"a"}, id="set"),
        pytest.param(b"a", id="bytes"),
    ],
)
def test_what_json_cannot_say_in_one_way_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        canonical_json(["\ud800"])


@settings(max_examples=100, deadline=None)
@given(json_values)
def test_the_canonical_form_reads_back_as_the_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(), st.integers(), max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(value: dict[str, int], random: Random) -> None:
    shuffled = list(value.items())
    random.shuffle(shuffled)

    assert canonical_json(dict(shuffled)) == canonical_json(value)


def test_the_digest_is_of_the_canonical_form() -> None:
    assert sha256_hex({"b": 2, "a": 1}) == hashlib.sha256(b'{"a":1,"b":2}').hexdigest()
