"""Everything that can go wrong and is not a bug, in words for a person.

An error says what happened (`title`), what is safe and what to do (`detail`), and keeps foreign words apart (`log`).
Foreign exceptions are turned into these where they enter the program.
"""

from __future__ import annotations

from desktopmail.domain.activity import Problem, Remedy
from desktopmail.domain.ids import AccountId
from desktopmail.domain.saying import phrase


class MailError(Exception):
    """Base of all known errors. `kind` is a stable word for programs."""

    kind = "error"
    remedy = Remedy.NONE
    passing = False
    """Whether trying again later may succeed without the person."""

    def __init__(self, title: str, detail: str = "", log: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.log = log[:300]

    def problem(self, account: AccountId | None = None) -> Problem:
        """The same as a value for the faces."""
        return Problem(account, self.kind, self.title, self.detail, self.remedy, self.log)


class UnknownHost(MailError):
    """The name does not exist, or names cannot be looked up."""

    kind = "unknown-host"
    remedy = Remedy.OPEN_SETTINGS
    passing = True


class Unreachable(MailError):
    """The server refused the connection or the network has no way to it."""

    kind = "unreachable"
    remedy = Remedy.RETRY
    passing = True


class ProxyFailed(Unreachable):
    """The proxy did not make the connection; nobody goes around it."""

    kind = "proxy"
    remedy = Remedy.OPEN_SETTINGS


class ProxyRefused(ProxyFailed):
    """The proxy's rules stand in the way: trying again changes nothing."""

    kind = "proxy-refused"
    passing = False


class ClientCertificateUnusable(MailError):
    """The account's own certificate cannot be read, or the server does not accept it."""

    kind = "client-certificate"
    remedy = Remedy.OPEN_SETTINGS


class Stalled(MailError):
    """A step took longer than its deadline."""

    kind = "stalled"
    remedy = Remedy.RETRY
    passing = True


class ConnectionLost(MailError):
    """The line broke in the middle of something."""

    kind = "connection-lost"
    remedy = Remedy.RETRY
    passing = True


class PossiblySent(ConnectionLost):
    """The line was lost after a whole message had been handed over and before the server said whether it took it.
    Only the person decides whether it is sent again (RFC 1047)."""

    kind = "possibly-sent"
    remedy = Remedy.NONE
    passing = False


class BadCertificate(MailError):
    """The server could not prove who it is. `fingerprint` (SHA-256, hex) is what a person would have to pin; `issuer`
    and `ends` (seconds since 1970 UTC, 0 when unreadable) are what the certificate says about itself."""

    kind = "bad-certificate"
    remedy = Remedy.CERTIFICATE

    def __init__(
        self, title: str, detail: str = "", log: str = "", fingerprint: str = "", issuer: str = "", ends: int = 0
    ) -> None:
        super().__init__(title, detail, log)
        self.fingerprint = fingerprint
        self.issuer = issuer
        self.ends = ends


class InsecureServer(MailError):
    """The server does not offer the protection that was demanded; nothing secret was sent."""

    kind = "insecure-server"
    remedy = Remedy.OPEN_SETTINGS


class SignInRefused(MailError):
    """User name or password were not accepted."""

    kind = "sign-in-refused"
    remedy = Remedy.SIGN_IN


class AwaitsSignIn(SignInRefused):
    """The same secret was refused before: no server is asked again until the person enters another or asks for it."""


class PasswordMissing(MailError):
    """No password is stored, or the key store cannot be reached."""

    kind = "password-missing"
    remedy = Remedy.SIGN_IN


class ProtocolViolation(MailError):
    """The server said something that makes no sense; the connection is closed."""

    kind = "protocol"
    remedy = Remedy.RETRY
    passing = True


class Refused(MailError):
    """The server understood and said no."""

    kind = "refused"
    remedy = Remedy.RETRY


class RefusedForNow(Refused):
    """The server said no, and that it may say yes later."""

    passing = True


class MailboxBusy(RefusedForNow):
    """Another program has the mailbox open; POP3 lets in one at a time (RFC 2449 section 8.1.1)."""

    kind = "mailbox-busy"


class TooSoon(RefusedForNow):
    """The server wants some time between two visits (RFC 2449 section 8.1.2). `seconds` is how long to wait."""

    kind = "too-soon"

    def __init__(self, seconds: int, log: str = "") -> None:
        super().__init__(
            phrase("The server wants some time between two visits"),
            phrase("New mail is fetched in {0} seconds. Nothing is lost.", seconds)
            if seconds < 120
            else phrase("New mail is fetched in {0} minutes. Nothing is lost.", round(seconds / 60)),
            log,
        )
        self.seconds = seconds


class NotGenuine(MailError):
    """Something that has to be signed is not, or is older than what was seen before; none of it was believed."""

    kind = "not-genuine"


class NotFound(MailError):
    """Nothing has that id, path or name."""

    kind = "not-found"


class AccountGone(NotFound):
    """The account was removed, or receives its mail in another way by now, while somebody worked for it."""

    kind = "account-gone"

    def __init__(self, address: str) -> None:
        super().__init__(
            phrase("{0} does not receive mail in this way any more", address),
            phrase("It was removed or changed meanwhile. What was not fetched before stays on the server."),
        )


class WrongUsage(MailError):
    """The request makes no sense as it stands."""

    kind = "usage"


class DiskFull(MailError):
    """There is no room for more."""

    kind = "disk-full"
    remedy = Remedy.RETRY


class StoreFailed(MailError):
    """The profile cannot be read or written."""

    kind = "store"


class StoreDamaged(StoreFailed):
    """A database failed its check; the damaged file was kept aside."""

    kind = "store-damaged"


class StoreTooNew(StoreFailed):
    """The profile was written by a newer version; not a byte of it was changed."""

    kind = "store-too-new"


class ProfileInUse(StoreFailed):
    """Another instance has the profile open."""

    kind = "profile-in-use"


class SecretsUnavailable(MailError):
    """No key store answers on this system."""

    kind = "no-keyring"
    remedy = Remedy.SIGN_IN


class VaultLocked(SecretsUnavailable):
    """The passwords are in an encrypted file, and its passphrase is needed."""

    kind = "passwords-locked"


class PassphraseWrong(VaultLocked):
    """The passphrase does not open the encrypted file."""

    kind = "passphrase-wrong"


class VaultDamaged(SecretsUnavailable):
    """The encrypted file with the passwords cannot be read any more."""

    kind = "passwords-damaged"


class NeedsPerson(MailError):
    """Only a person can decide this."""

    kind = "needs-person"


class Renamed(NeedsPerson):
    """A POP3 server lists the messages that are here under new names; they are linked anew when the person agrees."""

    kind = "renamed"
    remedy = Remedy.RELINK


class ContentMissing(MailError):
    """The message is on the server and not here yet, and it cannot be fetched now."""

    kind = "content-missing"
    remedy = Remedy.RETRY
    passing = True


class Stopped(MailError):
    """The person ended something before it was done."""

    kind = "stopped"
