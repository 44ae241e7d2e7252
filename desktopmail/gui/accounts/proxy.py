"""The fields of a proxy: none, SOCKS 5 or HTTP, with a host and a port."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktopmail.gui.style import measures
from desktopmail.gui.style.measures import px
from desktopmail.gui.widgets.combo import ComboBox
from desktopmail.gui.widgets.number import NumberField

SOCKS, HTTP = "socks5", "http"
USUAL = {SOCKS: 1080, HTTP: 3128}


class ProxyFields(QWidget):
    """Reads and writes `socks5://host:port` and `http://host:port`; empty for none."""

    edited = Signal()

    def __init__(self, proxy: str) -> None:
        super().__init__()
        self.kind = ComboBox()
        for value, text in (("", self.tr("None")), (SOCKS, self.tr("SOCKS 5")), (HTTP, self.tr("HTTP"))):
            self.kind.addItem(text, value)
        self.host, self.port = QLineEdit(), NumberField(1, 65535, USUAL[SOCKS])
        self.host.setPlaceholderText(self.tr("Name or address of the proxy"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(8))
        for name, widget, stretch in (
            (self.tr("Kind of proxy"), self.kind, 0),
            (self.tr("Proxy"), self.host, 1),
            (self.tr("Port of the proxy"), self.port, 0),
        ):
            widget.setFont(measures.font())
            widget.setAccessibleName(name)
            row.addWidget(widget, stretch)
        self._show(proxy)
        self.kind.activated.connect(self._chosen)
        self.host.textEdited.connect(self.edited)
        self.port.number_changed.connect(self.edited)

    def _show(self, proxy: str) -> None:
        parts = urlsplit(proxy)
        if parts.scheme in USUAL and parts.hostname:
            self.kind.setCurrentIndex(self.kind.findData(parts.scheme))
            self.host.setText(parts.hostname)
            self.port.set_number(parts.port or USUAL[parts.scheme])
        self._settle()

    def _chosen(self) -> None:
        kind = self.kind.currentData()
        if kind and self.port.number in USUAL.values():
            self.port.set_number(USUAL[kind])
        self._settle()
        self.edited.emit()

    def _settle(self) -> None:
        on = bool(self.kind.currentData())
        self.host.setVisible(on)
        self.port.setVisible(on)

    def complaint(self) -> str:
        """What is missing; empty when nothing is."""
        host = self.host.text().strip()
        if self.kind.currentData() and (not host or set(host) & set("/@ ")):
            return self.tr("The name of the proxy is missing or cannot be right.")
        return ""

    def value(self) -> str:
        """The proxy as typed."""
        kind, host = self.kind.currentData(), self.host.text().strip()
        if not kind or not host:
            return ""
        shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return f"{kind}://{shown}:{self.port.number}"
