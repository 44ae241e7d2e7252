"""Looks whether there is a newer version, if the person wants that, and tells. It changes nothing and installs nothing.

The address and the keys are those of the file this program ships; without them there is nothing to ask about.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktopmail import __version__
from desktopmail.domain.errors import MailError, NotFound, NotGenuine
from desktopmail.domain.hosts import UPDATES
from desktopmail.domain.release import Release, is_newer, version_key
from desktopmail.domain.saying import phrase, said
from desktopmail.engine.hosts import Noting, note_address, silent
from desktopmail.formats import release as notices
from desktopmail.protocols import updates as far
from desktopmail.store.store import Store
from desktopmail.store.transaction import Transaction

FILE = Path(__file__).resolve().parents[2] / "resources" / "updates.json"
DAY = 86_400
BETWEEN = 7 * DAY
AFTER_FAILURE = DAY
DAYS_OF_USE = 3
"""So many days after the first start the person is asked, once."""

FIRST, ASKED, TRIED, SEEN, PUT_OFF = (f"updates.{word}" for word in ("first", "asked", "tried", "seen", "put_off"))
"""What is remembered: the first start, whether was asked, when to look again, the newest notice, what is not wanted."""
ANSWERED = "updates.answered"
"""And when the last notice came that was believed."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where notices are, and whose signature counts: raw Ed25519 public keys by name."""

    address: str = ""
    keys: Mapping[str, bytes] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.address and self.keys)


def shipped(file: Path = FILE) -> Source:
    """The source that came with the program; an empty one when it came with none, or the file cannot be read."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
        keys = {str(name): base64.b64decode(key, validate=True) for name, key in given["keys"].items()}
        return Source(str(given["address"]), keys)
    except (OSError, ValueError, KeyError, AttributeError, TypeError, binascii.Error):
        return Source()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The newest notice that was believed. What comes later may not be older in any respect."""

    sequence: int = 0
    version: str = ""
    page: str = ""
    digest: str = ""

    @classmethod
    def of(cls, stored: Any) -> _Seen:
        """From what was stored; as if nothing had been seen when it has another form."""
        return cls(*stored) if isinstance(stored, list) and len(stored) == 4 else cls()


class Updates:
    """`engine.updates`. `clock` in seconds since 1970 UTC; `version` is the one that runs."""

    def __init__(
        self,
        store: Store,
        source: Source,
        *,
        version: str = __version__,
        clock: Callable[[], float] = time.time,
        noting: Noting = silent,
    ) -> None:
        self._store = store
        self._source = source
        self._version = version
        self._clock = clock
        self._noting = noting

    @property
    def possible(self) -> bool:
        """Whether this build knows where to look and whom to believe."""
        return bool(self._source)

    async def should_ask(self) -> bool:
        """Whether to ask the person now if new versions are to be looked for: once, after some days of use."""
        if not self.possible or self._store.visiting:
            return False
        now = int(self._clock())

        def work(tx: Transaction) -> bool:
            first = int(tx.settings.get(FIRST, 0))
            if not first:
                tx.settings.set(FIRST, now)
                return False
            wanted = tx.settings.all().look_for_updates
            return now - first >= DAYS_OF_USE * DAY and not wanted and not tx.settings.get(ASKED, False)

        return await self._store.write(work)

    async def asked(self) -> None:
        """The person was asked, whatever the answer: not again."""
        await self._store.write(lambda tx: tx.settings.set(ASKED, True))

    async def look_if_due(self) -> Release | None:
        """A newer version to tell about, looked for only if the person wants that and a week has passed. Trouble on
        the way is no news: it is tried again a day later."""
        wanted, tried = await self._store.read(lambda tx: (tx.settings.all().look_for_updates, _int(tx, TRIED)))
        if not wanted or not self.possible or self._store.visiting:
            return None
        if self._clock() >= tried or tried > self._clock() + BETWEEN:
            try:
                await self.look()
            except MailError:
                await self._again_in(AFTER_FAILURE)
        return await self.news()

    async def look(self) -> Release | None:
        """Ask now; the release when it is newer than what runs. Raises MailError, NotGenuine for a notice that is
        forged, expired or older than one seen before."""
        if not self.possible:
            raise NotFound(
                phrase("This version does not know where to look"), phrase("New versions are where this one came from.")
            )
        note_address(self._noting, self._source.address, UPDATES)
        raw = await far.fetch(self._source.address)
        release = notices.read(raw, self._source.keys, int(self._clock()))
        digest = hashlib.sha256(repr(release).encode()).hexdigest()
        now = int(self._clock())
        await self._store.write(lambda tx: _believe(tx, release, digest, now))
        await self._again_in(BETWEEN)
        return release if is_newer(release.version, self._version) else None

    async def answered(self) -> int:
        """When an answer came last that was believed, in seconds since 1970 UTC; 0 when none ever did. Somebody who
        keeps answers away cannot forge them, but they can be missed."""
        return await self._store.read(lambda tx: _int(tx, ANSWERED))

    async def news(self) -> Release | None:
        """The newer version that was found and not put off."""
        seen, off = await self._store.read(lambda tx: (_Seen.of(tx.settings.get(SEEN)), tx.settings.get(PUT_OFF, "")))
        if not is_newer(seen.version, self._version) or seen.version == off:
            return None
        return Release(seen.version, seen.sequence, 0, 0, seen.page)

    async def put_off(self, release: Release) -> None:
        """Not now: nothing more is said about this version."""
        await self._store.write(lambda tx: tx.settings.set(PUT_OFF, release.version))

    async def _again_in(self, seconds: int) -> None:
        due = int(self._clock()) + seconds
        await self._store.write(lambda tx: tx.settings.set(TRIED, due))


def _int(tx: Transaction, name: str) -> int:
    found = tx.settings.get(name, 0)
    return found if isinstance(found, int) else 0


def _believe(tx: Transaction, release: Release, digest: str, now: int) -> None:
    """Remember a notice. Raises NotGenuine when an older one, or another one of the same number, is played back."""
    seen = _Seen.of(tx.settings.get(SEEN))
    older = release.sequence < seen.sequence or version_key(release.version) < version_key(seen.version)
    if older or (release.sequence == seen.sequence and digest != seen.digest):
        raise NotGenuine(
            phrase("The notice of new versions is older than the last one"),
            phrase("It was not believed: somebody may be playing back an old one. {0}", said(notices.SAFE)),
            f"{release.sequence} after {seen.sequence}",
        )
    tx.settings.set(SEEN, [release.sequence, release.version, release.page, digest])
    tx.settings.set(ANSWERED, now)
