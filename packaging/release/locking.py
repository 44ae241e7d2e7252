"""The lock: every dependency of program, tests and build at one version, each file with its hash.

    python3 packaging/release/locking.py          # make packaging/requirements.lock anew (needs the network)
    python3 packaging/release/locking.py --check  # does it still say what pyproject.toml asks for?

One file for all systems: what is for one system alone carries a marker.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "packaging" / "requirements.lock"
SOURCE_LOCK = ROOT / "packaging" / "requirements-source.lock"
"""What builds cryptography from its source, which has no wheels for Intel Macs any more; named in BUILDERS."""
BUILDERS = ("maturin>=1.9.4,<2", "cffi>=2", "setuptools>=80")
TOOL = "uv==0.13.9"
OLDEST = "3.11"
EXTRAS = ("test", "dev", "package")
COMMAND = "python3 packaging/release/locking.py"

_ENTRY = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)\s*(?:;\s*(.*?))?\s*\\?\Z")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\s*\\?\Z")

Environment = Mapping[str, str]


def environment(python: str, system: str, platform: str) -> dict[str, str]:
    """What markers are judged by, on a machine of a kind."""
    return {
        "python_version": python,
        "python_full_version": f"{python}.7",
        "sys_platform": platform,
        "platform_system": system,
        "os_name": "nt" if platform == "win32" else "posix",
        "platform_machine": "x86_64",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }


BUILT_FOR = tuple(
    environment(python, system, platform)
    for python in ("3.11", "3.13")
    for system, platform in (("Linux", "linux"), ("Windows", "win32"), ("Darwin", "darwin"))
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One entry: a normal name, its version, where it holds, and the SHA-256 of each file it may come as."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    def holds(self, where: Environment) -> bool:
        """Whether this entry is for that environment."""
        from packaging.markers import Marker

        return not self.marker or Marker(self.marker).evaluate(dict(where))


def normal(name: str) -> str:
    """A project's name as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(text: str) -> list[Pin]:
    """The entries of a lock. Raises ValueError for a line that is no pin, no hash and no comment."""
    pins: list[Pin] = []
    for line in (each.strip() for each in text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if found := _HASH.match(line):
            last = pins.pop()
            pins.append(Pin(last.name, last.version, last.marker, (*last.hashes, found[1])))
        elif found := _ENTRY.match(line):
            pins.append(Pin(normal(found[1]), found[2], found[3] or "", ()))
        else:
            raise ValueError(f"the lock has a line that pins nothing: {line}")
    return pins


def asked_for(pyproject: str) -> Iterator[str]:
    """Every requirement that pyproject.toml names for running, testing and building."""
    project = tomllib.loads(pyproject)["project"]
    yield from project["dependencies"]
    for extra in EXTRAS:
        yield from project["optional-dependencies"][extra]


def problems(pyproject: str, lock: str) -> list[str]:
    """What is wrong with a lock; empty when every requirement is met everywhere and every file has a hash."""
    pins = read(lock)
    found = [f"{pin.name} {pin.version} has no hash" for pin in pins if not pin.hashes]
    for where in BUILT_FOR:
        place = f"{where['sys_platform']}, Python {where['python_version']}"
        here = [pin for pin in pins if pin.holds(where)]
        names = [pin.name for pin in here]
        found += [f"{name} is pinned twice ({place})" for name in set(names) if names.count(name) > 1]
        versions = {pin.name: pin.version for pin in here}
        found += [f"{text} ({place})" for text in _unmet(asked_for(pyproject), versions, where)]
    return sorted(set(found))


def unlocked(lock: str) -> list[str]:
    """What the packages of the lock need in turn and the lock does not name, as far as they are installed just so."""
    from packaging.markers import default_environment

    where = {**{name: str(value) for name, value in default_environment().items()}, "extra": ""}
    versions = {pin.name: pin.version for pin in read(lock) if pin.holds(where)}
    found: list[str] = []
    for name in versions:
        try:
            installed = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        needs = (installed.requires or []) if installed.version == versions[name] else []
        found += [f"{name}: {text}" for text in _unmet(needs, versions, where, strict=False)]
    return sorted(found)


def _unmet(asked: Iterable[str], versions: Mapping[str, str], where: Environment, *, strict: bool = True) -> list[str]:
    from packaging.requirements import Requirement

    found: list[str] = []
    for requirement in map(Requirement, asked):
        if requirement.marker is not None and not requirement.marker.evaluate(dict(where)):
            continue
        pinned = versions.get(normal(requirement.name))
        if pinned is None:
            found.append(f"{requirement.name} is not in the lock")
        elif strict and not requirement.specifier.contains(pinned, prereleases=True):
            found.append(f"{requirement.name} {pinned} is locked, {requirement.specifier} is asked for")
    return found


def make() -> None:
    """Write the lock anew with the pinned tool, from the index's newest versions that fit."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        bin_folder = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.check_call([bin_folder / "python", "-m", "pip", "install", "--quiet", TOOL])
        command: list[str | Path] = [
            bin_folder / "uv", "pip", "compile", "--universal", "--python-version", OLDEST,
            "--generate-hashes", "--no-annotate", "--upgrade", "--custom-compile-command", COMMAND,
            "--default-index", "https://pypi.org/simple", "--no-emit-index-url", "--quiet",
        ]  # fmt: skip
        extras = [word for extra in EXTRAS for word in ("--extra", extra)]
        subprocess.check_call([*command, "pyproject.toml", *extras, "-o", LOCK.relative_to(ROOT)], cwd=ROOT)
        builders = "\n".join(BUILDERS)
        subprocess.run(
            [*command, "-", "-o", SOURCE_LOCK.relative_to(ROOT)], cwd=ROOT, check=True, input=builders, text=True
        )


def main(arguments: list[str]) -> int:
    """Make the lock, or check it: 0 when it is sound."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(__doc__ or "")
        return 2
    if not arguments:
        make()
    lock = LOCK.read_text(encoding="utf-8")
    found = problems(PYPROJECT.read_text(encoding="utf-8"), lock) + unlocked(lock)
    for each in found:
        sys.stderr.write(f"lock: {each}\n")
    if found:
        sys.stderr.write(f"lock: make it anew with `{COMMAND}`\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
