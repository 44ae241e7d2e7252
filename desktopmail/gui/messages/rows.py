"""Draws one row of the list in one of three densities. Knows how a message looks, not where it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from desktopmail.domain.address import Address
from desktopmail.domain.message import Copy, Flags, Summary
from desktopmail.gui.messages import dates
from desktopmail.gui.messages.ink import Ink
from desktopmail.gui.style import icons, measures
from desktopmail.gui.style.colours import Colours, blend
from desktopmail.gui.style.measures import SIGN, SMALL, px
from desktopmail.gui.style.tags import shown_tags
from desktopmail.gui.style.theme import theme
from desktopmail.gui.widgets.avatar import draw_avatar, tints

ACTIONS = (("archive", "archive"), ("trash", "trash-2"), ("mark_read", "mail-open"), ("star", "star"))
"""Commands a row offers under the pointer, with their icons, from left to right."""

WEIGHT = QFont.Weight


@dataclass(frozen=True, slots=True)
class Density:
    """Measures of a kind of row, in pixels of the design."""

    name: str
    height: int
    lines: int
    avatar: int


DENSITIES = {each.name: each for each in (Density("roomy", 66, 3, 32), Density("normal", 48, 2, 0),
                                          Density("compact", 28, 1, 0))}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is shown just now."""

    selected: bool = False
    hovered: bool = False
    focused: bool = False
    pressed: str = ""
    outgoing: bool = False
    lives_on_server: bool = True
    folder: str = ""


def height(density: Density) -> int:
    """The height of a row, never less than its lines of text need."""
    line = measures.face(measures.BODY, WEIGHT.DemiBold).metrics.height()
    return max(px(density.height), round(line * density.lines + px(10 if density.lines > 1 else 6)))


class RowPainter:
    """Paints rows; made anew when density, day or what is marked (`hits`) changes."""

    def __init__(self, density: Density, today: date, hits: re.Pattern[str] | None = None) -> None:
        self.density = density
        self._today = today
        self._hits = hits

    def paint(self, painter: QPainter, row: QRectF, summary: Summary, look: Look) -> None:
        """Draw one row into its rectangle."""
        colours = theme().colours
        mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        ink = Ink(painter, row, mirrored, self._hits, colours.hit)
        self._ground(painter, row, look, colours)
        unread = Flags.SEEN not in summary.flags
        if unread:
            self._dot(ink, colours)
        lines = self._lines(ink.room)
        left = px(24)
        if self.density.avatar:
            side = px(self.density.avatar)
            spot = QRectF(row.left() + left, row.top() + (row.height() - side) / 2, side, side)
            draw_avatar(painter, ink.turned(spot), _who(summary, look.outgoing))
            left += side + px(12)
        if self.density.lines == 1:
            self._one_line(ink, summary, look, lines[0])
            return
        right = self._right_end(ink, lines[0], summary, look, unread)
        self._people(ink, QRectF(row.left() + left, lines[0].top(), right - row.left() - left, lines[0].height()),
                     summary, look)  # fmt: skip
        end = self._tags(ink, lines[1], summary, look.folder)
        second = QRectF(row.left() + left, lines[1].top(), end - row.left() - left, lines[1].height())
        if self.density.lines == 2:
            self._subject_preview(ink, second, summary)
        else:
            self._subject(ink, second, summary)
            third = QRectF(row.left() + left, lines[2].top(), row.width() - left - px(12), lines[2].height())
            ink.text(third, summary.preview, measures.face(SMALL), colours.secondary)

    def actions(self, row: QRectF, mirrored: bool) -> list[tuple[str, QRectF]]:
        """Where the verbs under the pointer lie."""
        side = min(px(28), row.height() - px(2))
        first = self._lines(row)[0]
        top = row.top() + px(1) if self.density.lines == 1 else max(row.top() + px(2), first.center().y() - side / 2)
        left = row.right() - px(8) - side * len(ACTIONS)
        found = []
        for number, (command, _) in enumerate(ACTIONS):
            spot = QRectF(left + number * side, top, side, side)
            if mirrored:
                spot.moveLeft(row.left() + row.right() - spot.right())
            found.append((command, spot))
        return found

    def _lines(self, row: QRectF) -> list[QRectF]:
        line = measures.face(measures.BODY, WEIGHT.DemiBold).metrics.height()
        gap = px(2) if self.density.lines > 1 else 0
        total = line * self.density.lines + gap * (self.density.lines - 1)
        top = row.top() + (row.height() - total) / 2
        return [QRectF(row.left(), top + number * (line + gap), row.width(), line)
                for number in range(self.density.lines)]  # fmt: skip

    def _ground(self, painter: QPainter, row: QRectF, look: Look, colours: Colours) -> None:
        if look.selected or look.hovered:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.soft if look.selected else colours.hover)
            painter.drawRoundedRect(row.adjusted(px(4), 1, -px(4), -1), measures.RADIUS, measures.RADIUS)
        if look.focused:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(row.adjusted(px(4) + 1, 2, -px(4) - 1, -2), measures.RADIUS, measures.RADIUS)

    def _dot(self, ink: Ink, colours: Colours) -> None:
        line = self._lines(ink.room)[0]
        size = px(8)
        spot = QRectF(ink.room.left() + px(10), line.center().y() - size / 2, size, size)
        ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink.painter.setPen(Qt.PenStyle.NoPen)
        ink.painter.setBrush(colours.accent)
        ink.painter.drawEllipse(ink.turned(spot))

    def _right_end(self, ink: Ink, line: QRectF, summary: Summary, look: Look, unread: bool) -> float:
        """Date and signs at the end of the first line, or the verbs under the pointer; gives back where they begin."""
        colours = theme().colours
        if look.hovered:
            return self._draw_actions(ink, summary, look)
        text = dates.short(summary.date, self._today)
        face = measures.face(SMALL)
        edge = line.right() - px(12)
        edge -= ink.text_at_end(QRectF(line.left(), line.top(), edge - line.left(), line.height()), text, face,
                                colours.accent if unread else colours.secondary)  # fmt: skip
        return self._signs(ink, line, edge - px(6), summary, look)

    def _draw_actions(self, ink: Ink, summary: Summary, look: Look) -> float:
        colours = theme().colours
        spots = self.actions(ink.room, ink.mirrored)
        names = dict(ACTIONS)
        for command, spot in spots:
            if command == look.pressed:
                ink.painter.setPen(Qt.PenStyle.NoPen)
                ink.painter.setBrush(blend(colours.text, colours.soft if look.selected else colours.hover, 0.1))
                ink.painter.drawRoundedRect(spot, measures.RADIUS, measures.RADIUS)
            name, colour, filled = names[command], colours.secondary, False
            if command == "mark_read":
                name = "mail-open" if Flags.SEEN not in summary.flags else "mail"
            elif command == "star" and Flags.STARRED in summary.flags:
                colour, filled = colours.star, True
            side = px(16)
            centre = spot.center()
            where = QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)
            icons.draw(ink.painter, name, where, colours.text if command == look.pressed else colour, filled=filled)
        edge = min(spot.left() for _, spot in spots)
        return edge - px(4) if not ink.mirrored else ink.room.right() - px(12) - px(28) * len(ACTIONS)

    def _signs(self, ink: Ink, line: QRectF, edge: float, summary: Summary, look: Look) -> float:
        """Star, paper clip and state signs, from the right; gives back where they begin."""
        colours = theme().colours
        side = px(14)
        for name, colour, filled in _sign_names(summary, look, colours):
            spot = QRectF(edge - side, line.center().y() - side / 2, side, side)
            icons.draw(ink.painter, name, ink.turned(spot), colour, filled=filled)
            edge -= side + px(4)
        return edge - px(4)

    def _people(self, ink: Ink, room: QRectF, summary: Summary, look: Look) -> None:
        colours = theme().colours
        unread = Flags.SEEN not in summary.flags
        face = measures.face(weight=WEIGHT.DemiBold) if unread else measures.face()
        count = f"{summary.thread_size}" if summary.thread_size > 1 else ""
        reserve = px(8) + ink.width(count, measures.face(SIGN)) + px(10) if count else 0
        names = _names(summary, look.outgoing)
        used = ink.text(QRectF(room.left(), room.top(), room.width() - reserve, room.height()), names, face,
                        colours.text)  # fmt: skip
        if count:
            self._pill(ink, room.left() + used + px(6), room, count)

    def _pill(self, ink: Ink, left: float, line: QRectF, text: str) -> None:
        colours = theme().colours
        face = measures.face(SIGN, WEIGHT.Medium)
        width = max(px(16), ink.width(text, face) + px(10))
        spot = ink.turned(QRectF(left, line.center().y() - px(8), width, px(16)))
        ink.painter.setPen(Qt.PenStyle.NoPen)
        ink.painter.setBrush(colours.quiet)
        ink.painter.drawRoundedRect(spot, spot.height() / 2, spot.height() / 2)
        ink.painter.setFont(face.font)
        ink.painter.setPen(colours.secondary)
        ink.painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)

    def _tags(self, ink: Ink, line: QRectF, summary: Summary, folder: str) -> float:
        """Pills at the end of the second line: where a hit lies, at most two tags; gives back where they begin."""
        colours = theme().colours
        edge = line.right() - px(12)
        pills = [(tag.name, *tints(tag.colour)) for tag in shown_tags(summary.tags)[:2]]
        if folder:
            pills.insert(0, (folder, colours.quiet, colours.secondary))
        face = measures.face(SIGN, WEIGHT.Medium)
        for name, fill, letters in pills:
            text = ink.elided(name, face, px(72))
            width = ink.width(text, face) + px(12)
            spot = ink.turned(QRectF(edge - width, line.center().y() - px(8), width, px(16)))
            ink.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ink.painter.setPen(Qt.PenStyle.NoPen)
            ink.painter.setBrush(fill)
            ink.painter.drawRoundedRect(spot, px(4), px(4))
            ink.painter.setFont(face.font)
            ink.painter.setPen(letters)
            ink.painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)
            edge -= width + px(4)
        return edge - px(4) if pills else edge

    def _subject(self, ink: Ink, room: QRectF, summary: Summary) -> float:
        colours = theme().colours
        left = room.left()
        for flag, name in ((Flags.ANSWERED, "corner-up-left"), (Flags.FORWARDED, "corner-up-right")):
            if flag in summary.flags:
                side = px(14)
                spot = QRectF(left, room.center().y() - side / 2, side, side)
                icons.draw(ink.painter, name, ink.turned(spot), colours.secondary)
                left += side + px(4)
        face = measures.face()
        subject = summary.subject or ink.no_subject
        colour = colours.text if summary.subject else colours.secondary
        used = ink.text(QRectF(left, room.top(), room.right() - left, room.height()), subject, face, colour)
        return left + used

    def _subject_preview(self, ink: Ink, room: QRectF, summary: Summary) -> None:
        end = self._subject(ink, room, summary) + px(8)
        if room.right() - end > px(32) and summary.preview:
            ink.text(QRectF(end, room.top(), room.right() - end, room.height()), summary.preview,
                     measures.face(SMALL), theme().colours.secondary)  # fmt: skip

    def _one_line(self, ink: Ink, summary: Summary, look: Look, line: QRectF) -> None:
        unread = Flags.SEEN not in summary.flags
        right = self._right_end(ink, line, summary, look, unread)
        left = line.left() + px(24)
        names = min(px(180), max(px(96), line.width() * 0.28))
        self._people(ink, QRectF(left, line.top(), names - px(12), line.height()), summary, look)
        rest = QRectF(left + names, line.top(), right - left - names, line.height())
        self._subject_preview(ink, rest, summary)


def _sign_names(summary: Summary, look: Look, colours: Colours) -> list[tuple[str, QColor, bool]]:
    signs = []
    if Flags.STARRED in summary.flags:
        signs.append(("star", colours.star, True))
    if summary.attachments:
        signs.append(("paperclip", colours.secondary, False))
    if summary.problem:
        signs.append(("circle-alert", colours.bad, False))
    elif summary.copy is Copy.SERVER:
        signs.append(("cloud", colours.secondary, False))
    elif summary.copy is Copy.HERE and look.lives_on_server:
        signs.append(("monitor", colours.secondary, False))
    return signs


def _names(summary: Summary, outgoing: bool) -> str:
    found = (summary.to if outgoing else summary.sender) or summary.to
    return ", ".join(name_of(each) for each in found)


def name_of(person: Address) -> str:
    """What a row calls a person: a name that looks like an address is never shown in place of the real one."""
    return person.address if "@" in person.name and person.address else person.shown


def _who(summary: Summary, outgoing: bool) -> Address:
    row = (summary.to if outgoing else summary.sender) or summary.to
    return row[0] if row else Address("", "")


def line_below(painter: QPainter, row: QRectF, left: float, colour: QColor) -> None:
    """The hair line between two rows, set in at the leading edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(colour, 0))
    start, stop = row.left() + left, row.right() - px(12)
    if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        start, stop = row.left() + px(12), row.right() - left
    painter.drawLine(QPointF(start, row.bottom() - 1), QPointF(stop, row.bottom() - 1))
