"""Writes the manual page desktopmail(1). Options and commands come from the program's own parser, so the page says what
`--help` says; what a parser cannot know stands in `linux/manual.toml`."""

from __future__ import annotations

import time
import tomllib
from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import product

PROSE = Path(__file__).resolve().parent / "linux" / "manual.toml"


def page() -> str:
    """The page in man(7) macros."""
    from desktopmail.app.commandline import make_parser

    parser, _ = make_parser()
    prose = tomllib.loads(PROSE.read_text(encoding="utf-8"))
    date = time.strftime("%Y-%m-%d", product.built_at())
    lines = [
        f'.TH DESKTOPMAIL 1 "{date}" "desktopmail {product.version()}" "User Commands"',
        ".SH NAME",
        f"desktopmail \\- {_text(prose['name'])}",
        ".SH SYNOPSIS",
        *(f".B desktopmail\n{_text(line)}\n.br" for line in prose["synopsis"]),
        ".SH DESCRIPTION",
        *_paragraphs(prose["description"]),
        ".SH OPTIONS",
        *(line for action in parser._actions for line in _option(action)),
        ".SH COMMANDS",
        *_paragraphs(prose["commands"]),
        *_commands(parser, ""),
    ]
    for title in ("exit status", "environment", "files"):
        lines.append(f".SH {title.upper()}")
        for term, meaning in prose[title].items():
            lines += [".TP", f".B {_text(term)}", _text(meaning)]
    lines += [".SH SEE ALSO", _text(prose["see also"])]
    return "\n".join(lines) + "\n"


def _commands(parser: ArgumentParser, before: str) -> Iterator[str]:
    for action in parser._actions:
        if not isinstance(action, _SubParsersAction):
            continue
        words = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, below in action.choices.items():
            yield from (".TP", _usage(below, f"{before}{name}"), _text(_sentence(words.get(name, ""))))
            for each in below._actions:
                if each.help and each.option_strings and each.dest not in ("help", "profile", "theme", "json"):
                    yield from (".RS", *_option(each), ".RE")
            yield from _commands(below, f"{before}{name} ")


def _usage(parser: ArgumentParser, name: str) -> str:
    shared = ("help", "profile", "theme", "json")
    parts = [f"\\fB{_text(name)}\\fR"]
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            parts.append("\\fIVERB\\fR …")
        elif not action.option_strings:
            parts.append(f"\\fI{_text(_value(action))}\\fR" + (" …" if action.nargs in ("+", "*") else ""))
        elif action.dest not in shared:
            parts.append(f"[{_flags(action)}]")
    return " ".join(parts)


def _option(action: Action) -> list[str]:
    if not action.option_strings or action.help == "==SUPPRESS==":
        return []
    return [".TP", _flags(action), _text(_sentence((action.help or "") % {"prog": product.NAME}))]


def _flags(action: Action) -> str:
    flags = ", ".join(f"\\fB{_text(flag)}\\fR" for flag in action.option_strings)
    return flags if action.nargs == 0 else f"{flags} \\fI{_text(_value(action))}\\fR"


def _value(action: Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices:
        return "|".join(str(each) for each in action.choices)
    return action.dest.upper()


def _sentence(text: str) -> str:
    first = text.partition(" ")[0]
    opening = text[:1] if "://" in first else text[:1].upper()
    return f"{opening}{text[1:]}." if text and not text.endswith(".") else text


def _paragraphs(text: str) -> list[str]:
    return [f".PP\n{_text(' '.join(each.split()))}" for each in text.strip().split("\n\n")]


def _text(text: str) -> str:
    """Escaped, so that nothing in it is taken for a request or a dash for a hyphen."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
