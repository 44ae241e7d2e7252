"""What a POP3 server says that it can do (CAPA, RFC 2449 section 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from desktopmail.protocols.transport import inert

NEVER = -1
MOST_WORDS = 200
LONGEST_DELAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Offered:
    """Capabilities. `known`: the server answered CAPA at all. `expire`: days that mail is kept (-1: for ever, None:
    unsaid). `login_delay`: seconds it wants between two visits. `words` are all names, in upper case."""

    known: bool = False
    uidl: bool = False
    top: bool = False
    pipelining: bool = False
    resp_codes: bool = False
    utf8: bool = False
    lang: bool = False
    stls: bool = False
    user: bool = False
    sasl: frozenset[str] = frozenset()
    expire: int | None = None
    login_delay: int = 0
    implementation: str = ""
    words: frozenset[str] = frozenset()

    def beside(self, before: Offered) -> Offered:
        """This list, read after signing in, with what servers tend to say only before: both came over the same line."""
        return replace(
            self,
            sasl=self.sasl or before.sasl,
            user=self.user or before.user,
            expire=before.expire if self.expire is None else self.expire,
            login_delay=self.login_delay or before.login_delay,
            implementation=self.implementation or before.implementation,
        )


NOTHING = Offered()


def read(lines: bytes) -> Offered:
    """The lines of a reply to CAPA. What makes no sense is left out, never an error."""
    said: dict[str, list[str]] = {}
    for line in lines.decode("ascii", "replace").split("\r\n")[:MOST_WORDS]:
        name, *values = line.split() or [""]
        if name:
            said.setdefault(name.upper(), values)
    implementation = " ".join(said.get("IMPLEMENTATION", ()))
    return Offered(
        known=True,
        uidl="UIDL" in said,
        top="TOP" in said,
        pipelining="PIPELINING" in said,
        resp_codes="RESP-CODES" in said,
        utf8="UTF8" in said,
        lang="LANG" in said,
        stls="STLS" in said,
        user="USER" in said,
        sasl=frozenset(word.upper() for word in said.get("SASL", ())[:MOST_WORDS]),
        expire=_days(said.get("EXPIRE", ())),
        login_delay=min(_number(said.get("LOGIN-DELAY", ())) or 0, LONGEST_DELAY),
        implementation=inert(implementation, 60),
        words=frozenset(said),
    )


def _days(values: Iterable[str]) -> int | None:
    """RFC 2449 section 6.7: NEVER, or days, perhaps with USER behind it when they differ from person to person."""
    first = next(iter(values), "")
    return NEVER if first.upper() == "NEVER" else _number(values)


def _number(values: Iterable[str]) -> int | None:
    first = next(iter(values), "")
    return int(first) if first.isascii() and first.isdigit() and len(first) < 10 else None
