"""An account behind a proxy, from the command line: servers are reached through it alone."""

from __future__ import annotations

import asyncio

from tests.fakes.proxy_script import ProxyScript
from tests.journeys.conftest import Person


def test_an_account_behind_a_proxy(person: Person) -> None:
    """What the account says is what every connection does; without the proxy there is no connection."""
    port = person.dovecot.ports["imaps"]
    person.dovecot.seed(person.user, "INBOX", [b"Subject: through\r\n\r\nx\r\n"])

    async def story() -> list[tuple[str, int]]:
        async with ProxyScript("socks5", port) as proxy:
            words = ("account", "add", person.user.address, "--imap", person.dovecot.url("imaps", person.user))
            made = await asyncio.to_thread(person.terminal.ask, *words, "--proxy", proxy.url)
            assert (made["kind"], made["incoming"]["proxy"]) == ("imap", proxy.url)
            (report,) = (await asyncio.to_thread(person.terminal.ask, "sync"))["accounts"]
            assert report["new"] == 1 and report["problems"] == []
            return proxy.asked

    asked = asyncio.run(story())
    assert len(asked) >= 2 and set(asked) == {("localhost", port)}
    (report,) = person.terminal.run("--json", "sync", codes=(1,)).json["accounts"]
    assert report["problems"][0]["kind"] == "proxy"


def test_what_is_no_proxy_and_no_certificate(person: Person) -> None:
    words = ("--json", "account", "add", person.user.address, "--imap", person.dovecot.url("imaps", person.user))
    for proxy in ("ftp://x:1", "http://bob:hunter2@x:1"):
        answer = person.terminal.run(*words, "--proxy", proxy, codes=(2,))
        assert answer.json["error"]["kind"] == "usage" and "hunter2" not in answer.text + answer.err
    answer = person.terminal.run(*words, "--client-certificate", "nothing-there.pem", codes=(1,))
    assert answer.json["error"]["kind"] == "client-certificate"
    assert person.terminal.ask("account", "list") == []
