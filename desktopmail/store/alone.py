"""Messages that are on this computer and on no server, as far as is known."""

from __future__ import annotations

from pathlib import Path

from desktopmail.domain.ids import AccountId
from desktopmail.store.database import MAIL, connect
from desktopmail.store.failures import mapped

_ALONE = """
SELECT count(*), coalesce(sum(m.arrived > ?2), 0), coalesce(min(CASE WHEN m.arrived > ?2 THEN m.arrived END), 0)
FROM folder AS f JOIN message AS m ON m.folder = f.id
WHERE f.lives = 'here' AND f.removed = 0 AND f.role NOT IN ('trash', 'junk', 'outbox') AND (?1 = 0 OR f.account = ?1)
    AND m.hidden = 0 AND m.content <> x''
    AND NOT EXISTS (SELECT 1 FROM pop3_copy AS p WHERE p.message = m.id AND p.dele_confirmed = 0 AND p.gone_at = 0)
    AND NOT EXISTS (
        SELECT 1 FROM message AS o JOIN imap_copy AS c ON c.message = o.id
        WHERE o.date = m.date AND o.key = m.key AND o.key <> x'' AND o.content = m.content)
"""


def alone(profile: Path, account: AccountId | None, after: int) -> tuple[int, int, int]:
    """How many messages of one account's folders, or of all, are only here; how many of those came `after` (seconds
    since 1970 UTC), and when the oldest of these came. What lies in Trash and Junk does not count. Blocking, on a
    connection of its own. Raises StoreFailed."""
    db = connect(profile / MAIL, read_only=True)
    try:
        with mapped(db, profile / MAIL):
            count, unsaved, since = db.execute(_ALONE, (account or 0, after)).get
    finally:
        db.close(True)
    return int(count), int(unsaved), int(since)
