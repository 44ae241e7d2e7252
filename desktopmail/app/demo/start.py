"""Prepares a throw-away profile on the demonstration's servers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from desktopmail.app.demo.mail import ADDRESS, PERSON, sample_mail
from desktopmail.app.demo.servers import DemoServers
from desktopmail.domain.account import ImapServer, NewAccount, SmtpServer
from desktopmail.engine.engine import Engine
from desktopmail.store.secrets import Memory


@asynccontextmanager
async def demo_engine() -> AsyncIterator[Engine]:
    """An engine on a fresh profile with one account; servers and profile are gone afterwards."""
    servers = DemoServers(ADDRESS, sample_mail(datetime.now().astimezone()))
    servers.start()
    profile = Path(tempfile.mkdtemp(prefix="desktopmail-demo-"))
    try:
        engine = await Engine.open(profile, passwords=Memory(), local_pictures=True)
        try:
            new = NewAccount(ADDRESS, "Demonstration", PERSON, ImapServer(servers.imap), SmtpServer(servers.smtp))
            await engine.accounts.add(new, servers.password)
            yield engine
        finally:
            await engine.close()
    finally:
        servers.stop()
        shutil.rmtree(profile, ignore_errors=True)
