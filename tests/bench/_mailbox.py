"""Made-up mail of a realistic shape and size, the same at every run: what the measurements read."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from email.utils import formatdate

TEXT = (
    "the meeting about budget report was moved to thursday because several people asked for more time and we need "
    "numbers from accounting before anybody can decide what happens with the offer that arrived last week from our "
    "supplier in lyon please look at page seven where two figures differ and tell me whether they agree with what "
    "you have seen in the archive regards always yours sincerely invoice delivery project release schedule train "
    "garden weather holiday photo family dinner music concert ticket library engine harbour river mountain village"
)
FIRST_NAMES = "Ada Grace Alan Edsger Barbara Donald Frances Ken Margaret Tim Zoë André Jürgen Søren Marta"
LAST_NAMES = "Lovelace Hopper Turing Dijkstra Liskov Knuth Allen Thompson Hamilton Lee Müller Nuñez Kowalski"
WORDS, FIRST, LAST = TEXT.split(), FIRST_NAMES.split(), LAST_NAMES.split()
DOMAINS = ("example.org", "example.com", "mail.example.net", "lists.example.org")
START = 1_500_000_000
EOL = b"\r\n"
ME = b'"Me Myself" <me@example.org>'


def headers_only_mail(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` messages with full headers and small text bodies; a third answers an earlier one."""
    chance = random.Random(seed)
    for number in range(count):
        head = _head(chance, number)
        text = _text(chance, chance.randrange(30, 200))
        yield EOL.join([*head, b"Content-Type: text/plain; charset=utf-8", b"", text, b""])


def whole_mail(count: int, mean_size: int = 40_000, seed: int = 2) -> Iterator[bytes]:
    """`count` messages of about `mean_size` bytes on average: text and HTML, every fourth with a large attachment."""
    chance = random.Random(seed)
    for number in range(count):
        text = _text(chance, chance.randrange(60, 500))
        html = b"<html><body><p>" + text.replace(EOL, b"</p>" + EOL + b"<p>") + b"</p></body></html>"
        body = _multipart(
            b"alternative",
            number,
            [_part(b"text/plain; charset=utf-8", text), _part(b"text/html; charset=utf-8", html)],
        )
        if number % 4 == 0:
            size = int(chance.uniform(0.6, 1.4) * (mean_size * 4 - 20_000) * 0.74)
            body = _multipart(b"mixed", number, [body, _attachment(number, chance.randbytes(size))])
        yield EOL.join([*_head(chance, number), body])


def _multipart(kind: bytes, number: int, parts: list[bytes]) -> bytes:
    boundary = b"=_%s_%d_0a1b2c3d4e5f" % (kind, number)
    head = b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"' + EOL + EOL
    return head + b"".join(b"--" + boundary + EOL + part + EOL for part in parts) + b"--" + boundary + b"--" + EOL


def _attachment(number: int, data: bytes) -> bytes:
    name = b'name="report-%d.pdf"' % number
    head = [
        b"Content-Type: application/pdf; " + name,
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment; file" + name,
        b"",
    ]
    return EOL.join([*head, base64.encodebytes(data).replace(b"\n", EOL)])


def _head(chance: random.Random, number: int) -> list[bytes]:
    sender, to = _person(chance), _person(chance)
    domain = chance.choice(DOMAINS).encode()
    lines = [
        b"Return-Path: <bounce-%d@" % number + domain + b">",
        b"Received: from relay.example.net (relay.example.net [192.0.2.%d])" % chance.randrange(1, 250),
        b"\tby mx.example.org with ESMTPS id %x" % chance.getrandbits(64),
        b"\tfor <me@example.org>; " + formatdate(START + number * 3600).encode(),
        b"From: " + sender,
        b"To: " + (ME if number % 4 else to + b", " + ME),
        b"Subject: " + _subject(chance),
        b"Date: " + formatdate(START + number * 3600).encode(),
        b"Message-ID: <%d.%x@" % (number, chance.getrandbits(40)) + domain + b">",
        b"MIME-Version: 1.0",
        b"X-Mailer: Example 1.%d" % chance.randrange(9),
    ]
    if number % 3 == 0 and number:
        parent = b"<%d.parent@example.org>" % (number // 7)
        lines += [b"In-Reply-To: " + parent, b"References: <%d.root@example.org> " % (number // 20) + parent]
    if number % 10 == 0:
        lines.append(b"List-Id: Harbour talk <harbour.lists.example.org>")
    return lines


def _person(chance: random.Random) -> bytes:
    """One of two thousand people, a few of them far more often than the rest, as in real mailboxes."""
    return PEOPLE[int(len(PEOPLE) * chance.random() ** 3)]


def _people(count: int) -> list[bytes]:
    """Senders and recipients as they stand in header fields; one in eight has a name outside ASCII."""
    chance = random.Random(0)
    people = []
    for number in range(count):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        address = b" <" + f"{first}.{last}.{number}".encode("ascii", "ignore").lower() + b"@example.org>"
        name = f"{first} {last}"
        if name.isascii():
            people.append(f'"{name}"'.encode() + address)
        else:
            encoded = b"".join(b"=%02X" % byte for byte in name.encode())
            people.append(b"=?utf-8?q?" + encoded + b"?=" + address)
    return people


PEOPLE = _people(2_000)


def _subject(chance: random.Random) -> bytes:
    text = " ".join(chance.choices(WORDS, k=chance.randrange(2, 9))).capitalize()
    if chance.random() < 0.15:
        return b"=?UTF-8?B?" + base64.b64encode(f"{text} – größer".encode()) + b"?="
    return text.encode()


def _text(chance: random.Random, words: int) -> bytes:
    picked = chance.choices(WORDS, k=words)
    return EOL.join(" ".join(picked[start : start + 12]).encode() for start in range(0, words, 12))


def _part(kind: bytes, text: bytes) -> bytes:
    return EOL.join([b"Content-Type: " + kind, b"Content-Transfer-Encoding: 8bit", b"", text])
