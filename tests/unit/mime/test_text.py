"""Text for reading and for the index: HTML to text, quotations, flowing lines, previews."""

from __future__ import annotations

import base64
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import flowed, quotes
from desktopmail.mime.headers import quick
from desktopmail.mime.text import at_once, for_index, for_list_and_index, split_quote, text_of
from tests.cost import least
from tests.unit.mime.samples import html, mail, multipart, part


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Hello <b>you</b></p><p>there</p>", "Hello you\n\nthere"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n> b\n>> c\nd"),
        ("<a href='https://x.org/a'>here</a>", "here <https://x.org/a>"),
        ("<a href='https://x.org/'>https://x.org</a>", "https://x.org"),
        ("<a href='mailto:a@b.org'>a@b.org</a>", "a@b.org"),
        ("<a href='javascript:x'>here</a>", "here"),
        ("<pre>a  b\n c</pre>", "a  b\n c"),
        ("a &amp; b &lt;c&gt; &eacute; &#x41;", "a & b <c> é A"),
        ("<style>p{}</style><script>x()</script><title>t</title>y", "y"),
        ("<!-- x -->y<!-- open", "y open"),
        ("a < b", "a < b"),
        ("<td>a</td><td>b</td>", "a b"),
        ("x&#0;y&#99999999999999999999;", "x\ufffdy\ufffd"),
        ("<p title='>'>x</p>", "x"),
        ("a\u200b\u00adb", "ab"),
        ("", ""),
    ],
)
def test_text_of(source: str, expected: str) -> None:
    assert text_of(source) == expected


@given(
    st.lists(
        st.sampled_from(["<", ">", "&", "#1;", "<a ", "href=", '"', "'", "x", "<!--", "-->", "<br>", "\x01", "\x04"])
    ).map("".join)
)
def test_any_html_has_text(source: str) -> None:
    text_of(source).encode("utf-8")
    text_of(source, links=False)


@pytest.mark.parametrize(
    "unit",
    ["<", "<a '", "<!--", "<b>", "</b>", "&", "&#9;", "<pre> ", "<blockquote>", "<script>", " <br> ", '<a href="'],
)
def test_hostile_html_takes_linear_time(unit: str) -> None:
    source = unit * (500_000 // len(unit))
    assert least(lambda: text_of(source), 1.5) < 1.5


@pytest.mark.parametrize(
    ("text", "own", "quote", "signature"),
    [
        ("Yes.\n\nOn 3 May, Ada wrote:\n> Really?\n", "Yes.", "On 3 May, Ada wrote:\n> Really?\n", ""),
        ("Yes.\n> Really?\nSure.", "Yes.\n> Really?\nSure.", "", ""),
        ("Yes.\n-- \nAda\nLondon", "Yes.", "", "-- \nAda\nLondon"),
        ("Yes.\n\n-----Original Message-----\nFrom: Ada\n", "Yes.", "-----Original Message-----\nFrom: Ada\n", ""),
        ("Ja.\n\nAm 3. Mai 2024 schrieb Ada:\n> Echt?", "Ja.", "Am 3. Mai 2024 schrieb Ada:\n> Echt?", ""),
        (
            "Yes.\n\nFrom: Ada\nSent: Monday\nTo: Bob\n\nReally?",
            "Yes.",
            "From: Ada\nSent: Monday\nTo: Bob\n\nReally?",
            "",
        ),
        ("> all quoted", "> all quoted", "", ""),
        ("", "", "", ""),
    ],
)
def test_split_quote(text: str, own: str, quote: str, signature: str) -> None:
    found = split_quote(text)
    assert (found.own, found.quote, found.signature) == (own, quote, signature)


@given(
    st.lists(
        st.sampled_from(["> q", "text", "", "-- ", "On 3 May Ada wrote:", "From: A", "Date: x", "____________________"])
    ).map("\n".join)
)
def test_splitting_loses_no_line(text: str) -> None:
    found = split_quote(text)
    kept = [line for piece in (found.own, found.quote, found.signature) for line in piece.split("\n") if line.strip()]
    assert sorted(kept) == sorted(line for line in text.split("\n") if line.strip())


def test_preview_skips_what_is_quoted() -> None:
    assert quotes.preview("> old\nOn 3 May, Ada wrote:\n> older\n\nNew  words\nhere\n-- \nBob") == "New words here"
    assert quotes.preview("> only quoted") == "only quoted"
    assert len(quotes.preview("word " * 1_000)) <= 200


@pytest.mark.parametrize(
    ("text", "delsp", "expected"),
    [
        ("one \ntwo\nthree", False, "one two\nthree"),
        ("one \ntwo", True, "onetwo"),
        ("> a \n> b\n>> c", False, "> a b\n>> c"),
        ("-- \nsig", False, "-- \nsig"),
        (" >not a quote", False, ">not a quote"),
        ("open \n> quoted", False, "open \n> quoted"),
    ],
)
def test_flowing_lines(text: str, delsp: bool, expected: str) -> None:
    assert flowed.unwrap(text, delsp=delsp) == expected


def test_index_takes_one_alternative_and_counts_files() -> None:
    raw = b"From: Ada <ada@x.org>\r\nTo: bob@y.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n" + multipart(
        "mixed",
        "o",
        [
            multipart("alternative", "i", [part("text/plain", b"plain words"), part("text/html", b"<p>rich words")]),
            part(
                "application/pdf",
                b"JVBERi0=",
                b"Content-Transfer-Encoding: base64",
                b'Content-Disposition: attachment; filename="plan.pdf"',
            ),
            part("message/rfc822", b"Subject: inner subject\r\n\r\ninner words"),
        ],
    )
    found = for_index(raw)
    assert found.people == "Ada ada@x.org bob@y.org"
    assert found.subject == "Grüße"
    assert "plain words" in found.text
    assert "rich" not in found.text
    assert "inner words" in found.text
    assert found.attachment_names == "plan.pdf"
    assert found.attachments == 2
    assert found.preview.startswith("plain words")


def test_index_reads_html_when_there_is_nothing_else() -> None:
    assert for_index(html("<h1>Title</h1><p>Words")).text == "Title\n\nWords"


def test_attachments_are_not_decoded_for_the_index() -> None:
    big = base64.encodebytes(bytes(12_000_000))
    raw = b"Subject: s\r\n" + multipart(
        "mixed", "b", [part("text/plain", b"hi"), part("application/zip", big, b"Content-Transfer-Encoding: base64")]
    )
    tracemalloc.start()
    try:
        assert for_index(raw).preview == "hi"
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
    assert least(lambda: for_index(raw), 0.1) < 0.1


def test_a_light_message_is_read_at_once_and_says_the_same() -> None:
    raw = b"From: a@b.org\r\nSubject: s\r\n" + multipart(
        "alternative", "b", [part("text/plain", b"plain words"), part("text/html", b"<p>" + b"long " * 90_000)]
    )
    assert at_once(raw) == for_list_and_index(raw) == (quick(raw), for_index(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: s\r\n" + multipart("mixed", "b", [part("text/plain", b"x")] * 60),
        html("<p>words</p>" * 5_000),
        mail(b"words " * 50_000),
        b"X-Long: " + b"x" * 20_000 + b"\r\n" + mail(b"words"),
        mail(b"\0" * 2_000_000),
    ],
)
def test_what_may_take_longer_is_not_read_at_once(raw: bytes) -> None:
    assert at_once(raw) is None
    assert for_list_and_index(raw) == (quick(raw), for_index(raw))


def test_long_text_is_cut_for_the_index() -> None:
    assert len(for_index(mail(b"word " * 500_000)).text) <= 200_000


@given(st.binary(max_size=300))
def test_any_bytes_can_be_indexed(raw: bytes) -> None:  # P03
    found = for_index(raw)
    for text in (found.people, found.subject, found.text, found.attachment_names, found.preview):
        text.encode("utf-8")
        assert "\0" not in text
