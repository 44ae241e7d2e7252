"""Looking up SRV and MX records of a stranger."""

from __future__ import annotations

import asyncio
import time

import pytest

from desktopmail.domain.errors import UnknownHost
from desktopmail.protocols.autoconfig.records import MOST_RECORDS, Names, Target
from tests.fakes.dns_script import FAILS, GARBAGE, LOOP, SILENT, Act, DnsScript, Table

SERVICE = "_imaps._tcp.example.org"


def services(*records: str) -> tuple[Target, ...]:
    async def work() -> tuple[Target, ...]:
        async with DnsScript({(SERVICE, "SRV"): list(records)}) as dns:
            return await Names(("127.0.0.1",), dns.port).services(SERVICE)

    return asyncio.run(work())


def test_the_preferred_first() -> None:
    found = services("10 1 993 c.example.org.", "0 1 993 b.example.org.", "0 9 993 A.Example.org.")
    assert [each.host for each in found] == ["a.example.org", "b.example.org", "c.example.org"]


def test_not_offered() -> None:
    assert services("0 0 0 .") == (Target("", 0),)


@pytest.mark.parametrize(
    "record",
    [
        "0 1 0 imap.example.org.",
        "0 1 993 localhost.",
        "0 1 993 127.0.0.1.",
        "0 1 993 imap\\.\\032x.example.org.",
        "0 1 993 \\000\\255.example.org.",
        "0 1 993 '\\\"<b>.example.org.",
        "0 1 993 printer.local.",
    ],
)
def test_no_host(record: str) -> None:
    assert services(record, "9 1 993 imap.example.org.") == (Target("imap.example.org", 993),)


def test_a_thousand_records() -> None:
    found = services(*(f"{number} 1 993 h{number}.example.org." for number in range(1000)))
    assert len(found) <= MOST_RECORDS


def test_names_of_another_script() -> None:
    [found] = services("0 1 993 imap.xn--bcher-kva.example.")
    assert found.host == "imap.xn--bcher-kva.example"


def look_up(table: Table, seconds: float = 3.0) -> tuple[str, ...]:
    async def work() -> tuple[str, ...]:
        async with DnsScript(table) as dns:
            return await Names(("127.0.0.1",), dns.port, seconds).exchanges("example.org")

    return asyncio.run(work())


def test_who_takes_mail() -> None:
    records = ["20 b.example.net.", "10 a.example.net.", "0 .", "5 127.0.0.1."]
    assert look_up({("example.org", "MX"): records}) == ("a.example.net", "b.example.net")
    assert look_up({}) == ()


@pytest.mark.parametrize("act", [SILENT, GARBAGE, LOOP, FAILS])
def test_a_hostile_name_server(act: Act) -> None:
    began = time.monotonic()
    with pytest.raises(UnknownHost):
        look_up({("example.org", "MX"): act}, 0.5)
    assert time.monotonic() - began < 5


def test_nobody_listens() -> None:
    async def work() -> None:
        async with DnsScript() as dns:
            port = dns.port
        with pytest.raises(UnknownHost):
            await Names(("127.0.0.1",), port, 0.5).exchanges("example.org")

    asyncio.run(work())
