"""Bodies of the C2PA Soft Binding Resolution API 2.4.0, under the names of its schemas."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from service.resolution import MANIFEST_ID_LIMIT_CHARS, MANIFEST_ID_PATTERN

SHORT_VALUE_CHARS = 4096
_BASE64 = r"^[A-Za-z0-9+/]+={0,2}$"

AlgName = Annotated[
    str,
    StringConstraints(
        min_length=4,
        max_length=200,
        pattern=r"^[A-Za-z]{2,63}(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+\.?$",
    ),
]
ManifestId = Annotated[
    str, StringConstraints(max_length=MANIFEST_ID_LIMIT_CHARS, pattern=MANIFEST_ID_PATTERN)
]
Base64Short = Annotated[
    str, StringConstraints(min_length=1, max_length=SHORT_VALUE_CHARS, pattern=_BASE64)
]
Base64Large = Annotated[str, StringConstraints(min_length=1, max_length=1024**2, pattern=_BASE64)]


def _whole_number(value: object) -> object:
    """Take 5.0 for 5, as JSON Schema does; a text that looks like a number stays a text."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Body(BaseModel):
    """Nothing is converted: a number is no text."""

    model_config = ConfigDict(strict=True)


class SoftBindingQuery(_Body):
    """`c2pa.softBindingQuery`."""

    alg: AlgName
    value: Base64Large


class RegionTime(_Body):
    """From when to when, such as `12:05:30.5`; play time where nothing is told."""

    type: Literal["ntp", "npt", "wall-clock"] = "ntp"
    start: str
    end: str


class RegionOfInterest(_Body):
    """`c2pa.regionOfInterest`: a part of an asset."""

    type: Literal["spatial", "temporal", "frame", "textual", "identified"]
    time: RegionTime | None = None


class AssetReferenceIn(_Body):
    """`c2pa.assetReference`: an asset that this service fetches."""

    reference_url: Annotated[
        str, StringConstraints(max_length=4096, pattern=r"^https://"), Field(alias="referenceUrl")
    ]
    asset_length: Annotated[int, BeforeValidator(_whole_number), Field(alias="assetLength", ge=1)]
    asset_type: Annotated[str | None, Field(alias="assetType")] = None
    region: Annotated[list[RegionOfInterest] | None, Field(min_length=1)] = None


class BindingIn(_Body):
    """`c2pa.bindings`, with the optional member `alg` (deviation D4)."""

    binding_value: Annotated[Base64Large, Field(alias="bindingValue")]
    manifest_id: Annotated[ManifestId, Field(alias="manifestId")]
    alg: AlgName | None = None


class Repository(_Body):
    """Which repository took in which manifest."""

    model_config = ConfigDict(strict=True, extra="forbid")

    uri: str
    manifest_id: Annotated[ManifestId, Field(alias="manifestId")]


class Anchor(_Body):
    """Where the proof is found, and the proof."""

    model_config = ConfigDict(strict=True, extra="allow")

    uri: str
    proof: dict[str, Any]
    parameters: dict[str, Any] | None = None


class ManifestReceipt(_Body):
    """`c2pa.manifestReceipt`."""

    model_config = ConfigDict(strict=True, extra="forbid")

    context: Annotated[dict[str, Any] | str, Field(alias="@context")]
    type: Annotated[Literal["org.c2pa.manifest-receipt"], Field(alias="@type")]
    repository: Repository
    anchor: Anchor

    def to_json(self) -> dict[str, Any]:
        """Give the receipt back as it was sent."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class VerifiedManifestReceipt(ManifestReceipt):
    """`c2pa.verifiedManifestReceipt`."""

    verified: bool
    error: str | None = None


class MatchOut(_Body):
    """One manifest that fits; `similarityScore` is left out where nothing was measured."""

    manifest_id: Annotated[ManifestId, Field(alias="manifestId")]
    endpoint: str | None = None
    similarity_score: Annotated[int | None, Field(alias="similarityScore", ge=0, le=100)] = None


class SoftBindingQueryResult(_Body):
    """`c2pa.softBindingQueryResult`: no match is an empty list."""

    matches: list[MatchOut]


class ManifestCreateResult(_Body):
    """`c2pa.manifestCreateResult`."""

    manifest_id: Annotated[ManifestId, Field(alias="manifestId")]
    receipt: ManifestReceipt | None = None


class Algorithm(_Body):
    """A soft binding algorithm by its name."""

    alg: AlgName


class SoftBindingAlgList(_Body):
    """`c2pa.softBindingAlgList`."""

    watermarks: list[Algorithm]
    fingerprints: list[Algorithm]


class ServiceStatus(_Body):
    """`c2pa.serviceStatus`."""

    status: Literal["ok", "degraded", "down"]
    timestamp: str


class ServiceCapabilities(_Body):
    """`c2pa.serviceCapabilities`."""

    specification_version: Annotated[str, Field(alias="c2paSpecificationVersion")]
    supported_capabilities: Annotated[list[str], Field(alias="supportedCapabilities")]


class WellKnown(_Body):
    """`c2pa.wellKnown`: where the API of this host is."""

    api_endpoint: Annotated[str, Field(alias="apiEndpoint")]
    specification_version: Annotated[str, Field(alias="c2paSpecificationVersion")]
    capabilities_endpoint: Annotated[str, Field(alias="capabilitiesEndpoint")]
    status_endpoint: Annotated[str, Field(alias="statusEndpoint")]
