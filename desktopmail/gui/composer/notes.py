"""What the composer has to say, as strips between head and text: what is missing, what is odd, what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktopmail.domain.address import Address, people
from desktopmail.domain.body import Body
from desktopmail.domain.draft import Answer, Attachment, Draft
from desktopmail.domain.errors import MailError
from desktopmail.gui.composer.attaching import data_size
from desktopmail.gui.composer.checks import MANY_BYTES, Finding
from desktopmail.gui.style import measures
from desktopmail.gui.widgets.strip import Act, Notice, Strips


class Notes(QWidget):
    """Strips of four origins, which come and go by themselves: findings before sending, an error, weight, and where an
    answer goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strips = Strips()
        self._notices: dict[str, list[Notice]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(measures.px(24), measures.px(8), measures.px(24), 0)
        column.addWidget(self._strips)
        self.hide()

    def show_findings(self, found: Sequence[Finding], again: Act, attach: Act) -> None:
        """Say what stands in the way of sending, or is worth a question."""
        self._put("findings", [self._notice(each, again, attach) for each in found])

    def forget_findings(self) -> None:
        """Something was changed: ask anew when it is sent."""
        if "findings" in self._notices or "error" in self._notices:
            self._put("error", [])
            self._put("findings", [])

    def show_error(self, error: MailError) -> None:
        """Say what failed."""
        self.show_errors([error])

    def show_errors(self, errors: Sequence[MailError]) -> None:
        """Say all that failed."""
        texts = [f"{each.title}. {each.detail}" if each.detail else each.title for each in errors]
        notices = [
            Notice(text, "circle-alert", "bad", weight=9, tip=each.log)
            for text, each in zip(texts, errors, strict=True)
        ]
        self._put("error", notices)

    def weigh(self, files: Sequence[Attachment]) -> None:
        """Warn of a message that many servers refuse."""
        size = sum(len(each.data) for each in files)
        if size <= MANY_BYTES:
            self._put("weight", [])
            return
        text = self.tr("The attachments are {0} together. Many servers refuse messages over 25 MB.")
        self._put("weight", [Notice(text.format(data_size(size)), "triangle-alert", "care", weight=3)])

    def compare(self, draft: Draft, body: Body, change: Callable[[Sequence[Address]], None]) -> None:
        """Say so when an answer goes to somebody who did not write (Reply-To, RFC 5322 section 3.6.2)."""
        if draft.answer not in (Answer.REPLY, Answer.REPLY_ALL) or not body.reply_to or not body.sender:
            return
        senders = {each.address.casefold() for each in body.sender}
        if all(each.address.casefold() in senders for each in body.reply_to):
            return

        def write_to_sender() -> None:
            self._put("target", [])
            change(body.sender)

        where = ", ".join(each.address for each in body.reply_to[:3])
        text = self.tr("Answers go to {0}, as the message asks, not to {1}").format(where, body.sender[0].address)
        act = (self.tr("Write to {0}").format(people(body.sender[:1])), write_to_sender)
        self._put("target", [Notice(text, "corner-up-left", "care", (act,), 5)])

    def _put(self, origin: str, notices: list[Notice]) -> None:
        if notices:
            self._notices[origin] = notices
        else:
            self._notices.pop(origin, None)
        self._strips.show_notices([each for row in self._notices.values() for each in row])
        self.setVisible(bool(self._notices))

    def _notice(self, found: Finding, again: Act, attach: Act) -> Notice:
        anyway = (self.tr("Send anyway"), again)
        if found.kind == "nobody":
            return Notice(self.tr("Add somebody to send this to"), "users", "care", weight=8)
        if found.kind == "broken-address":
            text = self.tr("This is not a complete address: {0}").format(found.detail)
            return Notice(text, "circle-alert", "bad", weight=7)
        if found.kind == "no-subject":
            return Notice(self.tr("This message has no subject"), "info", "care", (anyway,), 6)
        text = self.tr("The text says “{0}”, but nothing is attached").format(found.detail)
        return Notice(text, "paperclip", "care", ((self.tr("Attach…"), attach), anyway), 5)
