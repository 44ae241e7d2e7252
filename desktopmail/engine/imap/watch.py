"""Waits on the Inbox for news. The other folders are looked at whenever the waiting ends without any."""

from __future__ import annotations

from desktopmail.domain.account import Account
from desktopmail.domain.errors import NotFound
from desktopmail.domain.folder import Role
from desktopmail.domain.ids import FolderId
from desktopmail.domain.saying import phrase
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.rows import FolderMark
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

LOOK_SECONDS = 180.0
"""How long no news of the Inbox is waited for before all folders are compared."""


async def watch(
    session: ImapSession, store: Store, account: Account, seconds: float = LOOK_SECONDS
) -> set[FolderId] | None:
    """The Inbox, as soon as it differs from what is known of it; None (all folders) after `seconds` or when its
    numbering changed. Raises ConnectionLost, Stalled, NotFound."""
    folder, mark = await store.read(lambda tx: _inbox(tx, account))
    name = mark.server_name or "INBOX"
    if session.selected != name:
        opened = await session.select(name, read_only=True)
        if (opened.uid_validity, opened.uid_next, opened.highest_mod_seq) != (
            mark.uid_validity,
            mark.uid_next,
            mark.highest_mod_seq,
        ):
            return {folder}
    news = await session.idle(seconds)
    if news.renumbered or not news:
        return None
    return {folder}


def _inbox(tx: Transaction, account: Account) -> tuple[FolderId, FolderMark]:
    inbox = tx.folders.by_role(account.id, Role.INBOX)
    if inbox is None:
        raise NotFound(phrase("{0} has no Inbox", account.address))
    return inbox.id, tx.folders.mark(inbox.id)
