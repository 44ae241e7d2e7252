"""A whole message as it is read: choice of text, parts, warnings, verdicts, reports."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.address import Address
from desktopmail.domain.body import PART_URL, Body, Verdict
from desktopmail.mime.body import content, read
from tests.cost import least
from tests.unit.mime.samples import HEAD, html, mail, multipart, part

PNG = b"\x89PNG\r\n\x1a\n"


def kinds(body: Body) -> set[str]:
    return {warning.kind for warning in body.warnings}


def inline(body: Body) -> dict[str, bool]:
    return {one.section: one.inline for one in body.parts}


def test_plain_message() -> None:
    body = read(
        mail(b"Hello <b>you</b>\r\n> quoted\r\n", b"Date: Tue, 12 Mar 2024 09:30:00 +0530", b"Message-ID: <1@x>")
    )
    assert body.text == "Hello <b>you</b>\n> quoted\n"
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in body.html
    assert "<blockquote" in body.html
    assert body.made_from_text
    assert (body.date, body.date_offset) == (1710216000, 330)
    assert body.sender == (Address("Ada", "ada@example.org"),)
    assert body.message_id == "<1@x>"
    assert body.warnings == ()
    assert body.attachments == ()


def test_alternatives_give_html_and_text() -> None:
    body = read(HEAD + multipart("alternative", "b", [part("text/plain", b"plain"), part("text/html", b"<p>rich</p>")]))
    assert body.text == "plain"
    assert body.html == "<p>rich</p>"
    assert inline(body) == {"1": True, "2": True}
    assert not body.made_from_text


def test_text_comes_from_html_where_there_is_no_plain_part() -> None:
    assert read(html("<p>one<p>two")).text == "one\n\ntwo"


def test_related_pictures_stand_in_the_text() -> None:
    picture = part("image/png", PNG, b"Content-ID: <logo@x>", b'Content-Disposition: inline; filename="logo.png"')
    body = read(HEAD + multipart("related", "b", [part("text/html", b'<img src="cid:logo@x">'), picture]))
    assert f'src="{PART_URL}2"' in body.html
    assert inline(body) == {"1": True, "2": True}
    assert body.attachments == ()


def test_pictures_nobody_refers_to_stand_beside() -> None:
    picture = part("image/png", PNG, b"Content-ID: <logo@x>")
    body = read(HEAD + multipart("related", "b", [part("text/html", b"<p>x"), picture]))
    assert [one.section for one in body.attachments] == ["2"]


def test_inline_pictures_are_shown_where_they_stand() -> None:
    picture = part("image/jpeg", b"\xff\xd8\xff", b"Content-Disposition: inline")
    body = read(HEAD + multipart("mixed", "b", [part("text/plain", b"look"), picture, part("text/plain", b"nice")]))
    assert body.html.index("look") < body.html.index(f"{PART_URL}2") < body.html.index("nice")
    assert body.text == "look\n\nnice"


def test_related_root_may_be_named() -> None:
    parts = [
        part("image/png", PNG, b"Content-ID: <p@x>"),
        part("text/html", b'<img src="cid:p@x">', b"Content-ID: <root@x>"),
    ]
    raw = multipart("related", "b", parts).replace(b'boundary="b"', b'boundary="b"; start="<root@x>"', 1)
    assert f"{PART_URL}1" in read(HEAD + raw).html


def test_ids_used_twice_mean_the_first_picture() -> None:  # C14
    one = part("image/png", PNG, b"Content-ID: <p@x>")
    body = read(HEAD + multipart("related", "b", [part("text/html", b'<img src="cid:p@x">'), one, one]))
    assert f"{PART_URL}2" in body.html
    assert f"{PART_URL}3" not in body.html


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf"])
def test_only_bitmaps_are_shown_by_id(media_type: str) -> None:  # C14
    other = part(media_type, b"x", b"Content-ID: <p@x>")
    assert (
        PART_URL not in read(HEAD + multipart("related", "b", [part("text/html", b'<img src="cid:p@x">'), other])).html
    )


def test_pictures_of_nested_messages_are_not_ours() -> None:  # C14
    inner = HEAD + multipart("related", "i", [part("text/plain", b"x"), part("image/png", PNG, b"Content-ID: <p@x>")])
    outer = [part("text/html", b'<img src="cid:p@x">'), part("message/rfc822", inner)]
    assert PART_URL not in read(HEAD + multipart("mixed", "b", outer)).html


def test_parts_are_described() -> None:
    encoded = base64.encodebytes(b"%PDF-1.4 data")
    fields = (b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*=utf-8''%C3%BC.pdf")
    raw = HEAD + multipart(
        "mixed", "b", [part("text/plain; charset=utf-8", "grüß".encode()), part("application/pdf", encoded, *fields)]
    )
    text, pdf = read(raw).parts
    assert (text.section, text.type, text.charset, text.text) == ("1", "text/plain", "utf-8", "grüß")
    assert (pdf.name, pdf.size, pdf.inline, pdf.text) == ("ü.pdf", 13, False, None)
    assert pdf.sha256 == hashlib.sha256(b"%PDF-1.4 data").hexdigest()
    assert content(raw, "2") == (pdf, b"%PDF-1.4 data")
    assert content(raw, "7") is None


def test_attached_messages_are_files_of_their_own() -> None:
    inner = HEAD.replace(b"Tests", b"Inner") + multipart(
        "mixed", "i", [part("text/plain", b"in"), part("application/pdf", b"x")]
    )
    body = read(HEAD + multipart("mixed", "b", [part("text/plain", b"out"), part("message/rfc822", inner)]))
    assert [one.section for one in body.parts] == ["1", "2.1", "2.2"]
    assert [(one.section, one.name, one.size) for one in body.nested] == [("2", "Inner.eml", len(inner))]
    assert [one.section for one in body.attachments] == ["2"]
    assert body.text == "out"


EMPTY = {
    "nothing": b"",
    "header alone": HEAD,
    "header without end": HEAD.rstrip(),
    "only a file": HEAD + part("application/pdf", b"x"),
    "only a message": HEAD + part("message/rfc822", HEAD + b"\r\nx"),
    "encrypted": HEAD + multipart("encrypted", "b", [part("application/pgp-encrypted", b"Version: 1")]),
    "empty multipart": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
}


@pytest.mark.parametrize("raw", EMPTY.values(), ids=EMPTY.keys())
def test_without_text_there_is_an_honest_word(raw: bytes) -> None:  # P01
    body = read(raw)
    assert body.text == ""
    assert body.html.startswith('<p class="placeholder">This message ')


def test_text_that_is_set_apart_is_shown_when_there_is_no_other() -> None:
    assert read(mail(b"hi", b"Content-Disposition: attachment; filename=a.txt")).text == "hi"


def test_flowing_text_is_unwrapped() -> None:
    assert read(mail(b"one \r\ntwo\r\n", b"Content-Type: text/plain; format=flowed")).text == "one two\n"


SENDERS = [
    (b"From: a@x.org\r\nFrom: b@y.org\r\n", "several-from"),  # S01
    (b"From: a@x.org, b@y.org\r\n", "several-from"),
    (b"Subject: s\r\n", "no-sender"),
    (b"From: Ada\r\n", "no-sender"),
    (b"From: <@evil.com:a@x.org>\r\n", "ambiguous-address"),  # S04
    (b"From: <a@x.org> b@y.org\r\n", "ambiguous-address"),
    (b"From: =?utf-8?q?a?=@x.org\r\n", "ambiguous-address"),  # S05
    (b"From: a@x.org\r\nReply-To: b@y.org\r\n", "reply-to-differs"),  # S10
    (b'From: "boss@bank.com" <a@evil.com>\r\n', "name-looks-like-address"),  # S07
    (b'From: "boss @ bank.com" <a@evil.com>\r\n', "name-looks-like-address"),
    ("From: a@pаypal.com\r\n".encode(), "confusable-domain"),  # S08
    (b"From: a@paypa1.com\r\n", "confusable-domain"),
    (b"From: a@xn--80ak6aa92e.com\r\n", "confusable-domain"),
    (b"From: =?utf-8?b?4oCuYWRh?= <a@x.org>\r\n", "bidi-or-control"),  # S06
    (b"From: a@x.org\r\nSubject: =?utf-8?q?a=E2=80=AEb?=\r\n", "bidi-or-control"),
    (b"From: a@x.org\r\nDisposition-Notification-To: b@y.org\r\n", "receipt-requested"),  # C48
    (b"From: a@x.org\r\nReturn-Receipt-To: b@y.org\r\n", "receipt-requested"),
    (b"From: a@x.org\r\nX-Confirm-Reading-To: b@y.org\r\n", "receipt-requested"),
    (b" From: a@x.org\r\nSubject: s\r\n", "damaged-headers"),  # S02
    (b"From : a@x.org\r\n", "damaged-headers"),
]


@pytest.mark.parametrize(("header", "kind"), SENDERS)
def test_warnings_about_senders(header: bytes, kind: str) -> None:
    assert kind in kinds(read(header + b"\r\nhi"))


@pytest.mark.parametrize(
    "header",
    [
        b"From: Ada Lovelace <ada@x.org>\r\nReply-To: ada@x.org\r\nSubject: Hi\r\n",
        b'From: "ada@x.org" <ada@x.org>\r\n',
        "From: Zoë <zoe@example.org>\r\nSubject: 👩‍💻 Grüße\r\n".encode(),
        b"From: (comment) Ada <ada@x.org>\r\nTo: friends: a@x;, b@y\r\n",
    ],
)
def test_ordinary_senders_raise_no_warning(header: bytes) -> None:
    assert read(header + b"\r\nhi").warnings == ()


def test_receipt_warning_names_who_asks() -> None:  # C48
    body = read(b"From: a@x.org\r\nDisposition-Notification-To: spy@y.org\r\n\r\nhi")
    assert next(one.detail for one in body.warnings if one.kind == "receipt-requested") == "spy@y.org"


FILES = [
    ("application/octet-stream", b"setup.exe", b"MZ", "executable-attachment"),  # C40
    ("application/pdf", b"a.pdf.js", b"x", "executable-attachment"),
    ("image/png", b"a.png", b"MZ", "type-mismatch"),
    ("image/png", b"a.exe", b"x", "type-mismatch"),  # C39
    ("text/plain", b"../../x.txt", b"x", "name-altered"),  # C38
    ("application/pdf", "a\u202efdp.exe".encode(), b"x", "bidi-or-control"),
]


@pytest.mark.parametrize(("media_type", "name", "data", "kind"), FILES)
def test_warnings_about_files(media_type: str, name: bytes, data: bytes, kind: str) -> None:
    one = part(media_type, data, b'Content-Disposition: attachment; filename="' + name + b'"')
    assert kind in kinds(read(HEAD + multipart("mixed", "b", [part("text/plain", b"x"), one])))


def test_warnings_about_links_and_remote_content() -> None:  # C33
    body = read(
        html(
            '<a href="https://evil.example/">https://bank.com/</a><img src="http://x.org/1"><a href="http://0x7f.1/">x</a>'
        )
    )
    assert {"link-differs", "suspicious-link", "remote-content"} <= kinds(body)
    assert body.remote_content == 1
    assert list(body.remote_urls.values()) == ["http://x.org/1"]


def test_warnings_about_structure() -> None:
    assert "damaged-structure" in kinds(read(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx"))
    assert "undecodable" in kinds(read(mail(b"x", b"Content-Type: text/plain; charset=klingon")))
    assert "undecodable" in kinds(read(mail(b"x", b"Content-Transfer-Encoding: rot13")))
    external = read(
        HEAD
        + b'Content-Type: message/external-body; access-type=URL; URL="http://x.org/y"\r\n\r\nContent-Type: a/b\r\n'
    )
    assert "external-body" in kinds(external)  # C13


SIGNED = multipart("signed", "s", [part("text/plain", b"signed"), part("application/pgp-signature", b"--")])


def test_text_beside_a_signed_part_is_noticed() -> None:  # S14
    assert "unsigned-part-beside-signed" in kinds(
        read(HEAD + multipart("mixed", "m", [part("text/plain", b"around"), SIGNED]))
    )
    assert "unsigned-part-beside-signed" not in kinds(read(HEAD + SIGNED))


def trusted(header: bytes, sender: bytes = b"From: a@x.org\r\n") -> Verdict:
    return read(header + sender + b"\r\nhi", trusted_verifiers=frozenset({"mx.mine.example"})).verdict


def test_only_the_topmost_trusted_verdict_counts() -> None:  # S11
    mine, forged = (
        b"Authentication-Results: mx.mine.example; dkim=fail header.d=x.org\r\n",
        (b"Authentication-Results: mx.mine.example; dkim=pass header.d=x.org; dmarc=pass header.from=x.org\r\n"),
    )
    assert trusted(mine + forged) == Verdict("unknown", "fail", "unknown", "mx.mine.example", None)
    assert trusted(b"Authentication-Results: evil.example; dkim=pass header.d=x.org\r\n") == Verdict()
    assert trusted(b"Authentication-Results: (mx.mine.example) evil; dkim=pass header.d=x.org\r\n") == Verdict()
    assert trusted(b"ARC-Authentication-Results: i=1; mx.mine.example; dkim=pass header.d=x.org\r\n") == Verdict()
    assert read(forged + b"From: a@x.org\r\n\r\nhi").verdict == Verdict()


@pytest.mark.parametrize(
    ("results", "aligned"),
    [
        (b"dkim=pass header.d=x.org", True),
        (b"dkim=pass header.d=mail.x.org", True),
        (b"dkim=pass header.i=@x.org", True),
        (b"dkim=pass header.d=evil.org", False),
        (b"dkim=pass header.d=evil.org; dkim=pass header.d=x.org", True),
        (b"spf=pass smtp.mailfrom=bounce@x.org", True),
        (b"spf=pass smtp.mailfrom=evil.org", False),
        (b"spf=pass smtp.mailfrom=x.org; dkim=fail header.d=x.org; dmarc=fail header.from=x.org", False),
        (b"dmarc=pass (p=none) header.from=x.org", True),
        (b'dkim=pass reason="header.d=x.org" header.d=evil.org', False),
        (b"dkim=fail header.d=x.org", None),
        (b"none", None),
    ],
)
def test_a_pass_counts_only_for_the_shown_domain(results: bytes, aligned: bool | None) -> None:  # S13
    assert trusted(b"Authentication-Results: mx.mine.example; " + results + b"\r\n").aligned is aligned


def test_two_authors_are_never_aligned() -> None:  # S13
    header = b"Authentication-Results: mx.mine.example; dkim=pass header.d=x.org\r\n"
    assert trusted(header, b"From: a@x.org, b@evil.org\r\n").aligned is False
    assert trusted(header, b"From: a@x.org\r\nFrom: b@evil.org\r\n").aligned is False


def test_ways_out_of_a_list() -> None:
    body = read(mail(b"x", b"List-Unsubscribe: <mailto:out@x.org?subject=out>, <https://x.org/out>, <javascript:x>"))
    assert body.list_unsubscribe == ("mailto:out@x.org?subject=out", "https://x.org/out")


def test_huge_html_falls_back_to_text() -> None:  # C46
    source = html("<b>word</b> " * 900_000)
    body = read(source)
    assert least(lambda: read(source), 3) < 3
    assert "too-large" in kinds(body)
    assert body.made_from_text
    assert body.text.startswith("word word")


def test_parts_are_sanitised_one_by_one() -> None:  # C31
    parts = [
        part("text/html", b'<img src="http://leak.example/?'),
        part("text/plain", b"secret"),
        part("text/html", b'">'),
    ]
    body = read(HEAD + multipart("mixed", "b", parts))
    assert "secret" in body.html
    assert not any("secret" in url for url in body.remote_urls.values())


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(raw: bytes) -> None:  # P01 P17
    body = read(raw)
    assert body.html
    assert isinstance(body.attachments, tuple)
    for text in (body.subject, body.text, body.html, body.message_id, *(one.name for one in body.parts)):
        text.encode("utf-8")
        assert "\0" not in text


LINES = st.sampled_from(
    [
        *(
            b"From: a@x.org\r\n",
            b"Content-Type: text/html\r\n",
            b"\r\n",
            b"--b\r\n",
            b"--b--\r\n",
            b"<p>x\r\n",
            b"\xff\0\r\n",
        ),
        *(b"Content-Type: multipart/alternative; boundary=b\r\n", b"Content-Type: multipart/related; boundary=b\r\n"),
        *(
            b"Content-Type: multipart/report; boundary=b\r\n",
            b"Content-Type: message/delivery-status\r\n",
            b"Action: failed\r\n",
        ),
        *(
            b"Content-Transfer-Encoding: base64\r\n",
            b"Content-Disposition: attachment; filename=x\r\n",
            b"Content-Type: message/rfc822\r\n",
        ),
        *(
            b"Content-Type: image/png\r\n",
            b"Content-ID: <a>\r\n",
            b"<img src=cid:a>\r\n",
            b"Content-Type: application/ms-tnef\r\n",
        ),
    ]
)


@given(st.lists(LINES, max_size=40).map(b"".join))
def test_any_arrangement_of_lines_can_be_read(raw: bytes) -> None:
    body = read(raw)
    assert body.html
    for one in (*body.parts, *body.nested):
        found = content(raw, one.section)
        assert found is not None
        assert hashlib.sha256(found[1]).hexdigest() in {other.sha256 for other in (*body.parts, *body.nested)}
