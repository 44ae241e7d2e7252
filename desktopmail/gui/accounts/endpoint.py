"""The fields of one server: name, port, protection, user name, and, folded away, a proxy and a client certificate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktopmail.domain.account import Endpoint, Security, SignIn
from desktopmail.gui.accounts.proxy import ProxyFields
from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.button import WordButton
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.confirm import Confirm
from desktopmail.gui.widgets.label import PlainLabel
from desktopmail.gui.widgets.number import NumberField

PORTS = {
    "imap": {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143},
    "pop3": {Security.TLS: 995, Security.STARTTLS: 110, Security.NONE: 110},
    "smtp": {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25},
}
"""The usual port of each protocol and protection (RFC 8314); a port that was usual before follows the protection."""


class EndpointFields(QWidget):
    """Host, port, protection and user name of one server; `edited` when any of it changes. No encryption is offered
    only after the person asked for it and was told what that means, or where it is so already."""

    edited = Signal()

    def __init__(self, endpoint: Endpoint, protocol: str) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._usual = PORTS[protocol]
        self.host, self.user = QLineEdit(endpoint.host), QLineEdit(endpoint.user)
        self.host.setCursorPosition(0)
        self.port = NumberField(1, 65535, endpoint.port)
        self.security = ComboBox()
        self.security.addItem(self.tr("TLS from the first byte"), Security.TLS.value)
        self.security.addItem(self.tr("STARTTLS"), Security.STARTTLS.value)
        if endpoint.security is Security.NONE:
            self._offer_none()
        self._protection = Security(endpoint.security)
        self.security.setCurrentIndex(self.security.findData(endpoint.security.value))
        self.naked = WordButton(self.tr("This server has no encryption…"), look="link")
        self.naked.setVisible(endpoint.security is not Security.NONE)
        self.distrust = WordButton(self.tr("Trust its own certificate no longer"), look="link")
        self.distrust.setVisible(bool(endpoint.pins))
        self.more = WordButton(self.tr("Proxy and client certificate…"), look="link")
        self.proxy = ProxyFields(endpoint.proxy)
        self.certificate = CertificateFile(endpoint.certificate)
        self._place()
        self._connect()

    def _place(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(px(8))
        grid.setHorizontalSpacing(px(16))
        self._fold = self._links(self.more)
        place = QWidget()
        address = QHBoxLayout(place)
        address.setContentsMargins(0, 0, 0, 0)
        address.setSpacing(px(8))
        address.addWidget(self.host, 1)
        address.addWidget(self.port)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Server and port"), place),
            (self.tr("Protection"), self.security),
            ("", self._links(self.naked, self.distrust)),
            (self.tr("User name"), self.user),
            ("", self._fold),
            (self.tr("Proxy"), self.proxy),
            (self.tr("Client certificate"), self.certificate),
        )
        self._hidden: list[QWidget] = []
        for row, (text, field) in enumerate(rows):
            grid.addWidget(field, row, 1)
            if row >= len(rows) - 2:
                self._hidden.append(field)
            if text:
                label = PlainLabel(text, tone="secondary")
                grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
                if row >= len(rows) - 2:
                    self._hidden.append(label)
        for name, widget in ((self.tr("Server"), self.host), (self.tr("Port"), self.port),
                             (self.tr("Protection"), self.security), (self.tr("User name"), self.user)):  # fmt: skip
            widget.setFont(measures.font())
            widget.setAccessibleName(name)
        grid.setColumnMinimumWidth(0, px(120))
        grid.setColumnStretch(1, 1)
        self._unfold(bool(self._endpoint.proxy or self._endpoint.certificate))

    def _links(self, *buttons: WordButton) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(2))
        for button in buttons:
            button.setFont(measures.font(measures.SMALL))
            button.setStyleSheet("padding: 0px;")
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        return holder

    def _connect(self) -> None:
        for line in (self.host, self.user):
            line.textEdited.connect(self.edited)
        self.port.number_changed.connect(self.edited)
        self.security.activated.connect(self._protected)
        self.naked.clicked.connect(self._warn)
        self.distrust.clicked.connect(self._distrust)
        self.more.clicked.connect(lambda: self._unfold(True))
        self.proxy.edited.connect(self.edited)
        self.certificate.edited.connect(self.edited)

    def _unfold(self, on: bool) -> None:
        for widget in self._hidden:
            widget.setVisible(on)
        self._fold.setVisible(not on)

    # Protection.

    def _protected(self) -> None:
        now = Security(self.security.currentData())
        if self.port.number == self._usual[self._protection]:
            self.port.set_number(self._usual[now])
        self._protection = now
        self.edited.emit()

    def _warn(self) -> None:
        """The step between a person and a connection in clear."""
        Confirm(
            self.window(),
            self.tr("Use {0} without encryption?").format(self.host.text().strip() or self.tr("this server")),
            self.tr("Your password and all your mail would cross the network readable for everybody on the way. That "
                    "makes sense inside your own network only. Ask your provider for an encrypted server first."),
            self.tr("Offer it without encryption"),
            self.tr("Keep encryption"),
        ).ask(self._go_naked)  # fmt: skip

    def _go_naked(self) -> None:
        self._offer_none()
        self.naked.hide()
        self.security.setCurrentIndex(self.security.findData(Security.NONE.value))
        self._protected()

    def _offer_none(self) -> None:
        self.security.addItem(self.tr("None: everybody on the way can read the password"), Security.NONE.value)

    def _distrust(self) -> None:
        self._endpoint = replace(self._endpoint, pins=frozenset())
        self.distrust.hide()
        self.edited.emit()

    def trust(self, fingerprint: str) -> None:
        """Trust exactly this certificate for the server as typed."""
        self._endpoint = replace(self.value(), pins=frozenset({fingerprint}))

    def complaint(self) -> str:
        """What cannot be as it is typed; empty when all can."""
        if not self.host.text().strip():
            return self.tr("The name of the server is missing.")
        file = self.certificate.path.text().strip()
        if file and not Path(file).is_file():
            return self.tr("The file with the client certificate is not there.")
        return self.proxy.complaint()

    def value(self) -> Endpoint:
        """The server as typed. Trusted certificates belong to the old name and port and go with them."""
        host, port = self.host.text().strip(), self.port.number
        same = (host, port) == (self._endpoint.host, self._endpoint.port)
        certificate = self.certificate.path.text().strip()
        sign_in = self._endpoint.sign_in
        if sign_in is SignIn.CERTIFICATE and not certificate:
            sign_in = SignIn.WORD
        return replace(
            self._endpoint,
            host=host,
            port=port,
            security=Security(self.security.currentData()),
            user=self.user.text().strip(),
            pins=self._endpoint.pins if same else frozenset(),
            sign_in=sign_in,
            certificate=certificate,
            proxy=self.proxy.value(),
        )


class CertificateFile(QWidget):
    """The path of a file with a certificate and its key, to be typed or chosen."""

    edited = Signal()

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = QLineEdit(path)
        self.path.setFont(measures.font())
        self.path.setPlaceholderText(self.tr("None (PEM with certificate and key)"))
        self.path.setAccessibleName(self.tr("Client certificate"))
        self.path.textEdited.connect(self.edited)
        choose = WordButton(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the file with the client certificate"))
        choose.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        row.addWidget(self.path, 1)
        row.addWidget(choose)

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Client certificate"))
        dialog.setNameFilters([self.tr("Certificates (*.pem *.crt *.cer)"), self.tr("All files (*)")])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.path.setText(path)
        self.edited.emit()
