"""A private Dovecot on loopback.

    server = Dovecot()                       # or Dovecot(certificates=…, quota="50M", capabilities="…")
    server.start()
    user = server.add_user("alice")          # User(name, password, address)
    server.seed(user, "INBOX", (raw for raw in messages), flags="S")       # 20,000 messages in seconds
    server.url("imaps", user)                # imaps://alice@localhost:PORT
    server.endpoint("imaps", user)           # the same as a domain value; kinds: imap imaps pop3 pop3s
    server.stop()                            # returns when it is gone

The certificate is signed by `server.certificates.authority`: put that path into SSL_CERT_FILE.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from desktopmail.domain.account import Endpoint, Security
from tests.servers.certificates import Certificates
from tests.servers.maildir import Flags, Received, write_messages
from tests.servers.process import (
    Daemon,
    ServerFailed,
    drop_folder,
    free_ports,
    open_folder,
    port_greets,
    wait_until,
    why_not,
)

KINDS = ("imap", "imaps", "pop3", "pop3s", "lmtp", "auth")
MAIL_USER = "mail"
_serial = itertools.count(1)

CONFIG = """
auth_username_format = %n
auth_failure_delay = 0
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = {protocols}
listen = 127.0.0.1
default_login_user = dovenull
default_internal_user = dovecot
default_process_limit = 200
default_client_limit = 2000
default_vsz_limit = 1G
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
mail_location = maildir:{folder}/mail/%u:UTF-8
mail_fsync = never
mail_max_userip_connections = 200
first_valid_uid = 1
mail_uid = {user}
mail_gid = {user}
{bearer}passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users/%n
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
{special}
}}
mail_plugins = quota
plugin {{
  quota = count:User quota
  quota_rule = *:storage={quota}
  quota_vsizes = yes
}}
protocol imap {{
  mail_plugins = $mail_plugins imap_quota
{capability}
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  service_count = 0
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""

BEARER = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {file}
}}
"""
BEARER_ARGS = """
introspection_mode = auth
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""

SPECIAL = """
  mailbox {name} {{
    special_use = {use}
    auto = subscribe
  }}"""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with a mailbox on the test server."""

    name: str
    password: str

    @property
    def address(self) -> str:
        """The mail address the test servers deliver to this mailbox."""
        return f"{self.name}@mail.test"


class Dovecot:
    """One server with its own folder, ports and users. `quota` as in `quota_rule` ("50M"; "0" is none).

    `capabilities`: what IMAP announces after sign-in instead of everything, to test lesser servers.
    `special`: folder name → special use; empty for a server without. On loopback it takes passwords in clear, too.
    `mechanisms`: what it offers; `bearer`: a URL that is asked (GET, `Authorization: Bearer`) whose a token is.
    """

    def __init__(
        self,
        *,
        certificates: Certificates | None = None,
        quota: str = "0",
        capabilities: str = "",
        special: dict[str, str] | None = None,
        mechanisms: str = "plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2",
        bearer: str = "",
    ) -> None:
        self.folder = open_folder("dovecot")
        self.certificates = certificates or Certificates(self.folder / "certificates")
        self.ports = dict(zip(KINDS, free_ports(len(KINDS)), strict=True))
        self.config = self.folder / "dovecot.conf"
        self._mailboxes = SPECIAL_USE if special is None else special
        self._settings = {
            "quota": quota,
            "mechanisms": mechanisms,
            "bearer": BEARER.format(file=self.folder / "bearer.conf") if bearer else "",
            "capability": f"  imap_capability = {capabilities}" if capabilities else "",
        }
        self._bearer = bearer
        self._daemon: Daemon | None = None

    @staticmethod
    def missing() -> str | None:
        """Why it cannot run here; None when it can."""
        return why_not("dovecot")

    def start(self) -> None:
        """Write the configuration and return when all ports answer; ServerFailed with the log otherwise."""
        for name in ("mail", "home"):
            (self.folder / name).mkdir(exist_ok=True)
            shutil.chown(self.folder / name, MAIL_USER, MAIL_USER)
        (self.folder / "users").mkdir(exist_ok=True)
        pair = self.certificates.good
        special = "".join(SPECIAL.format(name=name, use=use) for name, use in self._mailboxes.items())
        protocols = " ".join(name for name in ("imap", "pop3", "lmtp") if _protocol_here(name))
        text = CONFIG.format(
            folder=self.folder,
            certificate=pair.certificate,
            key=pair.key,
            user=MAIL_USER,
            special=special,
            protocols=protocols,
            **self._settings,
            **self.ports,
        )
        self.config.write_text(text)
        if self._bearer:
            (self.folder / "bearer.conf").write_text(BEARER_ARGS.format(url=self._bearer))
        self._daemon = Daemon("/usr/sbin/dovecot", "-c", str(self.config), "-F")
        if not wait_until(lambda: self._answers(protocols), 20):
            log = self.log()
            self.stop()
            raise ServerFailed(f"Dovecot did not start: {log[-2000:]}")

    def _answers(self, protocols: str) -> bool:
        kinds = [kind for kind in ("auth", "imap", "pop3", "lmtp") if kind == "auth" or kind in protocols.split()]
        return all(port_greets(self.ports[kind]) for kind in kinds)

    def stop(self) -> None:
        """End the server, wait until it is gone and remove its folder."""
        self.halt()
        drop_folder(self.folder)

    def halt(self) -> None:
        """End the server and keep its mail, so that `start()` brings it back on the same ports."""
        if self._daemon is None:
            return
        self._daemon.stop()
        self._daemon = None
        wait_until(lambda: not (self.folder / "run" / "master.pid").exists(), 5)

    def log(self) -> str:
        """The server's log so far."""
        file = self.folder / "dovecot.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def add_user(self, name: str = "", password: str = "") -> User:
        """A new mailbox; without a name it gets one nobody else has. Works while the server runs."""
        user = User(name or f"user{next(_serial)}x{os.getpid()}", password or f"secret-{next(_serial)}")
        self._write_password(user)
        return user

    def set_password(self, user: User, password: str) -> User:
        """Give a user another password. Waits up to a second, because the server looks at the file once a second."""
        changed = replace(user, password=password)
        self._write_password(changed)
        now = int(time.time())
        wait_until(lambda: int(time.time()) > now, 2)
        return changed

    def _write_password(self, user: User) -> None:
        (self.folder / "users").mkdir(exist_ok=True)
        file = self.folder / "users" / user.name
        file.write_text(f"{user.name}:{{PLAIN}}{user.password}::::::\n")
        file.chmod(0o644)

    def endpoint(self, kind: str, user: User, *, host: str = "localhost") -> Endpoint:
        """Where `user` signs in; kinds with an s at the end are implicit TLS, the others STARTTLS."""
        security = Security.TLS if kind.endswith("s") else Security.STARTTLS
        return Endpoint(host, self.ports[kind], security, user.name)

    def url(self, kind: str, user: User) -> str:
        """The same as the URL the command line takes: imaps://…, imap+starttls://…, pop3s://…, pop3+starttls://…"""
        scheme = kind if kind.endswith("s") else f"{kind}+starttls"
        return f"{scheme}://{user.name}@localhost:{self.ports[kind]}"

    def seed(
        self,
        user: User,
        folder: str,
        messages: Iterable[bytes],
        *,
        flags: Flags = "",
        received: Received = None,
    ) -> int:
        """Put messages into a folder by writing Maildir files, UIDs in the order given; returns how many.

        `flags`: Maildir letters (S seen, F flagged, R answered, D draft, T deleted) or a function of the index.
        `received`: seconds since 1970, or a function of the index; None: one second apart, the last one now."""
        return write_messages(self.maildir(user, folder), messages, flags=flags, received=received)

    def maildir(self, user: User, folder: str = "INBOX") -> Path:
        """The Maildir of a folder ('/' between levels), made if need be and owned by the server's user."""
        place = self._place(user, folder)
        import pwd  # only where such servers run; every test imports this file

        owner = pwd.getpwnam(MAIL_USER)
        parts = [*(each / part for each in (place.parent, place) for part in ("", "cur", "new", "tmp"))]
        if place.parent == self.folder / "mail":
            parts = parts[4:]
        for part in parts:
            if not part.exists():
                part.mkdir(mode=0o700, exist_ok=True)
                os.chown(part, owner.pw_uid, owner.pw_gid)
        marker = place / "maildirfolder"
        if place.name.startswith(".") and not marker.exists():
            marker.touch()
            os.chown(marker, owner.pw_uid, owner.pw_gid)
        return place

    def _place(self, user: User, folder: str) -> Path:
        root = self.folder / "mail" / user.name
        return root if folder.upper() == "INBOX" else root / ("." + folder.replace("/", "."))

    def messages(self, user: User, folder: str = "INBOX") -> list[bytes]:
        """The raw messages the server holds in a folder, oldest file name first; none when it has no such folder."""
        while True:
            try:
                files = [file for part in ("cur", "new") for file in (self._place(user, folder) / part).iterdir()]
                return [file.read_bytes() for file in sorted(files, key=lambda file: file.name)]
            except FileNotFoundError:
                if not (self._place(user, folder) / "new").exists():
                    return []

    def doveadm(self, *arguments: str) -> str:
        """Run doveadm against this server, as another client would act; returns what it printed."""
        command = ["/usr/bin/doveadm", "-c", str(self.config), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


SPECIAL_USE = {
    "Drafts": "\\Drafts",
    "Sent": "\\Sent",
    "Trash": "\\Trash",
    "Junk": "\\Junk",
    "Archive": "\\Archive",
}


def _protocol_here(name: str) -> bool:
    binary = {"imap": "imap", "pop3": "pop3", "lmtp": "lmtp"}[name]
    return Path("/usr/lib/dovecot", binary).exists()
