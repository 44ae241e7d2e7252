"""The system says that the computer woke up: on a message bus of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

pytest.importorskip("jeepney", reason="message buses are a thing of Linux desktops")
from jeepney import DBusAddress, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection
from PySide6.QtCore import QObject
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from desktopmail.gui.desktop.waking import LOGIND, Waking
from desktopmail.gui.loop import close_tasks
from tests.fakes.desktop_bus import has_bus, private_bus

Run = Callable[[Coroutine[Any, Any, Any]], Any]


async def quiet(woken: list[int]) -> None:
    """Until what was said on the bus so far has been heard."""
    before = -1
    while len(woken) != before:
        before = len(woken)
        await asyncio.sleep(0.1)


@pytest.mark.skipif(not has_bus(), reason="there is no dbus-daemon")
def test_waking_up_is_heard(run: Run, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """After sleep, not before it; and only from who holds the name."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        logind, liar = open_dbus_connection(address), open_dbus_connection(address)
        Proxy(message_bus, logind).RequestName(LOGIND.name)
        woken: list[int] = []
        heard = asyncio.Event()

        def woke() -> None:
            woken.append(1)
            heard.set()

        owner = QObject()
        waking = Waking(woke, owner)
        place = DBusAddress(LOGIND.path, LOGIND.name, LOGIND.interface)

        async def story() -> None:
            hearing = asyncio.ensure_future(waking._hear_sleep())
            async with asyncio.timeout(20):
                while not woken and not hearing.done():
                    logind.send(new_signal(place, "PrepareForSleep", "b", (False,)))
                    await asyncio.sleep(0.01)
            assert woken
            await quiet(woken)
            woken.clear()
            heard.clear()
            for _ in range(20):
                liar.send(new_signal(place, "PrepareForSleep", "b", (False,)))
                logind.send(new_signal(place, "PrepareForSleep", "b", (True,)))
            logind.send(new_signal(place, "PrepareForSleep", "b", (False,)))
            async with asyncio.timeout(20):
                await heard.wait()
            assert len(woken) == 1
            hearing.cancel()
            await asyncio.wait([hearing])

        run(story())
        run(close_tasks())
        logind.close()
        liar.close()


def test_a_lost_network_is_heard_like_one_that_comes(run: Run, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an account would call itself up to date until its line is given up, minutes later."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    heard: list[int] = []
    owner = QObject()
    waking = Waking(lambda: heard.append(1), owner)

    async def begin() -> None:
        waking.begin()

    run(begin())
    network = QNetworkInformation.instance()
    assert network is not None
    for number, how in enumerate(QNetworkInformation.Reachability, 1):
        network.reachabilityChanged.emit(how)
        assert len(heard) == number, how
    network.transportMediumChanged.emit(QNetworkInformation.TransportMedium.WiFi)
    assert len(heard) == number + 1
    run(close_tasks())
    network.disconnect(waking)


def test_without_a_bus_nothing_is_heard_and_nothing_fails(
    run: Run, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    woken: list[int] = []
    owner = QObject()
    waking = Waking(lambda: woken.append(1), owner)
    waking.begin()
    run(asyncio.wait_for(waking._hear_sleep(), 20))
    run(close_tasks())
    assert woken == []
