"""What is published of the registry: every document, its caching, and that it reads back."""

import json
from collections.abc import Iterator
from importlib.resources import files

import pytest
from sqlalchemy import URL
from starlette.testclient import TestClient

from licensing.registry.terms import Terms
from licensing.standards.odrl_offer import read_offer
from licensing.standards.reading import part_about, read_document
from licensing.standards.rsl import read_rsl
from licensing.standards.rsl_writing import write_rsl
from service.embedded_postgres import connect_directly, superuser_address
from service.operations.registry import import_registry
from service.runtime import Runtime
from service.settings import Settings
from service.web import create_app


@pytest.fixture(scope="module")
def published(
    postgres: URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Runtime, TestClient]]:
    """The demo's registry with the draft switched on, and one offer to a single platform."""
    with connect_directly(superuser_address(postgres)) as connection:
        connection.execute(f"create database published template {postgres.database} owner rakkan")
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("published"),
        database_url=postgres.set(database="published").render_as_string(hide_password=False),
        public_url="https://rakkan.example",
        rsl_media_draft="2026-06",
    )
    registry = json.loads(files("service.demo").joinpath("registry.json").read_bytes())
    private = {**registry["terms"][0], "id": "tv_private", "licensees": ["kirin"]}
    registry["terms"].append(private)
    with Runtime.open(settings) as runtime:
        import_registry(runtime, json.dumps(registry).encode())
        yield runtime, TestClient(create_app(runtime))


@pytest.fixture
def site(published: tuple[Runtime, TestClient]) -> TestClient:
    return published[1]


@pytest.fixture
def offers(published: tuple[Runtime, TestClient]) -> list[Terms]:
    runtime, _ = published
    with runtime.transaction() as session:
        snapshot = runtime.snapshot(session)
    everything = [each for terms in snapshot.terms.values() for each in terms]
    return [each for each in everything if each.licensees is None]


ADDRESSES = [
    ("/.well-known/rsl-media.xml", "application/rsl+xml"),
    ("/.well-known/tdmrep.json", "application/json"),
    ("/rsl.xml", "application/rsl+xml"),
    ("/robots.txt", "text/plain; charset=utf-8"),
    ("/ns/odrl", "application/ld+json"),
]


@pytest.mark.parametrize(("path", "media_type"), ADDRESSES)
def test_a_document_is_cached_by_its_content(site: TestClient, path: str, media_type: str) -> None:
    answer = site.get(path)
    again = site.get(path, headers={"If-None-Match": f'"other", W/{answer.headers["etag"]}'})

    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert 'rel="license"' in answer.headers["link"]
    assert answer.headers["tdm-reservation"] == "1"
    assert (again.status_code, again.content) == (304, b"")


def test_robots_are_led_to_the_licences(site: TestClient) -> None:
    assert "License: https://rakkan.example/rsl.xml\n" in site.get("/robots.txt").text


@pytest.mark.parametrize("path", ["/.well-known/rsl-media.xml", "/.well-known/tdmrep.json"])
def test_what_is_published_reads_back_without_a_remark(site: TestClient, path: str) -> None:
    document = read_document(site.get(path).content, media_draft=True)

    assert document.notes == ()
    assert document.parts


@pytest.mark.parametrize("path", ["/.well-known/rsl-media.xml", "/rsl.xml"])
def test_the_way_there_and_back_gives_the_same_bytes(site: TestClient, path: str) -> None:
    body = site.get(path).content

    assert write_rsl(read_rsl(body).document) == body


def test_a_right_permits_what_the_terms_offer(site: TestClient, offers: list[Terms]) -> None:
    document = read_document(site.get("/.well-known/rsl-media.xml").content, media_draft=True)

    for offer in offers:
        part = part_about(document, offer.subject_id)
        permitted = [each for each in part.statements if each.effect == "permits"]
        assert {each.usage for each in permitted} == {"depict"}
        assert offer.territories.allowed in [each.territories for each in permitted]


def test_an_offer_reads_back_as_the_terms(site: TestClient, offers: list[Terms]) -> None:
    for offer in offers:
        answer = site.get(f"/terms/{offer.id}")

        assert answer.headers["content-type"] == "application/ld+json"
        assert Terms.from_document(read_offer(answer.content).document) == offer


def test_a_subject_is_given_in_the_form_that_is_asked_for(
    site: TestClient, offers: list[Terms]
) -> None:
    path = f"/subjects/{offers[0].subject_id}"

    plain = site.get(path)
    by_header = site.get(path, headers={"Accept": "application/rsl+xml"})
    by_format = site.get(f"{path}?format=rsl-media")
    wrong = site.get(f"{path}?format=xacml")

    assert [each["@type"] for each in plain.json()] == ["Offer"] * len(plain.json())
    assert read_document(by_header.content).standard == "rsl-1.0"
    assert "Accept" in by_header.headers["vary"]
    assert read_document(by_format.content, media_draft=True).standard.startswith("rsl-media")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "request_malformed")


def test_an_offer_to_one_platform_is_nobody_elses_business(site: TestClient) -> None:
    everything = [site.get(path).text for path, _ in ADDRESSES]
    everything.append(site.get("/terms/tv_private").text)

    assert site.get("/terms/tv_private").status_code == 404
    assert not any("terms/tv_private#" in each or "kirin" in each for each in everything)


@pytest.mark.parametrize(
    ("path", "code"),
    [("/subjects/nobody", "unknown_subject"), ("/terms/nothing", "not_found")],
)
def test_what_does_not_exist_is_told_so(site: TestClient, path: str, code: str) -> None:
    answer = site.get(path, headers={"Accept": "application/ld+json"})

    assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_the_draft_is_not_published_where_it_is_switched_off(client: TestClient) -> None:
    answer = client.get("/.well-known/rsl-media.xml")

    assert (answer.status_code, answer.json()["code"]) == (403, "standard_switched_off")
