"""Domain values as the JSON documents of the command line. Keys may be added, never renamed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from desktopmail.domain.account import Account, Endpoint, SmtpServer
from desktopmail.domain.action import HistoryEvent, JournalEntry, Receipt
from desktopmail.domain.activity import Problem
from desktopmail.domain.address import Address
from desktopmail.domain.body import Body, Delivery, Part, Verdict, Warning
from desktopmail.domain.draft import Outgoing, RecipientResult
from desktopmail.domain.errors import MailError
from desktopmail.domain.folder import Folder
from desktopmail.domain.found import FoundServers
from desktopmail.domain.message import Summary

Document = dict[str, Any]


def when(seconds: int, offset: int = 0) -> str | None:
    """ISO 8601 with offset (`offset` in minutes east of UTC); None when there is no date."""
    if seconds == 0:
        return None
    zone = timezone(timedelta(minutes=offset)) if abs(offset) < 24 * 60 else UTC
    try:
        return datetime.fromtimestamp(seconds, zone).isoformat()
    except (OverflowError, ValueError, OSError):
        return None


def address(each: Address) -> Document:
    return {"name": each.name, "address": each.address}


def addresses(many: Iterable[Address]) -> list[Document]:
    return [address(each) for each in many]


def account(each: Account) -> Document:
    incoming = each.incoming.endpoint if each.incoming is not None else None
    return {
        "id": each.id,
        "address": each.address,
        "name": each.name,
        "kind": each.kind,
        "incoming": endpoint(incoming) if incoming else None,
        "outgoing": endpoint(each.outgoing.endpoint) if isinstance(each.outgoing, SmtpServer) else None,
    }


def account_fully(each: Account) -> Document:
    people = [
        {"id": one.id, "name": one.name, "address": one.address, "reply_to": one.reply_to, "signature": one.signature}
        for one in each.identities
    ]
    files_sent = each.outgoing.files_sent if each.outgoing else None
    return {**account(each), "identities": people, "files_sent": files_sent, "paused": each.paused}


def endpoint(each: Endpoint) -> Document:
    return {
        "host": each.host,
        "port": each.port,
        "security": each.security.value,
        "user": each.user,
        "pins": sorted(each.pins),
        "proxy": each.proxy,
        "certificate": each.certificate,
    }


def servers(found: FoundServers) -> Document:
    return {
        "address": found.address,
        "provider": found.provider,
        "source": found.source,
        "imap": [endpoint(each) for each in found.imap],
        "pop3": [endpoint(each) for each in found.pop3],
        "smtp": [endpoint(each) for each in found.smtp],
        "password_help": found.password_help,
    }


def folder(each: Folder) -> Document:
    return {
        "id": each.id,
        "account": each.account,
        "path": each.path,
        "role": each.role.value,
        "lives": each.lives.value,
        "total": each.total,
        "unread": each.unread,
        "problem": each.problem,
    }


def summary(row: Summary, path: str) -> Document:
    return {
        "id": row.id,
        "folder": path,
        "thread": row.thread,
        "date": when(row.date),
        "from": addresses(row.sender),
        "to": addresses(row.to),
        "subject": row.subject,
        "preview": row.preview,
        "flags": row.flags.words,
        "tags": sorted(row.tags),
        "size": row.size,
        "attachments": row.attachments,
        "fetched": row.fetched.value,
        "copy": row.copy.value,
        "folder_id": row.folder,
        "thread_size": row.thread_size,
        "problem": row.problem,
    }


def body(read: Body) -> Document:
    """What only the parsed message knows."""
    return {
        "date": when(read.date, read.date_offset),
        "from": addresses(read.sender),
        "to": addresses(read.to),
        "subject": read.subject,
        "cc": addresses(read.cc),
        "bcc": addresses(read.bcc),
        "reply_to": addresses(read.reply_to),
        "message_id": read.message_id,
        "references": list(read.references),
        "text": read.text,
        "html": read.html,
        "remote_content": read.remote_content,
        "parts": [part(each) for each in read.parts],
        "warnings": [warning(each) for each in read.warnings],
        "verdict": verdict(read.verdict),
        "delivery": [delivery(each) for each in read.delivery],
        "list_unsubscribe": list(read.list_unsubscribe),
    }


def part(each: Part) -> Document:
    document = {
        "section": each.section,
        "type": each.type,
        "name": each.name,
        "size": each.size,
        "sha256": each.sha256 or None,
        "content_id": each.content_id,
        "inline": each.inline,
        "charset": each.charset,
    }
    return document if each.text is None else {**document, "text": each.text}


def warning(each: Warning) -> Document:
    return {"kind": each.kind, "detail": each.detail}


def verdict(each: Verdict) -> Document:
    return {"spf": each.spf, "dkim": each.dkim, "dmarc": each.dmarc, "by": each.by, "aligned": each.aligned}


def delivery(each: Delivery) -> Document:
    return {
        "recipient": each.recipient,
        "action": each.action,
        "status": each.status,
        "diagnostic": each.diagnostic,
        "message_id": each.message_id,
    }


def recipient(each: RecipientResult) -> Document:
    return {"address": each.address, "code": each.code, "text": each.text}


def outgoing(each: Outgoing) -> Document:
    return {
        "id": each.id,
        "subject": each.subject,
        "to": addresses(each.to),
        "state": each.state.value,
        "due": when(each.due_at),
        "attempts": each.attempts,
        "error": each.error,
        "recipients": [recipient(one) for one in each.recipients],
    }


def receipt(done: Receipt) -> Document:
    return {"receipt": done.label, "undo": done.undo, "count": done.count, "messages": list(done.messages)}


def journal_entry(each: JournalEntry) -> Document:
    return {"id": each.id, "at": when(each.at), "label": each.label, "undone": each.undone}


def history_event(each: HistoryEvent) -> Document:
    return {"at": when(each.at), "kind": each.kind, "detail": each.detail}


def error(each: MailError) -> Document:
    return {"kind": each.kind, "title": each.title, "detail": each.detail}


def problem(each: Problem) -> Document:
    return {"kind": each.kind, "title": each.title, "detail": each.detail, "remedy": each.remedy.value, "log": each.log}
