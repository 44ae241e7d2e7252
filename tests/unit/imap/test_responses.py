"""FETCH, LIST, STATUS and SELECT as values: the usual shape, the unusual ones, and the hostile ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopmail.domain.errors import ProtocolViolation
from desktopmail.domain.folder import Role
from desktopmail.domain.message import Flags
from desktopmail.protocols.imap import mailboxes, quirks, searching
from desktopmail.protocols.imap.mailboxes import FolderStatus, Namespace
from desktopmail.protocols.imap.responses import FetchedHeader, FlagRow, flag_rows, moment, section_of, tokenize
from desktopmail.protocols.imap.tokens import attributes, tokens
from tests.cost import least

HEADER = b'Subject: :-( * 1 FETCH (UID 9\r\nFrom: "a) b" <a@example.org>\r\n\r\n'
WANTED = FetchedHeader(7, Flags.SEEN, frozenset({"work"}), False, 12, 837571465, 4286, HEADER, b"")
FACTS = {
    "uid": b"UID 7",
    "flags": b"FLAGS (\\Seen work)",
    "modseq": b"MODSEQ (12)",
    "date": b'INTERNALDATE "17-Jul-1996 04:44:25 +0200"',
    "size": b"RFC822.SIZE 4286",
}
SECTION = b"BODY[HEADER.FIELDS (SUBJECT FROM)] {%d}\r\n%s" % (len(HEADER), HEADER)


def fetch(*items: bytes) -> bytes:
    return b"* 3 FETCH (" + b" ".join(items) + b")"


@given(st.permutations(list(FACTS)), st.integers(0, 5))
def test_facts_in_any_order(order: list[str], place: int) -> None:
    items = [FACTS[name] for name in order]
    items.insert(place, SECTION)
    assert tokenize([fetch(*items)]) == [WANTED]


@pytest.mark.parametrize(
    "section",
    [
        b'BODY[HEADER.FIELDS ("SUBJECT" "FROM")] {%d}\r\n%s' % (len(HEADER), HEADER),
        b"body[header.fields (subject from)] {%d}\r\n%s" % (len(HEADER), HEADER),
        b'X-UNKNOWN (a (b "c)" {2}\r\n))) NIL) ' + SECTION,
        b'BODYSTRUCTURE ("text" "plain" NIL) ' + SECTION,
        SECTION + b' BODYSTRUCTURE ("text" "plain" NIL)',
    ],
)
def test_other_shapes(section: bytes) -> None:
    found = tokenize([fetch(*FACTS.values(), section)])
    assert [row._replace(structure=b"") for row in found] == [WANTED]
    if b"BODYSTRUCTURE" in section:
        assert found[0].structure == b'("text" "plain" NIL)'


@pytest.mark.parametrize(
    ("section", "header"), [(b'"A: \\"b\\""', b'A: "b"'), (b"NIL", b""), (b'""', b""), (b"{0}\r\n", b"")]
)
def test_header_in_other_dress(section: bytes, header: bytes) -> None:
    found = tokenize([fetch(b"UID 7", b"BODY[HEADER.FIELDS (X)] " + section)])
    assert found == [FetchedHeader(7, Flags.NONE, frozenset(), False, 0, 0, 0, header, b"")]


@pytest.mark.parametrize(
    "raw",
    [
        b"* 3 FETCH (UID 7 FLAGS ())",
        b"* 3 FETCH (FLAGS () " + SECTION + b")",
        b"* 3 FETCH (UID 0 " + SECTION + b")",
        b"* 3 FETCH (UID 4294967296 " + SECTION + b")",
        b"* 3 FETCH (UID x " + SECTION + b")",
        b'* 3 FETCH (UID 7 BODY[HEADER.FIELDS (X)] "unended)',
        b"* 3 FETCH (UID 7 BODY[HEADER.FIELDS (X) {0}\r\n)",
        b"* 3 FETCH (UID 7 FLAGS ((((((",
        b"* 3 FETCH NIL",
        b"* 3 FETCH ",
        b"",
    ],
)
def test_what_brings_no_header_is_left_out(raw: bytes) -> None:  # P24
    assert tokenize([raw]) == []


@given(st.binary(max_size=80))
def test_any_bytes_raise_nothing(raw: bytes) -> None:  # P24
    for each in (raw, b"* 1 FETCH (" + raw, b"* 1 FETCH (UID 1 " + raw + b")"):
        tokenize([each])
        flag_rows([each])
        section_of(each)


@pytest.mark.parametrize(
    "filling", [b"(" * 10_000 + b")" * 10_000, b"(" * 100_000, b"NIL " * 100_000, b'("a" NIL)' * 100_000]
)
def test_structures_no_client_could_open(filling: bytes) -> None:  # P24
    wire = [fetch(b"UID 7", b"BODYSTRUCTURE (" + filling + b")", SECTION)]
    assert len(tokenize(wire)) <= 1
    assert least(lambda: tokenize(wire), 1) < 1


def test_marks() -> None:
    raws = [
        b"* 1 FETCH (UID 4 FLAGS (\\Seen \\Deleted) MODSEQ (99))",
        b"* 2 FETCH (FLAGS (\\Seen))",
        b"* 3 FETCH (UID 5 X-OTHER (a b) FLAGS ())",
        b"* 4 FETCH (UID 6 MODSEQ (3))",
        b"* 5 FETCH (MODSEQ (9) FLAGS (a) UID 8)",
    ]
    assert flag_rows(raws) == [
        FlagRow(4, Flags.SEEN, frozenset(), True, 99),
        FlagRow(5, Flags.NONE, frozenset(), False, 0),
        FlagRow(8, Flags.NONE, frozenset({"a"}), False, 9),
    ]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"* 1 FETCH (UID 4 BODY[] {3}\r\na)b)", (4, b"a)b")),
        (b"* 1 FETCH (FLAGS () BODY[1.2]<0> {1}\r\nx UID 4)", (4, b"x")),
        (b'* 1 FETCH (BODY[TEXT] "x" UID 4)', (4, b"x")),
        (b"* 1 FETCH (UID 4 BODY[] {0}\r\n)", (4, b"")),
        (b"* 1 FETCH (UID 4 BODY[] NIL)", None),
        (b"* 1 FETCH (UID 4 FLAGS ())", None),
        (b"* 1 FETCH (BODY[] {1}\r\nx)", None),
    ],
)
def test_sections(raw: bytes, found: tuple[int, bytes] | None) -> None:
    assert section_of(raw) == found


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (b"17-Jul-1996 02:44:25 -0700", 837596665),
        (b" 1-jan-1970 00:00:01 +0000", 1),
        (b"32-Foo-1996 02:44:25 +0000", 0),
        (b"31-Feb-1996 99:99:99 +0000", 826087239),
        (b"yesterday", 0),
        (b"", 0),
    ],
)
def test_dates(text: bytes, at: int) -> None:
    assert moment(text) == at


def test_tokens() -> None:
    assert tokens(b'a "b \\" c" NIL (d (e)) {3}\r\nx y') == [
        ("atom", b"a"),
        ("quoted", b'b " c'),
        ("nil", b"NIL"),
        ("group", b"(d (e))"),
        ("literal", b"x y"),
    ]
    with pytest.raises(ProtocolViolation):
        tokens(b"a " * 10_001)
    assert attributes(b"* 1 FETCH (BODY[1]<0> NIL UID 1)") == {"BODY[1]": ("nil", b"NIL"), "UID": ("atom", b"1")}


def test_folders() -> None:
    found = mailboxes.listed(
        [
            b'LIST (\\HasNoChildren \\archive) "." "INBOX.Arch&-ive"',
            b'LIST (\\Noselect) NIL {4}\r\na"\\b',
            b'list () "/" inbox',
            b'STATUS "INBOX" (MESSAGES 3 UIDNEXT 9 UNSEEN 1 HIGHESTMODSEQ 12 X-OTHER (a))',
            b'LIST (\\Subscribed) "/" "Entw&APw-rfe"',
            b'LIST () "/" INBOX',
        ]
    )
    assert [(each.name, each.delimiter, each.role) for each in found] == [
        ("INBOX.Arch&ive", ".", Role.ARCHIVE),
        ('a"\\b', "", Role.NONE),
        ("INBOX", "/", Role.INBOX),
        ("Entwürfe", "/", Role.NONE),
    ]
    assert found[2].status == FolderStatus(3, 9, 0, 1, 12)
    assert [each.selectable for each in found] == [True, False, True, True]
    assert found[3].subscribed and not found[2].subscribed


@pytest.mark.parametrize(
    "line", [b"LIST", b"LIST x y z", b'LIST () "/"', b'LIST () "/" (a)', b"STATUS x", b"STATUS x (a) b"]
)
def test_folders_nobody_can_read(line: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        mailboxes.listed([line])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'NAMESPACE (("" "/")) NIL NIL', Namespace("", "/")),
        (b'NAMESPACE (("INBOX." ".")) NIL (("shared." "."))', Namespace("INBOX.", ".")),
        (b'NAMESPACE (("" NIL "X" ("a"))) NIL NIL', Namespace("", "")),
        (b"NAMESPACE NIL NIL NIL", Namespace()),
        (b"NAMESPACE", Namespace()),
    ],
)
def test_namespaces(line: bytes, found: Namespace) -> None:
    assert mailboxes.namespace(line) == found


def test_selected() -> None:
    lines = [
        b"5 EXISTS",
        b"FLAGS (\\Seen Old)",
        b"OK [UIDVALIDITY 3] x",
        b"OK [UIDNEXT 9] x",
        b"OK [PERMANENTFLAGS (\\Seen)] x",
        b"OK [NOMODSEQ] x",
    ]
    found = mailboxes.selected("a", lines, b"[READ-WRITE] ok", read_only=False)
    assert (found.exists, found.uid_validity, found.uid_next, found.highest_mod_seq) == (5, 3, 9, 0)
    assert found.keeps(Flags.SEEN | Flags.JUNK, {"x"}) == (Flags.SEEN, frozenset())
    assert found.knows("old") and not found.knows("\\Flagged")
    assert mailboxes.selected("a", lines, b"[READ-ONLY] ok", read_only=False).read_only
    with pytest.raises(ProtocolViolation):
        mailboxes.selected("a", lines[:2], b"", read_only=False)


def test_search_results() -> None:
    assert searching.found([b"SEARCH 3 1 2", b"SEARCH", b"SEARCH 9 x 0 99999999999"]).wire == "1:3,9"
    assert searching.found([b'ESEARCH (TAG "A1") UID ALL 4,1:2']).wire == "1:2,4"
    assert searching.found([b'ESEARCH (TAG "ALL") UID']).wire == ""


def test_quirks() -> None:
    assert quirks.software(b'ID ("name" "Dovecot" "version" "2.3\x1b")') == "Dovecot 2.3"
    assert quirks.software(b"ID NIL") == ""
    assert quirks.of("GImap", ()).labels
    assert not quirks.of("Microsoft.Exchange.Imap4", ()).exact_size
    assert quirks.of("Dovecot", {"IDLE"}) == quirks.Quirks()
