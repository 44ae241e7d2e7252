"""A message bus of its own, and a desktop on it that records notifications and lets a person click on them."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

NOTIFICATIONS = DBusAddress(
    "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
)
ABILITIES = ("actions", "body", "body-markup", "persistence")


def has_bus() -> bool:
    """Whether this computer can run a message bus."""
    return shutil.which("dbus-daemon") is not None


@contextmanager
def private_bus() -> Iterator[str]:
    """A message bus that nobody else uses; its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert daemon.stdout is not None
    try:
        yield daemon.stdout.readline().strip()
    finally:
        daemon.kill()
        daemon.wait()
        daemon.stdout.close()


@dataclass(frozen=True)
class Shown:
    """One call of Notify."""

    number: int
    replaces: int
    title: str
    text: str
    acts: dict[str, str]
    hints: dict[str, Any]


@dataclass
class FakeDesktop:
    """Answers on the bus until `end`. `shown` and `closed` are what it was asked, in order."""

    address: str
    abilities: Sequence[str] = ABILITIES
    shown: list[Shown] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Take the name and answer from a thread."""
        self._line = open_dbus_connection(self.address)
        self._talk = open_dbus_connection(self.address)
        Proxy(message_bus, self._line).RequestName(NOTIFICATIONS.bus_name)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def click(self, number: int, act: str, token: str = "") -> None:
        """The person chooses something: the desktop says so, and takes the notification away."""
        if token:
            self._signal("ActivationToken", "us", number, token)
        self._signal("ActionInvoked", "us", number, act)
        self._signal("NotificationClosed", "uu", number, 2)

    def dismiss(self, number: int) -> None:
        """The person waves it away."""
        self._signal("NotificationClosed", "uu", number, 2)

    def lie(self, number: int, act: str) -> None:
        """Another program on the bus pretends to be the desktop."""
        self._talk.send(new_signal(NOTIFICATIONS, "ActionInvoked", "us", (number, act)))

    def end(self) -> None:
        """Hang up."""
        self._line.sock.shutdown(2)
        self._thread.join(10)
        for each in (self._line, self._talk):
            each.close()

    def _signal(self, name: str, signature: str, *body: Any) -> None:
        with self._turn:
            self._line.send(new_signal(NOTIFICATIONS, name, signature, body))

    def _serve(self) -> None:
        while True:
            try:
                message = self._line.receive()
                if message.header.message_type is MessageType.method_call:
                    # An answer goes out before any click on what it is about.
                    with self._turn:
                        self._line.send(self._answer(message))
            except (OSError, EOFError):
                return

    def _answer(self, message: Message) -> Message:
        body = message.body
        match message.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                return new_method_return(message, "as", (list(self.abilities),))
            case "Notify":
                _, replaces, _, title, text, acts, hints, _ = body
                number = replaces or len(self.shown) + 1
                pairs = dict(zip(acts[::2], acts[1::2], strict=True))
                values = {name: value for name, (_, value) in hints.items()}
                self.shown.append(Shown(number, replaces, title, text, pairs, values))
                return new_method_return(message, "u", (number,))
            case "CloseNotification":
                self.closed.append(body[0])
                return new_method_return(message)
            case _:
                return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")


@contextmanager
def desktop(abilities: Sequence[str] = ABILITIES) -> Iterator[FakeDesktop]:
    """A bus with a desktop, where the environment says that it is."""
    before = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    with private_bus() as address:
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        made = FakeDesktop(address, abilities)
        made.begin()
        try:
            yield made
        finally:
            made.end()
            if before is None:
                del os.environ["DBUS_SESSION_BUS_ADDRESS"]
            else:
                os.environ["DBUS_SESSION_BUS_ADDRESS"] = before


__all__ = ["DBusConnection", "FakeDesktop", "Shown", "desktop", "has_bus", "private_bus"]
