"""Folder and account arguments: a path as `folders` prints it, or an id."""

from __future__ import annotations

from desktopmail.domain.account import Account
from desktopmail.domain.errors import NotFound, WrongUsage
from desktopmail.domain.folder import Folder, Role
from desktopmail.domain.ids import AccountId, FolderId, MessageId
from desktopmail.domain.message import Summary
from desktopmail.engine.library import Library


def folder(library: Library, text: str, account: AccountId | None = None) -> Folder:
    """The folder `text` names: by id, by path, by ADDRESS/path, or by its role. Where several accounts have such a
    path, the one of `account` is meant. Raises NotFound and WrongUsage."""
    folders = library.folders()
    if text.isascii() and text.isdigit():
        for each in folders:
            if each.id == int(text):
                return each
    found = _by_path(folders, text) or _by_address(library, folders, text) or _by_role(folders, text)
    if not found:
        raise NotFound(f"There is no folder '{text}'", "'desktopmail folders' prints them all.")
    here = [each for each in found if each.account == account] or found
    if len(here) > 1:
        choices = ", ".join(f"{each.id} ({_address(library, each.account)})" for each in here)
        raise WrongUsage(f"Several accounts have a folder '{text}'", f"Name it by its id: {choices}.")
    return here[0]


def paths(library: Library) -> dict[FolderId, str]:
    """The path of every folder."""
    return {each.id: each.path for each in library.folders()}


def account(library: Library, number: int | None) -> Account:
    """The account with this id; without one, the only account there is. Raises NotFound and WrongUsage."""
    accounts = library.accounts()
    if number is not None:
        for each in accounts:
            if each.id == number:
                return each
        raise NotFound(f"There is no account {number}", "'desktopmail account list' prints them all.")
    if len(accounts) == 1:
        return accounts[0]
    if not accounts:
        raise NotFound("There is no account yet", "'desktopmail account add' makes one.")
    raise WrongUsage("There are several accounts", "Say which with --account ID.")


def messages(library: Library, numbers: list[int]) -> list[Summary]:
    """The messages with these ids, each once. Raises NotFound when one of them is not there."""
    ids = [MessageId(number) for number in dict.fromkeys(numbers)]
    missing = set(ids) - {MessageId(row[0]) for row in library.keys(ids)}
    if missing:
        raise NotFound(f"There is no message {min(missing)}")
    return library.summaries(ids)


def _by_path(folders: tuple[Folder, ...], text: str) -> list[Folder]:
    wanted = text.strip("/")
    exact = [each for each in folders if each.path == wanted]
    return exact or [each for each in folders if each.path.casefold() == wanted.casefold()]


def _by_address(library: Library, folders: tuple[Folder, ...], text: str) -> list[Folder]:
    address, _, path = text.partition("/")
    mine = {each.id for each in library.accounts() if address.casefold() in (each.address.casefold(), each.name)}
    return _by_path(tuple(each for each in folders if each.account in mine), path) if path and mine else []


def _by_role(folders: tuple[Folder, ...], text: str) -> list[Folder]:
    return [each for each in folders if each.role is not Role.NONE and each.role.value == text.casefold()]


def _address(library: Library, number: AccountId) -> str:
    return next((each.address for each in library.accounts() if each.id == number), "")
