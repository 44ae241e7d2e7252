"""Takes the cleaned HTML of a message into a new one: own pictures travel along, remote ones stay behind, so that
quoting a message asks nobody for anything. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from desktopmail.domain.address import Address
from desktopmail.domain.body import PART_URL, REMOTE_URL, Part

_PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SOURCE = re.compile(rf'\bsrc="(?:{re.escape(PART_URL)}([0-9.]+)|({re.escape(REMOTE_URL)})[0-9]+)"')
_ALT = re.compile(r'\balt="([^"]*)"')
_SHEET = re.compile(r"<style\b.*?</style>", re.IGNORECASE | re.DOTALL)


def carried(html: str, parts: Sequence[Part], *, sheets: bool = False) -> tuple[str, dict[str, str]]:
    """(`html` with `cid:` addresses, section → content id of the pictures that have to go along). Remote pictures
    become their alternative text. Without `sheets`, style sheets are left out: they would colour the answer too."""
    known = {part.section: part for part in parts}
    wanted: dict[str, str] = {}

    def picture(found: re.Match[str]) -> str:
        tag = found.group()
        source = _SOURCE.search(tag)
        if source is None:
            return tag
        section = source.group(1)
        if section is None or section not in known:
            alt = _ALT.search(tag)
            return f"[{alt.group(1)}]" if alt and alt.group(1).strip() else ""
        name = wanted.setdefault(section, known[section].content_id or f"picture-{section}@original.invalid")
        return tag[: source.start()] + f'src="cid:{escape(name)}"' + tag[source.end() :]

    shown = _PICTURE.sub(picture, html)
    return shown if sheets else _SHEET.sub("", shown), wanted


def paragraphs(text: str) -> str:
    """Plain text as simple HTML: a paragraph per block, a break per line."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return "".join(f"<p>{'<br>'.join(escape(line) for line in block.split(chr(10)))}</p>" for block in blocks)


def signature_text(signature: str, *, answering: bool) -> str:
    """An identity's signature under new text. The delimiter only where nothing follows, for programs hide what does;
    one that the person typed is not a second one."""
    own = signature.strip()
    first, _, rest = own.partition("\n")
    if first.strip() == "--":
        own = rest.strip()
    if not own:
        return ""
    mark = "" if answering else "-- \n"
    return f"\n\n{mark}{own}\n"


def distinct(people: Iterable[Address]) -> tuple[Address, ...]:
    """Everybody once, in order, compared by address without case."""
    found: dict[str, Address] = {}
    for each in people:
        found.setdefault(each.address.casefold(), each)
    return tuple(found.values())
