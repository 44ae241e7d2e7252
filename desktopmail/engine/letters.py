"""Drafts made from messages, and rows made from drafts: the pure middle of composing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from desktopmail.domain.account import Account, Identity
from desktopmail.domain.body import Body, Part
from desktopmail.domain.draft import Answer, Attachment, Draft
from desktopmail.domain.errors import WrongUsage
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Fetched, Flags
from desktopmail.domain.saying import phrase
from desktopmail.engine import answers, quoting
from desktopmail.engine.arrival import key_of
from desktopmail.mime.build import Built, build
from desktopmail.mime.headers import quick
from desktopmail.mime.text import for_index
from desktopmail.store.rows import NewMessage


@dataclass(frozen=True, slots=True)
class Original:
    """A message that is answered, forwarded or written on: its row, what it says, whose it is, and what its parts hold
    by their section, as far as `taken_along` names them."""

    id: MessageId
    body: Body
    account: Account
    held: Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Written:
    """A message in the form it is stored in: bytes (Bcc included), and the row to make for it but for its place."""

    raw: bytes
    row: NewMessage
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Habits:
    """How a person's answers begin: with the original quoted, and signed."""

    quoted: bool = True
    signed: bool = True


HABITS = Habits()


def taken_along(body: Body, *, attachments: bool) -> list[Part]:
    """The parts that go into a draft made from a message: the pictures its text shows, and, except into an answer, what
    came beside it."""
    _, pictures = _shown(body)
    shown = [part for part in body.parts if part.section in pictures]
    return [*shown, *(part for part in _beside(body) if part.section not in pictures)] if attachments else shown


def cut(body: Body) -> list[Part]:
    """The texts of a large message of which only the beginning was read."""
    return [part for part in body.parts if part.inline and not part.sha256]


def reply(original: Original, own: Iterable[str], *, everybody: bool, habits: Habits = HABITS) -> Draft:
    """An answer: recipients, subject, references and quotation."""
    body = original.body
    identity = answers.writes_as(body, original.account)
    people = answers.reply_recipients(body, own, everybody=everybody)
    html, pictures = _quoted(body) if habits.quoted else ("", {})
    signature = quoting.signature_text(identity.signature if habits.signed else "", answering=True)
    quotation = answers.quote_text(body) if habits.quoted else ""
    return Draft(
        identity=identity.id,
        to=people.to,
        cc=people.cc,
        subject=answers.reply_subject(body.subject),
        text=f"\n{signature}\n{quotation}",
        html=f"<p><br></p>{_signed(signature)}{answers.quote_html(body, html)}" if html else "",
        attachments=tuple(_pictures(original, body.parts, pictures)),
        answers=original.id,
        answer=Answer.REPLY_ALL if everybody else Answer.REPLY,
        in_reply_to=body.message_id,
        references=answers.chain(body),
    )


def forward(original: Original, habits: Habits = HABITS) -> Draft:
    """The message passed on with everything that came with it."""
    body = original.body
    identity = answers.writes_as(body, original.account)
    html, pictures = _shown(body)
    signature = quoting.signature_text(identity.signature if habits.signed else "", answering=True)
    beside = [_attachment(original, part) for part in _beside(body) if part.section not in pictures]
    return Draft(
        identity=identity.id,
        subject=answers.forward_subject(body.subject),
        text=f"\n{signature}\n{answers.forward_text(body)}",
        html=f"<p><br></p>{_signed(signature)}{answers.forward_html(body, html)}" if html else "",
        attachments=(*_pictures(original, body.parts, pictures), *(each for each in beside if each)),
        answers=original.id,
        answer=Answer.FORWARD,
        references=answers.chain(body),
    )


def reopened(original: Original) -> Draft:
    """A stored draft as it can be written on. What it answers is added by who knows."""
    body = original.body
    html, pictures = _shown(body)
    beside = [_attachment(original, part) for part in _beside(body) if part.section not in pictures]
    return Draft(
        identity=_writer(original).id,
        to=body.to,
        cc=body.cc,
        bcc=body.bcc,
        subject=body.subject,
        text=body.text,
        html=html,
        attachments=(*_pictures(original, body.parts, pictures), *(each for each in beside if each)),
        answer=Answer.EDIT,
        references=body.references,
        id=original.id,
        message_id=body.message_id,
    )


def with_text(draft: Draft, text: str) -> Draft:
    """`text` above everything the draft already says."""
    text = text.replace("\r\n", "\n")
    html = quoting.paragraphs(text.rstrip()) + draft.html if draft.html else ""
    return replace(draft, text=text.rstrip("\n") + "\n" + draft.text, html=html)


def final(draft: Draft, identity: Identity, now: int, offset: int) -> Written:
    """The message that is sent, in the form that is stored: with its Bcc, which is taken out on the way. Raises
    WrongUsage without recipients and for addresses that are none."""
    built = build(draft, identity, date=now, offset=offset)
    if not built.recipients:
        raise WrongUsage(phrase("The message has no recipients"), phrase("Add somebody to send it to."))
    return _written(_with_bcc(built, draft, identity, now), built.recipients)


def unfinished(draft: Draft, identity: Identity, now: int, offset: int) -> Written:
    """The message as it is kept while it is written."""
    built = build(draft, identity, date=now, offset=offset, keep_bcc=True)
    return _written(built.raw, built.recipients)


def from_bytes(raw: bytes, recipients: tuple[str, ...]) -> Written:
    """A message that somebody else wrote."""
    return _written(raw, recipients)


def placed(written: Written, account: AccountId, folder: FolderId, *, draft: bool) -> NewMessage:
    """The row of a message written here, in its place."""
    flags = Flags.SEEN | Flags.DRAFT if draft else Flags.SEEN
    return written.row._replace(account=account, folder=folder, flags=flags)


def _written(raw: bytes, recipients: tuple[str, ...]) -> Written:
    header, text = quick(raw), for_index(raw)
    row = NewMessage(
        AccountId(0),
        FolderId(0),
        key_of(header.message_id, header.date, len(raw)),
        header.message_id,
        header.references,
        header.date,
        header.date,
        header.sender,
        header.to,
        header.cc,
        header.subject,
        text.preview,
        size=len(raw),
        attachments=text.attachments,
        fetched=Fetched.FULL,
        content=sha256(raw).digest(),
    )
    return Written(raw, row, recipients)


def _with_bcc(built: Built, draft: Draft, identity: Identity, now: int) -> bytes:
    if not draft.bcc:
        return built.raw
    bare = replace(draft, to=(), cc=(), text="", html="", attachments=(), subject="", references=(), in_reply_to="")
    lines = build(bare, identity, date=now, message_id=built.message_id, keep_bcc=True).raw.split(b"\r\n")
    start = next(place for place, line in enumerate(lines) if line.startswith(b"Bcc:"))
    end = start + 1
    while lines[end][:1] == b" ":
        end += 1
    return b"\r\n".join(lines[start:end]) + b"\r\n" + built.raw


def _writer(original: Original) -> Identity:
    sender = {each.address.casefold() for each in original.body.sender}
    own = original.account.identities
    return next((each for each in own if each.address.casefold() in sender), own[0])


def _quoted(body: Body) -> tuple[str, dict[str, str]]:
    return ("", {}) if body.made_from_text or not body.html else quoting.carried(body.html, body.parts)


def _beside(body: Body) -> list[Part]:
    """What came beside the text, and texts that are too long to stand in a draft."""
    return [*cut(body), *body.attachments]


def _shown(body: Body) -> tuple[str, dict[str, str]]:
    return ("", {}) if body.made_from_text else quoting.carried(body.html, body.parts, sheets=True)


def _signed(signature: str) -> str:
    return quoting.paragraphs(signature.strip()) if signature else ""


def _pictures(original: Original, parts: Iterable[Part], wanted: Mapping[str, str]) -> Iterable[Attachment]:
    for part in parts:
        if part.section in wanted and (found := _attachment(original, part)):
            yield replace(found, content_id=wanted[part.section])


def _attachment(original: Original, part: Part) -> Attachment | None:
    data = original.held(part.section)
    return Attachment(part.name or f"part-{part.section}", part.type, data) if data is not None else None
