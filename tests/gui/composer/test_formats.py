"""HTML in, HTML and text out: nothing foreign survives, nothing of one's own is lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktopmail.domain.draft import Attachment
from desktopmail.gui.composer.editor import Editor
from desktopmail.gui.composer.giving import QUOTE_TAG, is_plain, to_html, to_text
from desktopmail.gui.composer.original import split_original
from desktopmail.gui.composer.taking import safe_link


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    made = Editor()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("html", "out", "text"),
    [
        ("<p>one</p><p>two</p>", "<div>one</div><div><br></div><div>two</div>", "one\n\ntwo\n"),
        ("a<br>b", "<div>a</div><div>b</div>", "a\nb\n"),
        ("<b>x</b> <i>y</i>", "<div><b>x</b> <i>y</i></div>", "x y\n"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>", "- a\n- b\n"),
        ("<ol><li>a</li></ol>", "<ol><li>a</li></ol>", "1. a\n"),
        ("<blockquote>q</blockquote>", f"{QUOTE_TAG}<div>q</div></blockquote>", "> q\n"),
        ('<a href="https://x.example/">x</a>', '<div><a href="https://x.example/">x</a></div>',
         "x <https://x.example/>\n"),
        ("<pre>a\n  b</pre>", "<div><code>a</code></div><div><code>&nbsp; b</code></div>", "a\n  b\n"),
        ("a &lt;b&gt; &amp;", "<div>a &lt;b&gt; &amp;</div>", "a <b> &\n"),
        ("", "<div><br></div>", ""),
    ],
)  # fmt: skip
def test_html_comes_out_small_and_plain(editor: Editor, html: str, out: str, text: str) -> None:
    editor.show_html(html)
    assert to_html(editor.document()) == out
    assert to_text(editor.document()) == text


# C24
@pytest.mark.parametrize(
    "html",
    [
        "<script>x()</script>", "<style>p{}</style>", '<img src="https://x.example/p.png">', '<img src="file:///etc/x">',
        '<p onclick="x()">p</p>', '<a href="javascript:x()">a</a>', '<a href="data:text/html,x">a</a>',
        '<iframe src="https://x.example">f</iframe>', "<svg><image href='https://x'/></svg>",
        '<p style="background:url(https://x.example/)">p</p>', '<form action="https://x.example"><input></form>',
        '<link rel=stylesheet href="https://x.example/x.css">', "<object data=x></object>", "<title>t</title>",
    ],
)  # fmt: skip
def test_nothing_active_or_loading_survives(editor: Editor, html: str) -> None:
    editor.show_html(html)
    out = to_html(editor.document())
    assert not any(
        word in out for word in ("script", "style=", "src=", "http", "javascript", "onclick", "<form", "data:")
    )


HTML = st.lists(
    st.sampled_from(["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "<blockquote>",
                     "</blockquote>", "<br>", "a ", " b", "<ol>", "</ol>", "<pre>", "</pre>", "<h1>", "</h1>", "\n",
                     "&amp;"]),
    max_size=14,
).map("".join)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(HTML)
def test_what_came_out_goes_in_again_unchanged(editor: Editor, html: str) -> None:
    editor.show_html(html)
    once = to_html(editor.document())
    editor.show_html(once)
    assert to_html(editor.document()) == once


@pytest.mark.parametrize(
    "html",
    ["<ul><li><br></li></ul>", "<ol><li>one</li><li><br></li></ol>", "<blockquote><div><br></div></blockquote>"],
)
def test_an_empty_last_line_keeps_its_place(editor: Editor, html: str) -> None:
    editor.show_html(html)
    once = to_html(editor.document())
    assert once.replace(QUOTE_TAG, "<blockquote>") == html


def test_plain_text_keeps_its_quotations(editor: Editor) -> None:
    editor.show_text("Yes.\n\nAda wrote:\n> one\n>> two\n")
    assert to_text(editor.document()) == "Yes.\n\nAda wrote:\n> one\n>> two\n"
    assert is_plain(editor.document())


def test_pasted_html_is_rebuilt(editor: Editor) -> None:
    data = QMimeData()
    data.setHtml('<p style="font-size:40px;color:red">big <b>bold</b><img src="https://x.example/x.png"></p>')
    editor.insertFromMimeData(data)
    assert to_html(editor.document()) == "<div>big <b>bold</b></div>"


def test_pasted_pictures_go_along(editor: Editor) -> None:
    image = QImage(3000, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    data = QMimeData()
    data.setImageData(image)
    editor.insertFromMimeData(data)
    (used,) = editor.used_pictures()
    assert used.type == "image/png"
    assert QImage.fromData(used.data).width() == 2000
    assert f'src="cid:{used.content_id}"' in to_html(editor.document())
    editor.selectAll()
    editor.insertPlainText("gone")
    assert editor.used_pictures() == ()


def test_dropped_files_become_attachments(editor: Editor, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/a.txt"), QUrl("https://x.example/")])
    with qtbot.waitSignal(editor.files_dropped) as dropped:
        editor.insertFromMimeData(data)
    assert dropped.args == [["/tmp/a.txt"]]


# C15
def test_no_local_file_is_read(editor: Editor) -> None:
    assert editor.loadResource(2, QUrl("file:///etc/passwd")) is None
    assert editor.loadResource(2, QUrl("https://x.example/x.png")) is None
    editor.add_picture(Attachment("p.png", "image/png", b"", "p@x"), QImage(1, 1, QImage.Format.Format_RGB32))
    assert editor.loadResource(2, QUrl("cid:p@x")) is not None


def test_marks_lists_and_quotations_toggle(editor: Editor) -> None:
    editor.insertPlainText("one\ntwo")
    editor.selectAll()
    editor.mark("bold")
    editor.toggle_list(False)
    assert to_html(editor.document()) == "<ul><li><b>one</b></li><li><b>two</b></li></ul>"
    editor.toggle_list(True)
    assert to_html(editor.document()).startswith("<ol>")
    editor.toggle_list(True)
    editor.clear_marks()
    editor.toggle_quote()
    assert to_text(editor.document()) == "> one\n> two\n"
    editor.toggle_quote()
    assert to_text(editor.document()) == "one\ntwo\n"


def test_links_are_made_from_what_is_typed(editor: Editor) -> None:
    QTest.keyClicks(editor, "see https://x.example/a. ")
    assert to_html(editor.document()) == ('<div>see <a href="https://x.example/a">https://x.example/a</a>. </div>')
    editor.clear()
    editor.link("ada@example.org")
    assert 'href="mailto:ada@example.org"' in to_html(editor.document())
    editor.clear()
    editor.link("javascript:x()")
    assert "href" not in to_html(editor.document())


def test_enter_opens_a_quotation_for_an_answer(editor: Editor) -> None:
    editor.show_text("> one two")
    cursor = editor.textCursor()
    cursor.setPosition(3)
    editor.setTextCursor(cursor)
    QTest.keyClick(editor, "\r")
    QTest.keyClicks(editor, "mine")
    assert to_text(editor.document()) == "> one\nmine\n>  two\n"


def test_links_out_are_three_schemes() -> None:
    assert safe_link("https://x.example/ü") == "https://x.example/%C3%BC"
    assert safe_link(" mailto:a@b.example ") == "mailto:a@b.example"
    for bad in ("javascript:x", "\u00a0javascript:x", "file:///x", "ftp://x", "//x", "x"):
        assert safe_link(bad) == ""


def test_originals_with_a_layout_stay_as_they_came() -> None:
    forwarded = "<p><br></p><p>---------- Forwarded message ----------<br>x</p><div><table></table></div>"
    assert split_original(forwarded) == ("<p><br></p>", forwarded[len("<p><br></p>") :])
    quoted = '<p>me</p><p>On Monday, Ada wrote:</p><blockquote type="cite"><p>hi</p></blockquote>'
    assert split_original(quoted) == (quoted, "")
    assert split_original(quoted.replace("hi", "<img>"))[0] == "<p>me</p>"
