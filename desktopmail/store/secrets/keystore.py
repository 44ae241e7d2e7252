"""Passwords in the system's key store, asked on a thread of its own because it may wait for a person to unlock it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from desktopmail.domain.account import Account
from desktopmail.domain.errors import PasswordMissing, SecretsUnavailable, WrongUsage
from desktopmail.domain.saying import phrase
from desktopmail.store.secrets import pieces
from desktopmail.store.secrets.memory import Memory
from desktopmail.store.secrets.source import ALL, What, entry, missing, order, unavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "desktopmail"
SECONDS = 60.0
QUIET_SECONDS = 30.0
"""How long a key store that failed is not asked again by itself: one closed prompt must not bring the next."""
NOT_SAFE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

T = TypeVar("T")


class Keyring:
    """The system's key store: Secret Service or KWallet, the Windows credential store, the macOS keychain.

    Entries name account, direction, user and host, so that a password never goes to another server than it was given
    for. Backends that keep passwords in plain files, or nowhere, are refused."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._session = Memory()
        self._trouble: SecretsUnavailable | None = None
        self._told = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def ready(self) -> str:
        """The name of the key store."""
        return await self._ask(lambda backend: phrase("in the key store of this system ({0})", _shown(backend)))

    async def get(self, account: Account, what: What) -> str:
        """What was set for this run, or else what the key store has."""
        try:
            return await self._session.get(account, what)
        except PasswordMissing:
            names = [name for each in order(what) if (name := entry(account, each))]
        if self._trouble is not None and time.monotonic() - self._told < QUIET_SECONDS:
            raise self._trouble
        found = await self._ask(lambda backend: _first(backend, names))
        if found is None:
            raise missing(account)
        return found

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Put it into the key store and read it back, or with `keep=False` only remember it for this run."""
        if not keep:
            await self._session.set(account, what, password)
            return
        name = entry(account, what)
        if name is None:
            raise WrongUsage(phrase("The account has no server that takes a password"))
        if not await self._ask(lambda backend: pieces.put(_Drawer(backend), name, password)):
            raise unavailable(phrase("The key store did not keep the password"))
        self._session.forget(account, what)

    async def carry(self, old: Account, new: Account) -> None:
        """Store the passwords under the new servers' names and remove the old entries."""
        pairs = [(entry(old, what), entry(new, what)) for what in ALL]
        changed = [(before, after) for before, after in pairs if before and before != after]
        if changed:
            await self._ask(lambda backend: _rename(backend, changed))

    async def delete(self, account: Account) -> None:
        """Remove its entries."""
        await self._session.delete(account)
        names = [name for what in ALL if (name := entry(account, what))]
        await self._ask(lambda backend: _drop(backend, names))

    async def _ask(self, question: Callable[[KeyringBackend], T]) -> T:
        async with self._one_at_a_time:
            self._trouble = None
            try:
                async with asyncio.timeout(self._seconds):
                    return await _on_a_thread(lambda: question(_backend()))
            except TimeoutError as error:
                self._note(unavailable(phrase("The key store did not answer"), phrase("Unlock it and try again.")))
                raise self._trouble or error from error
            except SecretsUnavailable as error:
                self._note(error)
                raise

    def _note(self, trouble: SecretsUnavailable) -> None:
        self._trouble, self._told = trouble, time.monotonic()


def _backend() -> KeyringBackend:
    """The key store to use. SecretsUnavailable when there is none that keeps a secret."""
    keyring = importlib.import_module("keyring")
    chosen: KeyringBackend = keyring.get_keyring()
    if type(chosen).__module__ == "keyring.backends.chainer":
        chosen = next((each for each in chosen.backends if _safe(each)), chosen)  # type: ignore[attr-defined]
    if not _safe(chosen):
        raise unavailable(phrase("This computer has no key store that is ready"))
    return chosen


def _safe(backend: KeyringBackend) -> bool:
    kind = type(backend)
    hidden = kind.__module__.startswith((*NOT_SAFE, "keyring.backends.chainer"))
    return not hidden and "plaintext" not in kind.__name__.lower()


def _shown(backend: KeyringBackend) -> str:
    return type(backend).__module__.rpartition(".")[2]


class _Drawer:
    """Our service's part of a key store."""

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def read(self, name: str) -> str | None:
        return self._backend.get_password(SERVICE, name)

    def write(self, name: str, value: str) -> None:
        self._backend.set_password(SERVICE, name, value)

    def remove(self, name: str) -> None:
        self._backend.delete_password(SERVICE, name)


def _first(backend: KeyringBackend, names: list[str]) -> str | None:
    for name in names:
        if (found := pieces.get(_Drawer(backend), name)) is not None:
            return found
    return None


def _rename(backend: KeyringBackend, changed: list[tuple[str, str | None]]) -> None:
    drawer = _Drawer(backend)
    for before, after in changed:
        password = pieces.get(drawer, before)
        if password is not None and (after is None or pieces.put(drawer, after, password)):
            pieces.drop(drawer, before)


def _drop(backend: KeyringBackend, names: list[str]) -> None:
    for name in names:
        pieces.drop(_Drawer(backend), name)


async def _on_a_thread(work: Callable[[], T]) -> T:
    """Run `work` on a daemon thread: one that waits for a prompt for ever must not keep the program from ending."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: list[T], trouble: SecretsUnavailable) -> None:
        if done.done():
            return
        if result:
            done.set_result(result[0])
        else:
            done.set_exception(trouble)

    def run() -> None:
        result: list[T] = []
        trouble = unavailable(phrase("The key store failed"))
        try:
            result.append(work())
        except SecretsUnavailable as error:
            trouble = error
        except _foreign() as error:
            trouble = unavailable(
                phrase("The key store cannot be used now"), phrase("Unlock it and try again."), type(error).__name__
            )
        finally:
            with contextlib.suppress(RuntimeError):  # the loop may be closed by now
                loop.call_soon_threadsafe(settle, result, trouble)

    threading.Thread(target=run, name="key store", daemon=True).start()
    return await done


def _foreign() -> tuple[type[Exception], ...]:
    """Everything the key stores of the three systems are known to raise."""
    kinds: list[type[Exception]] = [OSError, RuntimeError, ValueError, ImportError, AttributeError]
    for module, name in (
        ("keyring.errors", "KeyringError"),
        ("secretstorage.exceptions", "SecretStorageException"),
        ("jeepney", "DBusErrorResponse"),
        ("win32ctypes.pywin32.pywintypes", "error"),
    ):
        try:
            kinds.append(getattr(importlib.import_module(module), name))
        except ImportError:
            continue
    return tuple(kinds)
