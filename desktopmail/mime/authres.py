"""What a trusted verifier found out about the sender (RFC 8601), and whether it speaks of the address that is shown."""

from __future__ import annotations

import re
from typing import NamedTuple

from desktopmail.domain.body import Verdict
from desktopmail.mime import hosts, words
from desktopmail.mime.headers import Headers

_MAX_FIELDS = 50
_RESULT = re.compile(r"\s*([a-z][a-z0-9-]*)(?:/\d+)?\s*=\s*([a-z]+)", re.I)
_PROPERTY = re.compile(r"([a-z]+)\.([a-z-]+)\s*=\s*(\"[^\"]*\"|[^\s;]+)", re.I)
_WORDS = {"pass": "pass", "fail": "fail", "softfail": "fail", "hardfail": "fail", "policy": "fail", "none": "none",
          "neutral": "none"}  # fmt: skip


class Result(NamedTuple):
    """One method's result; `domain` is the one it vouches for, empty when it names none."""

    method: str
    result: str
    domain: str


def verdict(headers: Headers, domain: str, trusted: frozenset[str]) -> Verdict:
    """The verdict of the topmost Authentication-Results of a trusted verifier about mail from `domain` (empty when
    there is not exactly one author). Everybody else may have written the others: they do not count."""
    ids = {name.casefold() for name in trusted}
    for raw in headers.raws("authentication-results")[:_MAX_FIELDS] if ids else ():
        server, results = read(words.raw_text(raw[:20_000]))
        if server.casefold() in ids:
            return _judge(server, results, domain)
    return Verdict()


def read(text: str) -> tuple[str, list[Result]]:
    """(authserv-id, results) of one field."""
    first, *rest = _clauses(text)
    server = (first.split() or [""])[0].strip('"')
    results = []
    for clause in rest:
        match = _RESULT.match(clause)
        if match is not None:
            method = match[1].lower()
            results.append(Result(method, match[2].lower(), _domain(method, clause[match.end() :])))
    return server, results


def _clauses(text: str) -> list[str]:
    """Cut at semicolons outside quotes, comments removed."""
    out: list[str] = []
    current: list[str] = []
    depth, quoted, skip = 0, False, False
    for letter in text:
        if skip:
            skip = False
        elif letter == "\\" and (quoted or depth):
            skip = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and not quoted and depth:
            depth -= 1
        elif letter == ";" and not quoted and not depth:
            out.append("".join(current))
            current = []
            continue
        if not depth and not (letter == ")" and not quoted):
            current.append(letter)
    out.append("".join(current))
    return out


def _domain(method: str, rest: str) -> str:
    found: dict[str, str] = {
        f"{kind}.{name}".lower(): value.strip('"') for kind, name, value in _PROPERTY.findall(rest[:2_000])
    }
    if method == "dkim":
        value = found.get("header.d") or found.get("header.i", "")
    elif method == "spf":
        value = found.get("smtp.mailfrom") or found.get("smtp.helo", "")
    else:
        value = found.get("header.from", "")
    return value.rpartition("@")[2].strip("<>").rstrip(".").lower()


def _judge(server: str, results: list[Result], domain: str) -> Verdict:
    found = {}
    aligned: bool | None = None
    for method in ("spf", "dkim", "dmarc"):
        mine = [one for one in results if one.method == method]
        mine.sort(key=lambda one: (one.result != "pass", not hosts.same_organisation(one.domain, domain)))
        found[method] = _WORDS.get(mine[0].result, "unknown") if mine else "unknown"
        if mine and mine[0].result == "pass":
            fits = bool(domain) and hosts.same_organisation(mine[0].domain, domain)
            aligned = fits if aligned is None else aligned or fits
    if found["dmarc"] == "fail":
        aligned = False
    return Verdict(found["spf"], found["dkim"], found["dmarc"], server, aligned)
