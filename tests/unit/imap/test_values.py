"""Names, UIDs, flags, arguments and roles: small pure things, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.errors import ProtocolViolation, WrongUsage
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.protocols.imap import commands, names, roles
from desktopmail.protocols.imap.flags import Marks, marks, words_to_add, words_to_remove
from desktopmail.protocols.imap.mailboxes import ListedFolder, with_roles
from desktopmail.protocols.imap.uids import WIRE_LENGTH, UidSet, pieces
from tests.cost import least

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", "INBOX"),
        ("R&D", "R&-D"),
        ("Entwürfe", "Entw&APw-rfe"),
        ("台北/日本語", "&U,BTFw-/&ZeVnLIqe-"),
        ("☺!", "&Jjo-!"),
        ("😀", "&2D3eAA-"),
        ("a\r\nb", "a&AA0ACg-b"),
    ],
)
def test_names_on_the_wire(name: str, wire: str) -> None:
    assert names.encode(name) == wire
    assert names.decode(wire.encode()) == name


@given(TEXT)
def test_every_name_comes_back(name: str) -> None:
    wire = names.encode(name)
    assert wire.isascii() and not any(letter in wire for letter in "\r\n\0")
    again = names.decode(wire.encode())
    assert names.encode(again) == wire


@given(st.binary(max_size=40).filter(lambda name: b"\r" not in name and b"\n" not in name and b"\0" not in name))
def test_every_wire_name_goes_back_unchanged(wire: bytes) -> None:  # P03
    name = names.decode(wire)
    assert names.encode(name).encode("latin-1") == wire
    name.encode("utf-8")


@given(TEXT.filter(bool))
def test_tags_are_atoms(tag: str) -> None:
    word = names.keyword(tag)
    assert commands.flag_list([word]) == f"({word})"
    assert names.tag_of(word) == tag


@pytest.mark.parametrize("word", ["R&D", "$Label1", "&&", "&x", "&Jjo"])
def test_foreign_keywords_stand_for_themselves(word: str) -> None:
    assert names.tag_of(word) == word
    assert names.keyword(word) == word


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        (b"", Marks(Flags.NONE, frozenset(), False)),
        (b"\\Seen \\FLAGGED $forwarded", Marks(Flags.SEEN | Flags.STARRED | Flags.FORWARDED, frozenset(), False)),
        (b"\\Recent \\Deleted Work $NotJunk", Marks(Flags.NONE, frozenset({"Work"}), True)),
        (b"Junk \\Unheard", Marks(Flags.JUNK, frozenset(), False)),
    ],
)
def test_flags(words: bytes, meaning: Marks) -> None:
    assert marks(words) == meaning


def test_flags_to_words() -> None:
    assert words_to_add(Flags.SEEN | Flags.JUNK, {"a b"}) == ["\\Seen", "$Junk", "a&ACA-b"]
    assert words_to_remove(Flags.JUNK, ()) == ["$Junk", "Junk"]


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("plain", '"plain"'),
        ("two words", '"two words"'),
        ('say "\\"', '"say \\"\\\\\\""'),
        ("{3}", '"{3}"'),
        ("pässword", b"p\xc3\xa4ssword"),
        ("", '""'),
    ],
)
def test_arguments(text: str, argument: str | bytes) -> None:
    assert commands.astring(text) == argument


@pytest.mark.parametrize("text", ["a\r\nA1 DELETE INBOX", "a\nb", "a\0b", "\r"])
def test_arguments_that_would_be_two_commands(text: str) -> None:  # P26
    with pytest.raises(WrongUsage):
        commands.astring(text)


@pytest.mark.parametrize("word", ["a b", "a)", "(", "a\r\nb", '"', "a%", "é", "", "\\", "a\0"])
def test_flags_that_would_be_something_else(word: str) -> None:  # P26
    with pytest.raises(WrongUsage):
        commands.flag_list([word])


@given(TEXT)
def test_a_mailbox_is_one_quoted_word(name: str) -> None:  # P26
    written = commands.mailbox(name)
    assert written.isascii() and written[0] == written[-1] == '"'
    inside = written[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inside and "\\" not in inside and inside.isprintable()


def test_dates() -> None:
    assert commands.date_time(837571465) == '"17-Jul-1996 02:44:25 +0000"'


UIDS = st.sets(st.integers(1, 200), max_size=60)


@given(UIDS, UIDS)
def test_sets_are_sets(left: set[int], right: set[int]) -> None:
    a, b = UidSet.of(left), UidSet.of(right)
    assert set(a) == left and len(a) == len(left) and list(a) == sorted(left)
    assert set(a | b) == left | right
    assert set(a - b) == left - right
    assert set(a & b) == left & right
    assert all((uid in a) == (uid in left) for uid in range(202))
    assert (UidSet.parse(a.wire) if left else UidSet()) == a


@given(UIDS, st.integers(1, 9))
def test_pieces_hold_everything_once(uids: set[int], count: int) -> None:
    parts = [UidSet.parse(part) for part in UidSet.of(uids).pieces(count)]
    assert [uid for part in parts for uid in part] == sorted(uids)
    assert all(len(part) <= count for part in parts)


def test_pieces_fit_on_a_line() -> None:
    parts = list(pieces(range(1, 40_000, 2)))
    assert max(map(len, parts)) <= WIRE_LENGTH
    assert sum(len(UidSet.parse(part)) for part in parts) == 20_000
    assert list(pieces("100:*")) == ["100:*"]
    with pytest.raises(ValueError, match="UIDs"):
        pieces("1 (FLAGS)")


@pytest.mark.parametrize("text", ["", "0", "*", "1:*", "1,", ",1", "1:2:3", "x", "4294967296", "-1", "1;2"])
def test_sets_no_server_may_tell(text: str) -> None:
    with pytest.raises(ProtocolViolation):
        UidSet.parse(text)


def test_a_huge_range_costs_nothing() -> None:
    def reckoned() -> set[int]:
        everything = UidSet.parse("4294967295:1")
        assert len(everything) == 4294967295
        return set(UidSet.of([5, 9]) - (everything - UidSet.of([9])))

    assert reckoned() == {9}
    assert least(reckoned, 0.1) < 0.1


def folder(name: str, *attributes: str, delimiter: str = "/") -> ListedFolder:
    return ListedFolder(name, delimiter, frozenset(attributes), roles.role_of(attributes, name))


def test_roles_the_server_gives() -> None:
    found = with_roles([folder("INBOX"), folder("Weg", "\\trash"), folder("x", "\\SENT"), folder("Trash")])
    assert [each.role for each in found] == [Role.INBOX, Role.TRASH, Role.SENT, Role.NONE]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Gesendete Objekte", Role.SENT),
        ("INBOX.Sent", Role.SENT),
        ("Отправленные", Role.SENT),
        ("下書き", Role.DRAFTS),
        ("Brouillons", Role.DRAFTS),
        ("Deleted Messages", Role.TRASH),
        ("Papierkorb", Role.TRASH),
        ("Junk E-mail", Role.JUNK),
        ("[Gmail].Spam", Role.JUNK),
        ("Archives", Role.ARCHIVE),
        ("Work.Sent", Role.NONE),
        ("Holiday", Role.NONE),
    ],
)
def test_roles_guessed_by_name(name: str, role: Role) -> None:
    assert with_roles([folder(name, delimiter=".")])[0].role is role


def test_one_folder_per_role_and_the_top_first() -> None:
    found = with_roles([folder("INBOX/Sent"), folder("Sent"), folder("Sent Items"), folder("Junk", "\\Noselect")])
    assert [each.role for each in found] == [Role.NONE, Role.SENT, Role.NONE, Role.NONE]
    found = with_roles([folder("a", "\\Sent"), folder("b", "\\Sent")])
    assert [each.role for each in found] == [Role.SENT, Role.NONE]
