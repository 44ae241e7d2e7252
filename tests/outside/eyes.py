"""Sees and works a program through the accessibility bus, and types with the keyboard. Runs in the system's own Python,
which has the bindings of that bus; knows nothing of the program.

A look is one question to each program, answered with all that matches, and not a walk through the tree: on a busy
machine every word with the program waits for its turn, and hundreds of them keep it from its work.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 - the version has to be said first

PATIENCE = 180.0
"""Seconds for one thing to happen. Nobody waits that long where things go well."""
LOOK = 0.2
ANSWER = 60_000
"""Milliseconds a program may take for an answer; the library's own 0.8 s make a busy program look empty."""
Atspi.set_timeout(ANSWER, ANSWER)

Node = Any
SHOWING, FOCUSABLE = Atspi.StateType.SHOWING, Atspi.StateType.FOCUSABLE
_BUTTON = getattr(Atspi.Role, "PUSH_BUTTON", None) or Atspi.Role.BUTTON
ROLES = {
    "button": _BUTTON,
    "heading": Atspi.Role.HEADING,
    "list": Atspi.Role.LIST,
    "list item": Atspi.Role.LIST_ITEM,
    "password": Atspi.Role.PASSWORD_TEXT,
    "text": Atspi.Role.TEXT,
}


class NotSeen(Exception):
    """What a person looked for did not appear."""


def see(role: str, name: str) -> Node:
    """The first thing of a role on the screen whose name has these words, as soon as it is there. Raises NotSeen."""
    return until(lambda: _seen(role, name), f"{role} {name!r}")


def until(look: Callable[[], Any], what: str) -> Any:
    """Look again and again until there is something; what goes away while it is looked at is not there. Raises
    NotSeen."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except GLib.Error:
            pass
        time.sleep(LOOK)
    raise NotSeen(f"{what} did not appear; there were:\n{_listing()}")


def _seen(role: str, name: str) -> Node | None:
    return next((node for node in _all([SHOWING], ROLES[role]) if name in node.get_name()), None)


def _all(states: list[Any], role: Any = None) -> list[Node]:
    """Everything of any program that is in all these states, and has the role when one is given."""
    every = Atspi.CollectionMatchType.ALL
    roles = [] if role is None else [role]
    wanted = Atspi.MatchRule.new(Atspi.StateSet.new(states), every, {}, every, roles, every, [], every, False)
    found = []
    desk = Atspi.get_desktop(0)
    for number in range(desk.get_child_count()):
        if (program := desk.get_child_at_index(number)) is not None:
            found += Atspi.Collection.get_matches(program, wanted, Atspi.CollectionSortOrder.CANONICAL, 0, True)
    return found


def _listing() -> str:
    try:
        return "\n".join(f"  {node.get_role_name()} {node.get_name()!r}" for node in _all([SHOWING]) if node.get_name())
    except GLib.Error as error:
        return f"  nothing that answers ({error.message})"


def press(role: str, name: str) -> None:
    """Press a button, as soon as it is there and can be pressed."""
    until(lambda: _pressed(_seen(role, name)), f"{role} {name!r} to press")


def _pressed(node: Node | None) -> bool:
    if node is None or not node.get_state_set().contains(Atspi.StateType.ENABLED):
        return False
    actions = node.get_action_iface()
    names = [actions.get_action_name(number) for number in range(actions.get_n_actions())]
    return bool(actions.do_action(names.index("Press")))


def point(node: Node) -> None:
    """Give the keyboard to something, as soon as its window has it."""
    until(lambda: _pointed(node), f"the keyboard in {node.get_name()!r}")


def _pointed(node: Node) -> bool:
    if node.get_state_set().contains(Atspi.StateType.FOCUSED):
        return True
    node.get_component_iface().grab_focus()
    return False


def write(role: str, name: str, words: str) -> None:
    """Put words in place of what a field has, by the keyboard. Of a password only its length can be heard."""
    node = see(role, name)
    point(node)
    keys("ctrl+a")
    type_in(words)
    if role == "password":
        until(lambda: Atspi.Text.get_character_count(node) == len(words), f"{len(words)} signs in {name!r}")
    else:
        until(lambda: text(node) == words, f"{words!r} in {name!r}")


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
    """What the keyboard can reach and nobody could name aloud. Raises NotSeen when it can reach nothing."""
    reached = until(lambda: _all([SHOWING, FOCUSABLE]), "anything for the keyboard")
    return [_where(node) for node in reached if not node.get_name()]


def _where(node: Node) -> str:
    """A thing by its own role and those of what it stands in, up to one with a name."""
    roles = [node.get_role_name()]
    while (node := node.get_parent()) is not None and not node.get_name():
        roles.append(node.get_role_name())
    return f"{' in '.join(roles)} in {node.get_name() if node is not None else 'nothing'!r}"
