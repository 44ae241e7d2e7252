"""The sanitiser: nothing loads, runs or covers; what is left looks as meant; twice is the same as once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopmail.domain.body import REMOTE_URL
from desktopmail.mime import allowed
from desktopmail.mime.sanitize import clean
from tests.cost import least
from tests.unit.mime import leaks
from tests.unit.mime.judge import judged

PICTURES = {"cid:logo@x": "2", "http://content.example/a.png": "3"}


@pytest.mark.parametrize("construct", leaks.CONSTRUCTS)
def test_no_construct_gets_through(construct: str) -> None:  # C01 C04 C06 C07 C09 C11 C12 C17 C34
    for page in (construct, f"<p>before</p>{construct}<p>after</p>", f"<table><tr><td>{construct}</table>"):
        found = clean(page, PICTURES)
        assert judged(found.html).wrong == []
        assert clean(found.html, PICTURES).html == found.html
        for url in found.remote_urls.values():
            assert url.startswith(("http://", "https://"))


def test_the_whole_page_of_leaks() -> None:  # C01
    found = clean(leaks.PAGE, PICTURES)
    assert judged(found.html).wrong == []
    assert found.remote_content > 60
    assert clean(found.html, PICTURES).html == found.html


def test_pictures_get_private_addresses() -> None:
    found = clean(
        '<img src="cid:logo@x"><img src="CID:logo%40x"><img src="http://a.example/1"><img src="//b.example/2">'
        '<img src="http://a.example/1"><img src="http://content.example/a.png"><img src="cid:other" alt="gone">',
        PICTURES,
        first_remote=5,
    )
    assert [url.removeprefix("desktopmail://message/") for url in judged(found.html).urls] == [
        *("part/2", "part/2", "remote/5", "remote/6", "remote/5", "part/3")
    ]
    assert found.remote_urls == {f"{REMOTE_URL}5": "http://a.example/1", f"{REMOTE_URL}6": "https://b.example/2"}
    assert 'alt="gone"' in found.html


PLACES = [
    *('<a href="cid:logo@x">x</a>', '<iframe src="cid:logo@x"></iframe>', '<link href="cid:logo@x">'),
    *('<p style="background:url(cid:logo@x)">', '<object data="cid:logo@x">'),
]


@pytest.mark.parametrize("place", PLACES)
def test_own_parts_only_in_pictures(place: str) -> None:  # C14
    assert "part/" not in clean(place, PICTURES).html


def test_sheets_keep_their_medium() -> None:
    found = clean(
        '<style media="(max-width: 600px)">p{color:red}</style><style media="print} b{color:red}">i{color:red}</style>x'
    )
    assert found.html.startswith("<style>\n@media (max-width: 600px) {\np { color: red }\n}\n")
    assert "b {" not in found.html.partition("@media print")[0]


def test_bitmap_data_stays_other_data_goes() -> None:
    assert "data:image/png" in clean('<img src="data:image/png;base64,iVBORw0KGgo=">').html
    for bad in ("data:image/svg+xml;base64,AAAA", "data:text/html;base64,AAAA", "data:image/png,<script>", "data:,x"):
        assert "data:" not in clean(f'<img src="{bad}">').html


def test_layout_survives() -> None:
    found = clean(
        "<style>td{padding:4px} @media (max-width:600px){.w{width:100%!important}}</style>"
        '<body bgcolor="#222222" text="white"><table class="w" width="600" cellpadding="0"><tr>'
        '<td align="center" bgcolor="#fff"><a href="https://x.org/?a=1&amp;b=2" '
        'style="color:#fff;text-decoration:none">Go</a></td></tr></table>'
    )
    assert found.html == (
        "<style>\ntd { padding: 4px }\n@media (max-width:600px) {\n.w { width: 100% !important }\n}\n</style>"
        '<div style="color: white; background-color: #222222"><table class="w" width="600" cellpadding="0"><tbody><tr>'
        '<td align="center" bgcolor="#fff"><a href="https://x.org/?a=1&amp;b=2" '
        'style="color: #fff; text-decoration: none" rel="noopener noreferrer">Go</a></td></tr></tbody></table></div>'
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<table><tr><td>1<td>2<tr><td>3</table>",
            "<table><tbody><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table>",
        ),
        ("<b>x<i>y</b>z</i>", "<b>x<i>y</i></b>z"),
        ("<o:p>x</o:p>", "x"),
        ("<![if !mso]>x<![endif]><!--[if mso]>y<![endif]-->", "x"),
        ("<title>t</title>x", "x"),
        ("<noscript>x</noscript>", "x"),
        ("<img src='http://x.org/a' alt='<b>\"'>", None),
        ("x\0y", "x\ufffdy"),
        ("</div></p>x", "<br>x"),
        ("<button>Click</button>", "Click"),
    ],
)
def test_ordinary_html(html: str, expected: str | None) -> None:
    found = clean(html)
    assert judged(found.html).wrong == []
    if expected is not None:
        assert found.html == expected


NAMES = st.sampled_from(
    [
        *sorted(allowed.TAGS),
        *("body", "svg", "math", "form", "select", "option", "textarea", "object", "noscript", "style", "script"),
        *("title", "template", "html", "head", "xmp", "plaintext", "mi", "mtext", "annotation-xml", "o:p", "button"),
    ]
)
TREES = st.lists(
    st.one_of(
        st.tuples(
            NAMES,
            st.sampled_from(["", " style='color:red'", " class=x", " href='http://x.org'", " title='<b>\"'", ' id="a']),
        ).map(lambda pair: f"<{pair[0]}{pair[1]}>"),
        NAMES.map(lambda name: f"</{name}>"),
        st.sampled_from(
            [
                "x",
                "\n",
                "&lt;b&gt;",
                "<!-- x -->",
                "<![CDATA[x]]>",
                "<",
                "\n\nq",
                "--!>",
                "&amp;lt;",
                "\r\n",
                "&#0;",
                "<!-",
            ]
        ),
    ),
    max_size=25,
)


@settings(max_examples=400)
@given(TREES.map("".join))
def test_cleaning_twice_is_cleaning_once(html: str) -> None:  # C20
    once = clean(html).html
    assert judged(once).wrong == []
    assert clean(once).html == once


HUGE = {
    "depth": "<div>" * 100_000 + "x",
    "depth behind comments": "<div><!--</div>-->" * 100_000,
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(400_000)) + ">x",
    "sheet": "<style>" + "a{color:red}" * 380_000 + "</style>x",
    "tags": "<b>x</b>" * 100_000,
    "references": "&" * 1_000_000,
    "less-than": "<" * 1_000_000,
    "links": "<a href=http://x>" * 50_000,
    "tables": "<table><tr><td>" * 30_000,
    "phrases": "".join(f"<b id=i{number}><p>" for number in range(50_000)),
    "reopened": "".join(f"<p><b id=i{number}></p>" for number in range(50_000)),
    "quotes": '<a href="' * 100_000,
    "comments": "<!--" * 200_000,
    "beyond": "<b>x" * 3_000_000,
}


@pytest.mark.parametrize("html", HUGE.values(), ids=HUGE.keys())
def test_huge_pages_end(html: str) -> None:  # C46
    found = clean(html)
    assert least(lambda: clean(html), 3) < 3
    assert found.html or found.cut or "x" not in html


def test_cells_of_several_parts_do_not_swallow_each_other() -> None:  # C31
    first, second = clean('<img src="http://leak.example/?'), clean("secret</b>")
    assert "secret" in second.html
    assert judged(first.html + second.html).urls == judged(first.html).urls
