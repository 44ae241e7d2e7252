"""Verbs on folders: list, count, open, make, rename, drop, subscribe."""

from __future__ import annotations

import dataclasses

from aioimaplib.aioimaplib import AUTH, SELECTED, Commands

from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.domain.marking import mark
from desktopmail.domain.saying import phrase
from desktopmail.protocols.imap import mailboxes
from desktopmail.protocols.imap.commands import mailbox
from desktopmail.protocols.imap.dialogue import Dialogue, News
from desktopmail.protocols.imap.mailboxes import FolderStatus, ListedFolder, Namespace, Selected
from desktopmail.protocols.imap.request import Refusal

MAX_FOLDERS = 20_000
PIPELINE = 32
SELECT_WANTS = {"EXISTS", "RECENT", "FLAGS", "OK", "NO", "VANISHED"}

Commands.setdefault("UNSELECT", Commands["CLOSE"]._replace(name="UNSELECT"))


class FolderVerbs(Dialogue):
    """What one can do with folders. Names are decoded, with the server's own delimiter."""

    async def list_folders(self, *, status: bool = False) -> list[ListedFolder]:
        """All folders with their roles; with `status` also their counters, in one round trip where the server can
        (RFC 5819). Folders whose counters cannot be had have `status` None."""
        async with self._turn(mark("engine", "to list the folders"), self.patience.slow):
            extended = self.can("LIST-EXTENDED")
            at_once = status and extended and self.can("LIST-STATUS")
            folders = mailboxes.listed(await self._list(extended, at_once))
            if len(folders) > MAX_FOLDERS:
                raise WrongUsage(phrase("{0} has more than {1} folders", self.endpoint.host, MAX_FOLDERS))
            if not extended:
                folders = await self._with_subscriptions(folders)
            if status and not at_once:
                folders = await self._with_status(folders)
        return mailboxes.with_roles(folders)

    async def _list(self, extended: bool, at_once: bool) -> list[bytes]:
        returns = []
        if extended:
            returns = ["SUBSCRIBED", "CHILDREN"]
            if self.can("SPECIAL-USE"):
                returns.append("SPECIAL-USE")
            if at_once:
                returns.append(f"STATUS {self._status_items()}")
        parts = ['""', '"*"', *([f"RETURN ({' '.join(returns)})"] if returns else [])]
        request = await self._run(
            "LIST", *parts, wants={"LIST", "STATUS"}, verb=phrase("The folders could not be listed")
        )
        return request.lines

    def _status_items(self) -> str:
        return "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN" + (" HIGHESTMODSEQ)" if self.can("CONDSTORE") else ")")

    async def _with_subscriptions(self, folders: list[ListedFolder]) -> list[ListedFolder]:
        request = await self._run("LSUB", '""', '"*"', wants={"LSUB"}, verb=phrase("The folders could not be listed"))
        lines = [b"LIST" + line[4:] for line in request.lines]
        names = {folder.name for folder in mailboxes.listed(lines) if folder.selectable}
        return [dataclasses.replace(folder, subscribed=folder.name in names) for folder in folders]

    async def _with_status(self, folders: list[ListedFolder]) -> list[ListedFolder]:
        wanted = [folder.name for folder in folders if folder.selectable]
        counters: dict[str, FolderStatus] = {}
        for start in range(0, len(wanted), PIPELINE):
            requests = [
                await self._send("STATUS", [mailbox(name), self._status_items()], {"STATUS"})
                for name in wanted[start : start + PIPELINE]
            ]
            for request in requests:
                await request.wait()
            for request in requests:
                counters |= mailboxes.statuses(request.lines)
        return [dataclasses.replace(folder, status=counters.get(folder.name)) for folder in folders]

    async def status(self, name: str) -> FolderStatus:
        """The counters of one folder that is not the open one. Raises NotFound, Refused."""
        async with self._turn(mark("engine", "to count the mail in a folder"), self.patience.answer):
            try:
                request = await self._run(
                    "STATUS",
                    mailbox(name),
                    self._status_items(),
                    wants={"STATUS"},
                    verb=phrase("{0} could not be read", name),
                )
            except Refusal as error:
                raise _missing(error, name) from error
            return mailboxes.statuses(request.lines).get(name, FolderStatus())

    async def namespace(self) -> Namespace:
        """Where the person's own folders live (RFC 2342), or what the hierarchy root says."""
        async with self._turn(mark("engine", "to tell where folders are"), self.patience.answer):
            if self.can("NAMESPACE"):
                request = await self._run("NAMESPACE", wants={"NAMESPACE"})
                return mailboxes.namespace(request.lines[-1] if request.lines else b"")
            request = await self._run("LIST", '""', '""', wants={"LIST"})
            found = mailboxes.listed(request.lines)
            return Namespace("", found[0].delimiter if found else "/")

    async def select(self, name: str, *, read_only: bool = False) -> Selected:
        """Open a folder; older news is forgotten. Raises NotFound, Refused."""
        async with self._turn(mark("engine", "to open a folder"), self.patience.slow):
            self.selected = None
            parts = [mailbox(name)]
            if self.can("CONDSTORE") and not self.enabled & {"CONDSTORE", "QRESYNC"}:
                parts.append("(CONDSTORE)")
            verb = "EXAMINE" if read_only else "SELECT"
            try:
                request = await self._run(
                    verb, *parts, wants=SELECT_WANTS, verb=phrase("{0} could not be opened", name)
                )
            except Refusal as error:
                self._wire.state = AUTH
                raise _missing(error, name) from error
            found = mailboxes.selected(name, request.lines, request.text, read_only=read_only)
            self._wire.state = SELECTED
            self.selected, self.exists, self.folder = name, found.exists, found
            self._news = News()
            self._noticed.clear()
            return found

    async def unselect(self) -> None:
        """Let go of the open folder without removing anything (RFC 3691); nothing where the server cannot."""
        if self.selected is None or not self.can("UNSELECT"):
            return
        async with self._turn(mark("engine", "to close a folder"), self.patience.answer):
            await self._run("UNSELECT")
            self.selected, self._wire.state = None, AUTH

    async def create(self, name: str) -> None:
        """Make a folder. Raises Refused (`code` ALREADYEXISTS when it is there)."""
        async with self._turn(mark("engine", "to make a folder"), self.patience.answer):
            await self._run("CREATE", mailbox(name), verb=phrase("The folder {0} could not be made", name))

    async def rename(self, old: str, new: str) -> None:
        """Rename a folder with everything below it. Raises NotFound, Refused."""
        async with self._turn(mark("engine", "to rename a folder"), self.patience.slow):
            try:
                await self._run(
                    "RENAME", mailbox(old), mailbox(new), verb=phrase("The folder {0} could not be renamed", old)
                )
            except Refusal as error:
                raise _missing(error, old) from error

    async def delete(self, name: str) -> None:
        """Drop a folder and the mail in it. Raises NotFound, Refused."""
        if self.selected == name:
            await self.unselect()
        async with self._turn(mark("engine", "to remove a folder"), self.patience.slow):
            try:
                await self._run("DELETE", mailbox(name), verb=phrase("The folder {0} could not be removed", name))
            except Refusal as error:
                raise _missing(error, name) from error
            if self.selected == name:
                self.selected, self._wire.state = None, AUTH

    async def subscribe(self, name: str, on: bool = True) -> None:
        """Put a folder on the list of those that clients show, or take it off."""
        async with self._turn(mark("engine", "to change a subscription"), self.patience.answer):
            await self._run("SUBSCRIBE" if on else "UNSUBSCRIBE", mailbox(name))


def _missing(error: Refusal, name: str) -> NotFound | Refusal:
    """NotFound when the code says that the folder is not there; the refusal itself else."""
    if error.code in ("NONEXISTENT", "TRYCREATE"):
        return NotFound(
            phrase("The folder {0} is not on the server", name), phrase("Mail on this computer is safe."), error.log
        )
    return error
