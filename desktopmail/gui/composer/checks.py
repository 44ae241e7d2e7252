"""What is worth saying before a message leaves: nobody to go to, broken addresses, no subject, a forgotten file. Pure.

The words that announce an attachment are known in a dozen languages; quoted text does not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktopmail.domain.draft import Draft
from desktopmail.gui.composer.addresses import is_sound

MANY_BYTES = 20 * 1024 * 1024
"""What many servers refuse: a message of 25 MB, which is this much in attachments."""

_ANNOUNCED = re.compile(
    r"\b(?:attach(?:ed|ing|ment|ments)?|enclosed|enclosing|"
    r"anhang|anbei|angeh(?:ä|ae)ngt|beigef(?:ü|ue)gt|anlage|im anhang|"
    r"ci-joint|ci-jointe|pi(?:è|e)ces? jointes?|en pi(?:è|e)ce|joins?|"
    r"adjunt[oa]s?|adjuntamos|anexo|anexos|en anexo|em anexo|"
    r"allegat[oiae]|in allegato|allego|"
    r"bijlagen?|bijgevoegd|bijgesloten|"
    r"bifogad(?:e|a|t)?|bifogar|vedlagt|vedh(?:æ|ae)ftet|vedlegg|liite|liitteen(?:ä|a)|"
    r"za(?:ł|l)(?:ą|a)czniku?|za(?:ł|l)(?:ą|a)czam|w za(?:ł|l)(?:ą|a)czeniu|p(?:ř|r)(?:í|i)lo(?:ž|z)e|"
    r"вложени[еияй]+|во вложении|прикрепл\w+|прилагаю|додаток|у вкладенні|"
    r"ek(?:te|li)|mellékel\w*|συνημμέν\w*|atașat\w*)\b"
    r"|添付|附件|첨부",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)
_FORWARDED = re.compile(r"^-{5,}.*", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say. `stops` means that sending makes no sense before it is mended; others are asked once."""

    kind: str
    stops: bool
    detail: str = ""


def findings(draft: Draft) -> list[Finding]:
    """Everything to say about a draft that is to be sent, the gravest first."""
    found = []
    if not draft.recipients:
        found.append(Finding("nobody", True))
    broken = [each.address for each in draft.recipients if not is_sound(each)]
    if broken:
        found.append(Finding("broken-address", True, ", ".join(broken[:5])))
    if not draft.subject.strip():
        found.append(Finding("no-subject", False))
    word = announced(draft.text)
    if word and not any(not each.content_id for each in draft.attachments):
        found.append(Finding("no-attachment", False, word))
    return found


def announced(text: str) -> str:
    """The word by which the person's own text announces a file; empty when there is none."""
    own = _FORWARDED.sub("", _QUOTED.sub("", text))
    found = _ANNOUNCED.search(own)
    return found.group() if found else ""


def weight(draft: Draft) -> int:
    """Bytes of everything that goes along."""
    return sum(len(each.data) for each in draft.attachments)
