"""Reads CHANGELOG.md for the package formats that want the history in a form of their own."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import product

_HEAD = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Release:
    """A version, its date (ISO, empty while it is not out) and its entries as plain sentences."""

    version: str
    date: str
    entries: tuple[str, ...]


def releases(text: str | None = None) -> list[Release]:
    """All releases, newest first. What is not out yet counts as the present version."""
    source = (product.ROOT / "CHANGELOG.md").read_text(encoding="utf-8") if text is None else text
    heads = list(_HEAD.finditer(source))
    ends = [head.start() for head in heads[1:]] + [len(source)]
    found = []
    for head, end in zip(heads, ends, strict=True):
        version = product.version() if head.group(1) == "Unreleased" else head.group(1)
        found.append(Release(version, head.group(2) or "", _entries(source[head.end() : end])))
    return [each for each in found if each.entries]


def _entries(text: str) -> tuple[str, ...]:
    kept = re.sub(r"### Not yet\n.*?(?=\n###|\Z)", "", text, flags=re.DOTALL)
    items = re.findall(r"^- (.*(?:\n  .*)*)", kept, re.MULTILINE)
    return tuple(re.sub(r"[*`]", "", " ".join(item.split())) for item in items)


def debian(text: str | None = None) -> str:
    """The history as a Debian changelog."""
    blocks = []
    for release in releases(text):
        moment = time.strptime(release.date, "%Y-%m-%d") if release.date else product.built_at()
        date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", moment)
        lines = "\n".join(_wrapped(entry) for entry in release.entries)
        blocks.append(
            f"{product.NAME} ({release.version}) unstable; urgency=medium\n\n{lines}\n\n -- {product.CONTACT}  {date}\n"
        )
    return "\n".join(blocks)


def _wrapped(entry: str) -> str:
    import textwrap

    return textwrap.fill(entry, 78, initial_indent="  * ", subsequent_indent="    ")
