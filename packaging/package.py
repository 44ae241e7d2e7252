"""Builds what this machine can build, and verifies it: `python3 dev.py package [--quick] [--kept] [STEP …]`.

--quick   lighter compression for tries; the packages are larger
--kept    use the bundle in dist/ as it is instead of freezing anew
--here    build from this environment instead of the locked one

Steps, all but the last when none is named: bundle, packages, appimage, flatpak, elsewhere, install, start, twice.
Results are in dist/, and what was seen in build/package/report.txt.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import freezing
import product
from report import Report, Stopped

PLACE = product.WORK / "package"
BUNDLE = product.DIST / product.NAME
STEPS = ("bundle", "packages", "appimage", "flatpak", "elsewhere", "install", "start", "twice")
TOOLS = {
    "packages": {
        "lintian": "lintian",
        "rpm": "rpm",
        "desktop-file-validate": "desktop-file-utils",
        "appstreamcli": "appstream",
        "man": "man-db",
    },
    "appimage": {"mksquashfs": "squashfs-tools"},
    "flatpak": {"flatpak-builder": "flatpak-builder"},
    "elsewhere": {"makensis": "nsis", "shellcheck": "shellcheck", "/usr/lib/wine/wine64": "wine64"},
    "install": {"debootstrap": "debootstrap", "strace": "strace"},
    "start": {"Xvfb": "xvfb", "xdotool": "xdotool"},
}
"""Programs a step calls, and the Debian packages that have them."""


def main(arguments: list[str]) -> int:
    """Run the steps; 0 when none failed."""
    flags = {each for each in arguments if each.startswith("-")}
    named = [each for each in arguments if not each.startswith("-")]
    if flags - {"--quick", "--kept", "--here"} or set(named) - set(STEPS):
        print(__doc__, file=sys.stderr)
        return 2
    if "--here" not in flags and not _inside_locked():
        return _again_locked(arguments)
    steps = named or list(STEPS[:-1])
    report = Report()
    quick = "--quick" in flags
    if "--kept" not in flags:
        with report.step("freeze"):
            freezing.freeze(product.ROOT, product.DIST, PLACE / "freeze", {})
    if "bundle" in steps:
        _bundle(report)
    if "twice" in steps:
        import twice

        with report.step("two builds in two places are the same"):
            report.say(twice.check(PLACE))
    if sys.platform == "linux":
        _linux(report, steps, quick=quick)
    else:
        report.skip("packages", "the installers of this system are made by its own scripts in packaging/")
    report.end(PLACE / "report.txt")
    return 1 if report.failed else 0


def _bundle(report: Report) -> None:
    import bill
    import notices
    import verify

    with report.step("bill of materials and notices"):
        found = verify.explained(BUNDLE)
        (BUNDLE / "THIRD-PARTY-NOTICES.txt").write_text(notices.text(found), encoding="utf-8")
        bill.write(found, BUNDLE / "sbom.cdx.json")
        shutil.copyfile(product.ROOT / "LICENSE", BUNDLE / "LICENSE.txt")
        shutil.copyfile(BUNDLE / "sbom.cdx.json", product.DIST / f"{product.NAME}-{product.version()}.cdx.json")
        report.say(f"{len(found.parts)} parts, no file unexplained")
    if sys.platform == "linux":
        with report.step("size and modules"):
            report.say(verify.bundle(BUNDLE))


def _linux(report: Report, steps: list[str], *, quick: bool) -> None:
    import staging

    tree = PLACE / "stage"
    with report.step("lay out"):
        staging.stage(BUNDLE, tree)
    if "packages" in steps and _can("packages", report):
        _packages(report, tree, quick=quick)
    if "appimage" in steps and _can("appimage", report):
        _appimage(report, tree, quick=quick)
    if "flatpak" in steps and _can("flatpak", report):
        import manifest

        with report.step("Flatpak manifest"):
            report.say(manifest.check(PLACE))
    if "elsewhere" in steps and _can("elsewhere", report):
        import elsewhere

        with report.step("what other systems are told"):
            report.say(elsewhere.check())
    if "install" in steps and _can("install", report):
        _install(report)
    if "start" in steps and _can("start", report):
        import startup

        with report.step("start, frozen beside unfrozen"):
            report.say(startup.compare(BUNDLE / product.NAME))


def _packages(report: Report, tree: Path, *, quick: bool) -> None:
    import archives
    import verify

    with report.step("desktop file, metainfo, manual page"):
        report.say(verify.desktop(tree / "usr/share"))
        report.say(verify.manual_page(tree / f"usr/share/man/man1/{product.NAME}.1.gz"))
    with report.step("describe"):
        archives.describe(tree, quick=quick)
    with report.step(".deb"):
        report.say(verify.deb(archives.make("deb", PLACE / "nfpm.yaml", product.DIST), quick=quick))
    with report.step(".rpm"):
        report.say(verify.rpm(archives.make("rpm", PLACE / "nfpm.yaml", product.DIST)))
    with report.step("tar.xz"):
        made = archives.make_tar(tree, product.DIST, quick=quick)
        report.say(f"{made.name}: {verify.megabytes(made):.0f} MB")


def _appimage(report: Report, tree: Path, *, quick: bool) -> None:
    import appimage

    if reason := appimage.missing(platform.machine(), os.environ):
        report.skip("AppImage", reason)
        return
    with report.step("AppImage"):
        report.say(appimage.check(appimage.make(tree, product.DIST, PLACE, quick=quick)))


def _install(report: Report) -> None:
    import firstday
    import installed
    import newer
    import others
    from cleanroot import CleanRoot

    packages = sorted(product.DIST.glob("*.deb"))
    if reason := CleanRoot.missing() or ("" if packages else "there is no .deb in dist/"):
        report.skip("install", reason)
        return
    for check in (installed.check, firstday.check, others.check, newer.check):
        with contextlib.suppress(Stopped):
            check(packages[-1], PLACE / "clean", report)


def _can(step: str, report: Report) -> bool:
    gone = sorted(package for tool, package in TOOLS[step].items() if shutil.which(tool) is None)
    if gone:
        report.skip(step, "install " + " ".join(gone))
    return not gone


def _inside_locked() -> bool:
    return Path(sys.prefix) == PLACE / "venv"


def _again_locked(arguments: list[str]) -> int:
    import locked

    if not locked.LOCK.exists():
        print("there is no lock file; building from this environment", file=sys.stderr)
        return main([*arguments, "--here"])
    python = locked.environment(PLACE / "venv")
    environment = {**os.environ, "PYTHONPATH": str(product.ROOT), "DESKTOPMAIL_OUTER_PYTHON": sys.executable}
    return subprocess.call([str(python), __file__, *arguments], cwd=product.ROOT, env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
