"""What an engine is made of. Parts that few commands need are made, and their modules loaded, at first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktopmail.domain.ids import MessageId
from desktopmail.engine.ears import Ears
from desktopmail.engine.lazy import Lazy
from desktopmail.engine.library import Library
from desktopmail.store.secrets import PasswordSource
from desktopmail.store.store import Store

if TYPE_CHECKING:
    import ssl

    from desktopmail.engine.accounts import Accounts
    from desktopmail.engine.actions import Actions
    from desktopmail.engine.arrangements import Arrangements
    from desktopmail.engine.backups import Backups
    from desktopmail.engine.composing import Composing
    from desktopmail.engine.contacts import Contacts
    from desktopmail.engine.diagnosis import Diagnosis
    from desktopmail.engine.discovery import Discovery
    from desktopmail.engine.folders import Folders
    from desktopmail.engine.keys import Keys
    from desktopmail.engine.lanes import Lanes
    from desktopmail.engine.oauth import OAuth
    from desktopmail.engine.outbox import Outbox
    from desktopmail.engine.pop3.verbs import Pop3Verbs
    from desktopmail.engine.reading import Reading
    from desktopmail.engine.safekeeping import Safekeeping
    from desktopmail.engine.search import Search
    from desktopmail.engine.settings import SettingsVerbs
    from desktopmail.engine.switching import Switching
    from desktopmail.engine.transfer import Transfer
    from desktopmail.engine.updates import Updates
    from desktopmail.engine.worries import Worries


def _accounts(parts: Parts) -> Accounts:
    from desktopmail.engine.accounts import Accounts

    return Accounts(parts._store, parts._keys)


def _actions(parts: Parts) -> Actions:
    from desktopmail.engine.actions import Actions

    return Actions(parts._store)


def _arrangements(parts: Parts) -> Arrangements:
    from desktopmail.engine.arrangements import Arrangements

    return Arrangements(parts._store)


def _backups(parts: Parts) -> Backups:
    from desktopmail.engine.backups import Backups

    return Backups(parts._store, parts.settings)


def _composing(parts: Parts) -> Composing:
    from desktopmail.engine.composing import Composing

    return Composing(parts._store, parts.library, parts.reading)


def _contacts(parts: Parts) -> Contacts:
    from desktopmail.engine.contacts import Contacts

    return Contacts(parts._store, parts.library)


def _diagnosis(parts: Parts) -> Diagnosis:
    from desktopmail.engine.diagnosis import Diagnosis

    return Diagnosis(parts._store, parts._keys)


def _discovery(parts: Parts) -> Discovery:
    from desktopmail.engine.discovery import Discovery

    library = parts.library
    return Discovery(noting=parts._store.hosts.note, listed=lambda: library.settings().ask_provider_list)


def _folders(parts: Parts) -> Folders:
    from desktopmail.engine.folders import Folders

    return Folders(parts._store, parts.library)


def _keys(parts: Parts) -> Keys:
    from desktopmail.engine.keys import Keys

    return Keys(parts._secrets(), parts._store.hosts.note)


def _lanes(parts: Parts) -> Lanes:
    from desktopmail.engine.lanes import Lanes

    return Lanes(parts._store, parts._keys, parts.outbox, parts._ears, offline=parts._offline)


def _oauth(parts: Parts) -> OAuth:
    from desktopmail.engine.oauth import OAuth

    return OAuth(parts._store, parts._keys.source)


def _outbox(parts: Parts) -> Outbox:
    from desktopmail.engine.outbox import Outbox

    return Outbox(parts._store, parts._keys, lambda account, error: parts._ears.problem(error.problem(account)))


def _pop3(parts: Parts) -> Pop3Verbs:
    from desktopmail.engine.pop3.verbs import Pop3Verbs

    return Pop3Verbs(parts._store, lambda: parts._lanes)


def _reading(parts: Parts) -> Reading:
    from desktopmail.engine.pictures import Pictures
    from desktopmail.engine.reading import Reading

    async def fetch(message: MessageId) -> None:
        await parts._lanes.fetch(message)

    return Reading(parts._store, fetch, Pictures(_trusting, local=parts._local, noting=parts._store.hosts.note))


def _safekeeping(parts: Parts) -> Safekeeping:
    from desktopmail.engine.safekeeping import Safekeeping

    return Safekeeping(parts._keys.source)


def _search(parts: Parts) -> Search:
    from desktopmail.engine.search import Search

    return Search(parts._store)


def _settings(parts: Parts) -> SettingsVerbs:
    from desktopmail.engine.settings import SettingsVerbs

    return SettingsVerbs(parts._store)


def _switching(parts: Parts) -> Switching:
    from desktopmail.engine.switching import Switching

    return Switching(parts._store, parts._keys, lambda: parts._lanes)


def _transfer(parts: Parts) -> Transfer:
    from desktopmail.engine.transfer import Transfer

    return Transfer(parts._store, parts.library, parts.reading)


def _updates(parts: Parts) -> Updates:
    from desktopmail.engine.updates import Source, Updates, shipped

    source = Source() if parts._offline else shipped()
    return Updates(parts._store, source, noting=parts._store.hosts.note)


def _worries(parts: Parts) -> Worries:
    from desktopmail.engine.worries import Worries

    return Worries(parts._store, parts._ears)


class Parts:
    """The parts by name, one of each. `secrets` opens the source of passwords, when somebody first wants one.
    `local_pictures`: remote pictures may lie on this computer's own network."""

    accounts = Lazy(_accounts)
    actions = Lazy(_actions)
    arrangements = Lazy(_arrangements)
    backups = Lazy(_backups)
    composing = Lazy(_composing)
    contacts = Lazy(_contacts)
    diagnosis = Lazy(_diagnosis)
    discovery = Lazy(_discovery)
    folders = Lazy(_folders)
    oauth = Lazy(_oauth)
    outbox = Lazy(_outbox)
    pop3 = Lazy(_pop3)
    reading = Lazy(_reading)
    safekeeping = Lazy(_safekeeping)
    search = Lazy(_search)
    settings = Lazy(_settings)
    switching = Lazy(_switching)
    transfer = Lazy(_transfer)
    updates = Lazy(_updates)
    _keys = Lazy(_keys)
    _lanes = Lazy(_lanes)
    _worries = Lazy(_worries)

    def __init__(
        self,
        store: Store,
        secrets: Callable[[], PasswordSource],
        *,
        offline: bool = False,
        local_pictures: bool = False,
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._offline = offline
        self._local = local_pictures
        self._ears = Ears()
        self.profile = store.folder
        self.visiting = store.visiting
        self.activities = self._ears.activities
        self.library = Library(store)


def _trusting() -> ssl.SSLContext:
    """Checks certificates as for any server that is not pinned."""
    from desktopmail.domain.account import Endpoint, Security
    from desktopmail.protocols.tls import ssl_context

    return ssl_context(Endpoint("", 443, Security.TLS, ""))
