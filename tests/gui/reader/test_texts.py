"""Folding, links in text, documents: the pure half of showing a body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from desktopmail.gui.reader.adapting import adapt, colour_of, has_ground
from desktopmail.gui.reader.document import CSP, Look, compose
from desktopmail.gui.reader.folding import fold_quotes, runs
from desktopmail.gui.reader.text import TextBody, links
from desktopmail.gui.style.colours import contrast
from tests.cost import least

WORDS = ("Show", "Hide")


def test_the_quotation_at_the_end_folds_with_its_introduction() -> None:
    found = runs("Yes.\n\nOn Monday, Ada wrote:\n> one\n> two\n\n-- \nBob")
    assert [(run.quoted, run.folds) for run in found] == [(False, False), (True, True), (False, False)]
    assert found[1].lines[0] == "On Monday, Ada wrote:"


def test_short_quotations_between_answers_stay_open() -> None:
    found = runs("> one?\nYes.\n> two?\nNo.")
    assert not any(run.folds for run in found)


def test_a_message_of_nothing_but_quotation_stays_open() -> None:
    assert not any(run.folds for run in runs("> one\n> two"))


@given(st.text(alphabet="ab> \n-:", max_size=200))
def test_no_line_is_lost(text: str) -> None:
    lines = [line for run in runs(text) for line in run.lines]
    assert [line for line in lines if line.strip()] == [line for line in text.split("\n") if line.strip()]


def test_html_quotations_fold() -> None:
    html = '<div>Yes.</div><div class="gmail_quote"><div>On Monday</div><blockquote>old</blockquote></div>'
    folded = fold_quotes(html, WORDS)
    assert folded.startswith("<div>Yes.</div><details")
    assert folded.count("<details") == 1


@pytest.mark.parametrize(
    "html",
    ["<blockquote>only</blockquote>", "<p>x</p><blockquote>q</blockquote><p>after</p>", "<p>no quotation</p>",
     "<p>x</p><blockquote>never closed", '<p title="<blockquote>">x</p>'],
)  # fmt: skip
def test_other_html_is_left_alone(html: str) -> None:
    assert fold_quotes(html, WORDS) == html


@given(st.text(alphabet="<>/\"'ab qpblockquote=", max_size=120))
def test_folding_only_adds(html: str) -> None:
    folded = fold_quotes(html, WORDS)
    opening = '<details class="folded-quote"><summary><span class="when-shut">Show</span>'
    opening += '<span class="when-open">Hide</span></summary>'
    assert folded.replace(opening, "", 1).replace("</details>", "", 1) == html or folded == html


# C21
def test_links_in_text() -> None:
    line = "see https://example.org/a_(b), <http://x.example/>. or ada@example.org, not javascript:alert(1)"
    assert [address for _, _, address in links(line)] == [
        "https://example.org/a_(b)",
        "http://x.example/",
        "mailto:ada@example.org",
    ]


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "a@b." * 250_000, "http://" * 150_000, "<" * 1_000_000, "> " * 500_000]
)
def test_a_megabyte_of_hostile_text_is_shown_soon(text: str, qtbot: QtBot) -> None:
    body = TextBody()
    qtbot.addWidget(body)
    body.resize(700, 100)
    assert least(lambda: body.show_text(text), 2) < 2
    assert "<" not in text or body.toPlainText().startswith("<")


def test_markup_stays_text(qtbot: QtBot) -> None:
    body = TextBody()
    qtbot.addWidget(body)
    body.show_text("<img src=http://x/y><b>b</b> &amp;")
    assert body.toPlainText() == "<img src=http://x/y><b>b</b> &amp;"


def test_folded_text_opens_by_its_link(qtbot: QtBot) -> None:
    body = TextBody()
    qtbot.addWidget(body)
    body.show_text("Yes.\n\nOn Monday, Ada wrote:\n> one\n> two")
    assert "one" not in body.toPlainText()
    body.anchorClicked.emit("fold:1")
    assert "> one" in body.toPlainText()


def test_find_opens_what_is_folded(qtbot: QtBot) -> None:
    body = TextBody()
    qtbot.addWidget(body)
    body.show_text("Yes.\n\nOn Monday, Ada wrote:\n> needle\n> two needle")
    seen: list[tuple[int, int]] = []
    for _ in range(3):
        body.search_for("needle", False, lambda number, count: seen.append((number, count)))
    assert seen == [(1, 2), (2, 2), (0, 2)]


def test_documents_carry_the_policy_and_the_theme() -> None:
    dark = Look(True, "#eeeeee", "#aaaaaa", "#7da7ff", "#333333", "#223355", "#303030", "Inter", 13, "#1b1c1f")
    page = compose("<p>x</p>", dark)
    assert "default-src &#x27;none&#x27;" in page
    assert "color-scheme: dark" in page
    assert "sandbox" in CSP
    paper = compose('<table bgcolor="#abc"><tr><td>x</td></tr></table>', dark)
    assert "color-scheme: light" in paper
    assert "background: #ffffff" in paper


@pytest.mark.parametrize(
    ("html", "ground"),
    [
        ("<div>plain</div>", False),
        ('<div style="color: rgb(34, 34, 34); background-color: rgb(255, 255, 255)">x</div>', False),
        ('<div style="background-color: transparent">x</div>', False),
        ('<p style="color:#b00">x</p>', False),
        ("<table><tr><td>x</td></tr></table>", False),
        ('<table bgcolor="#FFFFFF">x</table>', False),
        ('<table bgcolor="#1b4d3e">x</table>', True),
        ('<div style="background:url(x)">x</div>', True),
        ('<div style="background: linear-gradient(red, blue)">x</div>', True),
        ("<style>p { color: #333 }</style>", True),
    ],
)
def test_only_coloured_areas_need_a_white_sheet(html: str, ground: bool) -> None:
    assert has_ground(html) is ground


@pytest.mark.parametrize(
    ("ink", "becomes"),
    [("black", "#ecedef"), ("#333", "#ecedef"), ("#777", "#a3a9b2"), ("rgb(34,34,34)", "#ecedef"), ("#fff", "#1b1c1f"),
     ("inherit", "inherit"), ("windowtext", "#ecedef")],
)  # fmt: skip
def test_black_and_grey_take_the_theme(ink: str, becomes: str) -> None:
    made = adapt(f'<p style="color:{ink}">x</p>', QColor("#ecedef"), QColor("#a3a9b2"), QColor("#1b1c1f"))
    assert made == f'<p style="color:{becomes}">x</p>'


@pytest.mark.parametrize("ink", ["#1F497D", "navy", "red", "#006400", "rgb(80, 0, 120)", "#0000ee", "maroon"])
def test_coloured_ink_is_made_readable(ink: str) -> None:
    ground = QColor("#1b1c1f")
    made = adapt(f'<p style="color:{ink}">x</p>', QColor("#ecedef"), QColor("#a3a9b2"), ground)
    colour = QColor(made.split("color:")[1].split('"')[0])
    assert contrast(colour, ground) >= 4.5
    assert abs(colour.hslHueF() - QColor(colour_of(ink)).hslHueF()) < 0.03


def test_words_about_colours_stay_words() -> None:
    html = '<p>color: red; background: blue</p><font color="#000000">x</font>'
    made = adapt(html, QColor("#ecedef"), QColor("#a3a9b2"), QColor("#1b1c1f"))
    assert made == '<p>color: red; background: blue</p><font color="#ecedef">x</font>'
    assert not has_ground(html)
