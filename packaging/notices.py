"""Writes THIRD-PARTY-NOTICES: who made what is inside, under which licence, with the licences' own words."""

from __future__ import annotations

import textwrap
from pathlib import Path

import product
from contents import Contents, Part

RULE = "=" * 100
HAND_KEPT = Path(__file__).resolve().parent / "notices"
"""What no package states about itself: one text per part of the kind `native`, and `drawings.txt` for our resources."""
COMMON = Path("/usr/share/common-licenses")
FULL_TEXTS = ("LGPL-3", "LGPL-2.1", "GPL-3", "GPL-2", "Apache-2.0", "MPL-2.0")


def text(contents: Contents) -> str:
    """The whole file. Parts without any words of a licence are an error: ValueError names them."""
    parts = [part for part in contents.parts if part.kind != "product"]
    mute = [part.name for part in parts if not words(part)]
    if mute:
        raise ValueError("no licence text for " + ", ".join(mute))
    opening = textwrap.fill(
        f"{product.NAME} {product.version()} is distributed with the work of other people, each under a licence of its "
        f"own. Shared libraries are separate files and may be replaced by other builds of them. What follows was made "
        f"from the files of this bundle.",
        100,
    )
    lines = [opening, "", *(f"  {part.name} {part.version} ({part.licence or 'see below'})" for part in parts), ""]
    seen: dict[str, str] = {}
    for part in parts:
        lines += [RULE, f"{part.name} {part.version}", *([part.home] if part.home else []), RULE, ""]
        said = words(part)
        known = seen.setdefault(said, part.name)
        lines += [said if known == part.name else f"The same words as for {known}.", ""]
    lines += [RULE, "Drawings and facts", RULE, "", (HAND_KEPT / "drawings.txt").read_text(encoding="utf-8"), ""]
    for name in FULL_TEXTS:
        if (COMMON / name).exists():
            lines += [RULE, f"Full text: {name}", RULE, "", (COMMON / name).read_text(encoding="utf-8"), ""]
    return "\n".join(lines)


def words(part: Part) -> str:
    """What is said about the licence of a part: its own files, else the text kept by hand, else the licence's name."""
    own = [path.read_text(encoding="utf-8", errors="replace").strip() for path in part.texts if path.is_file()]
    if own:
        return "\n\n".join(own)
    kept = HAND_KEPT / f"{part.name.lower().replace(' ', '-')}.txt"
    if kept.exists():
        return kept.read_text(encoding="utf-8").strip()
    return f"Licence: {part.licence}" if part.kind == "python" and part.licence else ""
