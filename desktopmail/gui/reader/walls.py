"""The walls around a mail page: profile, interceptor, private scheme, page rules, and an audit of all of them.

Importing this module loads the web engine; only `reader/web.py` does so, on the first HTML message or when idle.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCookieStore,
    QWebEngineDownloadRequest,
    QWebEngineNewWindowRequest,
    QWebEngineNotification,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from shiboken6 import isValid

from desktopmail.domain.body import SCHEME
from desktopmail.gui.reader import prepare

_Attribute = QWebEngineSettings.WebAttribute
_Navigation = QWebEnginePage.NavigationType
_Resource = QWebEngineUrlRequestInfo.ResourceType

DOCUMENT = QUrl(f"{SCHEME}://message/document")
"""Where a page finds the one document it may show."""

FLAGS = QWebEngineUrlScheme.Flag.SecureScheme | QWebEngineUrlScheme.Flag.NoAccessAllowed
"""Secure, and every document of it has an opaque origin. Not CORS-enabled, no service workers, no fetch API.
`LocalScheme` is left out on purpose: documents of opaque origin could not show their own pictures then."""

OFF = (
    _Attribute.JavascriptEnabled,
    _Attribute.JavascriptCanOpenWindows,
    _Attribute.JavascriptCanAccessClipboard,
    _Attribute.JavascriptCanPaste,
    _Attribute.AllowWindowActivationFromJavaScript,
    _Attribute.LocalContentCanAccessFileUrls,
    _Attribute.LocalContentCanAccessRemoteUrls,
    _Attribute.LocalStorageEnabled,
    _Attribute.PluginsEnabled,
    _Attribute.PdfViewerEnabled,
    _Attribute.DnsPrefetchEnabled,
    _Attribute.HyperlinkAuditingEnabled,
    _Attribute.AutoLoadIconsForPage,
    _Attribute.TouchIconsEnabled,
    _Attribute.FullScreenSupportEnabled,
    _Attribute.NavigateOnDropEnabled,
    _Attribute.ErrorPageEnabled,
    _Attribute.ScreenCaptureEnabled,
    _Attribute.WebGLEnabled,
    _Attribute.ReadingFromCanvasEnabled,
    _Attribute.AllowRunningInsecureContent,
    _Attribute.AllowGeolocationOnInsecureOrigins,
    _Attribute.BackForwardCacheEnabled,
    _Attribute.FocusOnNavigationEnabled,
    _Attribute.ForceDarkMode,
    _Attribute.ShowScrollBars,
)
ON = (
    _Attribute.WebRTCPublicInterfacesOnly,
    _Attribute.PlaybackRequiresUserGesture,
    _Attribute.LinksIncludedInFocusChain,
    _Attribute.AutoLoadImages,
)


def register_scheme() -> None:
    """Make the private scheme known to the engine. Must come before the first profile; more calls do nothing."""
    name = SCHEME.encode()
    if QWebEngineUrlScheme.schemeByName(name).name() == name:
        return
    scheme = QWebEngineUrlScheme(name)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    scheme.setFlags(FLAGS)
    QWebEngineUrlScheme.registerScheme(scheme)


class Interceptor(QWebEngineUrlRequestInterceptor):
    """Blocks every request but the document itself and its pictures. `blocked` counts what was stopped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.blocked = 0

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Called by the engine before anything is asked for, whatever the scheme."""
        url, kind = info.requestUrl(), info.resourceType()
        document = kind == _Resource.ResourceTypeMainFrame and url == DOCUMENT
        picture = kind == _Resource.ResourceTypeImage and url.scheme() == SCHEME
        if not (document or picture) or bytes(info.requestMethod().data()) != b"GET":
            self.blocked += 1
            info.block(True)


class MailPage(QWebEnginePage):
    """One message's page. It never goes anywhere: a clicked link is handed out by `link_clicked`, all else refused."""

    link_clicked = Signal(QUrl)

    def __init__(self, profile: QWebEngineProfile, parent: QObject | None = None) -> None:
        super().__init__(profile, parent)
        settings = self.settings()
        for attribute in OFF:
            settings.setAttribute(attribute, False)
        for attribute in ON:
            settings.setAttribute(attribute, True)
        settings.setUnknownUrlSchemePolicy(QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes)
        self.permissionRequested.connect(_deny)
        self.fullScreenRequested.connect(lambda request: request.reject())
        self.registerProtocolHandlerRequested.connect(lambda request: request.reject())
        self.fileSystemAccessRequested.connect(lambda request: request.reject())
        self.newWindowRequested.connect(self._no_window)
        self.certificateError.connect(lambda error: error.rejectCertificate())
        self.selectClientCertificate.connect(lambda selection: selection.selectNone())

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, main: bool) -> bool:
        """Only the document we load ourselves; redirects, forms, frames and reloads are refused."""
        url = QUrl(url)
        if main and url == DOCUMENT and kind == _Navigation.NavigationTypeTyped:
            return True
        if kind == _Navigation.NavigationTypeLinkClicked:
            self.link_clicked.emit(url)
        return False

    def createWindow(self, kind: QWebEnginePage.WebWindowType) -> QWebEnginePage:
        """No page opens another one."""
        return None  # type: ignore[return-value]

    def _no_window(self, request: QWebEngineNewWindowRequest) -> None:
        if request.isUserInitiated():
            self.link_clicked.emit(request.requestedUrl())

    def javaScriptAlert(self, origin: QUrl | str, text: str) -> None:
        """Nothing is shown."""

    def javaScriptConfirm(self, origin: QUrl | str, text: str) -> bool:
        """Nothing is asked."""
        return False

    def javaScriptConsoleMessage(self, level: object, message: str, line: int, source: str) -> None:
        """What a page complains about is of no interest, and must not get into logs."""

    def chooseFiles(self, mode: QWebEnginePage.FileSelectionMode, old: object, types: object) -> list[str]:
        """No page gets a file."""
        return []


class MailProfile(QWebEngineProfile):
    """An off-the-record profile; one per view, so that no two messages share one.

    The engine keeps no reference that Python can see: whatever guards the profile must be an attribute here, or it
    vanishes silently.
    """

    def __init__(self, source: QWebEngineUrlSchemeHandler, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.interceptor = Interceptor()
        self.source = source
        self.setUrlRequestInterceptor(self.interceptor)
        self.installUrlSchemeHandler(SCHEME.encode(), source)
        self.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
        self.setPersistentCookiesPolicy(QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies)
        self.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
        self.setHttpUserAgent("Mozilla/5.0")
        self.setSpellCheckEnabled(False)
        self.setPushServiceEnabled(False)
        self.setNotificationPresenter(_no_notification)
        self.cookieStore().setCookieFilter(_no_cookie)
        self.downloadRequested.connect(_no_download)


def audit(profile: MailProfile, page: QWebEnginePage) -> list[str]:
    """The walls that do not stand, by name; empty when all do."""
    settings = page.settings()
    found = prepare.faults()
    found += [str(each) for each in OFF if settings.testAttribute(each)]
    found += [str(each) for each in ON if not settings.testAttribute(each)]
    checks = {
        "off the record": profile.isOffTheRecord(),
        "no cache": profile.httpCacheType() == QWebEngineProfile.HttpCacheType.NoCache,
        "no cookies": profile.persistentCookiesPolicy()
        == QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies,
        "permissions not kept": profile.persistentPermissionsPolicy()
        == QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime,
        "no push": not profile.isPushServiceEnabled(),
        "no spell check": not profile.isSpellCheckEnabled(),
        "interceptor": type(profile.interceptor) is Interceptor and isValid(profile.interceptor),
        "private scheme": isValid(profile.source) and profile.urlSchemeHandler(SCHEME.encode()) is profile.source,
        "scheme flags": QWebEngineUrlScheme.schemeByName(SCHEME.encode()).flags() == FLAGS,
        "unknown schemes": settings.unknownUrlSchemePolicy()
        == QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes,
        "page rules": isinstance(page, MailPage) and page.profile() is profile,
        "no developer tools": page.devToolsPage() is None,
        "no scripts": page.scripts().isEmpty() and profile.scripts().isEmpty(),
        "no web channel": page.webChannel() is None,
    }
    return found + [name for name, stands in checks.items() if not stands]


def _deny(permission: QWebEnginePermission) -> None:
    permission.deny()


def _no_notification(notification: QWebEngineNotification) -> None:
    notification.close()


def _no_cookie(request: QWebEngineCookieStore.FilterRequest) -> bool:
    return False


def _no_download(request: QWebEngineDownloadRequest) -> None:
    request.cancel()
