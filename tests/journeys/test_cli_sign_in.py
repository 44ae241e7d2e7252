"""Signing in from the command line: a new password, and a provider's page with a real Dovecot behind its tokens."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes.authorization import Authorization, visit
from tests.journeys.conftest import Person
from tests.journeys.terminal import Terminal
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot

PASSPHRASE = b"correct horse battery\n"
VAULT = {"DESKTOPMAIL_SECRETS": "vault", "DESKTOPMAIL_PASSPHRASE_FD": "0"}


def test_a_new_password(person: Person) -> None:
    imap = person.dovecot.url("imaps", person.user)
    terminal = replace(person.terminal, variables={**VAULT, "OLD": "wrong", "NEW": person.user.password})
    words = ("account", "add", person.user.address, "--imap", imap, "--password-env", "OLD", "--no-check")
    terminal.run(*words, given=PASSPHRASE)
    refused = terminal.run("--json", "account", "sign-in", 1, "--password-env", "OLD", given=PASSPHRASE, codes=(1,))
    assert refused.json["error"]["kind"] == "sign-in-refused"
    terminal.run("account", "sign-in", 1, "--password-env", "NEW", given=PASSPHRASE)
    assert terminal.run("--json", "sync", given=PASSPHRASE).json["accounts"][0]["problems"] == []


def test_a_new_password_is_not_shown_to_a_server_of_somebody_else(person: Person) -> None:
    imap = person.dovecot.url("imaps", person.user)
    with socket.socket() as foreign:
        foreign.bind(("127.0.0.1", 0))
        foreign.listen()
        foreign.setblocking(False)
        smtp = f"smtps://relay@127.0.0.1:{foreign.getsockname()[1]}"
        variables = {**VAULT, "OLD": "wrong", "RELAY": "another", "NEW": person.user.password}
        terminal = replace(person.terminal, variables=variables)
        words = ("account", "add", person.user.address, "--imap", imap, "--smtp", smtp, "--no-check")
        terminal.run(*words, "--password-env", "OLD", "--smtp-password-env", "RELAY", given=PASSPHRASE)
        terminal.run("account", "sign-in", 1, "--password-env", "NEW", given=PASSPHRASE)
        assert terminal.run("--json", "sync", given=PASSPHRASE).json["accounts"][0]["problems"] == []
        with pytest.raises(BlockingIOError):
            foreign.accept()


class Whose(BaseHTTPRequestHandler):
    """Every access token of the fake is the same person's; others are nobody's."""

    owner = ""

    def do_GET(self) -> None:
        good = (self.headers.get("Authorization") or "").startswith("Bearer access-")
        body = json.dumps({"active": good, "username": self.owner}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def bearing(certificates: Certificates) -> Iterator[Dovecot]:
    if reason := Dovecot.missing():
        pytest.skip(reason)
    asked = ThreadingHTTPServer(("127.0.0.1", 0), Whose)
    thread = threading.Thread(target=asked.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{asked.server_port}/whose"
    server = Dovecot(certificates=certificates, mechanisms="plain oauthbearer xoauth2", bearer=url)
    server.start()
    yield server
    server.stop()
    asked.shutdown()
    thread.join()
    asked.server_close()


async def at_the_page(terminal: Terminal, server: Authorization) -> tuple[int, str]:
    """Run the command, and be the person with the browser: the exit code and everything it said."""
    words = ("account", "sign-in", 1, "--provider", server.root)

    def give(program: subprocess.Popen[bytes]) -> str:
        assert program.stdin is not None and program.stderr is not None
        program.stdin.write(PASSPHRASE)
        program.stdin.close()
        said = ""
        while "https://" not in said.splitlines()[-1] if said else True:
            line = program.stderr.readline().decode()
            assert line, said
            said += line
        return said.splitlines()[-1].strip()

    program = await asyncio.to_thread(terminal.start, *words, given=subprocess.PIPE)
    address = await asyncio.to_thread(give, program)
    fields = server.authorize(address)
    redirect = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    assert "200" in await visit(redirect, fields)
    assert program.stdout is not None and program.stderr is not None
    out = await asyncio.to_thread(program.stdout.read)
    err = await asyncio.to_thread(program.stderr.read)
    code = await asyncio.to_thread(program.wait)
    program.stdout.close()
    program.stderr.close()
    return code, out.decode() + err.decode()


def test_at_a_providers_page(tmp_path: Path, bearing: Dovecot, certificates: Certificates) -> None:  # T38
    """RFC 8414 metadata over TLS, the page, the token in the vault, and mail by it in the next command."""
    user = bearing.add_user()
    Whose.owner = user.name
    bearing.seed(user, "INBOX", [b"Subject: By token\r\nMessage-ID: <t@x>\r\n\r\nHello\r\n"])
    terminal = Terminal(tmp_path / "profile", {**VAULT, "NONE": "x", "DESKTOPMAIL_OAUTH_LOCALHOST_ID": "our-client"})
    words = ("account", "add", user.address, "--imap", bearing.url("imaps", user), "--password-env", "NONE")
    terminal.run(*words, "--no-check", given=PASSPHRASE)

    async def story() -> None:
        async with Authorization(context=certificates.good.context()) as server:
            code, said = await at_the_page(terminal, server)
            assert code == 0, said
            assert "access-" not in said and "refresh-" not in said
            report = await asyncio.to_thread(terminal.run, "--json", "sync", given=PASSPHRASE)
            assert (report.json["accounts"][0]["new"], report.json["accounts"][0]["problems"]) == (1, [])
            assert server.asked == ["authorization_code", "refresh_token"]

    asyncio.run(asyncio.wait_for(story(), 90))
    assert b"refresh-" not in b"".join(each.read_bytes() for each in (tmp_path / "profile").iterdir() if each.is_file())
