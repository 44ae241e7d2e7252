"""The commands that look around: discover, doctor."""

from __future__ import annotations

from typing import Any

from desktopmail.cli import finding, shapes
from desktopmail.cli.desk import Desk
from desktopmail.cli.output import DONE, NOTHING_FOUND
from desktopmail.domain.errors import MailError
from desktopmail.engine import diagnosis, keeping
from desktopmail.engine.discovery import Discovery


async def discover(desk: Desk, discovery: Discovery | None = None) -> int:
    """The servers of an address, who says so, and what each offers."""
    options = desk.arguments
    found = await (discovery or Discovery()).find(options.address, offline=options.offline, say=desk.output.progress)
    if desk.output.as_json:
        desk.output.document(finding.document(found))
    elif not found.empty or found.cleartext:
        finding.show(desk.output, found)
    if found.empty:
        desk.output.say(f"{found.unasked}." if found.unasked else f"No servers were found for {found.address}.")
        if found.password_help and not desk.output.as_json:
            desk.output.say(found.password_help)
    return NOTHING_FOUND if found.empty else DONE


async def doctor(desk: Desk) -> int:
    """Versions, paths, key store, servers, certificates, databases."""
    document: dict[str, Any] = {"versions": diagnosis.versions(), "profile": str(desk.profile)}
    try:
        health = await keeping.check(desk.profile)
        document["database"] = {
            "ok": not health.findings,
            "messages": health.messages,
            "contents": health.contents,
            "findings": list(health.findings),
        }
        async with desk.engine() as engine:
            document["secrets"] = await engine.diagnosis.where_passwords_are()
            document["accounts"] = [_account(each) for each in await engine.diagnosis.accounts()]
    except MailError as error:
        document["problem"] = {"kind": error.kind, "title": error.title, "detail": error.detail}
    if desk.output.as_json:
        desk.output.document(document)
    else:
        _print(desk, document)
    return DONE


def _account(found: diagnosis.AccountFinding) -> dict[str, Any]:
    return {
        "id": found.account.id,
        "address": found.account.address,
        "password": found.password,
        "servers": [_server(each) for each in found.servers],
    }


def _server(found: diagnosis.ServerFinding) -> dict[str, Any]:
    heard = found.heard
    certificate = heard.certificate if heard else None
    return {
        "protocol": found.protocol,
        **shapes.endpoint(found.endpoint),
        "reachable": heard is not None,
        "tls": heard.tls if heard else "",
        "certificate": {
            "fingerprint": certificate.fingerprint,
            "issuer": certificate.issuer,
            "starts": shapes.when(certificate.starts),
            "expires": shapes.when(certificate.ends),
            "names": list(certificate.names),
        }
        if certificate
        else None,
        "problem": found.problem,
    }


def _print(desk: Desk, document: dict[str, Any]) -> None:
    rows = [(name, version) for name, version in document["versions"].items()]
    rows.append(("profile", document["profile"]))
    if problem := document.get("problem"):
        rows.append(("problem", f"{problem['title']}. {problem['detail']}"))
    if database := document.get("database"):
        state = "whole" if database["ok"] else "; ".join(database["findings"])
        rows.append(("database", f"{database['messages']:,} messages, {database['contents']:,} contents, {state}"))
    if "secrets" in document:
        rows.append(("passwords", document["secrets"]))
    for account in document.get("accounts", []):
        rows.append((account["address"], f"password: {account['password']}"))
        rows += [(f"  {each['protocol']}", _words(each)) for each in account["servers"]]
    desk.output.table(rows)


def _words(server: dict[str, Any]) -> str:
    where = f"{server['host']}:{server['port']}"
    if not server["reachable"]:
        return f"{where}: {server['problem']}"
    certificate = server["certificate"]
    ends = f", certificate until {certificate['expires'][:10]}" if certificate and certificate["expires"] else ""
    return f"{where}: {server['tls'] or 'no encryption'}{ends}"
