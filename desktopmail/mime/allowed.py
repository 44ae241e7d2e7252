"""What HTML of mail may consist of: elements, their attributes, and where HTML lets authors leave tags out."""

from __future__ import annotations

from typing import Final

PHRASES = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins"),
        *("kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup"),
        *("time", "tt", "u", "var"),
    }
)
VOID = frozenset({"br", "col", "hr", "img", "wbr"})
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "caption", "center", "colgroup", "dd", "details", "dir", "div"),
        *("dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main"),
        *("menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
        "ul",
    }
)
TAGS = PHRASES | VOID | BLOCKS
EVERYWHERE = frozenset({"align", "class", "dir", "id", "lang", "style", "title", "role", "aria-label", "aria-hidden"})
_TABLE = frozenset({"bgcolor", "height", "valign", "width", "bordercolor", "nowrap"})
ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    "*": EVERYWHERE,
    "a": frozenset({"href", "name"}),
    "img": frozenset({"src", "alt", "width", "height", "border", "hspace", "vspace"}),
    "font": frozenset({"color", "face", "size"}),
    "table": _TABLE | {"border", "cellpadding", "cellspacing", "frame", "rules", "summary"},
    "td": _TABLE | {"colspan", "rowspan", "abbr", "headers", "scope"},
    "th": _TABLE | {"colspan", "rowspan", "abbr", "headers", "scope"},
    "tr": _TABLE,
    "thead": _TABLE,
    "tbody": _TABLE,
    "tfoot": _TABLE,
    "col": frozenset({"span", "valign", "width"}),
    "colgroup": frozenset({"span", "valign", "width"}),
    "hr": frozenset({"color", "noshade", "size", "width"}),
    "br": frozenset({"clear"}),
    "ol": frozenset({"start", "type", "reversed"}),
    "ul": frozenset({"type"}),
    "li": frozenset({"type", "value"}),
    "blockquote": frozenset({"type"}),
    "time": frozenset({"datetime"}),
    "details": frozenset({"open"}),
    "p": frozenset({"width"}),
    "div": frozenset({"bgcolor"}),
    "pre": frozenset({"width"}),
}
SKIPPED = frozenset({"svg", "math", "template", "applet"})
CLOSES: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "dir", "menu", "table"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl", "table"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl", "table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "tr": (frozenset({"tr", "caption", "colgroup"}), frozenset({"table"})),
    "tbody": (frozenset({"tbody", "thead", "tfoot", "caption", "colgroup"}), frozenset({"table"})),
    "thead": (frozenset({"tbody", "thead", "tfoot", "caption", "colgroup"}), frozenset({"table"})),
    "tfoot": (frozenset({"tbody", "thead", "tfoot", "caption", "colgroup"}), frozenset({"table"})),
    "a": (frozenset({"a"}), frozenset({"table"})),
}
SECTIONS = ("tbody", "thead", "tfoot")
PARENTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    **{part: {"table": ()} for part in (*SECTIONS, "caption", "colgroup")},
    "tr": {"table": ("tbody",), **dict.fromkeys(SECTIONS, ())},
    **{cell: {"table": ("tbody", "tr"), **dict.fromkeys(SECTIONS, ("tr",)), "tr": ()} for cell in ("td", "th")},
    "col": {"table": ("colgroup",), "colgroup": ()},
}
"""Where parts of a table may stand, and what is missing in between."""
BETWEEN = frozenset({"table", "tr", "colgroup", *SECTIONS})
