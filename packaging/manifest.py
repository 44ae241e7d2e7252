"""Checks the Flatpak manifest without Flathub: read by its own tool, and the commands of the program's own module run
on a copy of the sources, after which the installed program has to work. Base and runtime come from Flathub, and so does
the file of dependencies with its hashes; neither is part of this."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import product
import verify
from report import CheckFailed

FOLDER = Path(__file__).resolve().parent / "flatpak"
NAME = f"{product.APP_ID}.yaml"
NO_DEPENDENCIES = {"name": "python-dependencies", "buildsystem": "simple", "build-commands": []}
SOURCES = ("desktopmail", "packaging", "resources", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")


def check(work: Path) -> str:
    """Both, in a folder below `work`. Raises CheckFailed."""
    place = work / "flatpak"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    said = built(place, read(place))
    shutil.rmtree(place)
    return f"flatpak-builder reads it; {said}"


def read(place: Path) -> list[str]:
    """The commands of the program's own module, as flatpak-builder understands the manifest."""
    shutil.copyfile(FOLDER / NAME, place / NAME)
    (place / "python-dependencies.json").write_text(json.dumps(NO_DEPENDENCIES), encoding="utf-8")
    shown = json.loads(_run(["flatpak-builder", "--show-manifest", NAME], place, os.environ))
    modules = {each["name"]: each["build-commands"] for each in shown["modules"]}
    if shown["id"] != product.APP_ID or list(modules) != ["python-dependencies", product.NAME]:
        raise CheckFailed(f"{shown['id']} {list(modules)}")
    return [str(each) for each in modules[product.NAME]]


def built(place: Path, commands: list[str]) -> str:
    """The commands with a folder here in place of /app; then the program's self-test."""
    app, sources = place / "app", place / "sources"
    sources.mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (product.ROOT / name).is_dir() else shutil.copyfile
        copy(product.ROOT / name, sources / name)
    pip = place / "bin/pip3"
    pip.parent.mkdir()
    outer = os.environ.get("DESKTOPMAIL_OUTER_PYTHON", sys.executable)
    pip.write_text(f'#!/bin/sh\nexec {outer} -m pip --python {sys.executable} --quiet "$@" --ignore-installed\n')
    pip.chmod(0o755)
    environment = {**os.environ, "PATH": f"{pip.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    for command in commands:
        _run(["sh", "-ec", command.replace("/app", str(app))], sources, environment)
    installed = next(app.glob("lib/python*/site-packages"))
    environment |= {"PYTHONPATH": str(installed), "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    answer = json.loads(_run([str(app / "bin" / product.NAME), "--self-test", "--json"], place, environment))
    if not answer["ok"]:
        raise CheckFailed(json.dumps(answer))
    verify.desktop(app / "share")
    return "its commands install a program that passes its self-test, and what desktops want, valid"


def _run(command: list[str], place: Path, environment: os._Environ[str] | dict[str, str]) -> str:
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CheckFailed(f"{' '.join(command)}: {done.returncode} {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout
