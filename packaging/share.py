"""Writes what a desktop wants to know of the program below a `share` folder: `python3 packaging/share.py /app/share`.

Desktop file, metainfo, icons and manual page, for packages that are not made from the staged tree.
"""

from __future__ import annotations

import sys
from pathlib import Path

import drawing
import manual
import product
import staging


def write(share: Path) -> None:
    """Write them."""
    staging.desktop_files(share)
    drawing.write_hicolor(share / "icons/hicolor")
    page = share / f"man/man1/{product.NAME}.1"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(manual.page(), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(product.ROOT))
    write(Path(sys.argv[1]))
