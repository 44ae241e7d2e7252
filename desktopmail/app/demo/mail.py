"""Builds the demonstration's mail from resources/demo/mail.toml, with dates counted back from now."""

from __future__ import annotations

import struct
import textwrap
import tomllib
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from desktopmail.app.demo.servers import SampleMail
from desktopmail.app.paths import resources_folder

PERSON = "Ada Lovelace"
ADDRESS = "ada@demo.example"
WIDTH = 72
FLAGS = {"seen": "\\Seen", "flagged": "\\Flagged", "draft": "\\Draft", "answered": "\\Answered"}


def sample_mail(now: datetime) -> list[SampleMail]:
    """All messages, oldest first. `now` has a zone; nothing is dated after it."""
    book = tomllib.loads((resources_folder() / "demo" / "mail.toml").read_text(encoding="utf-8"))
    chains: dict[str, list[str]] = {}
    found = [_single(entry, now, chains) for entry in book["mail"]]
    for number, series in enumerate(book["series"]):
        found.extend(_series(series, number, now))
    return sorted(found, key=lambda each: each.date)


def _single(entry: dict[str, Any], now: datetime, chains: dict[str, list[str]]) -> SampleMail:
    when = _moment(now, entry["days"], entry["time"])
    message = _message(entry, when, f"<{entry['id']}@demo.example>")
    chain = chains.get(entry.get("answers", ""), [])
    if chain:
        message["In-Reply-To"] = chain[-1]
        message["References"] = " ".join(chain)
    chains[entry["id"]] = [*chain, f"<{entry['id']}@demo.example>"]
    _content(message, entry)
    flags = {FLAGS[flag] for flag in entry.get("flags", [])}
    if entry["days"] >= 6:
        flags.add("\\Seen")
    return SampleMail(entry.get("folder", "INBOX"), message.as_bytes(policy=SMTP), when, frozenset(flags))


def _series(series: dict[str, Any], number: int, now: datetime) -> Iterator[SampleMail]:
    for index in range(series["count"]):
        words = {"n": 147 - index, "word": series["words"][index % len(series["words"])]}
        when = _moment(now, (index + 1) * series["every"], series["time"])
        entry = {**series, "to": ["me"], "subject": series["subject"].format(**words)}
        message = _message(entry, when, f"<series-{number}-{index}@demo.example>")
        message.set_content(series["text"].strip().format(**words) + "\n", cte="8bit")
        seen = frozenset({"\\Seen"}) if index >= series.get("seen", 0) else frozenset[str]()
        yield SampleMail(series["folder"], message.as_bytes(policy=SMTP), when, seen)


def _moment(now: datetime, days: int, clock: str) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    when = (now - timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return min(when, now - timedelta(minutes=2 + days))


def _message(entry: dict[str, Any], when: datetime, message_id: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(entry["from"])
    message["To"] = [_address(each) for each in entry["to"]]
    if "cc" in entry:
        message["Cc"] = [_address(each) for each in entry["cc"]]
    if "reply" in entry:
        message["Reply-To"] = _address(entry["reply"])
    message["Subject"] = entry["subject"]
    message["Date"] = format_datetime(when)
    message["Message-ID"] = message_id
    if "list" in entry:
        message["List-Id"] = f"<{entry['list']}>"
        message["List-Unsubscribe"] = f"<https://{entry['list']}/leave>"
    return message


def _content(message: EmailMessage, entry: dict[str, Any]) -> None:
    if "text" in entry:
        message.set_content(_wrapped(entry["text"].strip()) + "\n", charset=entry.get("charset", "utf-8"))
    if "html" in entry:
        message.set_content(entry["html"].strip() + "\n", subtype="html")
        if "cid:header" in entry["html"]:
            message.add_related(picture(536, 120, 7), "image", "png", cid="<header>", filename="header.png")
    for index, name in enumerate(entry.get("attach", [])):
        kind = {"png": ("image", "png"), "pdf": ("application", "pdf")}.get(name.rpartition(".")[2], ("text", "plain"))
        data = _attachment(name, index)
        message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)


def _wrapped(text: str) -> str:
    """Paragraphs of running text at the width people's programs wrap at; quotes, lists and code stay as they are."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        kept = any(line.startswith((" ", ">", "*", "--", "http")) for line in lines) or max(map(len, lines)) < WIDTH
        paragraphs.append(paragraph if kept else textwrap.fill(" ".join(lines), WIDTH))
    return "\n\n".join(paragraphs)


def _attachment(name: str, index: int) -> bytes:
    if name.endswith(".png"):
        return picture(320, 210, index)
    if name.endswith(".pdf"):
        return PDF
    return b"rope\nlantern\nbread\ncheese\nwool socks\na book nobody has read yet\n"


def picture(width: int, height: int, tint: int) -> bytes:
    """A small PNG (W3C PNG, truecolour) of hills under a sky, drawn from numbers."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            hill = height * 0.62 + height * 0.16 * (((x + 97 * tint) % 311) / 311 - 0.5) * (((x + 41) % 173) / 173)
            light = y / height
            if y < hill:
                rows += bytes((int(120 + 110 * light), int(165 + 60 * light), int(225 - 25 * tint % 60 * light)))
            else:
                rows += bytes((int(40 + 30 * light), int(110 - 40 * light + 5 * (tint % 4)), int(80 - 20 * light)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in pieces)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _address(text: str) -> HeaderAddress:
    name, address = (PERSON, ADDRESS) if text == "me" else parseaddr(text)
    user, _, domain = address.rpartition("@")
    return HeaderAddress(name, user, domain.encode("idna").decode("ascii"))


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
