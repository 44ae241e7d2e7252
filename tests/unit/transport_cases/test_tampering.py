"""Untagged words in clear change nothing: not what is fetched, not what is stored, not what is said afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apsw
import pytest

from desktopmail.domain.account import ImapServer, NewAccount, Security
from desktopmail.domain.activity import Activity
from desktopmail.domain.errors import ProtocolViolation
from desktopmail.engine.activity import Teller
from desktopmail.engine.imap.remote import ImapRemote
from desktopmail.engine.runner import Runner
from desktopmail.protocols.imap.session import ImapSession
from desktopmail.store.secrets import Memory
from desktopmail.store.store import Store
from tests.fakes.imap_script import ImapScript
from tests.fakes.smtp_script import USUAL
from tests.servers.certificates import Pair
from tests.unit.engine_imap.test_dialogues import PLAIN, row, search, selected
from tests.unit.transport_cases.judge import PASSWORD, imap, refusal, run, smtp, try_out

FORGED = {
    "list": b'* LIST (\\HasNoChildren) "/" Forged\r\n* LIST (\\Sent) "/" Forged.Sent\r\n',
    "lsub": b'* LSUB () "/" Forged\r\n',
    "status of ours": b"* STATUS INBOX (MESSAGES 99 UIDNEXT 99 UIDVALIDITY 99)\r\n",
    "status of others": b"* STATUS Forged (MESSAGES 99)\r\n",
    "search": b"* SEARCH 97 98 99\r\n* ESEARCH UID ALL 97:99\r\n",
    "flags": b"* FLAGS (\\Forged)\r\n* OK [PERMANENTFLAGS (\\Forged)] forged\r\n",
    "exists": b"* 99 EXISTS\r\n",
    "recent": b"* 99 RECENT\r\n",
    "expunge": b"* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n",
    "vanished": b"* VANISHED (EARLIER) 1:99\r\n* VANISHED 1:99\r\n",
    "fetch": row(99),
    "fetch with a body": b"* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] {22}\r\nSubject: forged\r\n\r\nx\r\n)\r\n",
    "validity": b"* OK [UIDVALIDITY 99] forged\r\n* OK [UIDNEXT 1] forged\r\n* OK [HIGHESTMODSEQ 1] forged\r\n",
    "capability": b"* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS CONDSTORE QRESYNC LITERAL+ COMPRESS=DEFLATE X-FORGED\r\n",
    "enabled": b"* ENABLED QRESYNC CONDSTORE UTF8=ACCEPT\r\n",
    "namespace": b'* NAMESPACE (("Forged." ".")) NIL NIL\r\n',
    "id": b'* ID ("name" "GImap" "vendor" "Google, Inc.")\r\n',
    "quota": b"* QUOTA forged (STORAGE 99 100)\r\n* QUOTAROOT INBOX forged\r\n",
    "alert": b"* OK [ALERT] forged\r\n* NO [ALERT] forged\r\n* BAD [ALERT] forged\r\n",
    "badcharset": b"* NO [BADCHARSET (forged)] forged\r\n* NO [PARSE] forged\r\n* OK [TRYCREATE] forged\r\n",
    "referral": b'* NO [REFERRAL imap://evil.example/] forged\r\n* RLIST () "/" imap://evil.example/\r\n',
    "escapes": b"* OK [ALERT] \x1b]0;forged\x07\x1b[2J\xe2\x80\xae\r\n",
    "metadata": b'* METADATA "" (/shared/admin "mailto:forged@evil.example")\r\n* ACL INBOX forged lrs\r\n',
    "unknown": b"* XFORGED (\\Forged {6}\r\nforged)\r\n* 7 XFORGED\r\n",
}
VOLATILE = {"arrived", "at", "first", "last", "added"}
ANSWERS: dict[str, Any] = {
    "LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n<tag> OK done\r\n',
    "SELECT": selected(2, 3),
    "UID SEARCH": search(1, 2),
    "UID FETCH": row(1) + row(2) + b"<tag> OK done\r\n",
}


async def _outcome(folder: Path, script: ImapScript) -> tuple[object, list[Activity], object]:
    """Everything one round leaves behind: the rows of the database, what was said to people, and to the server."""
    said: list[Activity] = []
    async with script:
        store = Store.open(folder)
        try:
            new = NewAccount("me@x", "Me", "Me", ImapServer(script.endpoint(Security.STARTTLS)), None)
            number = await store.write(lambda tx: tx.accounts.add(new))
            account = await store.read(lambda tx: tx.accounts.get(number))
            passwords = Memory()
            await passwords.set(account, "incoming", PASSWORD)
            teller = Teller(number, said.append)
            remote = ImapRemote(account, store, passwords, teller)
            report = await Runner(account, remote, store, teller).sync_once(headers_only=True)
            assert report.problems == () and report.new == 2
        finally:
            await store.close()
    return list(_rows(folder)), said, script.ledger


def _rows(folder: Path) -> Iterable[object]:
    """All rows of mail.db without the columns that tell the time or the port."""
    db = apsw.Connection(str(folder / "mail.db"), flags=apsw.SQLITE_OPEN_READONLY)
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
        if table.startswith("sqlite_") or table in ("server", "host", "sighting", "setting"):
            continue
        names = [each[1] for each in db.execute(f"PRAGMA table_info({table})") if each[1] not in VOLATILE]
        wanted = ", ".join(f'"{name}"' for name in names)
        yield table, sorted(map(repr, db.execute(f"SELECT {wanted} FROM {table}")))
    db.close()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory, certificates: Any) -> object:
    """What an honest round leaves behind."""
    script = ImapScript(certificates.good.context(), offered=PLAIN, answers=dict(ANSWERS))
    return run(_outcome(tmp_path_factory.mktemp("untouched"), script))


@pytest.mark.parametrize("place", ["greeting", "STARTTLS"])
@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_imap(pair: Pair, tmp_path: Path, untouched: object, forged: bytes, place: str) -> None:  # T12 T15 T18
    words = {"greeting": b"* OK ready\r\n" + forged, "STARTTLS": forged + b"<tag> OK begin\r\n"}
    script = ImapScript(pair.context(), offered=PLAIN, answers={**ANSWERS, place: words[place]})
    touched = run(_outcome(tmp_path, script))
    assert touched == untouched
    assert b"orged" not in repr(touched).encode()


def test_all_of_it_in_pieces(pair: Pair, tmp_path: Path, untouched: object) -> None:  # T12
    """The same words as a slow flow between greeting and agreement."""

    class Slow(ImapScript):
        async def _perform(self, reply: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if isinstance(reply, bytes) and b"orged" in reply:
                for start in range(0, len(reply), 97):
                    await super()._perform(reply[start : start + 97], reader, writer)
                    await asyncio.sleep(0)
            else:
                await super()._perform(reply, reader, writer)

    words = b"".join(FORGED.values()) + b"<tag> OK begin\r\n"
    script = Slow(pair.context(), offered=PLAIN, answers={**ANSWERS, "STARTTLS": words})
    assert run(_outcome(tmp_path, script)) == untouched


@pytest.mark.parametrize("place", ["LIST", "SELECT", "UID SEARCH", "UID FETCH"])
def test_an_alert_after_the_sign_in_is_shown_as_the_servers(pair: Pair, tmp_path: Path, place: str) -> None:  # T18
    """As plain text of one line, not more than 300 characters, and named as the server's words."""
    words = b"* OK [ALERT] \x1b[31mcall <b>now</b> \x07" + "\u202e".encode() + b"z" * 1000 + b"\r\n"
    script = ImapScript(pair.context(), offered=PLAIN, answers={**ANSWERS, place: words + ANSWERS[place]})
    said = run(_outcome(tmp_path, script))[1]
    (problem,) = {each.problem for each in said if each.problem is not None}
    assert problem.kind == "server-message" and problem.title == "Message from the server localhost"
    assert problem.detail.startswith("[31mcall <b>now</b> z") and len(problem.detail) <= 300
    assert problem.detail.isprintable() and problem.remedy.value == "none"


EXTENSIONS = (
    "IDLE MOVE UIDPLUS CONDSTORE QRESYNC LITERAL+ LITERAL- ESEARCH NAMESPACE ID ENABLE SASL-IR BINARY SPECIAL-USE "
    "LIST-EXTENDED LIST-STATUS NOTIFY UTF8=ACCEPT COMPRESS=DEFLATE QUOTA UNSELECT AUTH=LOGIN AUTH=XOAUTH2"
)


@pytest.mark.parametrize("place", ["greeting code", "greeting", "STARTTLS", "STARTTLS code"])
def test_a_forged_extension_is_never_used(pair: Pair, place: str) -> None:  # T15
    words = f"CAPABILITY IMAP4rev1 {EXTENSIONS}".encode()
    answers: dict[str, dict[str, Any]] = {
        "greeting code": {"greeting": b"* OK [" + words + b"] hi\r\n"},
        "greeting": {"greeting": b"* OK hi\r\n* " + words + b"\r\n"},
        "STARTTLS": {"STARTTLS": b"* " + words + b"\r\n<tag> OK begin\r\n"},
        "STARTTLS code": {"STARTTLS": b"<tag> OK [" + words + b"] begin\r\n"},
    }

    async def said(script: ImapScript) -> list[bytes]:
        script.offered = "IMAP4rev1"
        async with script:
            session = await ImapSession.open(script.endpoint(Security.STARTTLS), PASSWORD, timeout=10)
            assert session.capabilities == {"IMAP4REV1"}
            await session.list_folders()
            await session.select("INBOX")
            await session.search_all()
            await session.logout()
        return script.lines

    plain: dict[str, Any] = {"UID SEARCH": search(1, 2)}
    assert run(said(imap(pair, **plain, **answers[place]))) == run(said(imap(pair, **plain)))


def test_capabilities_after_signing_in_replace_those_before(pair: Pair) -> None:  # T15
    """What TLS showed before the sign-in is not believed after it either."""
    lists = [b"* CAPABILITY IMAP4rev1 MOVE IDLE AUTH=PLAIN\r\n<tag> OK\r\n", b"* CAPABILITY IMAP4rev1\r\n<tag> OK\r\n"]
    for implicit in (True, False):
        script = imap(pair, implicit, CAPABILITY=list(lists))

        async def attempt(script: ImapScript, security: Security) -> frozenset[str]:
            async with script:
                session = await ImapSession.open(script.endpoint(security), PASSWORD, timeout=10)
                await session.logout()
                return session.capabilities

        assert run(attempt(script, Security.TLS if implicit else Security.STARTTLS)) == {"IMAP4REV1"}


def test_smtp_extensions_in_clear_are_never_used(pair: Pair) -> None:  # T15
    forged = b"250-script\r\n250-STARTTLS\r\n250-SIZE 1\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 AUTH LOGIN XOAUTH2\r\n"
    script = smtp(pair, ehlo=forged, tls_ehlo=b"250-script\r\n250 AUTH PLAIN\r\n")

    async def attempt() -> None:
        async with script:
            await try_out(script, Security.STARTTLS, 10)

    run(attempt())
    assert [line.split()[:2] for line in script.lines if line.startswith(b"AUTH")] == [[b"AUTH", b"PLAIN"]]


UNASKED = [b"250-script\r\n250 AUTH PLAIN\r\n", b"235 welcome\r\n", b"220 more\r\n", b"421 bye\r\n", b"x", b"\0\r\n"]


@pytest.mark.parametrize("unasked", UNASKED)
@pytest.mark.parametrize("step", ["greeting", "tls_ehlo", "auth", "mail", "rcpt", "data"])
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_smtp_replies_that_nobody_asked_for(pair: Pair, step: str, unasked: bytes, security: Security) -> None:  # T23
    """Each reply is for one command; a second one behind it is no answer to the next, over TLS neither."""
    script = smtp(pair, security is Security.TLS, **{step: USUAL[step] + unasked})
    assert isinstance(refusal(script, security), ProtocolViolation)
    assert not script.messages
