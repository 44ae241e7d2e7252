"""A page with every construct that is known to reach out, opened with the walls named on the command line.

Prints one line of JSON: how many connections a listener on loopback saw, the first line of each request, and the
page's title (a script would change it) and address at the end.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"

from PySide6.QtCore import QBuffer, QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktopmail.gui.reader import prepare
from desktopmail.gui.reader.document import CSP

SECONDS = 4.0

PAGE = """<!doctype html><html manifest="$uman"><head>POLICY
<link rel=preconnect href="$upc"><link rel="PRECONNECT dns-prefetch" href="http://localhost:$port/">
<link rel=stylesheet href="$ucss"><link rel=icon href="$uico"><link rel=prefetch href="$upf">
<link rel=preload as=image imagesrcset="$upreload 1x"><link rel=modulepreload href="$umod">
<link rel=manifest href="$uwebman"><link rel=search href="$usearch" type="application/opensearchdescription+xml">
<meta http-equiv=refresh content="0;url=$urefresh"><meta http-equiv=x-dns-prefetch-control content=on>
<meta http-equiv=Link content="<$ulink>; rel=preload">
<style>@import "$uimp"; @font-face{font-family:x;src:url($ufont)} p{font-family:x;background:url($ubg)}
q{content:url($ucontent)} li{list-style:url($uli)} b{cursor:url($ucur),auto;border-image:url($ubi)}
i{mask:url($umask);shape-outside:url($ushape);filter:url($ufilter#a);clip-path:url($uclip#a)}
s{background:image-set("$uset" 1x)} u{--v:url($uvar);background:var(--v)}</style>
<script src="$ujs"></script><script>document.title = "ran"</script></head>
<body background="$ubody" onload="document.title='ran'"><q>q</q><ul><li>l</ul><b>b</b><i>i</i><s>s</s><u>u</u>
<img src="$uimg"><img srcset="$usrcset 1x"><picture><source srcset="$upic"><img></picture>
<img src="file:///etc/hostname"><img src="qrc:/x"><img src=x onerror="document.title='ran'">
<iframe src="$uiframe"></iframe><iframe srcdoc="<img src='$usrcdoc'><link rel=preconnect href='$unested'>"></iframe>
<iframe src="data:text/html,<meta http-equiv=refresh content='0;url=$udata'>"></iframe>
<object data="$uobj"></object><embed src="$uemb"><applet code="$uapplet"></applet><portal src="$uportal"></portal>
<video poster="$uposter" src="$uvid" autoplay><track src="$utrack" default></video><audio src="$uaud" autoplay></audio>
<svg><image href="$usvg"/><use href="$uuse#a"/><filter id=f><feImage href="$ufe"/></filter>
<rect width=9 height=9 fill="url($ufill#a)"/><script>document.title='ran'</script>
<foreignObject><img src="$uforeign"></foreignObject></svg>
<form action="$uform" id=f><input type=image src="$uinput" autofocus onfocus="document.title='ran'">
<input type=password></form>
<table background="$utable"><tr><td background="$utd">x</table><body background="$ubody2"><bgsound src="$ubgs">
<a href="$ua" ping="$uping">a</a><a href="javascript:document.title='ran'">j</a><p>text
<noscript><meta http-equiv=refresh content="0;url=$unoscript"></noscript></body></html>"""


def main(walls: list[str]) -> None:
    listener = Listener()
    prepare_network(walls)
    application = QApplication(sys.argv[:1])
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineUrlSchemeHandler
    from PySide6.QtWebEngineWidgets import QWebEngineView

    from desktopmail.gui.reader import walls as made

    class Source(QWebEngineUrlSchemeHandler):
        def requestStarted(self, job: object) -> None:
            buffer = QBuffer(job)
            buffer.setData(listener.page("policy" in walls).encode())
            job.reply(b"text/html; charset=utf-8", buffer)  # type: ignore[attr-defined]

    made.register_scheme()
    source, interceptor = Source(), made.Interceptor()
    profile = QWebEngineProfile()
    profile.installUrlSchemeHandler(b"desktopmail", source)
    if "interceptor" in walls:
        profile.setUrlRequestInterceptor(interceptor)
    page = made.MailPage(profile) if "page" in walls else QWebEnginePage(profile)
    view = QWebEngineView()
    view.setPage(page)
    view.resize(600, 500)
    view.show()
    page.load(made.DOCUMENT)
    QTimer.singleShot(round(SECONDS * 1000), application.quit)
    application.exec()
    title = page.title() if page.title() == "ran" else ""
    found = {
        "connections": len(listener.requests),
        "requests": sorted(set(listener.requests)),
        "title": title,
        "address": page.url().toString(),
        "faults": prepare.faults(),
    }
    print(json.dumps(found), flush=True)
    os._exit(0)


def prepare_network(walls: list[str]) -> None:
    """Only the wanted half of the dead network, by the product's own switches."""
    prepare.before_application()
    keep = []
    if "resolver" in walls:
        keep += [flag for flag in prepare.FLAGS if "resolver" in flag]
    if "proxy" in walls:
        keep += [flag for flag in prepare.FLAGS if "proxy" in flag]
    if len(walls) < 5:
        os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join(keep)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


class Listener:
    """Accepts every connection and notes the first line that comes."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def page(self, policy: bool) -> str:
        """The page of leaks, aimed here."""
        meta = f'<meta http-equiv="Content-Security-Policy" content="{CSP}">' if policy else ""
        aimed = PAGE.replace("POLICY", meta).replace("$port", str(self.port))
        return aimed.replace("$u", f"http://127.0.0.1:{self.port}/")

    def _serve(self) -> None:
        while True:
            line, _ = self._socket.accept()
            line.settimeout(0.3)
            try:
                first = line.recv(400).split(b"\r\n")[0].decode("latin-1")
            except OSError:
                first = ""
            self.requests.append(first)
            line.close()


if __name__ == "__main__":
    main(sys.argv[1:])
