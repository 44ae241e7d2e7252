"""A private Postfix on loopback that takes mail from signed-in people and delivers it to a private Dovecot.

    dovecot = Dovecot()
    dovecot.start()
    postfix = Postfix(dovecot)
    postfix.start()
    postfix.endpoint("smtps", user)          # implicit TLS; "submission" is STARTTLS; "smtp" is plain text
    postfix.stop()

Everything at mail.test goes to Dovecot by LMTP; mail for other domains is taken and thrown away.
These recipients are refused: nosuch@ 550, full@ 552, greylist@ 450. Senders: banned@ 553, later@ 451, and busy@ 452
only after the whole message. Messages over `size_limit` bytes are refused, as are those with "X-Refuse: yes" (550).
"""

from __future__ import annotations

import shutil
import subprocess

from desktopmail.domain.account import Endpoint, Security
from tests.servers.certificates import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.process import (
    Daemon,
    ServerFailed,
    drop_folder,
    free_ports,
    open_folder,
    port_answers,
    wait_until,
    why_not,
)

KINDS = ("smtp", "submission", "smtps")
SECURITY = {"smtp": Security.NONE, "submission": Security.STARTTLS, "smtps": Security.TLS}

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.test
mydestination =
virtual_mailbox_domains = mail.test, localhost
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = discard
relay_transport = discard
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_delay_reject = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_sender_restrictions = check_sender_access inline:{{
  {{banned@mail.test=553 5.7.1 Sender not wanted}},
  {{later@mail.test=451 4.7.1 Come back later}} }}
smtpd_recipient_restrictions = check_recipient_access inline:{{
  {{nosuch@mail.test=550 5.1.1 No such user}},
  {{full@mail.test=552 5.2.2 Mailbox full}},
  {{greylist@mail.test=450 4.7.1 Greylisted}} }}, permit
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 2000
smtpd_client_connection_count_limit = 0
smtpd_end_of_data_restrictions = check_sender_access inline:{{
  {{busy@mail.test=452 4.3.1 No room at the moment}} }}
header_checks = regexp:{folder}/header_checks
smtputf8_enable = yes
message_size_limit = {size_limit}
queue_minfree = 0
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
"""

MASTER = """
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
 -o smtpd_tls_security_level=encrypt
127.0.0.1:{smtps} inet n - n - - smtpd
 -o smtpd_tls_wrappermode=yes
"""

HEADER_CHECKS = """
/^X-Refuse: yes/ REJECT 5.7.1 This message is not wanted
"""


class Postfix:
    """One submission server with its own queue and configuration, signing people in through `dovecot`'s users."""

    def __init__(self, dovecot: Dovecot, *, pair: Pair | None = None, size_limit: int = 60_000_000) -> None:
        self.dovecot = dovecot
        self.pair = pair or dovecot.certificates.good
        self.size_limit = size_limit
        self.folder = open_folder("postfix")
        self.config = self.folder / "config"
        self.ports = dict(zip(KINDS, free_ports(len(KINDS)), strict=True))
        self._daemon: Daemon | None = None

    @staticmethod
    def missing() -> str | None:
        """Why it cannot run here; None when it can."""
        return why_not("postfix") or Dovecot.missing()

    def start(self) -> None:
        """Write the configuration and return when all ports answer; ServerFailed with the log otherwise."""
        if not port_answers(self.dovecot.ports["auth"]):
            raise ServerFailed("start Dovecot first: Postfix waits a minute for a missing sign-in service")
        self._write()
        said = self._postfix("check")
        self._daemon = Daemon("/usr/lib/postfix/sbin/master", "-c", str(self.config), "-d")
        if not wait_until(lambda: all(port_answers(port) for port in self.ports.values()), 20):
            log = said + self.log()
            self.stop()
            raise ServerFailed(f"Postfix did not start: {log[-2000:]}")

    def _write(self) -> None:
        self.config.mkdir(exist_ok=True)
        for name in ("spool", "data"):
            (self.folder / name).mkdir(exist_ok=True)
        shutil.chown(self.folder / "data", "postfix")
        (self.folder / "header_checks").write_text(HEADER_CHECKS)
        text = MAIN.format(
            folder=self.folder,
            certificate=self.pair.certificate,
            key=self.pair.key,
            lmtp=self.dovecot.ports["lmtp"],
            auth=self.dovecot.ports["auth"],
            size_limit=self.size_limit,
        )
        (self.config / "main.cf").write_text(text)
        (self.config / "master.cf").write_text(MASTER.format(**self.ports))

    def stop(self) -> None:
        """End the server, wait until it is gone and remove its folder."""
        if self._daemon is not None:
            self._daemon.stop()
            self._daemon = None
        drop_folder(self.folder)

    def log(self) -> str:
        """The server's log so far."""
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def endpoint(self, kind: str, user: User, *, host: str = "localhost") -> Endpoint:
        """Where `user` hands mail over: kinds smtps (implicit TLS), submission (STARTTLS), smtp (plain text)."""
        return Endpoint(host, self.ports[kind], SECURITY[kind], user.name)

    def url(self, kind: str, user: User) -> str:
        """The same as the URL the command line takes: smtps://…, smtp+starttls://…, smtp://…"""
        scheme = "smtp+starttls" if kind == "submission" else kind
        return f"{scheme}://{user.name}@localhost:{self.ports[kind]}"

    def queued(self) -> int:
        """How many messages wait in the queue."""
        said = subprocess.run(
            ["/usr/sbin/postqueue", "-c", str(self.config), "-j"], capture_output=True, text=True, timeout=60
        ).stdout
        return len(said.splitlines())

    def delivered(self, user: User, count: int = 1, *, folder: str = "INBOX", seconds: float = 15) -> list[bytes]:
        """Wait until Dovecot holds at least `count` messages in the folder; what it holds then."""
        wait_until(lambda: len(self.dovecot.messages(user, folder)) >= count, seconds)
        return self.dovecot.messages(user, folder)

    def _postfix(self, verb: str) -> str:
        command = ["/usr/sbin/postfix", "-c", str(self.config), verb]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60
        )
        return done.stderr
