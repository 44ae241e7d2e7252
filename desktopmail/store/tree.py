"""Reads the folders as a tree: paths for people, abilities from roles and from what the server said."""

from __future__ import annotations

from functools import cache

import apsw

from desktopmail.domain.folder import ROLE_ORDER, Ability, Folder, Lives, Role
from desktopmail.domain.ids import AccountId, FolderId

_ROWS = """
SELECT f.id, f.account, f.parent, f.name, f.role, f.lives, f.total, f.unread, f.problem, coalesce(i.attributes, '')
FROM folder AS f LEFT JOIN imap_folder AS i ON i.folder = f.id
WHERE f.removed = 0 AND (?1 = 0 OR f.account = ?1)
"""
UNSELECTABLE = frozenset({"\\noselect", "\\nonexistent"})
_EMPTIED = (Role.TRASH, Role.JUNK)


def folders(db: apsw.Connection, account: int = 0) -> tuple[Folder, ...]:
    """The folders of one account, or of all (0): accounts in order of their making, roles first, then by path."""
    rows = {row[0]: row for row in db.execute(_ROWS, (account,))}
    paths: dict[int, str] = {}

    def path(one: int, depth: int = 0) -> str:
        if one not in paths:
            parent, name = rows[one][2], rows[one][3]
            paths[one] = f"{path(parent, depth + 1)}/{name}" if parent in rows and depth < 100 else name
        return paths[one]

    found = [
        Folder(
            FolderId(row[0]),
            AccountId(row[1]),
            FolderId(row[2]) if row[2] in rows else None,
            row[3],
            path(row[0]),
            Role(row[4]),
            Lives(row[5]),
            abilities(Role(row[4]), Lives(row[5]), frozenset(row[9].split())),
            row[6],
            row[7],
            row[8],
        )
        for row in rows.values()
    ]
    found.sort(key=lambda one: (one.account, ROLE_ORDER.index(one.role), one.path.casefold()))
    return tuple(found)


@cache
def abilities(role: Role, lives: Lives, attributes: frozenset[str]) -> Ability:
    """What may be done with a folder. `attributes` are the server's (RFC 3501 section 7.2.2), in lower case."""
    if role is Role.OUTBOX:
        return Ability.NONE
    can = Ability.NONE
    if not attributes & UNSELECTABLE:
        can |= Ability.ACCEPT
    if "\\noinferiors" not in attributes:
        can |= Ability.ADD_CHILD
    if role is Role.NONE:
        can |= Ability.RENAME | Ability.DELETE
    if role in _EMPTIED:
        can |= Ability.EMPTY
    if lives is Lives.SERVER and role is not Role.INBOX:
        can |= Ability.SUBSCRIBE
    return can
