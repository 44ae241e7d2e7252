"""Reads the Outbox as it is stored."""

from __future__ import annotations

import apsw

from desktopmail.domain.draft import Outgoing, RecipientResult, Sending
from desktopmail.domain.ids import MessageId
from desktopmail.store.packing import unpack_addresses


def outgoing(db: apsw.Connection, message: int = 0) -> tuple[Outgoing, ...]:
    """One entry, or all (0), in the order in which they are due."""
    results: dict[int, list[RecipientResult]] = {}
    for one, address, code, text in db.execute(
        "SELECT message, address, code, text FROM outbox_recipient WHERE ?1 = 0 OR message = ?1"
        " ORDER BY message, position",
        (message,),
    ):
        results.setdefault(one, []).append(RecipientResult(address, code, text))
    return tuple(
        Outgoing(
            MessageId(row[0]),
            row[1],
            unpack_addresses(row[2]),
            Sending(row[3]),
            row[4],
            row[5],
            row[6],
            tuple(results.get(row[0], ())),
        )
        for row in db.execute(
            "SELECT o.message, m.subject, m.recipients, o.state, o.due_at, o.attempts, o.error"
            " FROM outbox AS o CROSS JOIN message AS m ON m.id = o.message WHERE ?1 = 0 OR o.message = ?1"
            " ORDER BY o.due_at, o.message",
            (message,),
        )
    )
