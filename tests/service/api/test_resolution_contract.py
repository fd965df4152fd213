"""The routes, names and examples of the contract, held against the application."""

import base64
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from httpx2 import Response
from pydantic import BaseModel, ValidationError
from starlette.testclient import TestClient

from manifests.credentials.boxes import manifest_store
from manifests.verification.soft_bindings import WATERMARK_ALG
from service.api import schemas_soft_bindings as schemas
from service.database import Database
from service.operations.keep_manifest import keep_manifest, withdraw_manifest
from service.operations.store_bindings import BindingRequest, add_binding
from service.runtime import Runtime
from service.web import create_app

CONTRACT = (
    Path(__file__).resolve().parents[4] / "shared" / "contracts" / "soft-binding-resolution.yaml"
)
GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "signed"
ID = "urn:c2pa:f9168c5e-ceb2-4faa-b6bf-329bf39fa1e4"
RECEIPT = {
    "@context": {
        "c2pa": "https://c2pa.org/ns/",
        "receipt": "https://c2pa.org/ns/manifest-receipt#",
    },
    "@type": "org.c2pa.manifest-receipt",
    "repository": {"uri": "https://rakkan.example", "manifestId": ID},
    "anchor": {
        "uri": "https://rakkan.example/log/entries/42",
        "proof": {"type": "inclusion", "index": 42, "treeSize": 43, "checkpoint": "rakkan"},
    },
}
RESOLUTION = "resolution"


def contract() -> str:
    if not CONTRACT.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CONTRACT} is missing")
        pytest.skip("the contract is not beside this repository")
    return CONTRACT.read_text()


@dataclass(frozen=True)
class ContractClient:
    """
    A client that knows the contract alone: names of operations, their routes and parameters.

    `http` does what any HTTP client does; it is the only thing the client and the service share.
    """

    http: TestClient
    text: str
    base: str = ""

    def call(self, operation: str, **parameters: str) -> Response:
        """Call an operation by its id; parameters go where the contract puts them."""
        path, method, block = self._operation(operation)
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace(f"{{{name}}}", quote(parameters.pop(name), safe=""))
        unknown = [name for name in parameters if f"- name: {name}\n" not in block]
        assert unknown == []
        return self.http.request(method.upper(), self.base + path, params=parameters)

    def _operation(self, operation: str) -> tuple[str, str, str]:
        at = self.text.index(f"operationId: {operation}\n")
        path = re.findall(r"(?m)^  (/\S*):$", self.text[:at])[-1]
        method = re.findall(r"(?m)^    (get|post|put|delete):$", self.text[:at])[-1]
        block = re.split(r"(?m)^      responses:$|^      requestBody:$", self.text[at:])[0]
        return path, method, block


def contracted_operations() -> dict[tuple[str, str], str]:
    """Read (method, path) and operationId off the lines of the contract."""
    found: dict[tuple[str, str], str] = {}
    path = method = ""
    for line in contract().split("\ncomponents:")[0].splitlines():
        if match := re.fullmatch(r"  (/\S*):", line):
            path = match[1]
        elif match := re.fullmatch(r"    (get|post|put|delete):", line):
            method = match[1]
        elif match := re.fullmatch(r"      operationId: (\w+)", line):
            prefix = "" if path.startswith("/.well-known") else "/v1"
            found[method, prefix + path.replace("{activeManifestId}", "{manifest_id}")] = match[1]
    return found


@pytest.fixture(scope="module")
def description(runtime: Runtime) -> dict[str, Any]:
    return TestClient(create_app(runtime)).get("/openapi.json").json()


def served_operations(description: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        if RESOLUTION in operation["tags"]
    }


def test_every_operation_of_the_contract_is_served_under_its_name(
    description: dict[str, Any],
) -> None:
    served = served_operations(description)

    assert {key: operation["operationId"] for key, operation in served.items()} == (
        contracted_operations()
    )


def test_every_operation_takes_the_parameters_of_the_contract(description: dict[str, Any]) -> None:
    content = {"alg", "maxResults", "hintAlg", "hintValue"}

    assert {
        operation["operationId"]: {
            parameter["name"]
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "query"
        }
        for operation in served_operations(description).values()
        if operation.get("parameters")
    } == {
        "queryByBinding": {"value", "alg", "maxResults"},
        "queryByLargeBinding": {"maxResults"},
        "uploadFile": content,
        "queryByReference": content,
        "addManifest": {"returnReceipt"},
        "getManifestById": {"returnActiveManifest"},
        "deleteManifest": set(),
        "getVerifiedReceipt": set(),
        "verifyReceipt": set(),
    }


def test_the_contract_has_the_version_that_is_served() -> None:
    assert re.search(r"^  version: 2\.4\.0$", contract(), re.MULTILINE)


def test_a_422_is_not_even_described(description: dict[str, Any]) -> None:
    for operation in served_operations(description).values():
        assert "422" not in operation["responses"]


EXAMPLES: dict[str, tuple[type[BaseModel], object]] = {
    "watermark": (
        schemas.SoftBindingQuery,
        {"alg": "org.example.watermark.1", "value": "aGVsbG8="},
    ),
    "clip": (
        schemas.AssetReferenceIn,
        {
            "referenceUrl": "https://media.example.com/clip.mp4?sig=abc",
            "assetLength": 1048576,
            "assetType": "video/mp4",
            "region": [
                {"type": "temporal", "time": {"type": "ntp", "start": "0", "end": "4.0"}},
            ],
        },
    ),
    "plain": (schemas.ManifestCreateResult, {"manifestId": ID}),
    "withAlg": (
        schemas.BindingIn,
        {"alg": "org.example.watermark.1", "bindingValue": "aGVsbG8=", "manifestId": ID},
    ),
    "both": (
        schemas.SoftBindingAlgList,
        {
            "watermarks": [{"alg": "org.example.watermark.1"}],
            "fingerprints": [{"alg": "io.iscc.v0"}],
        },
    ),
    "ok": (schemas.ServiceStatus, {"status": "ok", "timestamp": "2026-11-22T06:00:00Z"}),
    "full": (
        schemas.ServiceCapabilities,
        {
            "c2paSpecificationVersion": "2.4.0",
            "supportedCapabilities": ["queryByContent", "storeManifests", "storeBindings"],
        },
    ),
    "here": (
        schemas.WellKnown,
        {
            "apiEndpoint": "https://rakkan.example/v1",
            "c2paSpecificationVersion": "2.4.0",
            "capabilitiesEndpoint": "https://rakkan.example/v1/services/capabilities",
            "statusEndpoint": "https://rakkan.example/v1/services/status",
        },
    ),
    "one": (
        schemas.SoftBindingQueryResult,
        {"matches": [{"manifestId": ID, "similarityScore": 100}]},
    ),
    "none": (schemas.SoftBindingQueryResult, {"matches": []}),
    "good": (schemas.VerifiedManifestReceipt, RECEIPT | {"verified": True}),
    "a receipt": (schemas.ManifestReceipt, RECEIPT),
    "a context in words": (schemas.ManifestReceipt, RECEIPT | {"@context": "https://c2pa.org/ns/"}),
}


@pytest.mark.parametrize(("model", "example"), EXAMPLES.values(), ids=EXAMPLES)
def test_the_examples_of_the_contract_are_valid(model: type[BaseModel], example: object) -> None:
    model.model_validate(example)


def test_every_named_example_of_the_contract_is_among_them() -> None:
    named = set(re.findall(r"^ +(\w+):\n +value:", contract(), re.MULTILINE))

    assert named == set(EXAMPLES) - {"a receipt", "a context in words"}


@pytest.mark.parametrize(
    ("written", "is_length"), [(5, True), (5.0, True), (5.5, False), ("5", False), (True, False)]
)
def test_a_length_is_a_whole_number_as_json_schema_has_it(
    written: object,
    is_length: bool,  # noqa: FBT001 - a case of the table
) -> None:
    reference = {"referenceUrl": "https://media.example.com/", "assetLength": written}

    try:
        found = schemas.AssetReferenceIn.model_validate(reference).asset_length == 5
    except ValidationError:
        found = False

    assert found == is_length


@pytest.mark.parametrize(
    "receipt",
    [
        pytest.param(RECEIPT | {"more": 1}, id="another member"),
        pytest.param(RECEIPT | {"@type": "other"}, id="another type"),
        pytest.param(RECEIPT | {"@context": 5}, id="a context that is none"),
        pytest.param(RECEIPT | {"repository": {"uri": "x"}}, id="no manifest"),
        pytest.param(
            RECEIPT | {"repository": {"uri": "x", "manifestId": ID, "more": 1}}, id="more of it"
        ),
        pytest.param(RECEIPT | {"anchor": {"uri": "x"}}, id="no proof"),
        pytest.param({key: RECEIPT[key] for key in ("@context", "@type")}, id="half of it"),
    ],
)
def test_what_is_no_receipt_is_refused(receipt: object) -> None:
    with pytest.raises(ValidationError):
        schemas.ManifestReceipt.model_validate(receipt)


def test_a_service_without_its_database_says_that_it_is_down(runtime: Runtime) -> None:
    gone = Database(runtime.database.url.set(database="gone"))
    client = TestClient(create_app(Runtime(runtime.settings, database=gone, blobs=runtime.blobs)))

    status = client.get("/v1/services/status")

    assert (status.status_code, status.json()["status"]) == (200, "down")
    gone.close()


def test_a_client_made_from_the_contract_alone_recovers_a_manifest(
    runtime: Runtime, platform_a: TestClient
) -> None:
    text = contract()
    with (GOLDEN / "intact.mp4").open("rb") as file:
        store = manifest_store(file) or b""
    kept = keep_manifest(runtime, platform_a.headers["X-Tenant"], store)
    mark = base64.b64encode(b"\x5a" * 8).decode()
    request = BindingRequest(alg=WATERMARK_ALG, value=mark, manifest_id=kept)
    add_binding(runtime, platform_a.headers["X-Tenant"], request)
    # Whoever found the mark knows its algorithm and value, a host, and the contract.
    somebody = ContractClient(TestClient(create_app(runtime)), text)

    found_at = somebody.call("getWellKnown").json()["apiEndpoint"]
    client = replace(somebody, base=urlsplit(found_at).path)
    known = client.call("getSupportedBindings").json()["watermarks"]
    matches = client.call("queryByBinding", alg=known[0]["alg"], value=mark).json()["matches"]
    fetched = client.call("getManifestById", activeManifestId=matches[0]["manifestId"])

    assert fetched.headers["Content-Type"] == "application/c2pa"
    assert fetched.content == store
    withdraw_manifest(runtime, platform_a.headers["X-Tenant"], kept)
