"""Tells in a plain text what the sender wrote from what is quoted and from the signature. Linear."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTED = re.compile(r"\s{0,3}(?:>|\|(?!\|)\s)")
_SIGNATURE = re.compile(
    r"--\s?\Z|__{2,}\Z|Sent from my \S.{0,40}\Z|Von meinem \S.{0,40} gesendet\Z|Envoyé de mon \S.{0,40}\Z"
)
_WROTE = re.compile(
    r"(?:wrote|writes|schrieb|schreibt|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał(?:a|\(a\))?|kirjoitti"
    r"|yazdı|пишет|написала?|写道|さんは書きました)[^\n]{0,40}:\s*\Z"
)
_BEGINS = re.compile(r"(?:>\s*)?(?:On|Am|Le|El|Em|Il|Op|Den|W dniu|Dnia|At|\d{1,4}[-./年])\b.{4,}")
_DIVIDER = re.compile(
    r"\s*(?:-{2,}\s*(?:Original Message|Forwarded message|Original-Nachricht|Ursprüngliche Nachricht"
    r"|Weitergeleitete Nachricht|Message d'origine|Mensaje original|Messaggio originale|Oorspronkelijk bericht"
    r"|Reply message)\s*-{2,}|_{20,})\s*\Z",
    re.I,
)
_QUOTED_FIRST, _CUT_FIRST = ">|", "-_SVE"
"""What a stripped line begins with when it may be a quotation, and when it may be a signature or a divider."""
_HEADER = re.compile(r"\*?(?:From|Von|De|Da|Van|Från|Fra|От|发件人|差出人)\s?:\*?\s+\S")
_HEADER_NEXT = re.compile(
    r"\*?(?:Sent|Date|To|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado|Para|Asunto|Inviato|A|Oggetto|Cc)\s?:"
)


@dataclass(frozen=True, slots=True)
class Split:
    """A text in three: what was written for this message, the trailing quotation, the signature. Joined by line ends
    they hold every line of the text."""

    own: str
    quote: str
    signature: str


def split_quote(text: str) -> Split:
    """Where the trailing quotation and the signature begin. Quotations between answers stay in `own`."""
    lines = text.split("\n")
    cut = _divider(lines)
    if cut is None:
        cut = _trailing_quote(lines)
    head, quote = lines[:cut], lines[cut:]
    sign = _signature(head)
    signature = head[sign:]
    if not signature and quote:
        after = _signature(quote)
        if after < len(quote) and not any(_QUOTED.match(line) for line in quote[after:]):
            signature, quote = quote[after:], quote[:after]
    own = head[:sign]
    if not any(line.strip() for line in own):
        return Split(text, "", "")
    return Split("\n".join(own).rstrip("\n"), "\n".join(quote), "\n".join(signature))


def _divider(lines: list[str]) -> int | None:
    """The line at which another program put the whole original below the answer."""
    for number, line in enumerate(lines):
        if number and _DIVIDER.match(line):
            return number
        if (
            number
            and _HEADER.match(line)
            and any(_HEADER_NEXT.match(after) for after in lines[number + 1 : number + 4])
        ):
            return number
    return None


def _trailing_quote(lines: list[str]) -> int:
    """The first line of the quotation at the end, its attribution included; len(lines) when there is none."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    after_signature = _signature(lines[:end])
    if after_signature < end and not any(_QUOTED.match(line) for line in lines[after_signature:end]):
        end = after_signature
        while end and not lines[end - 1].strip():
            end -= 1
    begin = end
    while begin and (_QUOTED.match(lines[begin - 1]) or not lines[begin - 1].strip()):
        begin -= 1
    if not any(_QUOTED.match(line) for line in lines[begin:end]):
        return _attribution_alone(lines)
    return _with_attribution(lines, begin)


def _with_attribution(lines: list[str], begin: int) -> int:
    """'On … wrote:' in front of the quotation, on one to three lines."""
    for height in range(1, 4):
        if begin - height < 0:
            break
        joined = " ".join(lines[begin - height : begin]).strip()
        if _WROTE.search(joined) and (_BEGINS.match(joined) or height == 1):
            return begin - height
    return begin


def _attribution_alone(lines: list[str]) -> int:
    """An attribution whose quotation carries no marks: everything behind it is the original."""
    for number, line in enumerate(lines):
        if number and len(line) < 300 and _BEGINS.match(line):
            joined = line
            for height in range(3):
                if _WROTE.search(joined):
                    return number
                if number + height + 1 >= len(lines) or len(joined) > 300:
                    break
                joined = f"{joined} {lines[number + height + 1]}"
    return len(lines)


def _signature(lines: list[str]) -> int:
    """Where the signature of the last lines begins (RFC 3676 section 4.3); len(lines) when there is none."""
    for number in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        line = lines[number]
        if len(line) < 80 and _SIGNATURE.match(line):
            return number
    return len(lines)


def preview(text: str, length: int = 200) -> str:
    """The first words that were written for this message, on one line, without quotations and signature."""
    lines: list[str] = []
    size = 0
    for line in text[:20_000].split("\n"):
        line = line.strip()
        if not line or (line[0] in _QUOTED_FIRST and _QUOTED.match(line)):
            continue
        if size and line[0] in _CUT_FIRST and (_SIGNATURE.match(line) or _DIVIDER.match(line)):
            break
        if line[-1] == ":" and len(line) < 200 and _WROTE.search(line) and _BEGINS.match(line):
            continue
        lines.append(line)
        size += len(line) + 1
        if size >= length:
            break
    joined = " ".join(" ".join(lines).split())
    if not joined:
        joined = " ".join(text[: 2 * length].replace(">", " ").split())
    return joined[:length].rstrip()
