"""What has to change when an account's mail comes by another protocol from now on, and the way back.

Messages and folders stay the rows they are; only what is known of the servers' copies changes hands.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import apsw

from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.store.due import NEVER
from desktopmail.store.notes import Notes
from desktopmail.store.wishes import Wishes

_STATE = {
    "folder": "SELECT id, lives FROM folder WHERE account = ?",
    "imap_folder": "SELECT folder, server_name, path, delimiter, attributes, uid_validity, uid_next, highest_mod_seq,"
    " down_to FROM imap_folder WHERE account = ?",
    "imap_copy": "SELECT c.message, c.folder, c.uid, c.flags, c.tags, c.mod_seq FROM imap_copy AS c"
    " JOIN folder AS f ON f.id = c.folder WHERE f.account = ?",
    "pop3_copy": "SELECT uidl, message, first_seen, size, hex(sha), stored_at, dele_sent, dele_confirmed, decided_by,"
    " partly, wanted_gone, gone_at, ignored FROM pop3_copy WHERE account = ?",
}
_ELSEWHERE = """
SELECT n.id, o.id FROM message AS n JOIN imap_copy AS c ON c.message = n.id
JOIN message AS o ON o.date = n.date AND o.key = n.key AND o.account = n.account JOIN folder AS f ON f.id = o.folder
WHERE n.account = ?1 AND n.content = x'' AND n.key <> x'' AND o.key <> x'' AND o.content <> x'' AND o.retry_at = ?2
    AND f.lives = 'server' AND NOT EXISTS (SELECT 1 FROM imap_copy AS i WHERE i.message = o.id)
"""
_NAMELESS = """
SELECT n.id, o.id FROM message AS n JOIN imap_copy AS c ON c.message = n.id
JOIN message AS o ON o.account = n.account AND o.folder = n.folder AND o.date = n.date AND o.size = n.size
    AND o.subject = n.subject AND o.sender = n.sender
WHERE n.account = ?1 AND n.content = x'' AND n.key = x'' AND o.key = x'' AND o.content <> x'' AND o.retry_at = ?2
    AND NOT EXISTS (SELECT 1 FROM imap_copy AS i WHERE i.message = o.id)
"""
_ENDED = """
SELECT n.id, o.id FROM message AS n JOIN imap_copy AS c ON c.message = n.id
JOIN message AS o ON o.date = n.date AND o.account = n.account AND o.message_id = n.message_id
    AND o.size BETWEEN n.size - 2 AND n.size + 2 JOIN folder AS f ON f.id = o.folder
WHERE n.account = ?1 AND n.content = x'' AND n.key <> x'' AND o.key <> x'' AND o.content <> x'' AND o.retry_at = ?2
    AND f.lives = 'server' AND NOT EXISTS (SELECT 1 FROM imap_copy AS i WHERE i.message = o.id)
"""
_APART = """
SELECT id FROM message AS m WHERE account = ?1 AND (
    hidden & 1 OR (EXISTS (SELECT 1 FROM pop3_copy AS p WHERE p.message = m.id) AND NOT EXISTS (
        SELECT 1 FROM pop3_copy AS p WHERE p.message = m.id AND p.dele_confirmed = 0 AND p.gone_at = 0)))
"""
_FILED = """
UPDATE message SET content = o.content, fetched = o.fetched, preview = o.preview, attachments = o.attachments
FROM (SELECT n.id AS new, m.content, m.fetched, m.preview, m.attachments FROM message AS n JOIN message AS m
    ON m.date = n.date AND m.key = n.key AND m.account = n.account
    WHERE n.account = ?1 AND n.content = x'' AND n.key <> x'' AND m.key <> x'' AND m.content <> x'') AS o
WHERE message.id = o.new RETURNING id
"""


class Held(NamedTuple):
    """A message that is here: its bytes, and whether it lies in the Inbox."""

    message: MessageId
    content: bytes
    inbox: bool


class Switch(NamedTuple):
    """A switch that can be taken back: how the account was, and what was reported."""

    id: int
    at: int
    past: dict[str, Any]
    report: dict[str, Any]


class Switched:
    """`tx.switched`."""

    def __init__(self, db: apsw.Connection, notes: Notes, wishes: Wishes, now: int) -> None:
        self._db = db
        self._notes = notes
        self._wishes = wishes
        self._now = now

    def keep(self, account: AccountId, past: dict[str, Any], report: dict[str, Any]) -> int:
        """Remember a switch, so that it can be taken back."""
        self._db.execute(
            "INSERT INTO switched (account, at, past, report) VALUES (?, ?, ?, ?)",
            (account, self._now, json.dumps(past), json.dumps(report)),
        )
        return self._db.last_insert_rowid()

    def report(self, number: int, report: dict[str, Any]) -> None:
        """Another report of a switch."""
        self._db.execute("UPDATE switched SET report = ? WHERE id = ?", (json.dumps(report), number))

    def last(self, account: AccountId, since: int) -> Switch | None:
        """The latest switch of an account that was not taken back and is not older."""
        row = self._db.execute(
            "SELECT id, at, past, report, undone FROM switched WHERE account = ? ORDER BY id DESC LIMIT 1", (account,)
        ).fetchone()
        if row is None or row[4] or row[1] < since:
            return None
        return Switch(row[0], row[1], json.loads(row[2]), json.loads(row[3]))

    def taken_back(self, number: int) -> None:
        """This switch was taken back."""
        self._db.execute("UPDATE switched SET undone = 1 WHERE id = ?", (number,))

    def forget(self, before: int) -> None:
        """How accounts were before switches older than that is not kept any longer."""
        self._db.execute("DELETE FROM switched WHERE at < ?", (before,))

    def state(self, account: AccountId) -> dict[str, Any]:
        """What is known of the servers' copies, in values that JSON can hold."""
        return {name: [list(row) for row in self._db.execute(sql, (account,))] for name, sql in _STATE.items()}

    def wanting(self, account: AccountId) -> tuple[int, int]:
        """How many messages have no content here, and how many changes the server has not got yet."""
        return tuple(
            self._db.execute(
                "SELECT coalesce(sum(content = x'' AND hidden = 0), 0), coalesce(sum(due > 0 AND due < ?), 0)"
                " FROM message WHERE account = ?",
                (NEVER, account),
            ).get
        )

    def held(self, account: AccountId) -> list[Held]:
        """Every message that is here, those in the Inbox first."""
        rows = self._db.execute(
            "SELECT m.id, m.content, f.role = 'inbox' FROM message AS m JOIN folder AS f ON f.id = m.folder"
            " WHERE m.account = ? AND m.content <> x'' AND m.hidden = 0 ORDER BY f.role <> 'inbox', m.id",
            (account,),
        )
        return [Held(MessageId(message), content, bool(inbox)) for message, content, inbox in rows]

    def come_home(self, account: AccountId) -> None:
        """All folders live on this computer from now on, and nothing is known of any server."""
        self._db.execute("DELETE FROM imap_copy WHERE folder IN (SELECT id FROM folder WHERE account = ?)", (account,))
        self._db.execute("DELETE FROM imap_lost WHERE account = ?", (account,))
        self._db.execute("DELETE FROM imap_folder WHERE account = ?", (account,))
        self._db.execute("DELETE FROM pop3_copy WHERE account = ?", (account,))
        self._db.execute("UPDATE folder SET lives = 'here' WHERE account = ?", (account,))
        self._db.execute("UPDATE message SET due = 0, retry_at = 0 WHERE account = ?", (account,))
        self._told(account)

    def go_out(self, account: AccountId, folders: Collection[FolderId]) -> None:
        """These folders live on a server from now on. What is in them awaits its copy there: it is recognised when
        the server shows it, and not handed over by itself."""
        chosen = apsw.carray(array("q", [*folders, 0]))
        self._db.execute("UPDATE folder SET lives = 'server' WHERE id IN (SELECT value FROM carray(?))", (chosen,))
        self.await_copies(account)
        self._told(account)

    def await_copies(self, account: AccountId, *, upload: bool = False) -> None:
        """Compare everything with the server's copies anew; what has none waits for one, or with `upload` is handed
        over."""
        self._db.execute(
            "UPDATE message SET retry_at = CASE WHEN ?1 OR EXISTS (SELECT 1 FROM imap_copy AS c WHERE c.message ="
            " message.id) THEN 0 ELSE ?2 END WHERE account = ?3",
            (upload, NEVER, account),
        )
        self._wishes.recheck(
            [one for (one,) in self._db.execute("SELECT id FROM message WHERE account = ?", (account,))]
        )

    def linked(self, account: AccountId, ids: Iterable[int]) -> int:
        """How many of these messages have a copy on the IMAP server."""
        return int(
            self._db.execute(
                "SELECT count(*) FROM imap_copy WHERE message IN (SELECT value FROM carray(?))",
                (apsw.carray(array("q", [*ids, 0])),),
            ).get
        )

    def link_alike(self, account: AccountId) -> int:
        """Messages that were filed into another folder here than on the server, messages without a Message-ID that are
        the only ones of their date, size, subject and sender on both sides, and messages whose last line had no end and
        got one on the way (POP3 ends every line, RFC 1939 section 3), are the same. How many were linked."""
        pairs = {
            (int(new), int(old))
            for sql in (_ELSEWHERE, _NAMELESS, _ENDED)
            for new, old in self._db.execute(sql, (account, NEVER))
        }
        news, olds = Counter(new for new, _ in pairs), Counter(old for _, old in pairs)
        sure = [(new, old) for new, old in pairs if news[new] == 1 and olds[old] == 1]
        self._db.executemany("UPDATE imap_copy SET message = ?2 WHERE message = ?1", sure)
        self._wishes.forget([new for new, _ in sure])
        known = self._db.execute(
            "UPDATE message SET retry_at = 0 WHERE account = ? AND retry_at = ?"
            " AND EXISTS (SELECT 1 FROM imap_copy AS c WHERE c.message = message.id) RETURNING id",
            (account, NEVER),
        )
        if self._wishes.recheck([one for (one,) in list(known)]):
            self._notes.work = True
        return len(sure)

    def share(self, account: AccountId) -> int:
        """What the server shows and a folder of this computer holds too need not be downloaded. How many."""
        shared = [MessageId(one) for (one,) in self._db.execute(_FILED, (account,))]
        self._wishes.touched(shared)
        return len(shared)

    def bring_back(self, account: AccountId, state: dict[str, Any]) -> None:
        """What was known of the servers' copies, as far as the messages and folders still are. An IMAP server's copy
        of what went from the server since, or was removed here alone, is unknown: neither side follows the other."""
        apart = {message for (message,) in self._db.execute(_APART, (account,))}
        self.come_home(account)
        self._db.executemany(
            "UPDATE folder SET lives = ?2 WHERE id = ?1 AND account = ?3", [(*row, account) for row in state["folder"]]
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO imap_folder (account, folder, server_name, path, delimiter, attributes,"
            " uid_validity, uid_next, highest_mod_seq, down_to) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10"
            " WHERE EXISTS (SELECT 1 FROM folder WHERE id = ?2)",
            [(account, *row) for row in state["imap_folder"]],
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO imap_copy (message, folder, uid, flags, tags, mod_seq) SELECT ?1, ?2, ?3, ?4, ?5, ?6"
            " WHERE EXISTS (SELECT 1 FROM message WHERE id = ?1) AND EXISTS (SELECT 1 FROM folder WHERE id = ?2)",
            [row for row in state["imap_copy"] if row[0] not in apart],
        )
        self._db.executemany(  # whole folders are compared again
            "UPDATE imap_folder SET uid_next = 0, highest_mod_seq = 0 WHERE folder = ?",
            {(row[1],) for row in state["imap_copy"] if row[0] in apart},
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO pop3_copy (account, uidl, message, first_seen, size, sha, stored_at, dele_sent,"
            " dele_confirmed, decided_by, partly, wanted_gone, gone_at, ignored) VALUES (?1, ?2,"
            " (SELECT id FROM message WHERE id = ?3), ?4, ?5, unhex(?6), ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            [(account, *row) for row in state["pop3_copy"]],
        )
        if state["imap_folder"]:
            self.await_copies(account)

    def _told(self, account: AccountId) -> None:
        self._notes.account(account)
        self._notes.tree = True
        self._notes.work = True
