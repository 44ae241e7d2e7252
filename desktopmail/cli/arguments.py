"""Every command of the command line with its arguments. Declarations only: nothing of the engine is imported here, so
that asking for help costs nothing.

A command names the function that does it as 'module:function'; `run.py` imports that module when it is called for.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, _SubParsersAction
from typing import NoReturn, Protocol

from desktopmail.cli.usage import UsageError

RULES = "POP3: forever, a number of days, until-deleted or no"
SIZES = "POP3: of larger messages fetch the beginning only, until 'fetch' brings the rest; 0: no limit"
Parsers = "_SubParsersAction[CommandParser]"


class CommandParser(ArgumentParser):
    """A parser that reports wrong usage as an error to its caller instead of leaving the program, and that takes
    options and other arguments in any order."""

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """Options first, the rest behind them, except before a further command."""
        if args is not None and self._subparsers is None:
            args = self._sorted(list(args))
        return super().parse_known_args(args, namespace)

    def _sorted(self, arguments: list[str]) -> list[str]:
        options: list[str] = []
        rest: list[str] = []
        while arguments:
            word = arguments.pop(0)
            if word == "--":
                rest += arguments
                break
            action = self._option_string_actions.get(word.partition("=")[0])
            if action is None and (not word.startswith("-") or word == "-"):
                rest.append(word)
                continue
            options.append(word)
            if action is not None and action.nargs is None and "=" not in word and arguments:
                options.append(arguments.pop(0))
        return [*options, "--", *rest] if rest else options

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage().strip())


class AddCommand(Protocol):
    """Makes one command: its name, what it does, and the 'module:function' that does it."""

    def __call__(self, name: str, about: str, does: str) -> CommandParser: ...


def add_shared(parser: ArgumentParser, *, top: bool) -> None:
    """The options that stand before or after a command. Only the top parser has defaults, so that a command does not
    undo what stood before it."""
    default = None if top else SUPPRESS
    parser.add_argument("--profile", metavar="DIR", default=default, help="the profile folder to use")
    parser.add_argument("--theme", choices=("light", "dark"), default=default, help="colours of the window")
    parser.add_argument(
        "--json", action="store_true", default=False if top else SUPPRESS, help="one JSON document on stdout"
    )


def add_commands(root: CommandParser) -> frozenset[str]:
    """Declare all commands below `root`; gives back their names."""
    commands = root.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=CommandParser)
    add = _adder(commands)
    for family in (_accounts, _reading, _syncing, _sending, _verbs, _folders, _past, _keeping, _inspecting):
        family(add)
    return frozenset(commands.choices)


def _adder(commands: _SubParsersAction[CommandParser]) -> AddCommand:
    def add(name: str, about: str, does: str) -> CommandParser:
        parser = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        add_shared(parser, top=False)
        parser.set_defaults(does=does)
        return parser

    return add


def _below(parser: CommandParser) -> AddCommand:
    return _adder(parser.add_subparsers(metavar="VERB", required=True, parser_class=CommandParser))


def _accounts(add: AddCommand) -> None:
    verbs = _below(add("account", "add, list, show, reorder, sign in to or remove accounts", ""))
    new = verbs("add", "make an account; without servers they are looked up", "accounts:add")
    new.add_argument("address")
    new.add_argument("--name", help="the name people see beside the address")
    incoming = new.add_mutually_exclusive_group()
    incoming.add_argument("--imap", metavar="URL", help="imaps://user@host:port or imap+starttls://…")
    incoming.add_argument("--pop3", metavar="URL", help="pop3s://user@host:port or pop3+starttls://…")
    new.add_argument("--smtp", metavar="URL", help="smtps://user@host:port or smtp+starttls://…")
    new.add_argument("--leave", metavar="RULE", help=RULES)
    new.add_argument("--max-size", metavar="KB", help=SIZES)
    new.add_argument("--password-env", metavar="VAR", help="read the password from this environment variable")
    new.add_argument("--smtp-password-env", metavar="VAR", help="the same for the outgoing server")
    new.add_argument("--pin-certificate", metavar="SHA256", action="append", default=[], help="trust this certificate")
    new.add_argument("--allow-cleartext", action="store_true", help="accept servers without encryption")
    new.add_argument("--proxy", metavar="URL", help="reach its servers through socks5://host:port or http://host:port")
    new.add_argument("--client-certificate", metavar="FILE", help="PEM file with a certificate and key to show")
    new.add_argument("--no-check", action="store_true", help="do not sign in to try it")
    verbs("list", "all accounts", "accounts:show_all")
    verbs("show", "one account", "accounts:show").add_argument("id", type=int)
    verbs("reorder", "the order in which accounts are listed", "accounts:reorder").add_argument(
        "ids", metavar="ID", type=int, nargs="+", help="those left out follow in the order they have"
    )
    _staying(verbs)
    again = verbs("sign-in", "give an account a new password, or sign in at its provider's page", "signing_in:sign_in")
    again.add_argument("id", type=int)
    way = again.add_mutually_exclusive_group()
    way.add_argument("--password-env", metavar="VAR", help="read the password from this environment variable")
    way.add_argument("--provider", metavar="NAME|URL", help="sign in at this provider's page: google, https://…")
    _switching(verbs)
    gone = verbs("remove", "remove an account from this computer", "accounts:remove")
    gone.add_argument("id", type=int)
    gone.add_argument("--keep-mail", action="store_true", help="keep its mail in local folders")


def _switching(verbs: AddCommand) -> None:
    other = verbs("switch", "receive by IMAP or POP3 from now on, with all mail kept; or back", "switching:switch")
    other.add_argument("id", type=int)
    other.add_argument("protocol", choices=("imap", "pop3", "back"))
    other.add_argument("--server", metavar="URL", help="imaps://user@host:port, pop3s://…; else it is looked up")
    other.add_argument("--leave", metavar="RULE", help=RULES)
    other.add_argument("--upload", action="store_true", help="IMAP: hand over what the server lacks")
    other.add_argument(
        "--pin-certificate", metavar="SHA256", action="append", default=[], help="trust this certificate"
    )
    other.add_argument("--allow-cleartext", action="store_true", help="accept a server without encryption")


def _staying(verbs: AddCommand) -> None:
    rule = verbs("leave", "POP3: what stays on the server, and what is fetched whole, from now on", "leaving:leave")
    rule.add_argument("id", type=int)
    rule.add_argument("rule", metavar="RULE", nargs="?", help=RULES)
    rule.add_argument("--max-size", metavar="KB", help=SIZES)
    into = verbs("deliver", "POP3: whose Inbox takes new mail from now on", "arranging:deliver")
    into.add_argument("id", type=int)
    into.add_argument("inbox", metavar="own|ACCOUNT", help="its own, or that of an account whose folders are here")
    beside = verbs("keep-sent", "POP3: where sent mail is kept from now on, beside Sent here", "arranging:keep_sent")
    beside.add_argument("id", type=int)
    beside.add_argument("where", metavar="here|bcc|ACCOUNT", help="only here, a copy to oneself, or an IMAP account")
    verbs("relink", "POP3: the server's new names are for the same messages", "accounts:relink").add_argument(
        "id", type=int
    )


def _reading(add: AddCommand) -> None:
    add("folders", "all folders", "reading:folders")
    rows = add("list", "the messages of a folder, newest first", "reading:rows")
    rows.add_argument("folder", metavar="FOLDER")
    _page(rows)
    rows.add_argument("--conversations", action="store_true", help="one row for each conversation")
    one = add("show", "one message", "showing:show")
    one.add_argument("id", type=int)
    form = one.add_mutually_exclusive_group()
    form.add_argument("--raw", action="store_true", help="the stored bytes, exactly")
    form.add_argument("--text", action="store_true", help="what a person would read")
    form.add_argument("--html", action="store_true", help="the cleaned HTML")
    form.add_argument("--headers", action="store_true", help="the header as it came")
    form.add_argument("--part", metavar="SECTION", help="one part, decoded")
    one.add_argument("-o", "--output", metavar="FILE", help="write there instead of stdout")
    find = add("search", "find messages", "reading:search")
    find.add_argument("query", nargs="+", metavar="QUERY")
    find.add_argument("--folder", metavar="F", help="look only there")
    _page(find)


def _page(parser: CommandParser) -> None:
    parser.add_argument("--limit", type=int, metavar="N", help="at most so many")
    parser.add_argument("--offset", type=int, metavar="N", default=0, help="leave out the first N")


def _syncing(add: AddCommand) -> None:
    sync = add("sync", "fetch, send and bring both sides to agree", "syncing:sync")
    sync.add_argument("--account", metavar="ID", type=int, action="append", help="only this account")
    sync.add_argument("--folder", metavar="PATH", action="append", help="only this folder")
    sync.add_argument("--headers-only", action="store_true", help="leave the content on the server for now")
    sync.add_argument("--watch", action="store_true", help="stay, and print a line for each change")

    whole = add("fetch", "bring messages whole of which only the beginning is here", "syncing:fetch")
    whole.add_argument("ids", metavar="ID", type=int, nargs="+")


def _sending(add: AddCommand) -> None:
    send = add("send", "queue a message, or send it with --wait", "sending:send")
    send.add_argument("file", nargs="?", metavar="FILE", help="an RFC 5322 message; '-' reads standard input")
    send.add_argument("--account", metavar="ID", type=int, help="send through this account")
    send.add_argument("--later", metavar="TIME", help="not before 2026-11-25T09:00, 09:00, tomorrow or +2h")
    send.add_argument("--wait", action="store_true", help="send now and say what came of it")
    send.add_argument("--draft", metavar="ID", type=int, help="send this draft")
    outbox = add("outbox", "what waits to be sent, and why", "sending:outbox")
    verbs = outbox.add_subparsers(metavar="VERB", parser_class=CommandParser)
    for name, about in (
        ("retry", "try again now"),
        ("cancel", "do not send; put it back into Drafts"),
        ("mark-sent", "it did arrive: put it into Sent"),
    ):
        _adder(verbs)(name, about, f"sending:outbox_{name.replace('-', '_')}").add_argument("id", type=int)
    draft = add("compose", "make a draft and print its id", "sending:compose")
    for people in ("--to", "--cc", "--bcc"):
        draft.add_argument(people, metavar="ADDRESS", action="append", default=[])
    draft.add_argument("--subject")
    draft.add_argument("--body-file", metavar="F", help="the text; '-' reads standard input")
    draft.add_argument("--attach", metavar="F", action="append", default=[])
    draft.add_argument("--account", metavar="ID", type=int, help="write from this account")
    origin = draft.add_mutually_exclusive_group()
    for option in ("--reply", "--reply-all", "--forward"):
        origin.add_argument(option, metavar="ID", type=int)


def _verbs(add: AddCommand) -> None:
    mark = add("mark", "set or clear what a message is", "verbs:mark")
    mark.add_argument("what", choices=("read", "unread", "star", "unstar", "junk", "not-junk"))
    _ids(mark)
    tag = add("tag", "add or remove a tag", "verbs:tag")
    tag.add_argument("what", choices=("add", "remove"))
    tag.add_argument("tag", metavar="TAG")
    _ids(tag)
    for name in ("move", "copy"):
        verb = add(name, f"{name} messages into a folder", f"verbs:{name}")
        _ids(verb)
        verb.add_argument("folder", metavar="FOLDER")
    _ids(add("archive", "move messages to the archive", "verbs:archive"))
    _ids(add("trash", "move messages to the trash", "verbs:trash"))
    gone = add("delete", "remove messages for ever", "verbs:delete")
    _ids(gone)
    gone.add_argument("--on-server", action="store_true", help="POP3: only the server's copies, at the next sync")
    gone.add_argument("--take-back", action="store_true", help="with --on-server: let them stay there after all")
    gone.add_argument("--unread-too", action="store_true", help="with --on-server: also what is here in part")


def _ids(parser: CommandParser) -> None:
    parser.add_argument("ids", metavar="ID", type=int, nargs="+")


def _folders(add: AddCommand) -> None:
    verbs = _below(add("folder", "create, rename or delete folders", ""))
    new = verbs("create", "make a folder", "folders:create")
    new.add_argument("path", metavar="PATH")
    new.add_argument("--account", metavar="ID", type=int)
    other = verbs("rename", "give a folder another name", "folders:rename")
    other.add_argument("folder", metavar="FOLDER")
    other.add_argument("name", metavar="NAME")
    verbs("delete", "delete a folder and what is in it", "folders:delete").add_argument("folder", metavar="FOLDER")


def _past(add: AddCommand) -> None:
    add("undo", "take the last thing back", "past:undo").add_argument("id", type=int, nargs="?", metavar="ENTRY")
    add("journal", "what can be taken back", "past:journal").add_argument("--limit", type=int, default=50, metavar="N")
    add("history", "the story of one message", "past:history").add_argument("id", type=int)


def _keeping(add: AddCommand) -> None:
    add("backup", "a consistent copy of the profile", "keeping:backup").add_argument("dest", metavar="DEST")
    add("restore", "make a profile out of a backup", "keeping:restore").add_argument("source", metavar="SRC")
    into = add("import", "take in mbox, eml and Maildir files", "keeping:import_")
    into.add_argument("path", metavar="PATH")
    into.add_argument("--into", metavar="FOLDER", help="where to; else a folder named Imported")
    into.add_argument("--account", metavar="ID", type=int)
    out = add("export", "write messages where other programs can read them", "keeping:export")
    out.add_argument("folder", nargs="?", metavar="FOLDER")
    out.add_argument("--all", action="store_true", help="every folder")
    out.add_argument("--format", choices=("mbox", "maildir", "eml"), default="mbox")
    out.add_argument("dest", metavar="DEST")
    check = add("check", "look whether everything stored is whole", "keeping:check")
    check.add_argument("--repair", action="store_true", help="fetch again what is damaged")


def _inspecting(add: AddCommand) -> None:
    one = add("inspect", "parse one message without a profile", "inspecting:inspect")
    one.add_argument("file", nargs="?", metavar="FILE", help="'-' reads standard input")
    one.add_argument("--tree", action="store_true", help="the tree of parts")
    one.add_argument("--safe-html", action="store_true", help="exactly what the reader would be given")
    one.add_argument("--batch", action="store_true", help="a path per line in, a JSON document per line out")
    find = add("discover", "the servers of an address", "diagnosing:discover")
    find.add_argument("address")
    find.add_argument("--offline", action="store_true", help="ask nobody; use what ships with the program")
    add("doctor", "versions, paths, key store, servers, certificates", "diagnosing:doctor")
