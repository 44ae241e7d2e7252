"""Style: what stays, what goes, and that filtering twice changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import css
from tests.cost import least


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("color: red", "color: red"),
        ("COLOR:RED;", "color: RED"),
        ("color:red!important", "color: red !important"),
        ("font-family: 'Helvetica Neue', Arial", 'font-family: "Helvetica Neue", Arial'),
        ("padding:0 10px; margin:0 auto", "padding: 0 10px; margin: 0 auto"),
        ("width: calc(100% - 10px)", "width: calc(100% - 10px)"),
        ("background:#fff url(http://x/y.png) no-repeat", "background-color: #fff"),
        ("background-image: linear-gradient(red, blue)", "background-image: linear-gradient(red, blue)"),
        ("display:none", "display: none"),
        ("color: rgb(1, 2, 3)", "color: rgb(1, 2, 3)"),
        ("c\\6f lor: red", "color: red"),
        ("color: re\\64", "color: red"),
    ],
)
def test_harmless_declarations_stay(style: str, expected: str) -> None:
    assert css.style_attribute(style) == expected


REMOTE = [
    *(
        "background: url(http://x/y)",
        "background-image: URL('//x/y')",
        "list-style: url(http://x)",
        "cursor: url(x),auto",
    ),
    *("border-image: url(x) 1", "content: url(x)", "mask: url(x)", "-webkit-mask-image: url(x)", "filter: url(x#y)"),
    *(
        "shape-outside: url(x)",
        "clip-path: url(x)",
        "background: image-set('x' 1x)",
        "background: -webkit-image-set(url(x))",
    ),
    *(
        "background: cross-fade(url(x), red)",
        "--x: url(http://x)",
        "background: var(--x)",
        "color: var(--x)",
        "src: url(x)",
    ),
    *(
        "background: u\\72l(http://x)",
        "background: \\75\\72\\6c(http://x)",
        'background: url("http://x\\"',
        "behavior: url(x)",
    ),
    *("-moz-binding: url(x)", "width: expression(alert(1))", "background: element(#x)", "background: image(x)"),
    *("background/**/: url(http://x)", "background: url(http://x", "color: env(x)", "width: attr(title url)"),
]
COVERING = [
    *(
        "position: fixed",
        "position:absolute",
        "POSITION : STICKY",
        "position: relative",
        "z-index: 9",
        "top: 0",
        "inset: 0",
    ),
    *("margin: -10px", "margin-top:-1em", "margin: 0 -5px", "margin-left: calc(0px - 900px)", "text-indent: -9999px"),
    *(
        "transform: scale(9)",
        "width: 100vw",
        "height:100vh",
        "min-height: 50dvh",
        "width: calc(100vw - 1px)",
        "display: contents",
    ),
    *("animation: x 1s", "transition: all 1s", "pointer-events: none", "user-select: none", "pos\\69tion: fixed"),
]


@pytest.mark.parametrize("style", REMOTE)
def test_nothing_loads(style: str) -> None:  # C07
    kept = css.style_attribute(style)
    assert "(" not in kept
    assert "url" not in kept.lower()
    assert "url" not in css.sheet(f"p {{ {style} }} @media screen {{ p {{ {style} }} }}").lower()


@pytest.mark.parametrize("style", COVERING)
def test_nothing_covers_or_moves(style: str) -> None:  # C35
    assert css.style_attribute(style) == ""
    assert css.sheet(f"p {{ {style} !important }}") == ""


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("p{color:red}", "p { color: red }"),
        (".a > td, b:hover{color:red}", ".a > td, b:hover { color: red }"),
        ("@import url(http://x); p{color:red}", "p { color: red }"),
        ("@import 'http://x';", ""),
        ("@font-face{font-family:x;src:url(http://x)}", ""),
        ("@charset 'utf-8'; @namespace x url(y); p{color:red}", "p { color: red }"),
        (
            "@media (max-width:600px){p{width:100%!important}}",
            "@media (max-width:600px) {\np { width: 100% !important }\n}",
        ),
        ("@media screen{@media print{p{color:red}}}", "@media screen {\n@media print {\np { color: red }\n}\n}"),
        ("@supports (display:grid){p{color:red}}", ""),
        ("@keyframes x{from{color:red}}", ""),
        ("@page{margin:0}", ""),
        ("<!-- p{color:red} -->", "p { color: red }"),
        ("a[title='</style>']{color:red}", ""),
        ("p{font-family:'</style><img src=x>'}", ""),
        ("p{color:red}</style><b>{color:red}", "p { color: red }"),
        (".a\\3c b{color:red}", ""),
        ("p{color:red", "p { color: red }"),
        ("}p{color:red}", ""),
        ("#outlook a{padding:0}", "#outlook a { padding: 0 }"),
    ],
)
def test_sheets(sheet: str, expected: str) -> None:
    assert css.sheet(sheet) == expected
    assert css.sheet(expected) == expected


FRAGMENTS = st.sampled_from(
    [
        *(
            "p",
            "{",
            "}",
            ";",
            ":",
            "color",
            "red",
            "url(",
            ")",
            "@media",
            " screen ",
            "@import",
            "'",
            '"',
            "\\",
            "/*",
            "*/",
            "<",
        ),
        *(
            "!important",
            "position",
            "fixed",
            "-1px",
            "calc(",
            "background",
            "#fff",
            ",",
            ".a",
            "</style>",
            "\\75 rl(",
            "9" * 9,
        ),
    ]
)


@given(st.lists(FRAGMENTS, max_size=30).map("".join))
def test_filtering_is_final(text: str) -> None:  # C20
    sheet = css.sheet(text)
    assert css.sheet(sheet) == sheet
    style = css.style_attribute(text)
    assert css.style_attribute(style) == style
    for kept in (sheet, style):
        assert "url(" not in kept.lower()
        assert "</" not in kept
        assert "@import" not in kept
        assert "fixed" not in kept or "position" not in kept


@pytest.mark.parametrize("unit", ["{", "(", "a{", "/*", "'", "\\", "url(", "@a ", "9", "a{color:red}", "@media x{"])
def test_hostile_sheets_are_quick(unit: str) -> None:
    sheet, style = unit * (149_000 // len(unit)), unit * (19_000 // len(unit))
    assert least(lambda: (css.sheet(sheet), css.style_attribute(style)), 1.5) < 1.5
