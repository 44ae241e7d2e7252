"""Writes a draft as a message for the wire (RFC 5322, 2045 to 2047, 2231, 3676): CRLF, short lines, Bcc split off."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from desktopmail.domain.account import Identity
from desktopmail.domain.address import Address
from desktopmail.domain.draft import Attachment, Draft
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.saying import phrase
from desktopmail.mime import compose, dates, hosts

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf'(?:{_ATOM}(?:\.+{_ATOM})*\.?|"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*")\Z')
_BREAKING = re.compile("[\r\n\0]")
_ID = re.compile(r"<?([^<>\s\x00-\x1f\x7f]{1,980})>?\Z")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}\Z")
_BOUNDARY_BYTES = 12


@dataclass(frozen=True, slots=True)
class Built:
    """A message ready to be handed over. `raw` has CRLF line ends and no Bcc; `recipients` are the envelope's
    addresses, each once; `utf8` says that the submission server has to know SMTPUTF8 (RFC 6531)."""

    raw: bytes
    recipients: tuple[str, ...]
    message_id: str
    utf8: bool


def new_message_id(address: str) -> str:
    """A fresh Message-ID in the domain of the address; says nothing about this computer or the time."""
    _, at, domain = address.rpartition("@")
    domain = (hosts.to_ascii(domain) if at else None) or "localhost.invalid"
    return f"<{secrets.token_hex(16)}@{domain}>"


def build(
    draft: Draft, identity: Identity, *, date: int, message_id: str = "", offset: int = 0, keep_bcc: bool = False
) -> Built:
    """The message. `date` is seconds since 1970 UTC, `offset` minutes east of UTC. With `keep_bcc` a draft is written
    for later: Bcc stays, unfinished addresses are allowed. Raises WrongUsage when a field holds a line break or NUL,
    or when an address is none."""
    identifier = _message_id(message_id or draft.message_id) or new_message_id(identity.address)
    writer = _Fields(lenient=keep_bcc)
    writer.text("Message-ID", identifier)
    writer.text("Date", dates.rfc5322(date, offset))
    writer.people("From", (Address(identity.name, identity.address),))
    if identity.reply_to:
        writer.people("Reply-To", (Address("", identity.reply_to),))
    writer.people("To", draft.to)
    writer.people("Cc", draft.cc)
    if keep_bcc:
        writer.people("Bcc", draft.bcc)
    elif not draft.to and not draft.cc:
        writer.text("To", "undisclosed-recipients:;")
    writer.words("Subject", draft.subject)
    writer.ids("In-Reply-To", (draft.in_reply_to,) if draft.in_reply_to else ())
    writer.ids("References", _references(draft))
    writer.text("MIME-Version", "1.0")
    recipients = writer.envelope(draft.recipients)
    raw = b"".join((*writer.lines, *_content(draft)))
    return Built(raw, recipients, identifier, writer.utf8 or any(not address.isascii() for address in recipients))


def _message_id(text: str) -> str:
    match = _ID.match(text.strip())
    return f"<{match[1]}>" if match else ""


def _references(draft: Draft) -> tuple[str, ...]:
    """References end with the message answered to; very long ones keep their root."""
    chain = list(dict.fromkeys((*draft.references, *((draft.in_reply_to,) if draft.in_reply_to else ()))))
    return tuple(chain if len(chain) <= 50 else [chain[0], *chain[-49:]])


class _Fields:
    """Collects header lines. Everything passes `_checked` first: nothing that could begin a new line gets through."""

    def __init__(self, *, lenient: bool) -> None:
        self.lines: list[bytes] = []
        self.utf8 = False
        self._lenient = lenient

    def text(self, name: str, value: str) -> None:
        """A value that is written as it is."""
        self.lines.append(f"{name}: {self._checked(name, value)}\r\n".encode())

    def words(self, name: str, value: str) -> None:
        """Free text, encoded where needed (RFC 2047)."""
        self.lines.append(compose.fold(name, compose.phrase_words(self._checked(name, value), len(name) + 2)))

    def ids(self, name: str, values: Iterable[str]) -> None:
        """Message ids; what is none is left out."""
        found = [identifier for value in values if (identifier := _message_id(value)) and identifier.isascii()]
        if found:
            self.lines.append(compose.fold(name, found))

    def people(self, name: str, people: Iterable[Address]) -> None:
        """Mailboxes; nothing is written when there are none."""
        written = [self._mailbox(name, one) for one in people if one.address or (self._lenient and one.name)]
        if written:
            joined = [token for mailbox in written for token in (*mailbox[:-1], f"{mailbox[-1]},")]
            joined[-1] = joined[-1][:-1]
            self.lines.append(compose.fold(name, joined))

    def envelope(self, people: Iterable[Address]) -> tuple[str, ...]:
        """The addresses to hand the message over for."""
        found: dict[str, str] = {}
        for one in people:
            self._checked("Bcc", one.name)
            address = self._address("Bcc", one.address) if one.address else ""
            if address:
                found.setdefault(address.casefold(), address)
        return tuple(found.values())

    def _mailbox(self, field: str, one: Address) -> list[str]:
        """A mailbox as tokens between which a line may be folded."""
        address = self._address(field, one.address) if one.address else ""
        if not address.isascii():
            self.utf8 = True
        name = self._checked(field, one.name).strip()
        if not name:
            return [address]
        return [*compose.display_name(name, len(field) + 2), f"<{address}>"]

    def _address(self, field: str, address: str) -> str:
        """The addr-spec with its domain in ASCII form."""
        text = self._checked(field, address).strip()
        local, at, domain = text.rpartition("@")
        host = hosts.to_ascii(domain) if at else None
        if _LOCAL.match(local) and host and len(text) <= 320:
            return f"{local}@{host}"
        if self._lenient:
            return re.sub(r"[^\w.@+-]", "", text)[:320]
        raise WrongUsage(phrase("That is not a mail address"), phrase("“{0}” cannot be written to.", text[:100]))

    def _checked(self, field: str, value: str) -> str:
        """RFC 5322 knows no line break and no NUL inside a value: such a value is an attack or a mistake."""
        if _BREAKING.search(value):
            if not self._lenient:
                raise WrongUsage(
                    phrase("The field {0} holds a line break", field),
                    phrase("Nothing was written. Remove the line break."),
                )
            value = _BREAKING.sub(" ", value)
        return value.encode("utf-8", "replace").decode("utf-8")


def _content(draft: Draft) -> Iterable[bytes]:
    """Everything from the first Content- field on."""
    pictures = [one for one in draft.attachments if one.content_id] if draft.html else []
    others = [one for one in draft.attachments if one not in pictures]
    body: list[bytes] = _text("plain", draft.text)
    if draft.html:
        shown = _text("html", draft.html)
        if pictures:
            shown = _multipart("related", [shown, *(_file(one, "inline") for one in pictures)], '; type="text/html"')
        body = _multipart("alternative", [body, shown])
    if others:
        body = _multipart("mixed", [body, *(_file(one, "attachment") for one in others)])
    return body


def _multipart(kind: str, parts: list[list[bytes]], more: str = "") -> list[bytes]:
    boundary = f"=_{secrets.token_hex(_BOUNDARY_BYTES)}"
    out = [f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'.encode()]
    for part in parts:
        out.append(f"--{boundary}\r\n".encode())
        out.extend(part)
        out.append(b"\r\n")
    out.append(f"--{boundary}--\r\n".encode())
    return out


def _text(kind: str, text: str) -> list[bytes]:
    data = compose.wire_lines(text)
    encoding, encoded = compose.encode_text(data)
    charset = "us-ascii" if data.isascii() else "utf-8"
    head = f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return [head.encode(), encoded]


def _file(attachment: Attachment, disposition: str) -> list[bytes]:
    """One attachment. A nested message keeps its type only as long as it needs no encoding (RFC 2046 section 5.2.1)."""
    for value in (attachment.name, attachment.type, attachment.content_id):
        if _BREAKING.search(value):
            raise WrongUsage(
                phrase("The name of an attachment holds a line break"), phrase("Nothing was written. Rename the file.")
            )
    media_type = attachment.type.lower()
    if not _TYPE.match(media_type) or media_type.startswith("multipart/"):
        media_type = "application/octet-stream"
    encoding, encoded = compose.encode_file(attachment.data, media_type)
    if media_type.startswith("message/") and encoding == "base64":
        media_type = "application/octet-stream"
    head = [f"Content-Type: {media_type}"]
    head.extend(compose.parameter("name", attachment.name))
    lines = ";\r\n ".join(head) + "\r\n"
    lines += ";\r\n ".join([f"Content-Disposition: {disposition}", *compose.parameter("filename", attachment.name)])
    lines += f"\r\nContent-Transfer-Encoding: {encoding}\r\n"
    if attachment.content_id:
        identifier = re.sub(r"[^\x21-\x7e]|[<>]", "", attachment.content_id)[:900]
        lines += f"Content-ID: <{identifier}>\r\n"
    return [lines.encode() + b"\r\n", encoded]
