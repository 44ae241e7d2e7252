"""Messages on their way out: who they go to, what state sending is in, what the server said."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from desktopmail.domain.draft import Outgoing, RecipientResult, Sending
from desktopmail.domain.ids import AccountId, MessageId
from desktopmail.store.notes import Notes
from desktopmail.store.outbox_rows import outgoing
from desktopmail.store.packing import clean
from desktopmail.store.rows import Envelope

WAITING = (Sending.QUEUED.value, Sending.WAITING.value)


class Outbox:
    """`tx.outbox`. An entry belongs to a message row, usually in the Outbox folder; the message outlives it."""

    def __init__(self, db: apsw.Connection, notes: Notes, now: int) -> None:
        self._db = db
        self._notes = notes
        self._now = now

    def put(self, message: MessageId, envelope: Envelope, due_at: int, oneself: str = "") -> None:
        """Queue a message; it goes out not before `due_at`. A message queued again starts anew. `oneself`: the person's
        own address, if a copy goes there beside those named in the envelope."""
        self.remove(message)
        self._db.execute(
            "INSERT INTO outbox (message, sender, state, due_at) VALUES (?, ?, ?, ?)",
            (message, clean(envelope.sender), Sending.QUEUED.value, due_at),
        )
        self._db.executemany(
            "INSERT INTO outbox_recipient (message, position, address) VALUES (?, ?, ?)",
            [(message, position, clean(address)) for position, address in enumerate(envelope.recipients)],
        )
        if oneself:
            self._db.execute(
                "INSERT INTO outbox_recipient (message, position, address, oneself) VALUES (?, ?, ?, 1)",
                (message, len(envelope.recipients), clean(oneself)),
            )

    def remove(self, message: MessageId) -> None:
        """Take the entry out; the message itself stays where it is."""
        self._db.execute("DELETE FROM outbox WHERE message = ?", (message,))
        self._notes.outbox = True

    def all(self) -> tuple[Outgoing, ...]:
        """Everything in the Outbox, in the order in which it is due."""
        return outgoing(self._db)

    def get(self, message: MessageId) -> Outgoing | None:
        """One entry, or None."""
        return next(iter(outgoing(self._db, message)), None)

    def envelope(self, message: MessageId) -> Envelope | None:
        """Who an entry goes out from and to, or None."""
        row = self._db.execute("SELECT sender FROM outbox WHERE message = ?", (message,)).fetchone()
        if row is None:
            return None
        rows = self._db.execute("SELECT address FROM outbox_recipient WHERE message = ? ORDER BY position", (message,))
        return Envelope(row[0], tuple(address for (address,) in rows))

    def oneself(self, message: MessageId) -> str:
        """The person's own address that a copy goes to by arrangement; empty when none does."""
        found = self._db.execute(
            "SELECT address FROM outbox_recipient WHERE message = ? AND oneself = 1", (message,)
        ).get
        return str(found or "")

    def due(self, account: AccountId, now: int) -> tuple[MessageId, ...]:
        """What may be sent now, in order."""
        rows = self._db.execute(
            "SELECT o.message FROM outbox AS o CROSS JOIN message AS m ON m.id = o.message"
            " WHERE m.account = ? AND o.state IN (?, ?) AND max(o.due_at, o.next_try) <= ? AND m.hidden = 0"
            " ORDER BY o.due_at, o.message",
            (account, *WAITING, now),
        )
        return tuple(MessageId(one) for (one,) in rows)

    def next_due(self, account: AccountId) -> int | None:
        """When the next message may go out, in seconds since 1970 UTC; None: nothing waits."""
        found = self._db.execute(
            "SELECT min(max(o.due_at, o.next_try)) FROM outbox AS o CROSS JOIN message AS m ON m.id = o.message"
            " WHERE m.account = ? AND o.state IN (?, ?) AND m.hidden = 0",
            (account, *WAITING),
        ).get
        return int(found) if found is not None else None

    def set_state(
        self,
        message: MessageId,
        state: Sending,
        error: str = "",
        recipients: Sequence[RecipientResult] = (),
        next_try: int = 0,
    ) -> None:
        """A new state, and with it the server's words; entering SENDING counts as an attempt. `recipients` replaces
        the results of those it names."""
        self._db.execute(
            "UPDATE outbox SET state = ?, error = ?, next_try = ?, attempts = attempts + ? WHERE message = ?",
            (state.value, clean(error), next_try, int(state is Sending.SENDING), message),
        )
        self._db.executemany(
            "UPDATE outbox_recipient SET code = ?, text = ? WHERE message = ? AND address = ?",
            [(one.code, clean(one.text), message, clean(one.address)) for one in recipients],
        )
        self._notes.outbox = True

    def stuck_sending(self) -> tuple[MessageId, ...]:
        """Found in state SENDING: at the start of the program nobody knows whether the server took them."""
        rows = self._db.execute("SELECT message FROM outbox WHERE state = ? ORDER BY message", (Sending.SENDING.value,))
        return tuple(MessageId(one) for (one,) in rows)
