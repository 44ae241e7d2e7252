"""Nothing secret is left anywhere: passwords, tokens and letters are looked for in every form after a success, a
refusal, a fault of the program and a crash, with every logger at its most talkative. T40"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktopmail.domain.account import Security
from tests.fakes.imap_script import ImapScript, Reply
from tests.fakes.pop3_script import Pop3Script
from tests.fakes.smtp_script import SmtpScript
from tests.servers.certificates import Certificates
from tests.unit.transport_cases.judge import leaks

ROOT = Path(__file__).resolve().parents[2]
PLAIN = "IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER"
EHLO = b"250-script\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER\r\n"


def servers(
    certificates: Certificates, security: Security, story: str, word: str
) -> tuple[ImapScript, SmtpScript, Pop3Script]:
    """Servers that take any secret, or in 'refused' none, and that repeat then what they were given."""
    implicit = security is Security.TLS
    imap: dict[str, Reply | list[Reply]] = {}
    smtp: dict[str, Any] = {"tls_ehlo": EHLO}
    pop3: dict[str, Any] = {}
    if story == "refused":
        no = word.encode() + b" " + base64.b64encode(f"\0alice\0{word}".encode()) + b"\r\n"
        imap = dict.fromkeys(("AUTHENTICATE", "LOGIN", "sasl"), b"<tag> NO [AUTHENTICATIONFAILED] not " + no)
        smtp |= dict.fromkeys(("auth", "challenge"), b"535 5.7.8 not " + no)
        pop3 = dict.fromkeys(("AUTH", "PASS", "challenge"), b"-ERR [AUTH] not " + no)
    offered = PLAIN if story != "login" else "IMAP4rev1"
    return (
        ImapScript(certificates.good.context(), implicit, offered, imap),
        SmtpScript(certificates.good.context(), implicit, answers=smtp),
        Pop3Script(certificates.good.context(), implicit, answers=pop3),
    )


@contextmanager
def child(told: dict[str, Any], folder: Path, certificates: Certificates) -> Iterator[subprocess.Popen[bytes]]:
    """The life in a process of its own, with a place for temporary files of its own."""
    temporary = folder / "tmp"
    temporary.mkdir()
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(temporary),
        "SSL_CERT_FILE": str(certificates.authority),
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    command = [sys.executable, "-m", "tests.journeys.canary_child"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=variables, cwd=folder) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(told).encode() + b"\n")
        process.stdin.flush()
        try:
            yield process
        finally:
            process.kill()


def watch(told: dict[str, Any], folder: Path, certificates: Certificates) -> tuple[bytes, bytes, int]:
    """What can be seen of the process from outside, what it said, and how it ended."""
    with child(told, folder, certificates) as process:
        assert process.stdout is not None and process.stderr is not None
        said = process.stdout.readline()
        assert said == b"ready\n", process.stderr.read().decode()
        seen = b"".join(Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
        out, err = process.communicate(b"go\n")
    return seen, said + out + err, process.returncode


STORIES = [
    ("success", "asyncio", Security.TLS),
    ("success", "qasync", Security.STARTTLS),
    ("login", "asyncio", Security.STARTTLS),
    ("refused", "asyncio", Security.TLS),
    ("fault", "asyncio", Security.TLS),
    ("crash", "qasync", Security.TLS),
]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.parametrize(("story", "loop", "security"), STORIES)
def test_nothing_is_left(
    tmp_path: Path, certificates: Certificates, story: str, loop: str, security: Security
) -> None:  # T40
    word, token, body = (f"canary {kind} {secrets.token_hex(8)} ü" for kind in ("password", "token", "body"))
    told = {"profile": str(tmp_path / "profile"), "story": story, "loop": loop, "security": security.value}
    told_all: dict[str, Any] = {**told, "password": word, "token": token.removesuffix(" ü"), "body": body}

    async def attempt() -> tuple[bytes, bytes, int]:
        imap, smtp, pop3 = servers(certificates, security, story, word)
        async with asyncio.timeout(50), imap, smtp, pop3:
            told_all["ports"] = {"imap": imap.port, "smtp": smtp.port, "pop3": pop3.port}
            found = await asyncio.to_thread(watch, told_all, tmp_path, certificates)
        for each in (imap, smtp, pop3):
            assert leaks(b"\n".join(each.lines), word), "the secret was never said, so that nothing is proven"
        return found

    seen, said, code = asyncio.run(attempt())
    assert (code < 0) is (story == "crash"), said.decode()
    assert leaks(seen + said, word, told_all["token"], body) == []
    assert story != "fault" or b"Traceback" in (tmp_path / "profile" / "desktopmail.log").read_bytes()
    assert b"DEBUG" in (tmp_path / "everything.log").read_bytes()
    for file in (each for each in tmp_path.rglob("*") if each.is_file()):
        data = file.read_bytes()
        assert leaks(data, word, told_all["token"]) == [], file
        if file.suffix not in (".db", ".db-wal"):
            assert leaks(data, body) == [], file
    assert list((tmp_path / "tmp").iterdir()) == []
