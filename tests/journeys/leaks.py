"""Mail written to make a program reach out: every construct that is known to load, connect, refresh or run something.

`mails(at, name, file)` gives them by name. Each address in them is made by `at(word)` and is an address of a listener,
so that no name has to be looked up; `name` is a host name, whose look-up would show as well; `file` is a local file.
Every text carries `CANARY`, which must never be found in a log.
"""

# ruff: noqa: E501 - markup reads better unbroken

from __future__ import annotations

import base64
from collections.abc import Callable

CANARY = "Kassiopeia-Zimtstern-7731"
At = Callable[[str], str]


def mails(at: At, name: str, file: str) -> dict[str, bytes]:
    """All of them, by what they try."""
    made = {title: page(title, html) for title, html in pages(at, name, file).items()}
    return made | parted(at) | spoken(at)


def pages(at: At, name: str, file: str) -> dict[str, str]:
    """HTML bodies."""
    return {
        "C01 everything in one page": everything(at, name),
        "C04 preconnect": preconnect(at, name),
        "C05 names looked up in advance": anchors(name),
        "C06 refresh": refresh(at),
        "C07 style sheet": f"<style>{sheet(at)}</style><p>p<q>q</q><ul><li>l</ul><b>b</b><i>i</i><s>s</s><u>u</u>",
        "C07 style attributes": "".join(f'<p style="{each}">x</p>' for each in declarations(at)),
        "C09 drawings": drawings(at),
        "C11 media": media(at),
        "C12 frames": frames(at),
        "C15 files": local(file),
        "C17 scripts": scripts(at),
        "C31 unclosed": f'<p>before<img src=\'{at("unclosed")}?<b>swallowed</b><p>"> after <img src="{at("next")}',
        "C34 forms": forms(at),
    }


def everything(at: At, name: str) -> str:
    """One page with the head's constructs and one of every other kind."""
    head = "".join(
        f'<link rel="{rel}" href="{at("link-" + rel.replace(" ", "-"))}" {more}>'
        for rel, more in (
            ("stylesheet", ""), ("alternate stylesheet", "title=x"), ("icon", ""), ("shortcut icon", ""),
            ("apple-touch-icon", ""), ("prefetch", ""), ("prerender", ""), ("preload", "as=image"),
            ("preload", "as=style"), ("modulepreload", ""), ("manifest", ""), ("import", ""), ("pingback", ""),
            ("search", "type=application/opensearchdescription+xml"), ("alternate", "type=application/rss+xml"),
            ("alternate", "type=application/atom+xml"), ("next", ""), ("prev", ""), ("canonical", ""),
            ("dns-prefetch", ""), ("preconnect", ""), ("expect", ""), ("compression-dictionary", ""),
        )
    )  # fmt: skip
    return (
        f'<!doctype html><html manifest="{at("appcache")}"><head profile="{at("profile")}"><base href="{at("base/")}">'
        f'{head}<meta http-equiv="Link" content="<{at("meta-link")}>; rel=preload; as=image">'
        f'<meta http-equiv="set-cookie" content="a=b"><meta name="msapplication-TileImage" content="{at("tile")}">'
        f'<meta property="og:image" content="{at("og")}"><meta http-equiv="x-dns-prefetch-control" content="on">'
        f'<?xml-stylesheet href="{at("pi")}" type="text/css"?><style>{sheet(at)}</style></head>'
        f'<body background="{at("body")}" style="background: url({at("body-style")})"><table background="{at("table")}">'
        f'<tr background="{at("tr")}"><td background="{at("td")}">x</table>{media(at)}{frames(at)}{drawings(at)}'
        f'{forms(at)}<img src="relative.png"><img src="//{name}/scheme-less"><img src="http:\\\\{name}/back">'
        f'<a href="{at("ping-target")}" ping="{at("ping")}" attributionsrc="{at("attribution")}">a</a>'
        f'<img attributionsrc="{at("attribution-img")}" src="{at("img")}"><blockquote cite="{at("cite")}">q</blockquote>'
        f'<!--[if mso]><img src="{at("mso")}"><![endif]--><v:fill xmlns:v="urn:schemas-microsoft-com:vml" src="{at("vml")}"/>'
        f"<xml><o:image src='{at('office')}'/></xml><img src='view-source:{at('view-source')}'>"
        f"<isindex action='{at('isindex')}' type=image src='{at('isindex-src')}'><layer src='{at('layer')}'></layer></body>"
    )


def preconnect(at: At, name: str) -> str:
    """Connections without a request, in head and body, in any case, beside other words, in nested documents."""
    rels = (
        "preconnect",
        "PRECONNECT",
        "dns-prefetch preconnect",
        "stylesheet preconnect",
        "preconnect&#32;x",
        "pre\tconnect",
    )
    links = "".join(
        f'<link rel="{rel}" href="{at(f"pre{number}")}" {cross}>'
        for number, rel in enumerate(rels)
        for cross in ("", "crossorigin")
    )
    inner = f"<link rel=preconnect href={at('nested')}>"
    coded = base64.b64encode(inner.encode()).decode()
    return (
        f"<head>{links}<link rel=preconnect href='//{name}'></head><body>{links}<p>text</p>"
        f'<iframe src="data:text/html,{inner}"></iframe><iframe src="data:text/html;base64,{coded}"></iframe>'
        f'<iframe srcdoc="{inner}"></iframe><object data="data:text/html,{inner}"></object><noscript>{inner}</noscript>'
        f"<template>{inner}</template><svg><foreignObject>{inner}</foreignObject></svg><select>{inner}</select>"
    )


def anchors(name: str) -> str:
    """A hundred hosts in links."""
    meta = '<meta http-equiv="x-dns-prefetch-control" content="on">'
    return meta + "".join(f'<a href="https://host{number}.{name}/">link {number}</a> ' for number in range(100))


def refresh(at: At) -> str:
    """Going elsewhere by itself."""
    ways = [
        f'<meta http-equiv="{word}" content="{seconds};{key}={quote}{at("refresh")}{quote}">'
        for word in ("refresh", "REFRESH", " refresh", "re&#102;resh")
        for seconds in ("0", "1", "0.5")
        for key, quote in (("url", ""), ("URL", "'"), ("", ""))
    ]
    inner = f"<meta http-equiv=refresh content='0;url={at('inner')}'>"
    return (
        f"<html><head>{''.join(ways[:12])}</head><body>{''.join(ways[12:])}<p>text</p><noscript>{inner}</noscript>"
        f'<iframe src="data:text/html,{inner}"></iframe><iframe srcdoc="{inner}"></iframe><svg>{inner}</svg>'
        f"<math><annotation-xml encoding='text/html'>{inner}</annotation-xml></math>"
    )


def declarations(at: At) -> list[str]:
    """CSS that loads, as declarations."""
    functions = [
        f"url({at('css')})", f"url('{at('css-quoted')}')", f"\\75 rl({at('css-escaped')})", f"u\\72l( {at('css-tab')} )",
        f"URL({at('css-upper')})", f"url(/**/{at('css-comment')})", f"image-set('{at('set')}' 1x)",
        f"-webkit-image-set(url({at('webkit-set')}) 1x)", f"cross-fade(url({at('fade')}), red, 50%)",
        f"-webkit-cross-fade(url({at('fade1')}), url({at('fade2')}), 50%)", f"image('{at('image')}')",
        f"src('{at('src')}')", f"element(#x), url({at('element')})",
    ]  # fmt: skip
    loading = (
        "background", "background-image", "list-style", "list-style-image", "border-image", "border-image-source",
        "mask", "mask-image", "-webkit-mask", "-webkit-mask-box-image", "cursor", "content", "shape-outside", "filter",
        "backdrop-filter", "clip-path", "offset-path", "-webkit-box-reflect", "behavior", "-moz-binding", "marker",
    )  # fmt: skip
    plain = [f"{each}: {functions[0]}" for each in loading]
    return [
        *plain,
        *(f"background: {each}" for each in functions),
        f"--v: url({at('var')}); background: var(--v)",
        f"--v: {at('var-raw')}; background: url(var(--v)) var(--none, url({at('fallback')}))",
        f"background: red url({at('important')}) !important",
        f"background: expression(new Image().src='{at('expression')}')",
        f"width: attr(data-x, url({at('attr')})); background: paint(x), url({at('paint')})",
        f"background-image: linear-gradient(red, blue), url({at('after-gradient')})",
    ]


def sheet(at: At) -> str:
    """CSS that loads, as a style sheet."""
    rules = "".join(f"p:nth-child({number}) {{ {each} }}" for number, each in enumerate(declarations(at)))
    return (
        f'@import "{at("import")}"; @import url({at("import-url")}); @import url({at("import-media")}) screen;'
        f'@import "{at("import-layer")}" layer(x) supports(display: grid); @\\69mport "{at("import-escaped")}";'
        f"@charset 'utf-8'; @namespace url({at('namespace')});"
        f"@font-face {{ font-family: x; src: url({at('font')}), local(x) }} * {{ font-family: x }}"
        f"@property --p {{ syntax: '<image>'; inherits: false; initial-value: url({at('property')}) }}"
        f"@media screen {{ body {{ background: url({at('media')}) }} }} @document url({at('document')}) {{ a {{}} }}"
        f"@counter-style c {{ system: cyclic; symbols: url({at('symbol')}) }} li {{ list-style: c }}"
        f"@keyframes k {{ from {{ background: url({at('keyframe')}) }} }} p {{ animation: k 1s }}"
        f"q::before {{ content: url({at('before')}) }} p::first-letter {{ background: url({at('letter')}) }}"
        f"::-webkit-scrollbar {{ background: url({at('scrollbar')}) }} body:not(.x) {{ background: url({at('not')}) }}"
        f"@supports (display: block) {{ i {{ mask: url({at('supports')}) }} }} @page {{ background: url({at('page')}) }}"
        f"<!-- b {{ background: url({at('cdo')}) }} --> {rules} u {{ background: url({at('unclosed-sheet')})"
    )


def drawings(at: At) -> str:
    """SVG and MathML."""
    return (
        f'<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image href="{at("svg-image")}"/><image xlink:href="{at("svg-x")}"/>'
        f'<use href="{at("svg-use")}#a"/><filter id=f><feImage href="{at("feimage")}"/></filter><a href="{at("svg-a")}">a</a>'
        f'<rect width=9 height=9 fill="url({at("fill")}#a)" stroke="url({at("stroke")}#a)" mask="url({at("svg-mask")}#a)" '
        f'filter="url({at("svg-filter")}#a)" cursor="url({at("svg-cursor")})"/><script href="{at("svg-script")}"></script>'
        f'<linearGradient xlink:href="{at("gradient")}#a"/><tref xlink:href="{at("tref")}"/><mpath href="{at("mpath")}"/>'
        f'<animate attributeName=href values="{at("animate")}" /><set attributeName=href to="{at("set-href")}"/>'
        f'<foreignObject><img src="{at("foreign")}"></foreignObject><style>@import "{at("svg-style")}";</style>'
        f'<font-face-uri href="{at("fontface")}"/><discard href="{at("discard")}"/><video src="{at("svg-video")}"/></svg>'
        f'<math href="{at("math")}"><mglyph src="{at("mglyph")}"/><maction actiontype="statusline#{at("maction")}">x</maction>'
        f"<mtext><img src='{at('mtext')}'></mtext></math>"
    )


def media(at: At) -> str:
    """Pictures, sound, films."""
    return (
        f'<img src="{at("img")}"><img srcset="{at("srcset")} 1x, {at("srcset2")} 2x"><img sizes=100vw srcset="{at("w")} 9w">'
        f'<picture><source srcset="{at("source")}" media="(min-width: 1px)"><source type=image/webp srcset="{at("type")}">'
        f'<img src="{at("picture")}"></picture><img lowsrc="{at("lowsrc")}" dynsrc="{at("dynsrc")}" longdesc="{at("long")}">'
        f'<image src="{at("image")}"><video src="{at("video")}" poster="{at("poster")}" autoplay><source src="{at("vsource")}">'
        f'<track src="{at("track")}" default kind=captions></video><audio src="{at("audio")}" autoplay preload=auto></audio>'
        f'<bgsound src="{at("bgsound")}"><input type=image src="{at("input")}"><link imagesrcset="{at("imagesrcset")} 1x" '
        f'rel=preload as=image><img loading=eager decoding=sync fetchpriority=high src=" {at("space")} ">'
        f'<img src="{at("upper").replace("http", "HTTP")}"><img usemap="{at("usemap")}"><map><area href="{at("area")}"></map>'
        f'<img src="&#104;ttp{at("entity")[4:]}"><img src="ht&Tab;tp{at("tab")[4:]}"><img\nsrc\n=\n{at("lines")}>'
        f'<fencedframe src="{at("fenced")}"></fencedframe><model src="{at("model")}"></model><style src="{at("style")}">'
        f'</style><marquee behavior=alternate src="{at("marquee")}">m</marquee>'
    )


def frames(at: At) -> str:
    """Documents within the document."""
    html = f"<img src={at('in-frame')}>"
    coded = base64.b64encode(html.encode()).decode()
    return (
        f'<iframe src="{at("iframe")}"></iframe><frame src="{at("frame")}"><frameset><frame src="{at("framed")}"></frameset>'
        f'<object data="{at("object")}" codebase="{at("codebase")}" classid="{at("classid")}"><param name=movie '
        f'value="{at("param")}"></object><embed src="{at("embed")}" type=text/html><embed code="{at("code")}">'
        f'<applet code="{at("applet")}" archive="{at("archive")}" object="{at("aobject")}"></applet><portal src="{at("portal")}">'
        f'</portal><iframe srcdoc="{html}"></iframe><iframe src="data:text/html,{html}"></iframe><object type=text/html '
        f'data="data:text/html;base64,{coded}"></object><embed src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'>'
        f"<image href='{at('in-svg')}'/></svg>\"><iframe src=\"javascript:location='{at('js-frame')}'\"></iframe>"
        f'<iframe src="about:blank" onload="this.src=\'{at("onload-frame")}\'"></iframe><webview src="{at("webview")}"></webview>'
        f"<iframe src='blob:{at('blob')}'></iframe><iframe src='filesystem:{at('fs')}'></iframe>"
    )


def local(file: str) -> str:
    """A file of this computer, in every way it might be read."""
    return (
        f'<img src="file://{file}"><img src="file://localhost{file}"><img src="{file}"><img src="FILE:{file}">'
        f'<link rel=stylesheet href="file://{file}"><style>@import "file://{file}"; p {{ background: url(file://{file}) }}'
        f'</style><iframe src="file://{file}"></iframe><object data="file://{file}"></object><p>text</p>'
        f'<img src="smb://127.0.0.9/share/x"><img src="\\\\127.0.0.9\\share\\x"><a href="file://{file}">a</a>'
        f'<p style="background: url(file://{file})">x</p><img src="qrc:{file}"><table background="{file}"><tr><td>x</table>'
    )


def scripts(at: At) -> str:
    """What a script would do: change the title and ask for something."""
    act = f"document.title='ran';new Image().src='{at('script')}'"
    events = (
        "load", "error", "focus", "begin", "toggle", "animationstart", "pageshow", "resize", "scroll", "mouseover",
        "pointerenter", "beforetoggle", "canplay", "loadstart", "transitionend", "contentvisibilityautostatechange",
    )  # fmt: skip
    handlers = "".join(f'<img src=x on{each}="{act}"><svg on{each}="{act}"></svg>' for each in events)
    links = "".join(
        f'<a href="{word}{act}">{number}</a>'
        for number, word in enumerate(
            ("javascript:", " javascript:", "JaVaScRiPt:", "java&#10;script:", "java\tscript:", "&#1;javascript:",
             "&#160;javascript:", "&#8232;javascript:", "vbscript:", "data:text/html,<script>", "javascript&colon;")
        )
    )  # fmt: skip
    return (
        f'<head><script>{act}</script><script src="{at("js")}"></script><script type=module>import "{at("module")}"</script>'
        f'<script type=importmap>{{"imports": {{"a": "{at("map")}"}}}}</script><script type=speculationrules>'
        f'{{"prefetch": [{{"urls": ["{at("speculation")}"]}}]}}</script></head><body onload="{act}">{handlers}{links}'
        f'<details open ontoggle="{act}">d</details><svg><script>{act}</script><animate onbegin="{act}" attributeName=x>'
        f'</svg><math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={act}&gt;"></math>'
        f'<template><script>{act}</script></template><noscript><p title="</noscript><img src=x onerror={act}>"></noscript>'
        f'<style><style/><img src=x onerror="{act}"></style><xmp><p title="</xmp><svg/onload={act}>"></xmp>'
        f'<textarea><img title="</textarea><img src=x onerror={act}>"></textarea><input autofocus onfocus="{act}">'
        f'<form id=x><button formaction="javascript:{act}">b</button></form><base href="javascript:/a/-{act}//">'
        f'<a href="#" style="position:fixed;inset:0">over</a><isindex onfocus="{act}" autofocus><p>text</p>'
    )


def forms(at: At) -> str:
    """Forms that send by themselves or when touched."""
    return (
        f'<form action="{at("form")}" method=get target=_blank><input name=a value=b autofocus><input type=image '
        f'src="{at("form-image")}"><input type=password><button formaction="{at("formaction")}">b</button></form>'
        f'<button form=later formaction="{at("later")}">x</button><keygen><select autofocus></select>'
    )


def parted(at: At) -> dict[str, bytes]:
    """What MIME can do beside HTML."""
    html = (
        f'<link rel=stylesheet href="cid:sheet"><img src="cid:drawing"><object data="cid:drawing"></object><p>{CANARY}'
    )
    css = f'@import "{at("cid-import")}"; p {{ background: url({at("cid-css")}) }}'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{at("cid-svg")}"/><script>1</script></svg>'
    related = multi(
        "related", leaf("text/html", html), leaf("text/css", css, "Content-ID: <sheet>"),
        leaf("image/svg+xml", svg, "Content-ID: <drawing>"),
    )  # fmt: skip
    remote_root = multi(
        f'related; type="text/html"; start="<{at("start")}>"',
        leaf("text/html", "<base><img src='pixel.png'><p>text", f"Content-Location: {at('location/')}"),
        leaf("image/png", "no picture", f"Content-Location: {at('location/pixel.png')}"),
    )
    externals = [
        external(f'URL; URL="{at("external")}"'),
        external('anon-ftp; site="127.0.0.9"; directory="pub"; name="x.txt"'),
        external('tftp; site="127.0.0.9"; name="x"'),
        external('mail-server; server="listserv@mail.test"; subject="get"', "subscribe me\r\n"),
        external('local-file; name="/etc/hostname"; site="127.0.0.9"'),
    ]
    receipts = "\r\n".join(
        f"{each}: receipts@mail.test"
        for each in ("Disposition-Notification-To", "Return-Receipt-To", "X-Confirm-Reading-To", "Read-Receipt-To")
    )
    listed = (
        f"List-Unsubscribe: <{at('unsubscribe')}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        f"X-Image-URL: {at('face')}\r\nArchived-At: <{at('archived')}>\r\nBIMI-Location: v=BIMI1; l={at('bimi')}\r\n"
        f"Link: <{at('link-header')}>; rel=preconnect\r\nRefresh: 0; url={at('refresh-header')}\r\nFace: {at('f')}"
    )
    nested = page("inside", media(at))
    return {
        "C03 attached sheet and drawing": letter("C03 attached sheet and drawing", related),
        "C13 root elsewhere": letter("C13 root elsewhere", remote_root, f"Content-Base: {at('base/')}"),
        "C13 bodies elsewhere": letter("C13 bodies elsewhere", multi("mixed", leaf("text/plain", CANARY), *externals)),
        "C27 mail within": letter("C27 mail within", multi("mixed", leaf("text/plain", CANARY), attached(nested, at))),
        "C48 receipts": letter("C48 receipts", leaf("text/html", f"<p>{CANARY}"), f"{receipts}\r\n{listed}"),
    }


def spoken(at: At) -> dict[str, bytes]:
    """Markup where only words belong, and links in plain text."""
    tag = f'<img src="{at("words")}"><b>bold</b><a href="{at("a")}">a</a>'
    named = base64.b64encode(tag.encode()).decode()
    file = f'Content-Disposition: attachment; filename="=?utf-8?B?{named}?="'
    body = multi("mixed", leaf("text/plain", f"{CANARY} {tag} {at('plain')}"), leaf("application/pdf", "x", file))
    head = f"To: =?utf-8?B?{named}?= <ada@mail.test>\r\nX: y"
    subject = f"C22 {tag}"
    return {subject: letter(subject, body, head, sender=f"=?utf-8?B?{named}?= <noor@haddad.example>")}


def page(subject: str, html: str) -> bytes:
    """A letter of one HTML part."""
    return letter(subject, leaf("text/html", f"<p>{CANARY}</p>{html}"))


def letter(subject: str, body: str, more: str = "X: y", sender: str = "Noor <noor@haddad.example>") -> bytes:
    """A whole message around a body that begins with its own header lines."""
    coded = base64.b64encode(subject.encode()).decode()
    return (
        f"From: {sender}\r\nReply-To: Noor <noor@haddad.example>, Tomas <tomas@rivera.example>\r\nCc: bob@mail.test\r\n"
        f"Subject: =?utf-8?B?{coded}?=\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\n{more}\r\nMIME-Version: 1.0\r\n{body}"
    ).encode()


def leaf(kind: str, text: str, more: str = "X-Part: leaf") -> str:
    """One part."""
    coded = base64.encodebytes(text.encode()).decode().replace("\n", "\r\n")
    return f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n\r\n{coded}"


def multi(kind: str, *parts: str) -> str:
    """Several parts."""
    line = f"--edge-of-{kind.partition(';')[0]}"
    words, _, more = kind.partition(";")
    joined = "".join(f"--{line}\r\n{each}\r\n" for each in parts)
    return (
        f'Content-Type: multipart/{words}; boundary="{line}"{";" + more if more else ""}\r\n\r\n{joined}--{line}--\r\n'
    )


def external(access: str, phantom: str = "") -> str:
    """A part that is somewhere else (RFC 2046, section 5.2.3)."""
    return (
        f"Content-Type: message/external-body; access-type={access}\r\n\r\n"
        f"Content-Type: image/png\r\nContent-ID: <elsewhere@x>\r\n\r\n{phantom}"
    )


def attached(nested: bytes, at: At) -> str:
    """A message in a message, and a calendar and a card with addresses to load."""
    return (
        f"Content-Type: message/rfc822\r\n\r\n{nested.decode()}\r\n----edge-of-mixed\r\n"
        + leaf(
            "text/calendar",
            f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH:{at('attach')}\r\nIMAGE;VALUE=URI:{at('image')}\r\n",
        )
        + "\r\n----edge-of-mixed\r\n"
        + leaf("text/vcard", f"BEGIN:VCARD\r\nPHOTO;VALUE=URI:{at('photo')}\r\nSOUND:{at('sound')}\r\nEND:VCARD")
    )
