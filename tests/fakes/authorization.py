"""An authorization server and a browser, both small: codes for tokens, tokens for tokens, all of it noted.

async with Authorization() as server:
    provider = server.provider()
    browser = Browser()                      # or one of its acts instead of a polite return
    grant = await oauth.sign_in(..., browse=browser.open)
assert server.asked == ["authorization_code"]
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from desktopmail.domain.oauth import Provider

CLIENT = "our-client"


@dataclass
class Authorization:
    """`rotate`: every refresh gives a new refresh token and the old one is over. `life` in seconds, as told. `replies`
    are taken instead of an honest answer at the token endpoint, one each time. `waiting` is set when a request for a
    token was put on `hold`."""

    rotate: bool = True
    life: int = 3_600
    context: ssl.SSLContext | None = None
    members: dict[str, Any] = field(default_factory=dict)
    replies: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    before_refresh: Callable[[], None] | None = None
    hold: asyncio.Event | None = None
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    _count: int = 0

    async def __aenter__(self) -> Authorization:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def root(self) -> str:
        return f"https://localhost:{self.port}" if self.context else f"http://127.0.0.1:{self.port}"

    def provider(self, **values: Any) -> Provider:
        usual: dict[str, Any] = {
            "scopes": ("mail", "offline_access"),
            "domains": ("example.org",),
            "client": CLIENT,
            "issuer": self.root,
        }
        return Provider(
            "fake", "Fake Mail", f"{self.root}/authorize?tenant=1", f"{self.root}/token", **(usual | values)
        )

    def authorize(self, address: str) -> dict[str, str]:
        """What the server's page does when the person agrees; the fields it sends the browser back with."""
        values = dict(parse_qsl(urlsplit(address).query))
        assert values["response_type"] == "code" and values["client_id"]
        assert values["code_challenge_method"] == "S256" and values.get("tenant", "1") == "1"
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = values
        return {"code": code, "state": values["state"], "iss": self.root}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            verb, path, _ = head.split("\r\n")[0].split(" ")
            length = next((int(each.split(":")[1]) for each in head.split("\r\n") if each.startswith("Content-Len")), 0)
            body = (await reader.readexactly(length)).decode() if length else ""
            if self.hold is not None and path == "/token":
                self.waiting.set()
                await self.hold.wait()
            status, document = self._answer(verb, path, body)
            raw = json.dumps(document).encode()
            pieces = b"%x\r\n%s\r\n0\r\n\r\n" % (len(raw), raw)
            writer.write(
                f"HTTP/1.1 {status} X\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode() + pieces
            )
            await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def _answer(self, verb: str, path: str, body: str) -> tuple[int, dict[str, Any]]:
        if verb == "GET" and path == "/.well-known/oauth-authorization-server":
            return 200, self._metadata()
        if path == "/register":
            self.forms.append(json.loads(body))
            return 201, {"client_id": "registered"}
        if path != "/token":
            return 404, {}
        form = {key: value[0] for key, value in parse_qs(body).items()}
        self.forms.append(form)
        self.asked.append(form["grant_type"])
        if self.replies:
            return self.replies.pop(0)
        if form["grant_type"] == "refresh_token":
            return self._refresh(form)
        begun = self.codes.pop(form["code"], None)
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        same = begun and all(begun[name] == form[name] for name in ("client_id", "redirect_uri"))
        if begun is None or not same or begun["code_challenge"] != digest:
            return 400, {"error": "invalid_grant"}
        return 200, self._tokens()

    def _refresh(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.before_refresh is not None:
            self.before_refresh()
        if form["refresh_token"] not in self.valid:
            return 400, {"error": "invalid_grant", "error_description": "it was taken back"}
        if self.rotate:
            self.valid.discard(form["refresh_token"])
        return 200, self._tokens(new=self.rotate)

    def _tokens(self, *, new: bool = True) -> dict[str, Any]:
        self._count += 1
        found: dict[str, Any] = {"access_token": f"access-{self._count}", "token_type": "Bearer"}
        found["expires_in"] = self.life
        if new:
            found["refresh_token"] = f"refresh-{self._count}"
            self.valid.add(found["refresh_token"])
        return found

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.root,
            "authorization_endpoint": f"{self.root}/authorize",
            "token_endpoint": f"{self.root}/token",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "scopes_supported": ["openid", "mail", "offline_access"],
            **self.members,
        }


async def visit(redirect: str, fields: dict[str, str], *, host: str = "", verb: str = "GET", path: str = "/") -> str:
    """Come back to the program as a browser does; the first line of the answer, empty when nobody listens."""
    parts = urlsplit(redirect)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", parts.port)
    except OSError:
        return ""
    request = f"{verb} {path}?{urlencode(fields)} HTTP/1.1\r\nHost: {host or parts.netloc}\r\n\r\n"
    try:
        writer.write(request.encode())
        return (await reader.read()).decode().split("\r\n")[0]
    except OSError:
        return ""
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
