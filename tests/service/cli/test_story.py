"""The commands in the order in which an operator uses them, each with its JSON."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]
DEMO = Path(str(files("service.demo")))
PROMPT = "星灯りの庭のミオが、夜の温室で小さなロボットに花をわたす"
ASK = ("clear", PROMPT, "--territory", "JP", "--seconds", "12.5", "--purpose", "personal")


@pytest.fixture
def platform(rakkan_json: Callable[..., Any]) -> str:
    """The only platform, with credit, and the registry of the demo."""
    rakkan_json("registry", "import", DEMO / "registry.json")
    rakkan_json("platforms", "add", "kirin", "--name", "Kirin Studio")
    rakkan_json("platforms", "credit", "kirin", "5000 JPY", "--reference", "invoice-1")
    return "kirin"


def test_a_registry_goes_in_and_comes_out(
    rakkan: Run, rakkan_json: Callable[..., Any], platform: str
) -> None:
    again = rakkan_json("registry", "import", DEMO / "registry.json")
    code, out, _ = rakkan("registry", "export")

    assert platform
    assert again["changed"] is False
    assert code == 0
    exported = {subject["id"] for subject in json.loads(out)["subjects"]}
    assert exported >= {"hoshiakari", "hoshiakari-mio"}


def test_generated_spellings_are_shown_before_and_after_an_import(
    rakkan: Run, rakkan_json: Callable[..., Any], platform: str
) -> None:
    before = rakkan_json("registry", "variants", DEMO / "registry.json")
    after = rakkan_json("registry", "show", "hoshiakari-mio")
    one = rakkan("registry", "variants", DEMO / "registry.json", "--subject", "hoshiakari-mio")
    none = rakkan_json(
        "registry", "variants", DEMO / "registry.json", "--subject", "x", exit_code=1
    )
    shown = rakkan("registry", "show", "hoshiakari-mio")

    assert platform
    (mio,) = [each for each in before["subjects"] if each["subject"] == "hoshiakari-mio"]
    assert [name for name in after["names"] if name["origin"] == "generated"] == mio["generated"]
    assert "mio" in one[1]
    assert none["error"]["code"] == "unknown_subject"
    assert "hoshiakari-mio: character of hoshiakari" in shown[1]


def test_a_platform_is_credited_once_for_each_reference(
    rakkan_json: Callable[..., Any], platform: str
) -> None:
    credit = ("platforms", "credit", platform, "5000 JPY", "--reference", "invoice-1")

    again = rakkan_json(*credit)
    other = rakkan_json(*credit[:3], "1 JPY", *credit[4:], exit_code=1)

    assert again["posted_micros"] % 1_000_000 == 0
    assert other["error"]["code"] == "transfer_conflict"


@pytest.mark.parametrize(
    "amount", ["0 JPY", "-1 JPY", "1e999 JPY", "x JPY", "5 yen", "5", "NaN JPY"]
)
def test_an_amount_must_be_exact_and_named(rakkan: Run, amount: str) -> None:
    assert rakkan("platforms", "credit", "x", amount, "--reference", "r", "--json")[0] == 2


def test_a_denial_is_an_answer(rakkan: Run, platform: str) -> None:
    code, out, _ = rakkan(*ASK[:3], "US", *ASK[4:], "--platform", platform)

    assert code == 0
    assert out.startswith("denied")
    assert "[terms.territory]" in out


def test_an_unknown_platform_is_an_error(rakkan_json: Callable[..., Any], platform: str) -> None:
    error = rakkan_json(*ASK, "--platform", platform + "x", exit_code=1)["error"]

    assert error["code"] == "unknown_tenant"


def test_a_use_that_nobody_could_check_is_an_error(rakkan_json: Callable[..., Any]) -> None:
    error = rakkan_json(*ASK[:3], "XX", *ASK[4:], exit_code=1)["error"]

    assert (error["code"], error["field"]) == ("use_malformed", "territory")


def test_keys_are_made_listed_and_revoked(
    rakkan: Run, rakkan_json: Callable[..., Any], platform: str
) -> None:
    made = rakkan_json("api-keys", "create", platform, "--label", "tests", "--scope", "readings")
    unknown = rakkan_json("api-keys", "create", platform, "--scope", "all", exit_code=1)
    revoked = rakkan_json("api-keys", "revoke", made["id"])
    code, out, _ = rakkan("api-keys", "list", platform)

    assert made["secret"].startswith("rk_")
    assert unknown["error"]["code"] == "scope_unknown"
    assert revoked["revoked_at"]
    assert code == 0
    assert made["secret"] not in out
    assert "revoked" in out


def test_from_a_prompt_to_a_payout(
    rakkan: Run, rakkan_json: Callable[..., Any], platform: str, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    period = f"{datetime.now(UTC):%Y-%m}"

    cleared = rakkan_json(*ASK, "--platform", platform)
    stamped = rakkan_json("stamp", DEMO / "clip.mp4", out, "--clearance", cleared["id"])
    verdict = rakkan_json("verify", out)
    for_person = rakkan("verify", out, "--lang", "ja")
    closed = rakkan_json("statements", "close", period)
    too_late = rakkan_json("statements", "close", period, exit_code=1)
    listed = rakkan("statements", "list")
    shown = rakkan("statements", "show", closed["statements"][0]["id"])
    csv = rakkan("statements", "show", closed["statements"][0]["id"], "--csv")
    paid = rakkan_json("payouts", "run", "--csv", tmp_path / "payouts.csv")
    marked = rakkan_json("payouts", "mark-paid", paid["payouts"][0]["id"])

    assert cleared["outcome"] == "granted_priced"
    assert stamped["status"] == "completed"
    assert verdict["verdict"] == "verified"
    assert verdict["licence"]["status"] == "active"
    assert verdict["manifest_id"] == stamped["manifest_id"]
    assert for_person[0] == 0
    assert for_person[1].startswith("verified: 確認できました。")
    assert {statement["licensor"] for statement in closed["statements"]} == {
        "aoyama-bunko",
        "studio-kagerou",
    }
    assert too_late["error"]["code"] == "period_closed"
    assert period in listed[1]
    assert "JPY" in shown[1]
    assert csv[1].startswith("kind,")
    assert len(paid["payouts"]) == 2
    assert (tmp_path / "payouts.csv").read_text("utf-8").startswith("payout,")
    assert marked["status"] == "paid"
    assert rakkan_json("payouts", "run")["payouts"] == []


def test_a_file_that_is_no_video_is_an_error_and_leaves_nothing(
    rakkan_json: Callable[..., Any], platform: str, tmp_path: Path
) -> None:
    assert platform
    source = tmp_path / "list.mp4"
    source.write_text("#EXTM3U\n")

    verified = rakkan_json("verify", source, exit_code=1)["error"]
    stamped = rakkan_json("stamp", source, tmp_path / "out.mp4", exit_code=1)["error"]
    absent = rakkan_json("verify", tmp_path / "absent.mp4", exit_code=1)["error"]

    assert verified["code"] == stamped["code"] == "unsupported_media"
    assert absent["code"] == "file_unreadable"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.mp4"]
