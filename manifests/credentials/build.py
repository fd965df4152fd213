"""
From the facts of a stamp to the manifest definition: what a video will say about itself.

Every assertion is marked as created, so that the signer vouches for it; unmarked ones would land
in gathered_assertions. Structures: C2PA 2.4, sections 10 (claims), 18 (assertions); CAWG training
and data mining 1.1; CAWG metadata 1.1.
"""

import base64
import importlib.metadata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from manifests.credentials.assertion import LABEL, LicenceAssertion, utc_text

SPEC_VERSION = "2.4.0"
TRAINED_ALGORITHMIC_MEDIA = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CLAIM_GENERATOR = "Rakkan"
PARENT_LABEL = "parent"
THUMBNAIL_URI = "thumbnail.jpg"
THUMBNAIL_MEDIA_TYPE = "image/jpeg"

TRAINING_USES = (
    "cawg.data_mining",
    "cawg.ai_inference",
    "cawg.ai_training",
    "cawg.ai_generative_training",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftBinding:
    """
    What finds the video again when its manifest is gone: a mark or a fingerprint.

    `alg` is a reverse-DNS name, `value` the raw bytes. The specification wants bytes; the engine
    writes text, so the manifest carries their base64.
    """

    kind: Literal["watermark", "fingerprint"]
    alg: str
    value: bytes

    @property
    def value_text(self) -> str:
        """Give the value as the manifest and the resolution API write it."""
        return base64.b64encode(self.value).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFacts:
    """
    What is known about a video when it is stamped.

    `generated_at` is when the generator made it, `stamped_at` when this service opened it to write
    the manifest; both are aware UTC. The title must not quote the prompt.
    """

    title: str
    generator: str
    generator_version: str
    generated_at: datetime
    licence: LicenceAssertion | None = None
    stamped_at: datetime | None = None
    soft_bindings: tuple[SoftBinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """
    A file that went into the video.

    "inputTo" is material the generator was given, such as the picture of an image-to-video run;
    "parentOf" is an earlier edition of the same video, whose manifests stay in the chain.
    """

    path: Path
    media_type: str
    title: str
    relationship: Literal["inputTo", "parentOf"] = "inputTo"


def manifest_definition(
    facts: StampFacts, *, ingredients: tuple[Ingredient, ...] = (), with_thumbnail: bool = False
) -> dict[str, object]:
    """Write the definition that the C2PA engine signs; ingredients are added in this order."""
    assertions: list[dict[str, object]] = [
        _created("c2pa.actions.v2", _actions(facts, ingredients)),
        _created("cawg.training-mining", _training_and_mining()),
        # Without the kind the engine writes this assertion as CBOR, where CAWG wants JSON-LD.
        {**_created("cawg.metadata", _metadata(facts)), "kind": "Json"},
    ]
    assertions += [
        _created("c2pa.soft-binding", _soft_binding(binding)) for binding in facts.soft_bindings
    ]
    if facts.licence is not None:
        assertions.append(_created(LABEL, facts.licence.to_data()))
    definition: dict[str, object] = {
        "title": facts.title,
        "claim_generator_info": [
            {
                "name": CLAIM_GENERATOR,
                "version": claim_generator_version(),
                "specVersion": SPEC_VERSION,
            }
        ],
        "assertions": assertions,
    }
    if with_thumbnail:
        definition["thumbnail"] = {"format": THUMBNAIL_MEDIA_TYPE, "identifier": THUMBNAIL_URI}
    return definition


def ingredient_definition(number: int, ingredient: Ingredient) -> dict[str, object]:
    """Describe the ingredient under the label that the first action refers to."""
    return {
        "title": ingredient.title,
        "format": ingredient.media_type,
        "relationship": ingredient.relationship,
        "label": ingredient_label(number, ingredient),
    }


def ingredient_label(number: int, ingredient: Ingredient) -> str:
    """Name an ingredient inside the definition; the engine turns it into a hashed URI."""
    return PARENT_LABEL if ingredient.relationship == "parentOf" else f"input-{number}"


def claim_generator_version() -> str:
    """Give the installed version of this distribution, or 0.0.0 in a bare checkout."""
    try:
        return importlib.metadata.version("rakkan")
    except importlib.metadata.PackageNotFoundError:
        return "0.0.0"


def _created(label: str, data: dict[str, object]) -> dict[str, object]:
    return {"label": label, "created": True, "data": data}


def _actions(facts: StampFacts, ingredients: tuple[Ingredient, ...]) -> dict[str, object]:
    labels = [ingredient_label(number, each) for number, each in enumerate(ingredients)]
    marked = [_watermarked(facts, each) for each in facts.soft_bindings if each.kind == "watermark"]
    if PARENT_LABEL in labels:
        return {"actions": [_opened(facts, labels), *marked], "allActionsIncluded": False}
    return {"actions": [_created_action(facts, labels), *marked], "allActionsIncluded": True}


def _created_action(facts: StampFacts, labels: list[str]) -> dict[str, object]:
    action: dict[str, object] = {
        "action": "c2pa.created",
        "digitalSourceType": TRAINED_ALGORITHMIC_MEDIA,
        "softwareAgent": {"name": facts.generator, "version": facts.generator_version},
        "when": utc_text(facts.generated_at),
    }
    if labels:
        action["parameters"] = {"ingredientIds": labels}
    return action


def _opened(facts: StampFacts, labels: list[str]) -> dict[str, object]:
    """
    Open an already signed video: what happened to it before is told by its own manifests.

    C2PA 2.4 forbids a digitalSourceType here, and nobody can vouch that nothing happened between
    the two signatures: hence allActionsIncluded is false.
    """
    action: dict[str, object] = {
        "action": "c2pa.opened",
        "softwareAgent": {"name": CLAIM_GENERATOR, "version": claim_generator_version()},
        "parameters": {"ingredientIds": labels},
    }
    if facts.stamped_at is not None:
        action["when"] = utc_text(facts.stamped_at)
    return action


def _watermarked(facts: StampFacts, binding: SoftBinding) -> dict[str, object]:
    """Say that the pictures were marked, and that the mark leads back to this manifest."""
    action: dict[str, object] = {
        "action": "c2pa.watermarked.bound",
        "softwareAgent": {"name": CLAIM_GENERATOR, "version": claim_generator_version()},
        "parameters": {"alg": binding.alg},
    }
    if facts.stamped_at is not None:
        action["when"] = utc_text(facts.stamped_at)
    return action


def _soft_binding(binding: SoftBinding) -> dict[str, object]:
    """Bind the whole video: an empty scope (C2PA 2.4, section 18.10)."""
    return {"alg": binding.alg, "blocks": [{"scope": {}, "value": binding.value_text}]}


def _training_and_mining() -> dict[str, object]:
    """Reserve every use: a licence to watch is no licence to learn from."""
    return {"entries": {use: {"use": "notAllowed"} for use in TRAINING_USES}}


def _metadata(facts: StampFacts) -> dict[str, object]:
    metadata: dict[str, object] = {
        "@context": {
            "dc": "http://purl.org/dc/elements/1.1/",
            "xmp": "http://ns.adobe.com/xap/1.0/",
            "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        },
        "dc:title": facts.title,
        "xmp:CreatorTool": f"{facts.generator} {facts.generator_version}".strip(),
        "xmp:CreateDate": utc_text(facts.generated_at),
        "Iptc4xmpExt:DigitalSourceType": TRAINED_ALGORITHMIC_MEDIA,
    }
    if facts.licence is not None:
        metadata["@context"] = {
            **dict(metadata["@context"]),  # type: ignore[call-overload]
            "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
        }
        metadata["xmpRights:WebStatement"] = facts.licence.status_url
    return metadata
