"""Where passwords are: in the system's key store, in the environment, or only in memory. Never in a file of ours.

`open_secrets` chooses. The key store is asked on a thread of its own, because it may wait for a person to unlock it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from desktopmail.domain.account import Account, Endpoint
from desktopmail.domain.errors import PasswordMissing, SecretsUnavailable, WrongUsage

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "desktopmail"
CHOICE = "DESKTOPMAIL_SECRETS"
SECONDS = 60.0
NOT_SAFE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

What = Literal["incoming", "outgoing"]
T = TypeVar("T")


class PasswordSource(Protocol):
    """Gives and keeps the passwords of accounts. An outgoing server without a password of its own uses the incoming
    one's. No password ever appears in a repr, a log or an error."""

    async def ready(self) -> str:
        """Where passwords will be kept, in words for a person. SecretsUnavailable when nothing can be kept."""

    async def get(self, account: Account, what: What) -> str:
        """The password. PasswordMissing when there is none, SecretsUnavailable when nobody can tell."""

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Keep a password; with `keep=False` only until the program ends. SecretsUnavailable when it cannot."""

    async def carry(self, old: Account, new: Account) -> None:
        """The servers of an account changed: what was kept for the old ones is for the new ones from now on."""

    async def delete(self, account: Account) -> None:
        """Forget everything about an account. Nothing stored is no error."""


def open_secrets(environment: Mapping[str, str]) -> PasswordSource:
    """The source that DESKTOPMAIL_SECRETS names: `env:VAR`, `memory`, or, when unset or `keyring`, the key store."""
    choice = environment.get(CHOICE, "") or "keyring"
    kind, _, name = choice.partition(":")
    if kind == "env" and name:
        return Environment(environment, name)
    if choice == "memory":
        return Memory()
    if choice == "keyring":
        return Keyring()
    raise WrongUsage(f"{CHOICE} is not understood", "It may be env:NAME, memory or keyring.")


class Memory:
    """Keeps passwords until the program ends."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], str] = {}

    async def ready(self) -> str:
        """Always."""
        return "in memory, until the program ends"

    async def get(self, account: Account, what: What) -> str:
        """The password that was set in this run."""
        for each in _order(what):
            if (held := self._held.get((account.id, each))) is not None:
                return held
        raise missing(account)

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Remember it."""
        self._held[account.id, what] = password

    async def carry(self, old: Account, new: Account) -> None:
        """Nothing to do: what is remembered names no server."""

    async def delete(self, account: Account) -> None:
        """Forget it."""
        self.forget(account, "incoming")
        self.forget(account, "outgoing")

    def forget(self, account: Account, what: What) -> None:
        """Forget one of the two."""
        self._held.pop((account.id, what), None)


class Environment(Memory):
    """Reads passwords from environment variables at each run and stores none. For `env:VAR` the names are, first match
    first: VAR_<account id>_OUTGOING and VAR_OUTGOING (for the outgoing server), VAR_<account id>, VAR."""

    def __init__(self, environment: Mapping[str, str], name: str) -> None:
        super().__init__()
        self._environment = environment
        self._name = name

    async def ready(self) -> str:
        """Where the password is read from."""
        return f"in the environment variable {self._name}"

    async def get(self, account: Account, what: What) -> str:
        """What was set in this run, or else the variable's value."""
        try:
            return await super().get(account, what)
        except PasswordMissing:
            names = [f"{self._name}_{account.id}", self._name]
            if what == "outgoing":
                names = [f"{self._name}_{account.id}_OUTGOING", f"{self._name}_OUTGOING", *names]
            for name in names:
                if name in self._environment:
                    return self._environment[name]
            raise missing(account) from None


class Keyring:
    """The system's key store: Secret Service or KWallet, the Windows credential store, the macOS keychain.

    Entries name account, direction, user and host, so that a password never goes to another server than it was given
    for. Backends that keep passwords in plain files, or nowhere, are refused."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._session = Memory()
        self._one_at_a_time = asyncio.Lock()

    async def ready(self) -> str:
        """The name of the key store."""
        return await self._ask(lambda backend: f"in the key store of this system ({_shown(backend)})")

    async def get(self, account: Account, what: What) -> str:
        """What was set for this run, or else what the key store has."""
        try:
            return await self._session.get(account, what)
        except PasswordMissing:
            names = [name for each in _order(what) if (name := _entry(account, each))]
        found = await self._ask(lambda backend: _first(backend, names))
        if found is None:
            raise missing(account)
        return found

    async def set(self, account: Account, what: What, password: str, *, keep: bool = True) -> None:
        """Put it into the key store and read it back, or with `keep=False` only remember it for this run."""
        if not keep:
            await self._session.set(account, what, password)
            return
        name = _entry(account, what)
        if name is None:
            raise WrongUsage("The account has no server that takes a password")
        if not await self._ask(lambda backend: _put(backend, name, password)):
            raise _unavailable("The key store did not keep the password")
        self._session.forget(account, what)

    async def carry(self, old: Account, new: Account) -> None:
        """Store the passwords under the new servers' names and remove the old entries."""
        pairs = [(_entry(old, what), _entry(new, what)) for what in _order("outgoing")]
        changed = [(before, after) for before, after in pairs if before and before != after]
        if changed:
            await self._ask(lambda backend: _rename(backend, changed))

    async def delete(self, account: Account) -> None:
        """Remove both entries."""
        await self._session.delete(account)
        names = [name for what in _order("outgoing") if (name := _entry(account, what))]
        await self._ask(lambda backend: _drop(backend, names))

    async def _ask(self, question: Callable[[KeyringBackend], T]) -> T:
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self._seconds):
                    return await _on_a_thread(lambda: question(_backend()))
            except TimeoutError as error:
                raise _unavailable("The key store did not answer", "Unlock it and try again.") from error


def missing(account: Account) -> PasswordMissing:
    """The words for a password nobody has."""
    return PasswordMissing(f"There is no password for {account.address} here", "Mail here is safe. Enter it once.")


def _order(what: What) -> tuple[What, ...]:
    return ("outgoing", "incoming") if what == "outgoing" else ("incoming",)


def _entry(account: Account, what: What) -> str | None:
    """The name of a password in the key store; None when the account has no such server."""
    server = account.incoming if what == "incoming" else account.outgoing
    if server is None:
        return None
    endpoint: Endpoint = server.endpoint
    return f"{account.id} {what} {endpoint.user}@{endpoint.host}"


def _backend() -> KeyringBackend:
    """The key store to use. SecretsUnavailable when there is none that keeps a secret."""
    keyring = importlib.import_module("keyring")
    chosen: KeyringBackend = keyring.get_keyring()
    if type(chosen).__module__ == "keyring.backends.chainer":
        chosen = next((each for each in chosen.backends if _safe(each)), chosen)  # type: ignore[attr-defined]
    if not _safe(chosen):
        raise _unavailable("This computer has no key store that is ready")
    return chosen


def _safe(backend: KeyringBackend) -> bool:
    kind = type(backend)
    hidden = kind.__module__.startswith((*NOT_SAFE, "keyring.backends.chainer"))
    return not hidden and "plaintext" not in kind.__name__.lower()


def _shown(backend: KeyringBackend) -> str:
    return type(backend).__module__.rpartition(".")[2]


def _first(backend: KeyringBackend, names: list[str]) -> str | None:
    for name in names:
        if (found := backend.get_password(SERVICE, name)) is not None:
            return found
    return None


def _put(backend: KeyringBackend, name: str, password: str) -> bool:
    backend.set_password(SERVICE, name, password)
    return backend.get_password(SERVICE, name) == password


def _rename(backend: KeyringBackend, changed: list[tuple[str, str | None]]) -> None:
    for before, after in changed:
        password = backend.get_password(SERVICE, before)
        if password is not None and (after is None or _put(backend, after, password)):
            backend.delete_password(SERVICE, before)


def _drop(backend: KeyringBackend, names: list[str]) -> None:
    for name in names:
        if backend.get_password(SERVICE, name) is not None:
            backend.delete_password(SERVICE, name)


def _unavailable(title: str, what_to_do: str = "", log: str = "") -> SecretsUnavailable:
    advice = what_to_do or "Start GNOME Keyring, KWallet or another key store and try again."
    return SecretsUnavailable(title, f"Passwords are kept nowhere else. {advice}", log)


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
        trouble = _unavailable("The key store failed")
        try:
            result.append(work())
        except SecretsUnavailable as error:
            trouble = error
        except _foreign() as error:
            trouble = _unavailable("The key store cannot be used now", "Unlock it and try again.", type(error).__name__)
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
