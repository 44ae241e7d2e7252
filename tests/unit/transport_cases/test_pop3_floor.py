"""A POP3 server whose encryption is too weak."""

from __future__ import annotations

import pytest

from desktopmail.domain.account import Security
from desktopmail.domain.errors import ConnectionLost, InsecureServer
from desktopmail.protocols.pop3.session import Pop3Session
from tests.fakes.pop3_script import Pop3Script
from tests.servers.certificates import Pair
from tests.unit.transport_cases.judge import BOTH, PASSWORD, refusal, unsaid
from tests.unit.transport_cases.test_floor import WEAK, weak


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("kind", WEAK)
@pytest.mark.parametrize("security", BOTH)
def test_too_weak(pair: Pair, security: Security, kind: str, pinned: bool) -> None:  # T31
    script = Pop3Script(weak(pair, kind), security is Security.TLS)
    pins = frozenset({pair.fingerprint}) if pinned else frozenset[str]()

    async def act(script: Pop3Script, security: Security, timeout: float) -> None:
        await Pop3Session.open(script.endpoint(security, pins=pins), PASSWORD)

    assert isinstance(refusal(script, security, act=act), InsecureServer | ConnectionLost)
    unsaid(script)
