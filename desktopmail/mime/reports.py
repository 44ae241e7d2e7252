"""Delivery reports: what became of sent mail, from RFC 3464 parts and from the free words of older servers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktopmail.domain.body import Delivery
from desktopmail.mime import transfer, words
from desktopmail.mime.headers import Headers, message_id
from desktopmail.mime.parse import Entity, Message

ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})
_MAX_RECIPIENTS = 200
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_TYPED = re.compile(r"\s*[A-Za-z0-9-]{1,40}\s*;\s*")
_SUBJECT = re.compile(
    r"undeliver|returned mail|return(?:ed|ing) to sender|delivery (?:status|failure|problem|has failed|report)"
    r"|failure notice|mail (?:delivery )?(?:failed|failure|error|system error)|could not (?:be )?(?:send|deliver)"
    r"|delivery.{0,20}delayed|nicht zustellbar|unzustellbar|non remis|no se pudo entregar|message delayed"
    r"|delivery warning",
    re.I,
)
_DAEMON = re.compile(r"mailer-?daemon|postmaster|mail ?delivery|mdaemon", re.I)
_RECIPIENT = re.compile(
    r"^[ \t>*]*(?:(?:to|recipient|address|rcpt to)\s*[:=]\s*)?"
    r"<?([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})>?(?=$|[:;,.\s)])",
    re.I | re.M,
)
_COPY = re.compile(
    r"^[ \t]{0,40}-{2,40}[^\n]{0,200}(?:copy of|original message|below this line|returned message|headers"
    r"|transcript of session)"
    r"|^Reporting-MTA:|^Received:|^Return-Path:",
    re.I | re.M,
)
_ORIGINAL_ID = re.compile(r"^[ \t>]*message-id:\s*(<[^<>\s]{1,990}>)", re.I | re.M)
_DELAY = re.compile(
    r"will (?:be|keep|continue).{0,40}(?:retr|try)|do not need to resend|not yet been delivered|warning message only"
    r"|delivery.{0,30}delayed|still trying",
    re.I | re.S,
)


def deliveries(message: Message, text: str) -> tuple[Delivery, ...]:
    """One line per recipient the report speaks of; empty when the message is no report. `text` is its readable text."""
    reports = [leaf for leaf in _own_leaves(message) if leaf.type == "message/delivery-status"]
    found = _structured(reports, _original_id(message, "")) if reports else ()
    if found:
        return found
    headers = message.headers
    if _is_bounce(headers):
        return _free_form(headers, text[:40_000], _original_id(message, text[:200_000]))
    return ()


def _own_leaves(message: Message) -> list[Entity]:
    """The nodes that are not inside a nested message."""
    out, waiting = [], [message.root]
    while waiting:
        entity = waiting.pop()
        out.append(entity)
        if not entity.is_message:
            waiting.extend(reversed(entity.children))
    return out


def _structured(reports: list[Entity], original: str) -> tuple[Delivery, ...]:
    """RFC 3464 section 2: a block about the message, then one per recipient."""
    out = []
    for fields in (block for report in reports for block in _blocks(report.content[:1_000_000])):
        recipient = _typed(fields.text("final-recipient")) or _typed(fields.text("original-recipient"))
        action = fields.text("action").split(" ")[0].strip("()").lower()
        if not recipient and not action:
            continue
        code = _STATUS.search(fields.text("status")) or _STATUS.search(fields.text("diagnostic-code"))
        number = code[1] if code else ""
        if action not in ACTIONS:
            action = {"2": "delivered", "4": "delayed"}.get(number[:1], "failed")
        diagnostic = _typed(fields.text("diagnostic-code"))[:1_000]
        out.append(Delivery(recipient.strip("<> "), action, number, diagnostic, original))
    return tuple(out[:_MAX_RECIPIENTS])


def _blocks(content: bytes) -> Iterator[Headers]:
    """The field blocks of a report; some systems encode what follows the first one."""
    encoding = ""
    for block in re.split(rb"\r?\n(?:[ \t]*\r?\n)+", content.strip())[: _MAX_RECIPIENTS + 1]:
        if encoding:
            yield from (Headers.read(inner + b"\n\n") for inner in transfer.decode(block, encoding).split(b"\n\n"))
            continue
        fields = Headers.read(block.lstrip() + b"\n\n")
        encoding = fields.text("content-transfer-encoding").lower()
        encoding = encoding if encoding in ("base64", "quoted-printable") else ""
        yield fields


def _typed(value: str) -> str:
    """'rfc822; ada@example.org' without its type."""
    return _TYPED.sub("", value, count=1) if ";" in value else value


def _original_id(message: Message, text: str) -> str:
    """The Message-ID of the mail the report is about."""
    for entity in message.walk():
        if entity is message.root:
            continue
        if entity.type == "text/rfc822-headers":
            found = message_id(Headers.read(entity.content[:1_000_000]).raw("message-id"))
        elif entity.parent is not None and entity.parent.is_message:
            found = entity.headers.message_id
        else:
            continue
        if found:
            return found
    quoted = _ORIGINAL_ID.search(text)
    return quoted[1] if quoted else ""


def _is_bounce(headers: Headers) -> bool:
    if "x-failed-recipients" in headers:
        return True
    senders = headers.people("from")
    daemon = any(_DAEMON.search(f"{one.name} {one.address.rpartition('@')[0]}") for one in senders)
    returned = headers.raw("return-path") == b"<>"
    return (daemon or returned) and _SUBJECT.search(headers.text("subject")) is not None


def _free_form(headers: Headers, text: str, original: str) -> tuple[Delivery, ...]:
    copy = _COPY.search(text)
    told = text[: copy.start()] if copy and copy.start() > 40 else text
    action = "delayed" if _DELAY.search(told) or "delayed" in headers.text("subject").lower() else "failed"
    matches = [match for match in _RECIPIENT.finditer(told) if not _DAEMON.search(match[1].partition("@")[0])]
    named = [word.strip("<>, ") for word in headers.text("x-failed-recipients").split(",") if "@" in word]
    out: dict[str, Delivery] = {}
    for number, match in enumerate(matches[:_MAX_RECIPIENTS]):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(told)
        reason = " ".join(told[match.end() : min(end, match.end() + 1_000)].lstrip(">:;,. \t").split())[:500]
        code = _STATUS.search(reason)
        out.setdefault(match[1].lower(), Delivery(match[1], action, code[1] if code else "", reason, original))
    for address in named[:_MAX_RECIPIENTS]:
        out.setdefault(address.lower(), Delivery(words.visible(address), action, "", "", original))
    if named:
        return tuple(found for key, found in out.items() if key in {one.lower() for one in named})
    return tuple(out.values())
