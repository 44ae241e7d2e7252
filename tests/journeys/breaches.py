"""The walls around a mail taken down, to show that the leaks leak and that the watch sees it."""

from __future__ import annotations

from desktopmail.gui.reader import document, prepare


def take_down(names: str) -> None:
    """Take down some of `sanitiser`, `policy`, `interceptor` and `network`, before the application is made."""
    wanted = names.split(",")
    if "network" in wanted:
        setattr(prepare, "FLAGS", ())  # noqa: B010 - constants, on purpose
    if "policy" in wanted:
        setattr(document, "CSP", "img-src * data:")  # noqa: B010
    if "interceptor" in wanted:
        from desktopmail.gui.reader import walls

        setattr(walls.Interceptor, "interceptRequest", lambda self, info: None)  # noqa: B010
    if "sanitiser" in wanted:
        from desktopmail.mime import sanitize

        setattr(sanitize, "clean", _unsanitised)  # noqa: B010


def _unsanitised(html: str, pictures: object = None, *, first_remote: int = 1) -> object:
    from desktopmail.mime.sanitize import Clean

    return Clean(html)
