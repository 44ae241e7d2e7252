"""Sees and works a program through the accessibility bus, and types with the keyboard. Runs in the system's own Python,
which has the bindings of that bus; knows nothing of the program."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 - the version has to be said first

PATIENCE = 60.0
LOOK = 0.2
Node = Any


class NotSeen(Exception):
    """What a person looked for did not appear."""


def everything() -> Iterator[Node]:
    """All that any program shows."""
    desk = Atspi.get_desktop(0)
    for number in range(desk.get_child_count()):
        program = desk.get_child_at_index(number)
        if program is not None:
            yield from _below(program)


def _below(node: Node) -> Iterator[Node]:
    yield node
    try:
        count = node.get_child_count()
    except GLib.Error:
        return
    for number in range(count):
        try:
            child = node.get_child_at_index(number)
        except GLib.Error:
            return
        if child is not None:
            yield from _below(child)


def see(role: str, name: str, patience: float = PATIENCE) -> Node:
    """The first thing of a role on the screen whose name has these words, as soon as it is there. Raises NotSeen."""
    return until(lambda: _seen(role, name), f"{role} {name!r}", patience)


def _seen(role: str, name: str) -> Node | None:
    for node in everything():
        try:
            if node.get_role_name() == role and name in node.get_name() and _shows(node):
                return node
        except GLib.Error:
            continue
    return None


def _shows(node: Node) -> bool:
    return bool(node.get_state_set().contains(Atspi.StateType.SHOWING))


def until(look: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Look again and again until there is something. Raises NotSeen."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(LOOK)
    raise NotSeen(f"{what} did not appear; there were:\n{_listing()}")


def _listing() -> str:
    lines = []
    for node in everything():
        try:
            if node.get_name() and _shows(node):
                lines.append(f"  {node.get_role_name()} {node.get_name()!r}")
        except GLib.Error:
            continue
    return "\n".join(lines)


def press(node: Node) -> None:
    """Press a button."""
    actions = node.get_action_iface()
    names = [actions.get_action_name(number) for number in range(actions.get_n_actions())]
    if not actions.do_action(names.index("Press")):
        raise NotSeen(f"{node.get_name()!r} could not be pressed")


def point(node: Node) -> None:
    """Give the keyboard to something, once more where another window took it meanwhile."""
    until(lambda: _pointed(node), f"the keyboard in {node.get_name()!r}")


def _pointed(node: Node) -> bool:
    if node.get_state_set().contains(Atspi.StateType.FOCUSED):
        return True
    node.get_component_iface().grab_focus()
    return False


def write(node: Node, words: str) -> None:
    """Put words in place of what a field has, by the keyboard."""
    point(node)
    keys("ctrl+a")
    type_in(words)
    until(lambda: text(node) == words or node.get_role_name() == "password text", f"{words!r} in its field")


def type_in(words: str) -> None:
    """Type on the keyboard."""
    subprocess.run(["xdotool", "type", "--delay", "20", words], check=True)


def keys(*names: str) -> None:
    """Press keys."""
    subprocess.run(["xdotool", "key", *names], check=True)


def text(node: Node) -> str:
    """What a field or a paragraph says."""
    return str(Atspi.Text.get_text(node, 0, -1))


def nameless() -> list[str]:
    """What the keyboard can reach and nobody could name aloud."""
    found = []
    for node in everything():
        try:
            if _shows(node) and node.get_state_set().contains(Atspi.StateType.FOCUSABLE) and not node.get_name():
                found.append(_where(node))
        except GLib.Error:
            continue
    return found


def _where(node: Node) -> str:
    """A thing by its own role and those of what it stands in, up to one with a name."""
    roles = [node.get_role_name()]
    while (node := node.get_parent()) is not None and not node.get_name():
        roles.append(node.get_role_name())
    return f"{' in '.join(roles)} in {node.get_name() if node is not None else 'nothing'!r}"
