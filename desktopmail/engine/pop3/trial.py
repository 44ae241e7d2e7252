"""Tries a POP3 server before an account is made of it: signing in, and whether mail could stay there."""

from __future__ import annotations

from collections.abc import Callable

from desktopmail.domain.account import Keep, Pop3Server
from desktopmail.domain.errors import MailError, Refused, RefusedForNow
from desktopmail.engine.pop3.listing import PROBES, tops
from desktopmail.engine.pop3.visit import no_names
from desktopmail.protocols.pop3.session import Pop3Session


async def try_out(server: Pop3Server, password: str, connected: Callable[[], None], seconds: float) -> int:
    """Sign in and leave again; `connected` is called when TLS stands. For how many seconds the server wants to be left
    alone from now on. Raises MailError; NeedsPerson when the rule lets mail stay on the server and the server has no
    names for its messages."""
    session = await Pop3Session.open(server.endpoint, password, timeout=seconds, connected=connected)
    try:
        named = server.leave.keep is Keep.NO or await _has_names(session)
    except MailError:
        session.drop()
        raise
    if not named:
        session.drop()
        raise no_names(server)
    await session.quit()
    return session.offered.login_delay


async def _has_names(session: Pop3Session) -> bool:
    """Whether messages can be told apart tomorrow; yes as long as there is none to try it with."""
    if session.offered.uidl:
        return True
    try:
        await session.uidl()
    except RefusedForNow:
        raise
    except Refused:
        count, _ = await session.stat()
        if not count or session.offered.expire == 0:
            return True
        try:
            await tops(session, range(1, min(count, PROBES) + 1))
        except RefusedForNow:
            raise
        except Refused:
            return False
    return True
