"""The page of a provider at which a person can sign in instead of typing a password here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from desktopmail.engine.engine import Engine


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`key` is how the engine calls the provider, `name` how people do."""

    key: str
    name: str


async def page_of(engine: Engine, key: str) -> SignInPage | None:
    """The page of a provider; None when it has none, or none that this program can use."""
    if not key or not await engine.oauth.available(key):
        return None
    named = {each.key: each.name for each in await engine.oauth.clients()}
    return SignInPage(key, named.get(key) or urlsplit(key).hostname or key)
