"""The definition: everything created, the first action right, nothing about the prompt."""

import importlib.metadata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from manifests.credentials import build
from manifests.credentials.build import Ingredient, SoftBinding, StampFacts, manifest_definition

PICTURE = Ingredient(path=Path("start.jpg"), media_type="image/jpeg", title="Start")
EARLIER = Ingredient(
    path=Path("earlier.mp4"), media_type="video/mp4", title="Earlier", relationship="parentOf"
)


def assertion(definition: Any, label: str) -> Any:  # noqa: ANN401 - JSON of many shapes
    return next(each["data"] for each in definition["assertions"] if each["label"] == label)


def test_a_new_video_is_created_by_its_generator(facts: StampFacts) -> None:
    definition = manifest_definition(facts)

    assert assertion(definition, "c2pa.actions.v2") == {
        "actions": [
            {
                "action": "c2pa.created",
                "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                "softwareAgent": {"name": "Example Video", "version": "2.1"},
                "when": "2026-11-01T09:30:00Z",
            }
        ],
        "allActionsIncluded": True,
    }


def test_a_video_from_a_picture_refers_to_it(facts: StampFacts) -> None:
    definition = manifest_definition(facts, ingredients=(PICTURE, PICTURE))

    (action,) = assertion(definition, "c2pa.actions.v2")["actions"]
    assert action["action"] == "c2pa.created"
    assert action["parameters"] == {"ingredientIds": ["input-0", "input-1"]}


def test_a_signed_video_is_opened_and_its_source_type_is_not_repeated(facts: StampFacts) -> None:
    stamped = replace(facts, stamped_at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC))

    definition = manifest_definition(stamped, ingredients=(EARLIER,))

    actions = assertion(definition, "c2pa.actions.v2")
    (action,) = actions["actions"]
    assert action["action"] == "c2pa.opened"
    assert action["softwareAgent"]["name"] == "Rakkan"
    assert action["when"] == "2026-11-25T09:00:00Z"
    assert "digitalSourceType" not in action
    assert actions["allActionsIncluded"] is False


def test_an_opening_without_a_time_tells_none(facts: StampFacts) -> None:
    definition = manifest_definition(facts, ingredients=(EARLIER,))

    assert "when" not in assertion(definition, "c2pa.actions.v2")["actions"][0]


def test_the_signer_vouches_for_every_assertion(facts: StampFacts) -> None:
    definition: Any = manifest_definition(facts)

    assert {each["label"]: each["created"] for each in definition["assertions"]} == {
        "c2pa.actions.v2": True,
        "cawg.training-mining": True,
        "cawg.metadata": True,
        "org.rakkan.licence": True,
    }


def test_no_use_for_training_is_allowed(facts: StampFacts) -> None:
    entries = assertion(manifest_definition(facts), "cawg.training-mining")["entries"]

    assert {key: entry["use"] for key, entry in entries.items()} == {
        "cawg.data_mining": "notAllowed",
        "cawg.ai_inference": "notAllowed",
        "cawg.ai_training": "notAllowed",
        "cawg.ai_generative_training": "notAllowed",
    }


def test_the_metadata_points_to_the_licence(facts: StampFacts) -> None:
    definition: Any = manifest_definition(facts)
    metadata = assertion(definition, "cawg.metadata")

    assert metadata["xmpRights:WebStatement"] == "https://licences.example/l/lic_1"
    assert metadata["xmp:CreatorTool"] == "Example Video 2.1"
    assert {"dc", "xmp", "xmpRights", "Iptc4xmpExt"} == set(metadata["@context"])
    assert definition["assertions"][2]["kind"] == "Json"


def test_without_a_licence_nothing_is_said_about_one(facts: StampFacts) -> None:
    definition: Any = manifest_definition(replace(facts, licence=None))

    assert "licence" not in str(definition)
    assert "xmpRights" not in str(definition)


def test_the_claim_generator_names_the_specification(facts: StampFacts) -> None:
    definition: Any = manifest_definition(facts, with_thumbnail=True)

    (generator,) = definition["claim_generator_info"]
    assert (generator["name"], generator["specVersion"]) == ("Rakkan", "2.4.0")
    assert definition["thumbnail"] == {"format": "image/jpeg", "identifier": "thumbnail.jpg"}


def test_a_bare_checkout_has_a_version_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert build.claim_generator_version() == "0.0.0"

    monkeypatch.setattr(importlib.metadata, "version", lambda _name: "1.2.3")
    assert build.claim_generator_version() == "1.2.3"


MARK = SoftBinding(kind="watermark", alg="org.example.mark.1", value=bytes(range(8)))
PRINT = SoftBinding(kind="fingerprint", alg="io.iscc.v0", value=b"code")


def test_a_marked_video_says_so_and_binds_both_ways_back(facts: StampFacts) -> None:
    marked = replace(
        facts,
        stamped_at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC),
        soft_bindings=(MARK, PRINT),
    )

    definition: Any = manifest_definition(marked)

    actions = assertion(definition, "c2pa.actions.v2")["actions"]
    assert [action["action"] for action in actions] == ["c2pa.created", "c2pa.watermarked.bound"]
    assert actions[1]["parameters"] == {"alg": "org.example.mark.1"}
    assert actions[1]["when"] == "2026-11-25T09:00:00Z"
    bindings = [a["data"] for a in definition["assertions"] if a["label"] == "c2pa.soft-binding"]
    assert bindings == [
        {"alg": "org.example.mark.1", "blocks": [{"scope": {}, "value": "AAECAwQFBgc="}]},
        {"alg": "io.iscc.v0", "blocks": [{"scope": {}, "value": "Y29kZQ=="}]},
    ]


def test_a_fingerprint_alone_is_no_watermark(facts: StampFacts) -> None:
    definition = manifest_definition(replace(facts, soft_bindings=(PRINT,)))

    assert len(assertion(definition, "c2pa.actions.v2")["actions"]) == 1


def test_a_mark_without_a_time_is_still_told(facts: StampFacts) -> None:
    definition = manifest_definition(replace(facts, soft_bindings=(MARK,)))

    assert "when" not in assertion(definition, "c2pa.actions.v2")["actions"][1]
