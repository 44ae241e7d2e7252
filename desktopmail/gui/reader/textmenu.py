"""The menu over a message's text: copy, select all, and what concerns the link under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from desktopmail.gui.marking import mark
from desktopmail.gui.reader.linking import Linking
from desktopmail.gui.reader.message import MessageView
from desktopmail.gui.reader.text import TextBody


def text_menu(view: MessageView, links: Linking) -> QMenu:
    """A menu for the present selection and place; it goes by itself."""
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    content = view.content
    if isinstance(content, TextBody):
        selected = content.textCursor().hasSelection()
        link = content.anchorAt(content.viewport().mapFromGlobal(content.cursor().pos()))
        _add(menu, mark("textmenu", "Copy"), content.copy, selected)
        _add(menu, mark("textmenu", "Select all"), content.selectAll)
        _link(menu, QUrl(link), view, links)
    elif content is not None and hasattr(content, "sheet") and content.sheet is not None:
        from PySide6.QtWebEngineCore import QWebEnginePage

        sheet = content.sheet
        request = sheet.view.lastContextMenuRequest()
        copy, everything = QWebEnginePage.WebAction.Copy, QWebEnginePage.WebAction.SelectAll
        _add(menu, mark("textmenu", "Copy"), lambda: sheet.page.triggerAction(copy), sheet.page.hasSelection())
        _add(menu, mark("textmenu", "Select all"), lambda: sheet.page.triggerAction(everything))
        _link(menu, request.linkUrl() if request is not None else QUrl(), view, links)
    return menu


def _add(menu: QMenu, words: str, act: object, enabled: bool = True) -> None:
    action = menu.addAction(QCoreApplication.translate("textmenu", words))
    action.setEnabled(enabled)
    action.triggered.connect(lambda _=False: act())  # type: ignore[operator]


def _link(menu: QMenu, url: QUrl, view: MessageView, links: Linking) -> None:
    if url.isEmpty() or url.scheme() in ("fold", "rest"):
        return
    menu.addSeparator()
    _add(menu, mark("textmenu", "Open link"), lambda: links.clicked(url, view.html))
    _add(menu, mark("textmenu", "Copy link address"), lambda: QGuiApplication.clipboard().setText(url.toString()))
