"""The MIME tree: sections, odd boundaries, ceilings, wrappers."""

from __future__ import annotations

import base64
import time
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import parse, tnef, transfer
from desktopmail.mime.parse import MAX_DEPTH, MAX_PARTS
from tests.unit.mime.samples import mail, multipart, wrapper

HEAD = b"From: a@b.org\r\nMIME-Version: 1.0\r\n"


def sections(raw: bytes) -> list[tuple[str, str]]:
    return [(leaf.section, leaf.type) for leaf in parse.parse(raw).leaves]


def texts(raw: bytes) -> list[bytes]:
    return [leaf.content.strip() for leaf in parse.parse(raw).leaves if leaf.type == "text/plain"]


def test_sections_are_numbered_like_imap() -> None:
    inner = HEAD + multipart("mixed", "i", [b"\r\none", b"Content-Type: text/html\r\n\r\ntwo"])
    raw = HEAD + multipart(
        "mixed",
        "o",
        [
            b"\r\nplain",
            multipart("alternative", "m", [b"\r\na", b"Content-Type: text/html\r\n\r\nb"]),
            b"Content-Type: message/rfc822\r\n\r\n" + inner,
            b"Content-Type: message/rfc822\r\n\r\n" + HEAD + b"\r\nlast",
        ],
    )
    assert [section for section, _ in sections(raw)] == ["1", "2.1", "2.2", "3.1", "3.2", "4.1"]
    message = parse.parse(raw)
    found = message.find("3")
    assert found is not None
    assert found.type == "message/rfc822"
    last = message.find("4.1")
    assert last is not None
    assert last.content == b"last"
    assert message.find("9") is None


def test_single_part_is_section_one() -> None:
    assert sections(mail(b"hello")) == [("1", "text/plain")]


def test_encoded_nested_message_is_opened() -> None:
    inner = base64.encodebytes(HEAD + b"\r\ninside")
    raw = HEAD + b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + inner
    assert sections(raw) == [("1.1", "text/plain")]
    assert texts(raw) == [b"inside"]


def test_digest_holds_messages() -> None:
    raw = HEAD + multipart("digest", "b", [b"\r\nSubject: one\r\n\r\nfirst", b"\r\nSubject: two\r\n\r\nsecond"])
    assert texts(raw) == [b"first", b"second"]


BOUNDARIES = {
    "missing": HEAD + b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\none\r\n--x\r\n\r\ntwo\r\n--x--\r\n",
    "empty": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\none\r\n--\r\n\r\ntwo\r\n----\r\n',
    "wrong": HEAD + b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--x\r\n\r\none\r\n--x\r\n\r\ntwo\r\n--x--\r\n",
    "spaces": HEAD
    + b'Content-Type: multipart/mixed; boundary="a b"\r\n\r\n--a b\r\n\r\none\r\n--a b  \r\n\r\ntwo\r\n--a b--',
    "never closed": HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\r\n--x\r\n\r\ntwo",
    "in preamble": HEAD
    + b"Content-Type: multipart/mixed; boundary=x\r\n\r\nthe --x here\r\n--x\r\n\r\none\r\n--x\r\n\r\ntwo\r\n--x--",
    "closed too early": HEAD
    + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\r\n--x--\r\n--x\r\n\r\ntwo\r\n--x--",
    "long": HEAD + multipart("mixed", "b" * 2_000, [b"\r\none", b"\r\ntwo"]),
    "bare line feeds": (HEAD + multipart("mixed", "x", [b"\r\none", b"\r\ntwo"])).replace(b"\r\n", b"\n"),
    "prefix": HEAD + multipart("mixed", "x", [multipart("mixed", "x-1", [b"\r\none"]), b"\r\ntwo"]),
    "reused": HEAD + multipart("mixed", "x", [multipart("mixed", "x", [b"\r\none"]), b"\r\ntwo"]),
    "inner open": HEAD
    + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n"
    + b"--y\r\n\r\none\r\n--x\r\n\r\ntwo\r\n--x--",
}


@pytest.mark.parametrize("raw", BOUNDARIES.values(), ids=BOUNDARIES.keys())
def test_texts_are_reachable_whatever_the_boundary(raw: bytes) -> None:  # P05
    assert [text for text in texts(raw) if text] == [b"one", b"two"]


def test_multipart_without_any_part_is_text() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\nonly words"
    assert texts(raw) == [b"only words"]
    assert "damaged-structure" in parse.parse(raw).problems


def test_carriage_returns_alone_end_lines() -> None:
    assert texts(b"Subject: s\r\rhello\rworld") == [b"hello\nworld"]


def timed(raw: bytes) -> tuple[parse.Message, float]:
    began = time.process_time()
    message = parse.parse(raw)
    return message, time.process_time() - began


def test_depth_ten_thousand() -> None:  # P12
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(10_000)
    )
    message, spent = timed(HEAD + nested + b"\r\nhello")
    assert message.problems["too-deep"]
    assert spent < 1.0
    messages, spent = timed(HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 10_000 + b"\r\nhello")
    assert messages.problems["too-deep"]
    assert spent < 1.0
    assert len(list(messages.walk())) <= MAX_DEPTH + 2


def test_same_boundary_all_the_way_down() -> None:  # P12
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + (b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 10_000)
    )
    _, spent = timed(raw)
    assert spent < 1.0


def test_a_million_empty_parts() -> None:  # P13
    message, spent = timed(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 1_000_000)
    assert message.problems["too-large"]
    assert len(message.leaves) <= MAX_PARTS
    assert spent < 5.0


LINES = st.sampled_from(
    [
        *(b"--b\r\n", b"--b--\r\n", b"\r\n", b"text\r\n", b"--", b"\0\xff", b"Content-Type: message/rfc822\r\n"),
        *(b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Transfer-Encoding: base64\r\n"),
    ]
)


@given(st.lists(LINES, max_size=40).map(b"".join))
def test_any_bytes_have_a_tree(raw: bytes) -> None:  # P17
    message = parse.parse(raw)
    for leaf in message.leaves:
        assert leaf.section
        assert message.find(leaf.section) is not None
        assert isinstance(leaf.content, bytes)
        leaf.name.encode("utf-8")


@pytest.mark.parametrize(
    ("encoded", "encoding", "expected"),
    [
        (b"aGVsbG8=", "base64", b"hello"),
        (b"aGVs\r\nbG8", "base64", b"hello"),
        (b"aGVs!!bG8=\r\n-- \r\nmailing list", "base64", None),
        (b"aGk=\r\naGk=", "base64", b"hihi"),
        (b"a", "base64", b""),
        (b"Per=C3=A9=\r\n!", "quoted-printable", "Peré!".encode()),
        (b"50=% =ZZ", "quoted-printable", b"50=% =ZZ"),
        (b"begin 644 a.txt\n#86%A\n`\nend\n", "x-uuencode", b"aaa"),
        (b"#86%A\n", "uuencode", b"aaa"),
        (b"plain", "7bit", b"plain"),
        (b"plain", "nonsense", b"plain"),
    ],
)
def test_transfer_encodings(encoded: bytes, encoding: str, expected: bytes | None) -> None:
    found = transfer.decode(encoded, encoding)
    assert expected is None or found == expected


@given(st.binary(max_size=300))
def test_base64_round_trip(data: bytes) -> None:
    assert transfer.from_base64(base64.encodebytes(data)) == data
    transfer.from_base64(data)
    transfer.from_uuencode(data)
    transfer.from_quoted_printable(data)


def test_wrapper_files_are_listed() -> None:
    raw = HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw += base64.encodebytes(wrapper([("report.pdf", b"%PDF-1"), ("notes.txt", b"hi")]))
    leaves = parse.parse(raw).leaves
    assert [(leaf.section, leaf.name) for leaf in leaves] == [
        ("1", "winmail.dat"),
        ("1.1", "report.pdf"),
        ("1.2", "notes.txt"),
    ]
    assert leaves[1].content == b"%PDF-1"


@given(st.integers(0, 400), st.binary(max_size=40))
def test_damaged_wrappers_give_what_they_can(cut: int, noise: bytes) -> None:  # C45
    whole = wrapper([("a.txt", b"hello"), ("b.txt", b"world")])
    tnef.files(whole[:cut] + noise + whole[cut + len(noise) :])
    tnef.files(whole[:6] + noise)


def test_a_message_is_gone_when_nobody_has_it() -> None:
    """Its tree holds no cycle, which only a collection would end: many messages, or large ones, leave nothing."""
    message = parse.parse(multipart("mixed", "b", [b"\r\none", b"\r\ntwo"]))
    part = message.root.children[0]
    gone = ref(message.root)
    assert part.parent is message.root
    del message
    assert gone() is None
    assert part.parent is None
