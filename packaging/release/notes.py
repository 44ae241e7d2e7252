"""What a release says about itself: the changes from the changelog, and how to check what was downloaded.

python3 packaging/release/notes.py v1.2.3
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import changes

CHECK = """
## Check what you downloaded

    sha256sum --check --ignore-missing SHA256SUMS
    openssl pkeyutl -verify -pubin -inkey desktopmail.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig

The public key and every step are in `packaging/README.md`. Each `.cdx.json` is the bill of materials of one system.
"""


def notes(tag: str) -> str:
    """The text for a tag such as `v1.2.3`. Raises ValueError when the changelog has nothing about it."""
    version = tag.removeprefix("v")
    for release in changes.releases():
        if release.version == version:
            return "## Changes\n\n" + "".join(f"- {entry}\n" for entry in release.entries) + CHECK
    raise ValueError(f"CHANGELOG.md says nothing about {version}")


def main(arguments: list[str]) -> int:
    """Print the text; 1 when the changelog has nothing about that tag."""
    try:
        sys.stdout.write(notes(arguments[0] if arguments else ""))
    except ValueError as error:
        sys.stderr.write(f"notes: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
