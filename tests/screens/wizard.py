"""The pages of the dialog that sets up an account, with servers that nobody has to have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktopmail.domain.account import Endpoint, Keep, Leave, Security
from desktopmail.domain.advice import Answers, Backup, Lasting, Line, Readers, Space
from desktopmail.domain.errors import BadCertificate, SignInRefused, Stalled
from desktopmail.domain.found import FoundServers, Offer
from desktopmail.domain.saying import phrase, said
from desktopmail.gui.glossary import Glossary
from desktopmail.gui.wizard.advice import advise, password_refused
from desktopmail.gui.wizard.servers import Servers
from desktopmail.gui.wizard.window import AccountWizard
from desktopmail.protocols.autoconfig.sources import OVER_HTTP

if TYPE_CHECKING:
    from tests.screens.render import Stage

ADDRESS = "ada@example.org"
IMAP = Endpoint("imap.example.org", 993, Security.TLS, ADDRESS)
POP3 = Endpoint("pop.example.org", 995, Security.TLS, ADDRESS)
SMTP = Endpoint("smtp.example.org", 465, Security.TLS, ADDRESS)
LONG = "mail-frontend-07.customers.region-north.a-very-long-hosting-company-name.example.org"
SEEN = {
    IMAP: Offer(IMAP, "imap", frozenset({"IDLE", "CONDSTORE", "SPECIAL-USE", "QUOTA"}), tls="TLSv1.3"),
    POP3: Offer(POP3, "pop3", frozenset({"UIDL", "TOP", "PIPELINING"}), expire=60, login_delay=300, tls="TLSv1.3"),
    SMTP: Offer(SMTP, "smtp", frozenset({"DSN"}), frozenset({"SCRAM-SHA-256"}), 52_428_800, tls="TLSv1.3"),
}
FOUND = FoundServers(ADDRESS, "Example", "bundled facts", (IMAP,), (POP3,), (SMTP,), seen=SEEN)

Draw = Callable[[AccountWizard], QWidget | None]


def page(draw: Draw, *, mirrored: bool = False) -> Callable[[Stage], Awaitable[QWidget]]:
    """The dialog after `draw` brought it to a page; another window when it gives one back."""

    async def view(stage: Stage) -> QWidget:
        stage.window.add_account()
        wizard = await stage.beside()
        assert isinstance(wizard, AccountWizard)
        if mirrored:
            wizard.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        shown = draw(wizard)
        await stage.quiet()
        return shown or wizard

    return view


def you(wizard: AccountWizard) -> None:
    wizard.you.name.line.setText("Ada Lovelace")
    wizard.you.address.line.setText(ADDRESS)
    wizard.you.password.line.setText("secret word")


def helped(wizard: AccountWizard) -> None:
    you(wizard)
    wizard.you.advise(
        said(
            "Google takes an app password instead. Make it at https://myaccount.google.com/apppasswords; two-step "
            "verification has to be on."
        )
    )


def refused(wizard: AccountWizard) -> None:
    helped(wizard)
    wizard.you.refuse_password(
        password_refused(
            SignInRefused(phrase("{0} did not accept the password for {1}", IMAP.host, ADDRESS), "", "AUTH failed")
        )
    )


def found(wizard: AccountWizard, servers: FoundServers = FOUND) -> None:
    you(wizard)
    wizard.found.offer(servers)
    wizard.show_page(wizard.found)


def opened(wizard: AccountWizard) -> None:
    found(wizard)
    wizard.found.offered.button.click()


def pop3(wizard: AccountWizard) -> None:
    found(wizard)
    wizard.found.take(Answers(Readers.ALONE, Lasting.HERE, Space.SCARCE, None, Backup.YES))
    wizard.found.leaving.choose(Leave(Keep.DAYS, 14))


def meaning(wizard: AccountWizard) -> None:
    pop3(wizard)
    wizard.found.means.button.click()


def only(wizard: AccountWizard, *, imap: bool) -> None:
    found(wizard, replace(FOUND, **({"pop3": ()} if imap else {"imap": ()})))  # type: ignore[arg-type]


def long_names(wizard: AccountWizard) -> None:
    ends = [replace(each, host=LONG) for each in (IMAP, POP3, SMTP)]
    provider = "The United Hosting and Connectivity Company of the Northern Regions"
    found(wizard, FoundServers(ADDRESS, provider, "entered", (ends[0],), (ends[1],), (ends[2],)))


def questions(wizard: AccountWizard, answers: Answers | None = None) -> None:
    found(wizard)
    wizard.questions.offer(wizard.found.offers, answers or Answers())
    wizard.show_page(wizard.questions)


def answered(wizard: AccountWizard) -> None:
    questions(wizard, Answers(Readers.ALONE, Lasting.HERE, Space.SCARCE, Line.SLOW, Backup.NO))


def agree(wizard: AccountWizard) -> None:
    you(wizard)
    sentences = (
        said(OVER_HTTP),
        phrase(
            "{0} belongs to {1}, not to {2}. Go on only if {1} is the provider of this address.",
            "mx.hosting.example",
            "hosting.example",
            "example.org",
        ),
    )
    other = replace(IMAP, host="mx.hosting.example")
    wizard.agree.ask(replace(FOUND, confirm=sentences, imap=(other,)))
    wizard.show_page(wizard.agree)


def risk(wizard: AccountWizard) -> None:
    you(wizard)
    clear = replace(IMAP, port=143, security=Security.NONE)
    wizard.risk.ask(Servers(clear, replace(SMTP, port=587, security=Security.NONE)))
    wizard.show_page(wizard.risk)


def ticked(wizard: AccountWizard) -> None:
    risk(wizard)
    wizard.risk.tick.setChecked(True)


def by_hand(wizard: AccountWizard, servers: Servers | None = None) -> None:
    you(wizard)
    wizard.hand.offer(servers, ADDRESS, nothing_found=servers is None)
    wizard.show_page(wizard.hand)


def by_hand_pop3(wizard: AccountWizard) -> None:
    by_hand(wizard, Servers(POP3, SMTP, protocol="pop3"))


def send_only(wizard: AccountWizard) -> None:
    by_hand(wizard, Servers(None, SMTP))


def signing_in(wizard: AccountWizard) -> None:
    you(wizard)
    wizard.trying.sign_in(Servers(IMAP, SMTP), ADDRESS)
    wizard.show_page(wizard.trying)
    wizard.trying.reach(2)


def certificate(wizard: AccountWizard) -> None:
    signing_in(wizard)
    error = BadCertificate(
        phrase(
            "This server could not prove that it is {0} ({1})",
            SMTP.host,
            phrase("its certificate ended on {0}", "3 March 2026"),
        ),
        fingerprint="ab12" * 16,
        issuer="Example Trust Services",
        ends=1_772_500_000,
    )
    wizard.trying.fail(advise(error, SMTP, sending=True))


def silent(wizard: AccountWizard) -> None:
    signing_in(wizard)
    wizard.trying.fail(advise(Stalled(phrase("{0} took too long to answer", SMTP.host)), SMTP, sending=True))


def looking(wizard: AccountWizard) -> None:
    you(wizard)
    wizard.trying.look_for("example.org")
    wizard.show_page(wizard.trying)


def at_page(wizard: AccountWizard) -> None:
    found(wizard)
    wizard.found.page_of("Example", first=False)


def in_browser(wizard: AccountWizard) -> None:
    you(wizard)
    wizard.trying.sign_in(Servers(IMAP, SMTP).at_page(), ADDRESS, "Example")
    wizard.show_page(wizard.trying)


def done(wizard: AccountWizard) -> None:
    wizard.done_page.tell(ADDRESS, Servers(IMAP, SMTP).account(ADDRESS, "Ada"), kept=True)
    wizard.come_to(wizard.done_page)


def glossary(term: str) -> Draw:
    def draw(wizard: AccountWizard) -> QWidget:
        shown = Glossary(wizard, term)
        shown.open()
        return shown

    return draw


WIZARD = {
    "wizard-you": page(you),
    "wizard-help": page(helped),
    "wizard-refused": page(refused),
    "wizard-found": page(found),
    "wizard-offered": page(opened),
    "wizard-pop3": page(pop3),
    "wizard-meaning": page(meaning),
    "wizard-only-imap": page(lambda wizard: only(wizard, imap=True)),
    "wizard-only-pop3": page(lambda wizard: only(wizard, imap=False)),
    "wizard-long": page(long_names),
    "wizard-questions": page(questions),
    "wizard-answered": page(answered),
    "wizard-agree": page(agree),
    "wizard-risk": page(risk),
    "wizard-risk-ticked": page(ticked),
    "wizard-hand": page(by_hand),
    "wizard-hand-pop3": page(by_hand_pop3),
    "wizard-send-only": page(send_only),
    "wizard-looking": page(looking),
    "wizard-signing-in": page(signing_in),
    "wizard-certificate": page(certificate),
    "wizard-silent": page(silent),
    "wizard-done": page(done),
    "wizard-page": page(at_page),
    "wizard-browser": page(in_browser),
    "wizard-mirrored-pop3": page(pop3, mirrored=True),
    "wizard-mirrored-answered": page(answered, mirrored=True),
    "wizard-mirrored-hand": page(by_hand_pop3, mirrored=True),
    "glossary-imap": page(glossary("IMAP")),
    "glossary-tls": page(glossary("TLS")),
}
