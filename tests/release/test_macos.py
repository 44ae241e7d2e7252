"""What macOS is told, and the scripts that sign and wrap the app, played with stand-ins for Apple's tools."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import product
import pytest

from tests.release.load import PACKAGING, module

MACOS = PACKAGING / "macos"
SCRIPTS = sorted(MACOS.glob("*.sh"))
INFO = module("macos/info.py").info()
JIT, MEMORY, LIBRARIES = (
    f"com.apple.security.cs.{word}"
    for word in ("allow-jit", "allow-unsigned-executable-memory", "disable-library-validation")
)

needs_bash = pytest.mark.skipif(shutil.which("bash") is None or os.name == "nt", reason="needs bash")


def test_the_table_can_be_written_and_says_what_it_must() -> None:
    assert plistlib.loads(plistlib.dumps(INFO)) == INFO
    assert INFO["LSMinimumSystemVersion"] == "14.0"
    assert INFO["NSHighResolutionCapable"] is True
    assert INFO["NSRequiresAquaSystemAppearance"] is False
    assert INFO["CFBundleShortVersionString"] == product.version()


@pytest.mark.parametrize(("version", "told"), [("1.2.3", "1.2.3"), ("1.2.3rc1", "1.2.3"), ("2.0.0.dev4", "2.0.0")])
def test_versions_are_numbers_with_points(monkeypatch: pytest.MonkeyPatch, version: str, told: str) -> None:
    """At most three, as Apple's notary and Launch Services want them."""
    monkeypatch.setattr(product, "version", lambda: version)
    made = module("macos/info.py").info()
    assert (made["CFBundleShortVersionString"], made["CFBundleVersion"]) == (told, told)


def test_addresses_and_message_files_lead_here() -> None:
    assert [each["CFBundleURLSchemes"] for each in INFO["CFBundleURLTypes"]] == [["mailto"]]
    opened = {kind for each in INFO["CFBundleDocumentTypes"] for kind in each["LSItemContentTypes"]}
    known = {each["UTTypeIdentifier"]: each["UTTypeTagSpecification"] for each in INFO["UTImportedTypeDeclarations"]}
    endings = {ending for tags in known.values() for ending in tags["public.filename-extension"]}
    assert endings == {"eml", "mbox"}
    assert set(known) <= opened


def test_nothing_is_taken_from_the_program_a_person_chose() -> None:
    assert {each["LSHandlerRank"] for each in INFO["CFBundleDocumentTypes"]} == {"Alternate"}


def test_no_page_is_let_out_of_the_walls_of_the_system() -> None:
    """App Transport Security stays as it is, and nothing is asked that a mail program has no use for."""
    assert not [name for name in INFO if name.startswith("NSAppTransport") or name.endswith("UsageDescription")]


@pytest.mark.parametrize(
    ("name", "wanted"), [("program", {MEMORY, LIBRARIES}), ("webengine", {JIT, MEMORY, LIBRARIES})]
)
def test_the_hardened_runtime_has_these_holes_and_no_others(name: str, wanted: set[str]) -> None:
    given = plistlib.loads((MACOS / f"{name}.entitlements").read_bytes())
    assert given == dict.fromkeys(wanted, True)


@needs_bash
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_scripts_are_sound(script: Path) -> None:
    assert script.read_text().splitlines()[0] == "#!/bin/bash"
    assert "set -euo pipefail" in script.read_text()
    assert subprocess.run(["bash", "-n", str(script)], check=False, timeout=30).returncode == 0
    if shutil.which("shellcheck") is not None:
        done = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout


class Tools:
    """Stand-ins for programs, first on the path; each call is a line of `calls`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tools"
        self.folder.mkdir()
        self.record = folder / "calls"
        self.record.touch()

    def add(self, name: str, does: str = "exit 0") -> None:
        path = self.folder / name
        path.write_text(f'#!/bin/bash\nprintf "%s " {name} "$@" >>"$RECORD"; printf "\\n" >>"$RECORD"\n{does}\n')
        path.chmod(0o755)

    def run(self, script: str, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.folder}:/usr/bin:/bin", "RECORD": str(self.record), **more}
        command = ["bash", str(MACOS / script), *map(str, words)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    @property
    def calls(self) -> list[str]:
        return self.record.read_text().splitlines()


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(tmp_path)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A bundle as PyInstaller lays it out, with a framework that has a helper inside."""
    made = tmp_path / "desktopmail.app"
    core = "Contents/Frameworks/PySide6/Qt/lib/QtWebEngineCore.framework"
    for place in (
        "Contents/MacOS/desktopmail",
        "Contents/Frameworks/libssl.3.dylib",
        "Contents/Frameworks/apsw/__init__.abi3.so",
        f"{core}/Versions/A/QtWebEngineCore",
        f"{core}/Versions/A/Helpers/QtWebEngineProcess.app/Contents/MacOS/QtWebEngineProcess",
    ):
        (made / place).parent.mkdir(parents=True, exist_ok=True)
        (made / place).write_bytes(b"x")
    return made


@needs_bash
def test_signing_goes_from_the_inside_out(tools: Tools, app: Path) -> None:
    tools.add("codesign", 'echo "flags=0x10000(runtime)"')
    done = tools.run("sign.sh", app, DESKTOPMAIL_IDENTITY="Developer ID Application: X")
    assert done.returncode == 0, done.stderr
    signed = [call.split()[-1] for call in tools.calls if "--sign" in call]
    place = {
        name: next(at for at, path in enumerate(signed) if path.endswith(name))
        for name in ("libssl.3.dylib", "__init__.abi3.so", "QtWebEngineProcess.app", "QtWebEngineCore.framework")
    }
    assert max(place["libssl.3.dylib"], place["__init__.abi3.so"]) < place["QtWebEngineProcess.app"]
    assert place["QtWebEngineProcess.app"] < place["QtWebEngineCore.framework"] < len(signed) - 1
    assert signed[-1] == str(app)
    assert all("--options runtime" in call and "--timestamp " in call for call in tools.calls if "--sign" in call)
    assert [call.count("webengine.entitlements") for call in tools.calls if "QtWebEngineProcess.app" in call] == [1]
    assert sum("program.entitlements" in call for call in tools.calls) == 1
    assert any("--verify --deep --strict" in call for call in tools.calls)


@needs_bash
def test_without_an_identity_it_is_signed_for_this_computer(tools: Tools, app: Path) -> None:
    tools.add("codesign")
    assert tools.run("sign.sh", app).returncode == 0
    assert all("--sign - " in call for call in tools.calls if "--sign" in call)


@needs_bash
def test_a_signature_without_the_hardened_runtime_is_no_signature(tools: Tools, app: Path) -> None:
    tools.add("codesign", 'echo "flags=0x0(none)"')
    assert tools.run("sign.sh", app, DESKTOPMAIL_IDENTITY="X").returncode == 1


@needs_bash
@pytest.mark.parametrize(("failures", "code"), [(0, 0), (2, 0), (9, 1)])
def test_a_busy_volume_is_waited_for(tools: Tools, app: Path, tmp_path: Path, failures: int, code: int) -> None:
    tools.add("ditto", 'cp -R "$1" "$2"')
    tools.add("sleep")
    tools.add("hdiutil", f'[ "$1" = verify ] || [ "$(grep -c "hdiutil create" "$RECORD")" -gt {failures} ]')
    done = tools.run("dmg.sh", app, tmp_path / "x.dmg")
    assert done.returncode == code
    assert sum(call.startswith("hdiutil create") for call in tools.calls) == min(failures + 1, 5)


@needs_bash
def test_nothing_is_notarised_without_credentials(tools: Tools, app: Path) -> None:
    tools.add("xcrun")
    done = tools.run("notarise.sh", app)
    assert done.returncode == 0
    assert "no credentials" in done.stderr
    assert tools.calls == []


@needs_bash
@pytest.mark.parametrize(("status", "code"), [("Accepted", 0), ("Invalid", 1)])
def test_what_apple_says_counts_and_the_key_is_in_no_list_of_processes(
    tools: Tools, app: Path, status: str, code: int
) -> None:
    tools.add("ditto", 'touch "${@: -1}"')
    tools.add("sleep")
    tools.add("xcrun", '[ "$2" != submit ] || echo "{}"')
    tools.add("plutil", f'[ "$2" = id ] && echo 7 || echo {status}')
    secrets = {"APPLE_KEY": "SECRET-KEY", "APPLE_KEY_ID": "K", "APPLE_ISSUER": "I"}
    assert tools.run("notarise.sh", app, **secrets).returncode == code
    assert not any("SECRET-KEY" in call for call in tools.calls)
    assert any("stapler staple" in call for call in tools.calls) is (code == 0)


@needs_bash
def test_without_a_certificate_there_is_no_identity(tools: Tools, tmp_path: Path) -> None:
    tools.add("security")
    done = tools.run("keychain.sh", HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "")
    assert tools.calls == []


@needs_bash
@pytest.mark.parametrize(
    ("found", "code"), [("Developer ID Application: A (T)", 0), ("Apple Development: A (T)", 1), ("", 1)]
)
def test_only_an_identity_for_giving_away_is_taken(tools: Tools, tmp_path: Path, found: str, code: int) -> None:
    """It is imported into a keychain of its own, which only codesign may use, and its name is all that is printed."""
    line = f'  1) ABC "{found}"' if found else "  0 valid identities found"
    tools.add("security", f"[ \"$1\" != find-identity ] || echo '{line}'")
    given = {"CERTIFICATE": "aWRlbnRpdHk=", "CERTIFICATE_PASSWORD": "p", "HOME": str(tmp_path)}
    done = tools.run("keychain.sh", **given)
    assert done.returncode == code, done.stderr
    assert done.stdout == ("" if code else f"DESKTOPMAIL_IDENTITY={found}\n")
    (imported,) = [call for call in tools.calls if call.startswith("security import")]
    assert imported.rstrip().endswith("-T /usr/bin/codesign")
    assert not any("login.keychain" in call for call in tools.calls if "import" in call or "create" in call)
