"""What must hold of the repository itself: locks, documents, sizes, the container's files."""

import ast
import re
import stat
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from service.cli.app import app
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("licensing", "manifests", "service")
LOCKS = ("requirements.lock", "requirements-dev.lock")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")]
)

LONGEST_FILE_LINES = 400
LONGEST_TEST_FILE_LINES = 800  # one contract in one file is easier to compare with it
LONGEST_FUNCTION_LINES = 60


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def pins(lock: str) -> dict[str, set[str]]:
    """Name each package's pinned versions; markers may pin two, one for each Python."""
    found: dict[str, set[str]] = {}
    for line in re.findall(r"(?m)^([a-z0-9][^\s\\]*==[^\s;\\]+)", read(lock)):
        name, _, version = line.partition("==")
        found.setdefault(canonicalize_name(name.partition("[")[0]), set()).add(version)
    return found


def commands(command: object, *names: str) -> list[str]:
    """Name every command below a Typer group, such as `keys rotate`."""
    below: dict[str, object] = getattr(command, "commands", {})
    if not below:
        return [" ".join(names)]
    return [found for name, one in below.items() for found in commands(one, *names, name)]


def dependencies(*groups: str) -> list[Requirement]:
    """Read the project's direct dependencies and those of the named groups."""
    written = list(PROJECT["project"]["dependencies"])
    for group in groups:
        written += [item for item in PROJECT["dependency-groups"][group] if isinstance(item, str)]
    return [Requirement(text) for text in written]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_path(lock: str) -> None:
    text = read(lock)

    assert not re.search(r"https?:|file:|//|--(extra-)?index|--find-links|@", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_gives_every_package_a_hash(lock: str) -> None:
    entries = re.split(r"(?m)^(?=[a-z0-9])", read(lock))

    assert [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_both_locks_pin_shared_packages_alike() -> None:
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")

    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize(
    ("lock", "groups"),
    [("requirements.lock", ("build",)), ("requirements-dev.lock", ("build", "dev"))],
)
def test_a_lock_satisfies_pyproject(lock: str, groups: tuple[str, ...]) -> None:
    pinned = pins(lock)

    unsatisfied = [
        str(needed)
        for needed in dependencies(*groups)
        if not all(
            needed.specifier.contains(version)
            for version in pinned.get(canonicalize_name(needed.name), {"0"})
        )
    ]

    assert unsatisfied == []


def test_every_python_file_says_first_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in python_files(*PACKAGES, "benchmarks", "tests", "tools")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_no_file_is_too_long_to_hold_in_the_head() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*PACKAGES, "benchmarks", "tests", "tools")
    }

    assert {
        name: count
        for name, count in lengths.items()
        if count > (LONGEST_TEST_FILE_LINES if name.startswith("tests/") else LONGEST_FILE_LINES)
    } == {}


def test_no_function_is_too_long_to_hold_in_the_head() -> None:
    lengths = {
        f"{path.relative_to(ROOT)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in python_files(*PACKAGES, "benchmarks", "tools")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: count for name, count in lengths.items() if count > LONGEST_FUNCTION_LINES} == {}


def test_the_coverage_gate_holds_every_module_that_the_contracts_call_pure() -> None:
    gated = read("tools/pure-core.txt").split()
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    pure = next(c for c in contracts if c["name"].startswith("Rules of licensing"))

    expected = {
        f"{path}/*" if (ROOT / path).is_dir() else f"{path}.py"
        for path in (module.replace(".", "/") for module in pure["source_modules"])
    }

    assert expected - set(gated) == set()
    assert [pattern for pattern in gated if not list(ROOT.glob(pattern))] == []


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    told = re.findall(r"(?m)^\| `(RAKKAN_[A-Z_]+)` \| (.+?) \|", read("docs/operating.md"))

    defaults = {
        f"RAKKAN_{name.upper()}": str(field.default if field.default not in (None, ()) else "–")
        for name, field in Settings.model_fields.items()
    }
    # This one falls back to another.
    defaults["RAKKAN_DATABASE_OWNER_URL"] = "RAKKAN_DATABASE_URL"

    assert {name: default.strip("`") for name, default in told} == defaults


def test_every_command_is_documented_and_no_other() -> None:
    told = re.findall(r"(?m)^\| `rakkan ([a-z -]+)` \|", read("docs/operating.md"))

    assert sorted(told) == sorted(commands(typer.main.get_command(app)))


def test_every_make_goal_is_explained() -> None:
    makefile, development = read("Makefile"), read("docs/development.md")
    declared = re.search(r"(?m)^\.PHONY: (.*)$", makefile)
    assert declared is not None

    goals = declared.group(1).split()

    assert [goal for goal in goals if not re.search(rf"(?m)^{goal}:.* ## ", makefile)] == []
    assert [goal for goal in goals if f"make {goal}" not in development] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", read(document))

    assert [t for t in targets if not ((ROOT / document).parent / t).exists()] == []


def test_the_changelog_tells_of_this_version() -> None:
    headings = re.findall(r"(?m)^## \[([^\]]+)\]", read("CHANGELOG.md"))

    assert headings[0] == "Unreleased"


def test_the_image_needs_no_compiler_and_no_root() -> None:
    dockerfile = read("docker/Dockerfile")

    assert not re.search(r"apt-get|gcc|build-essential|@sha256", dockerfile)
    assert dockerfile.index("USER 10001") < dockerfile.index("ENTRYPOINT")
    assert "--require-hashes" in dockerfile
    assert "/healthz" in dockerfile


def test_everything_copied_into_the_image_is_let_through_and_exists() -> None:
    let_through = {
        line[1:]
        for line in read("docker/Dockerfile.dockerignore").splitlines()
        if line.startswith("!")
    }

    copied = {
        source
        for sources in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", read("docker/Dockerfile"))
        for source in sources.split()
    }

    assert copied == let_through
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_compose_takes_every_password_from_the_env_file() -> None:
    compose, example = read("docker/compose.yaml"), read("docker/rakkan.env.example")
    named = set(re.findall(r"\$\{(\w+)", compose))

    assert re.findall(r"PASSWORD: (?!\$\{\w+:\?)", compose) == []
    assert re.findall(r"postgresql://\w+:(?!\$\{\w+:\?)", compose) == []
    assert named == set(re.findall(r"(?m)^(\w+)=", example))
    assert re.findall(r"(?m)^\w+PASSWORD=\S+", example) == []


@pytest.mark.parametrize(
    "script",
    [
        ".ci/run",
        "docker/postgres-roles.sh",
        "tools/browser.sh",
        "tools/lock.sh",
        "tools/prepare.sh",
    ],
)
def test_a_script_can_be_run_and_parsed(script: str) -> None:
    path = ROOT / script
    shell = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#!").split()

    done = subprocess.run([*shell, "-n", str(path)], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert path.stat().st_mode & stat.S_IXUSR
