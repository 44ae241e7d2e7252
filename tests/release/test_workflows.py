"""The workflows that build releases: what each job has to do and may do, and nothing slipped in."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import appimage
import notes
import product
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LOADED: dict[str, dict[str, Any]] = {path.name: yaml.safe_load(path.read_text("utf-8")) for path in FILES}
RELEASE = LOADED["release.yml"]
BUILD: dict[str, Any] = RELEASE["jobs"]["build"]
STEPS: list[dict[str, Any]] = BUILD["steps"]
RUNNERS = {"ubuntu-22.04", "ubuntu-24.04-arm", "windows-2022", "macos-15", "macos-15-intel"}
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}\Z")


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, loaded in LOADED.items():
        for job, body in loaded["jobs"].items():
            yield f"{name}:{job}", body


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, body in jobs():
        for step in body["steps"]:
            yield f"{name}:{step.get('name', step.get('uses'))}", step


def at(words: str) -> int:
    """Where a step of the build stands whose name has these words."""
    return next(place for place, step in enumerate(STEPS) if words in step.get("name", ""))


def runs(words: str) -> str:
    """All commands of the build's steps whose names have these words."""
    return "\n".join(step["run"] for step in STEPS if words in step.get("name", ""))


def test_five_machines() -> None:
    kinds = BUILD["strategy"]["matrix"]["include"]
    assert {each["runner"] for each in kinds} == RUNNERS
    assert len({each["kind"] for each in kinds}) == 5
    assert BUILD["strategy"]["fail-fast"] is False


def test_actions_are_pinned_by_their_commit() -> None:
    """A tag can be moved to other code, a commit cannot; the comment tells people which version it is."""
    used = [step["uses"] for _, step in steps() if "uses" in step]
    assert used
    assert [each for each in used if not PINNED.match(each)] == []
    for path in FILES:
        for line in path.read_text("utf-8").splitlines():
            if "uses:" in line:
                assert re.search(r" # v\d+\.\d+\.\d+$", line), line


def test_rights_are_the_least() -> None:
    """None for the workflow; reading for jobs that run other people's code; writing only where a release is made."""
    for loaded in LOADED.values():
        assert loaded["permissions"] == {}
    rights = {name: body["permissions"] for name, body in jobs()}
    publish = rights.pop("release.yml:publish")
    assert publish == {"contents": "write", "id-token": "write", "attestations": "write"}
    assert all(each == {"contents": "read"} for each in rights.values())


def test_no_token_is_left_behind_for_later_steps() -> None:
    checkouts = [step for _, step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_nothing_from_outside_becomes_a_command() -> None:
    """Names of tags and branches reach commands as variables only, never as text of the script."""
    assert [name for name, step in steps() if "${{" in step.get("run", "")] == []


def test_secrets_are_given_to_single_steps_and_only_for_tags() -> None:
    for path in FILES:
        text = path.read_text("utf-8")
        assert "secrets: inherit" not in text
        assert "pull_request_target" not in text
    for name, body in jobs():
        assert "secrets." not in str(body.get("env", "")), name
        if "secrets." in str(body):
            assert "release" in str(body["environment"]), name
    assert "secrets." not in str(LOADED["ci.yml"])
    assert BUILD["environment"] == "${{ github.ref_type == 'tag' && 'release' || 'trial' }}"


def test_only_a_tag_makes_a_release() -> None:
    publish = RELEASE["jobs"]["publish"]
    assert publish["if"] == "github.ref_type == 'tag'"
    assert publish["needs"] == "build"
    assert RELEASE[True]["push"] == {"tags": ["v*"]}


def test_jobs_end_by_themselves() -> None:
    assert all(isinstance(body.get("timeout-minutes"), int) for _, body in jobs())


def test_dependencies_come_from_the_lock() -> None:
    """With hashes, as wheels alone; no job installs anything by pip that is not locked."""
    for name, step in steps():
        for line in step.get("run", "").splitlines():
            if "pip install" in line:
                locked = re.search(r"--require-hashes --only-binary :all: .*--requirement packaging/\S+\.lock$", line)
                own = "--no-deps --no-build-isolation --editable ." in line
                assert locked or own, name


def test_the_steps_come_in_their_order() -> None:
    names = (
        "Locked dependencies", "Gate", "Tests", "Freeze", "Self-test of the frozen", "Packages (Linux)",
        "Install, self-test", "Checksums",
    )  # fmt: skip
    places = [at(each) for each in names]
    assert places == sorted(places)


@pytest.mark.parametrize("system", ["Linux", "Windows", "macOS"])
def test_every_system_is_tested_frozen_and_installed(system: str) -> None:
    frozen = runs("Self-test of the frozen program")
    assert re.search(rf"{system}\) \S+ --self-test", frozen)
    assert "--self-test" in runs(f"Install, self-test of the installed program, remove ({system})")
    assert any(f"({system})" in step.get("name", "") and "Package" in step["name"] for step in STEPS)


def test_the_windows_installer_is_tried_as_people_meet_it() -> None:
    """In silence, over a program that runs, with the notices in it; and nothing of it is left but mail."""
    commands = runs("Install, self-test of the installed program, remove (Windows)")
    running = commands.index('desktopmail.exe" &\n')
    assert commands.count('"$setup" /S') == 2
    assert commands.index('"$setup" /S') < running < commands.rindex('"$setup" /S')
    assert 'test -s "$place/THIRD-PARTY-NOTICES.txt"' in commands
    gone = commands[commands.index("uninstall.exe") :]
    assert 'test -e "$LOCALAPPDATA/desktopmail/mail.db"' in gone
    assert re.search(r"if reg query .*; then exit 1; fi", gone)


def test_what_macos_reads_is_checked_where_it_can_be() -> None:
    commands = runs("Install, self-test of the installed program, remove (macOS)")
    assert "plutil -lint" in commands
    assert "codesign --verify --deep --strict" in commands


def test_pictures_for_software_centres_are_those_of_the_source() -> None:
    """At an address where the hosting has them, of the very state that is built."""
    address = RELEASE["env"]["DESKTOPMAIL_PICTURES"]
    folder = re.search(r"\{0\}/\{1\}/raw/\{2\}/(resources/\w+)'", address)
    assert folder is not None
    assert (ROOT / folder[1] / "main.png").is_file()
    assert address.index("server_url") < address.index("repository") < address.index("github.sha")


def test_a_machine_builds_only_what_can_run_on_it() -> None:
    """The front of an AppImage is a program for one kind of machine."""
    assert appimage.missing("x86_64", {}) == ""
    assert "aarch64" in appimage.missing("aarch64", {})
    assert appimage.missing("aarch64", {"DESKTOPMAIL_APPIMAGE_RUNTIME": "/runtime"}) == ""


def test_expressions_ask_for_what_there_is() -> None:
    """Every `${{ … }}` is closed and names a context that GitHub has there; matrix, secrets and variables that are
    named exist."""
    named = {each for kind in BUILD["strategy"]["matrix"]["include"] for each in kind}
    contexts = {"github", "matrix", "vars", "secrets", "runner", "format"}
    secret = {"APPLE_CERTIFICATE", "APPLE_CERTIFICATE_PASSWORD", "APPLE_KEY", "APPLE_KEY_ID", "APPLE_ISSUER"}
    documented = (ROOT / "packaging/README.md").read_text("utf-8")
    for path in FILES:
        text = path.read_text("utf-8")
        assert text.count("${{") == len(re.findall(r"\$\{\{ [^{}]+(?:\{\d\}[^{}]*)* \}\}", text)), path.name
        for said in re.findall(r"\$\{\{ (.+?) \}\}", text):
            bare = re.sub(r"'[^']*'", "''", said)
            assert set(re.findall(r"(?<![\w.])([a-z]\w*)", bare)) <= contexts, said
            assert set(re.findall(r"matrix\.(\w+)", bare)) <= named, said
            for name in re.findall(r"(?:secrets|vars)\.(\w+)", bare):
                assert name in documented or name in secret or name == "DESKTOPMAIL_HOME_PAGE", name


def test_conditions_name_systems_and_kinds_that_exist() -> None:
    kinds = {each["kind"] for each in BUILD["strategy"]["matrix"]["include"]}
    for name, step in steps():
        condition = str(step.get("if", ""))
        assert set(re.findall(r"runner\.os [!=]= '(\w+)'", condition)) <= {"Linux", "Windows", "macOS"}, name
        assert set(re.findall(r"matrix\.kind [!=]= '([\w-]+)'", condition)) <= kinds, name


def test_every_job_that_freezes_tests_what_it_froze() -> None:
    for name, body in jobs():
        commands = "\n".join(step.get("run", "") for step in body["steps"])
        if "package.py" in commands:
            assert commands.index("package.py") < commands.index("--self-test"), name


UNIX = {"pwd", "grp", "fcntl", "resource", "termios", "pty", "tty", "crypt", "syslog"}
"""Modules of the standard library that Windows does not have."""


def test_what_windows_runs_can_be_imported_there() -> None:
    """Tests, and what all of them stand on, load no module of Unix before a test that needs it runs; a file that only
    a child process runs is no test."""
    where = {each for kind in BUILD["strategy"]["matrix"]["include"] for each in kind["tests"].split()} - {"tests"}
    files = [ROOT / "tests/conftest.py", *(ROOT / "tests/servers").glob("*.py"), *(ROOT / "tests/fakes").glob("*.py")]
    for place in where:
        files += [path for path in (ROOT / place).rglob("*.py") if not path.stem.endswith("_child")]
    assert len(files) > 200
    for path in files:
        text = path.read_text("utf-8")
        asks = path.parent.name == "fakes" or 'importorskip("jeepney"' in text
        for node in ast.parse(text).body:
            named = [node.module] if isinstance(node, ast.ImportFrom) else []
            named += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            tops = {str(each).partition(".")[0] for each in named}
            assert not UNIX & tops, path
            assert asks or not {"jeepney", "tests.fakes.desktop_bus"} & {*tops, *map(str, named)}, path


def test_nothing_fails_in_silence() -> None:
    for name, step in steps():
        assert not step.get("continue-on-error"), name
        for line in step.get("run", "").splitlines():
            assert "|| true" not in line or "sysctl" in line, f"{name}: {line}"


def test_what_is_published_is_signed_and_checked_first() -> None:
    commands = "\n".join(step.get("run", "") for step in RELEASE["jobs"]["publish"]["steps"])
    order = [
        "sha256sum --check --strict",
        "signing.py sums",
        "signing.py sign",
        "signing.py verify",
        "gh release create",
    ]
    places = [commands.index(each) for each in order]
    assert places == sorted(places)


def test_every_file_that_is_called_is_there() -> None:
    for name, step in steps():
        for path in re.findall(r"\bpackaging/[\w/.-]+\.(?:py|sh|lock)\b", step.get("run", "")):
            assert (ROOT / path).is_file(), f"{name}: {path}"


@pytest.mark.skipif(shutil.which("bash") is None or os.name == "nt", reason="needs bash")
def test_commands_are_sound_scripts(tmp_path: Path) -> None:
    checker = ["shellcheck", "--shell=bash", "--severity=warning"] if shutil.which("shellcheck") else ["bash", "-n"]
    scripts = []
    for number, (_, step) in enumerate(steps()):
        if "run" in step:
            scripts.append(tmp_path / f"{number}.sh")
            scripts[-1].write_text(f"set -eo pipefail\n{step['run']}", encoding="utf-8")
    groups = [scripts] if len(checker) > 2 else [[each] for each in scripts]
    for group in groups:
        done = subprocess.run([*checker, *map(str, group)], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="needs actionlint")
def test_the_workflows_are_sound() -> None:
    done = subprocess.run(["actionlint", *map(str, FILES)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_words_of_a_release_come_from_the_changelog() -> None:
    text = notes.notes(f"v{product.version()}")
    assert text.startswith("## Changes\n\n- ")
    assert "sha256sum --check" in text
    assert notes.main(["v99.99"]) == 1
