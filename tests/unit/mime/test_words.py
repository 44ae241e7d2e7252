"""Encoded words and charsets, as senders get them right and wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.mime import charset, words
from tests.cost import least


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ("=?iso-8859-1?q?Per=E9?=", "Peré"),
        ("=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "éé"),
        ("=?utf-8?B?w6k=?= plain =?utf-8?B?w6k=?=", "é plain é"),
        ("=?utf-8?B?w?= =?utf-8?B?6k=?=", "é"),
        ("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é"),
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?q?a_b?=", "a b"),
        ("=?utf-8?q?a b c?=", "a b c"),
        ("=?utf-8?q?why??=", "why?"),
        ("=?utf-8?b?w6k?=", "é"),
        ("=?nonsense?q?Per=C3=A9?=", "Peré"),
        ("=?nonsense?q?Per=E9?=", "Peré"),
        ("=?iso-2022-jp?b?GyRCJUYlOSVIGyhC?=", "テスト"),
        ("=?gb2312?b?sqnL9g==?=", "博琐"),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("=?=?=?=", "=?=?=?="),
        ("=??q?x?=", "=??q?x?="),
        ("a =? b ?= c", "a =? b ?= c"),
        ("=?utf-8?b?AA==?=", "\ufffd"),
    ],
)
def test_decode(encoded: str, expected: str) -> None:  # P07
    assert words.decode(encoded) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b" plain text ", "plain text"),
        (b"folded\r\n\ttwice\r\n  over", "folded twice over"),
        ("grüße".encode(), "grüße"),
        ("grüße".encode("latin-1"), "grüße"),
        ("日本".encode("iso-2022-jp"), "日本"),
        (b"bad \xed\xa0\x80", "bad íxx"),
        (b"a\x00b\x07c", "a\ufffdb\ufffdc"),
        ("right\u202eleft".encode(), "right\ufffdleft"),
        (b"=?utf-8?q?line=0D=0ABcc:_x?=", "line Bcc: x"),
    ],
)
def test_unstructured(raw: bytes, expected: str) -> None:  # P03 S06
    found = words.unstructured(raw)
    if b"\xed" in raw:
        assert found.startswith("bad ")
        found.encode("utf-8")
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada", "Ada"),
        ("A\u200bda", "A\ufffdda"),
        ("\u202eada", "\ufffdada"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("a\u200cb", "a\ufffdb"),
        ("a \u00a0 b", "a \u00a0 b"),
    ],
)
def test_names_hide_nothing(name: str, expected: str) -> None:  # S06
    assert words.unmasked(name) == expected


@given(st.text(max_size=200))
def test_decode_never_fails(text: str) -> None:
    words.decode(text).encode("utf-8", "surrogatepass")
    words.decode("=?utf-8?q?" + text)
    words.decode("=?" + text + "?b?" + text + "?=")


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_decode_under_any_label(data: bytes, label: str) -> None:  # P02
    charset.decode(data, label).encode("utf-8")


LABELS = [
    *("utf-8", "utf-7", "binary", "us-ascii", "unknown-8bit", "x" * 2_000, "base64", "rot13", "zip", "idna", "hex"),
    *(
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "punycode",
        "utf-16",
        "utf-32",
        "iso-2022-jp",
        "iso-2022-kr",
    ),
    *("hz-gb-2312", "big5", "gb2312", "euc-jp", "shift_jis", "koi8-r", "windows-1252", "cp65001", "\0", "ütf-8"),
]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("data", [b"", b"plain", b"Per\xe9", b"\xff\xfe\x00\xd8", b"\x1b$B\x1b", bytes(range(256))])
def test_labels_never_fail(label: str, data: bytes) -> None:  # P02
    charset.decode(data, label).encode("utf-8")


@pytest.mark.parametrize(
    ("data", "label", "expected"),
    [
        (b"Per\xc3\xa9", None, "Peré"),
        (b"Per\xe9", None, "Peré"),
        (b"Per\xe9", "utf-8", "Peré"),
        (b"Per\xc3\xa9", "us-ascii", "Peré"),
        (b"\x93quoted\x94", "iso-8859-1", "“quoted”"),
        (b"\x81\x93", "iso-8859-1", "\x81“"),
        (b"Hi +ZeVnLIqe-", "utf-7", "Hi 日本語"),
        ("①".encode("cp932"), "shift_jis", "①"),
        (b"\x1b$B-!\x1b(B", "iso-2022-jp", "①"),
        (b"\x1b(I\x31\x1b(B", "iso-2022-jp", "ｱ"),
        (b'\x1b$B$"', "iso-2022-jp", "あ"),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국"),
        ("中文".encode("gb18030"), "GB2312", "中文"),
        ("中文".encode("big5"), "big5", "中文"),
        (b"\xef\xbb\xbfx", "utf-8", "x"),
        ("x".encode("utf-16"), None, "x"),
        (b"ok \xff\xc3\xa9", "utf-8", "ok \ufffdé"),
    ],
)
def test_texts(data: bytes, label: str | None, expected: str) -> None:
    assert charset.decode(data, label) == expected


@pytest.mark.parametrize(
    ("label", "known"), [("utf-8", True), ("binary", True), ("latin1", True), ("klingon", False), ("x" * 100, False)]
)
def test_known_labels(label: str, known: bool) -> None:
    assert charset.is_known(label) is known


def test_ten_thousand_words_are_quick() -> None:  # P07
    raw = b" ".join(b"=?utf-8?q?a=C3=A9?=" for _ in range(10_000))
    assert len(words.unstructured(raw)) == 20_000
    assert least(lambda: words.unstructured(raw), 0.1) < 0.1
