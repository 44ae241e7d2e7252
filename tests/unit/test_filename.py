"""File names: safe on every system, true in what they show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain import filename as names


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("C:a.txt", "a.txt"),
        ("a\0b.txt", "a_b.txt"),
        ("a\r\nb.txt", "a__b.txt"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("LPT1 .txt", "_LPT1 .txt"),
        ("name. . .", "name"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("~", "attachment"),
        ("...", "attachment"),
        ("", "attachment"),
        ("   ", "attachment"),
        ('a<b>c:d"e|f?g*h.txt', "a_b_c_d_e_f_g_h.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("invoice.pdf" + " " * 80 + ".exe", "invoice.pdf .exe"),
        ("a\u200bb\ufeff.txt", "ab.txt"),
        ("\ud800.txt", "_.txt"),
        ("Übersicht 2024.ods", "Übersicht 2024.ods"),
        ("u\u0308.txt", "ü.txt"),
        ("dir/", "dir"),
    ],
)
def test_safe_name(given: str, expected: str) -> None:  # C38 C39
    assert names.safe_name(given) == expected


def test_long_names_keep_their_ending() -> None:  # C38
    found = names.safe_name("ä" * 400 + ".tar.gz")
    assert len(found.encode()) <= names.MAX_BYTES
    assert found.endswith(".gz")
    assert len(names.safe_name("x." + "y" * 500).encode()) <= names.MAX_BYTES


@given(st.text(max_size=300))
def test_safe_names_are_safe(given: str) -> None:  # C38
    found = names.safe_name(given)
    assert found == names.safe_name(found)
    assert 0 < len(found.encode()) <= 255
    assert not set(found) & set('/\\:*?"<>|\0\r\n')
    assert found.strip(" .") == found
    assert not found.startswith(("-", ".", "~"))
    assert found.partition(".")[0].strip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}


@pytest.mark.parametrize(
    "name", ["a.exe", "A.EXE", "x.pdf.js", "x.desktop", "x.AppImage", "x.docm", "x.url", "x.iso", "x.html"]
)
def test_executables_are_known(name: str) -> None:  # C40
    assert names.is_executable(name)


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "exe", "a.png", "a.docx", "a.zip", "js.md"])
def test_documents_are_no_executables(name: str) -> None:
    assert not names.is_executable(name)


@pytest.mark.parametrize(
    ("name", "media_type", "data", "contradicts"),
    [
        ("a.png", "image/png", b"\x89PNG\r\n\x1a\n", False),
        ("a.png", "image/png", b"MZ\x90", True),
        ("a.exe", "image/png", b"", True),
        ("a.pdf", "image/png", b"", True),
        ("a.jpg", "image/jpeg", b"%PDF-1.4", True),
        ("a.pdf", "application/octet-stream", b"%PDF-1.4", False),
        ("a.exe", "application/pdf", b"", True),
        ("notes.txt", "text/plain", b"hello", False),
    ],
)
def test_contradictions(name: str, media_type: str, data: bytes, contradicts: bool) -> None:  # C39
    assert bool(names.mismatch(name, media_type, data)) is contradicts


def test_hidden_endings_are_noticed() -> None:  # C39
    assert names.hides_ending("a\u202efdp.exe")
    assert names.hides_ending("a.pdf      .exe")
    assert not names.hides_ending("My holiday in June.pdf")
