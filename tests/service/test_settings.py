"""Settings come from the environment, and wrong ones are refused by name."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import Settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RAKKAN_{name.upper()}", raising=False)


def test_without_an_environment_everything_lies_in_the_data_folder() -> None:
    settings = Settings()

    assert settings.database_url is None
    assert settings.postgres_folder == Path("var/postgres")
    assert settings.blobs_folder == Path("var/blobs")
    assert settings.keys_folder == Path("var/keys")


def test_the_environment_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAKKAN_DATA_DIR", "/srv/rakkan")
    monkeypatch.setenv("RAKKAN_KEYS_DIR", "/run/secrets/keys")
    monkeypatch.setenv("RAKKAN_TSA_URLS", "https://a.example/tsa, https://b.example ,")
    monkeypatch.setenv("RAKKAN_PUBLIC_URL", "https://rakkan.example/")
    monkeypatch.setenv("RAKKAN_DATABASE_URL", "")

    settings = Settings()

    assert settings.postgres_folder == Path("/srv/rakkan/postgres")
    assert settings.keys_folder == Path("/run/secrets/keys")
    assert settings.tsa_urls == ("https://a.example/tsa", "https://b.example")
    assert settings.public_url == "https://rakkan.example"
    assert settings.database_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAKKAN_PUBLIC_URL", "rakkan.example"),
        ("RAKKAN_WORKER_CONCURRENCY", "0"),
        ("RAKKAN_LOG_FORMAT", "xml"),
        ("RAKKAN_CLEARANCE_LIFETIME_S", "soon"),
        ("RAKKAN_JUDGE_URL", "judge.example"),
        ("RAKKAN_JUDGE_URL", "https://name:word@judge.example/v1"),
        ("RAKKAN_JUDGE_LIMIT_S", "3"),
    ],
)
def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=name.removeprefix("RAKKAN_").lower()):
        Settings()


def test_the_password_of_the_database_is_not_shown() -> None:
    settings = Settings(database_url="postgresql://rakkan:open-sesame@db/rakkan")

    assert "sesame" not in repr(settings)
    assert "sesame" not in str(settings.model_dump(mode="json"))


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().data_dir = Path("/elsewhere")  # type: ignore[misc]


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_judge_needs_a_model_and_keeps_its_key_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAKKAN_JUDGE_URL", "https://judge.example/v1")
    monkeypatch.setenv("RAKKAN_JUDGE_API_KEY", "open-sesame")

    with pytest.raises(ValidationError, match="judge_model"):
        Settings()
    monkeypatch.setenv("RAKKAN_JUDGE_MODEL", "small")

    assert "open-sesame" not in repr(Settings())
