"""Runs a search: the tree of conditions becomes one SQL expression over mail.db and the attached index."""

from __future__ import annotations

from array import array

import apsw

from desktopmail.domain.folder import Place, Unified
from desktopmail.domain.query import (
    AllOf,
    AnyOf,
    Dated,
    HasAttachment,
    HasCopy,
    HasFlag,
    HasTag,
    InFolder,
    Not,
    Query,
    Sized,
    Where,
    Words,
)
from desktopmail.domain.words import folded, match_phrase
from desktopmail.store.listing import APART, COPIES
from desktopmail.store.tree import folders

_COLUMNS = {
    Where.ANYWHERE: "",
    Where.FROM: "people : ",
    Where.TO: "people : ",
    Where.CC: "people : ",
    Where.SUBJECT: "subject : ",
    Where.BODY: "body : ",
    Where.FILE: "files : ",
}
_PEOPLE = {Where.FROM: "sender", Where.TO: "recipients", Where.CC: "cc"}


def search(db: apsw.Connection, query: Query, place: Place | None, limit: int) -> array[int]:
    """The messages that fulfil `query`, newest first. Without a place, Trash and Junk count only when the query names
    a folder."""
    expression = _Expression(db)
    where = expression.sql(query)
    if isinstance(place, Unified):
        where += _UNIFIED[place]
    elif place is not None:
        where += " AND m.folder = ?"
        expression.bound.append(place)
    elif not expression.names_folder:
        where += APART
    rows = db.execute(
        f"SELECT m.id FROM message AS m WHERE m.hidden = 0 AND {where} ORDER BY m.sort DESC, m.id DESC LIMIT ?",  # noqa: S608
        (*expression.bound, limit),
    )
    return array("q", [one for (one,) in rows])


_UNIFIED = {
    Unified.STARRED: " AND m.flags & 2 = 2" + APART,
    Unified.INBOX: " AND m.folder IN (SELECT id FROM folder WHERE role = 'inbox')",
    Unified.DRAFTS: " AND m.folder IN (SELECT id FROM folder WHERE role = 'drafts')",
    Unified.SENT: " AND m.folder IN (SELECT id FROM folder WHERE role = 'sent')",
}


class _Expression:
    """SQL text of fixed pieces, with everything a person typed in `bound`."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self.bound: list[int | str] = []
        self.names_folder = False

    def sql(self, query: Query) -> str:
        match query:
            case AllOf(of=parts):
                return "(" + " AND ".join(self.sql(part) for part in parts) + ")" if parts else "1"
            case AnyOf(of=parts):
                return "(" + " OR ".join(self.sql(part) for part in parts) + ")" if parts else "0"
            case Not(of=part):
                return f"NOT {self.sql(part)}"
            case Words():
                return self._words(query)
            case HasFlag(flag=flag):
                return self._with("m.flags & ? <> 0", flag.value)
            case HasTag(tag=tag):
                return self._with("(' ' || m.tags || ' ') LIKE ('% ' || ? || ' %') ESCAPE '\\'", _like(tag))
            case HasCopy(copy=copy):
                return COPIES[copy]
            case HasAttachment():
                return "m.attachments > 0"
            case InFolder(name=name):
                return self._in_folder(name)
            case Dated(since=since, until=until):
                return self._between("m.date", since, until, "<")
            case Sized(least=least, most=most):
                return self._between("m.size", least, most, "<=")

    def _with(self, sql: str, value: int | str) -> str:
        self.bound.append(value)
        return f"({sql})"

    def _between(self, column: str, least: int | None, most: int | None, less: str) -> str:
        parts = [self._with(f"{column} >= ?", least)] if least is not None else []
        parts += [self._with(f"{column} {less} ?", most)] if most is not None else []
        return "(" + " AND ".join(parts) + ")" if parts else "1"

    def _words(self, words: Words) -> str:
        phrase = match_phrase(words.text, prefix=not words.exact)
        if not phrase:
            return "0"
        found = self._with(
            "m.id IN (SELECT rowid FROM search.text WHERE text MATCH ?)", f"{_COLUMNS[words.where]}{phrase}"
        )
        column = _PEOPLE.get(words.where)
        if column is None:
            return found
        parts = [self._with(f"instr(folded(m.{column}), ?) > 0", folded(one)) for one in words.text.split()]
        return f"({found} AND {' AND '.join(parts)})"

    def _in_folder(self, name: str) -> str:
        self.names_folder = True
        wanted = name.casefold()
        ids = [
            one.id
            for one in folders(self._db)
            if wanted in (one.path.casefold(), one.name.casefold(), one.role.value) and wanted != "none"
        ]
        return f"(m.folder IN ({','.join(str(int(one)) for one in ids)}))"


def _folded(*columns: object) -> str:
    return folded(str(columns[0]))


def prepare(db: apsw.Connection) -> None:
    """Give a connection the function that searches need."""
    db.create_scalar_function("folded", _folded, 1, deterministic=True)


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
