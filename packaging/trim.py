"""Decides what stays in the bundle: files by name, then shared libraries by whether anything kept still needs them.

Pure functions over PyInstaller's tables, so that every platform's answer can be checked on any of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

Entry = tuple[str, str, str]
"""Where a file goes (relative), where it comes from (for a link: where it points), and PyInstaller's kind."""
Imports = Callable[[str], Iterable[str]]
"""The file names of the libraries that a binary asks for."""

PLUGINS = {
    "imageformats": {"svg", "webp", "gif", "jpeg", "ico"},
    "iconengines": {"svgicon"},
    "platforms": {"xcb", "wayland", "offscreen", "minimal", "windows", "cocoa"},
    "platforminputcontexts": {"compose", "ibus"},
    "platformthemes": {"xdgdesktopportal"},
    "printsupport": {"cups"},
    "styles": {"windows11style", "modernwindowsstyle", "windowsvistastyle", "macstyle"},
    "tls": {"openssl", "schannel", "securetransport", "certonly"},
    "networkinformation": {"glib", "networkmanager", "networklistmanager", "applenetworkinformation"},
    "xcbglintegrations": set(),
    "wayland-decoration-client": set(),
    "wayland-graphics-integration-client": set(),
    "wayland-shell-integration": set(),
}
"""Plugin folders that are kept, and which plugins of them; an empty set means all. Other folders stay out."""

GPL_MODULES = (
    "Charts", "CoAp", "DataVisualization", "Graphs", "GRPC", "HttpServer", "Lottie", "Mqtt", "NetworkAuth",
    "Protobuf", "Quick3D", "QuickTimeline", "ShaderTools", "VirtualKeyboard", "WaylandCompositor",
)  # fmt: skip
"""Modules of Qt that are not offered under the LGPL."""

UNUSED_MODULES = (
    "3D", "Bluetooth", "Designer", "EglFS", "Help", "JsonRpc", "LanguageServer", "Location", "Multimedia", "Nfc",
    "QuickControls2", "QuickTest", "RemoteObjects", "Scxml", "Sensors", "SerialBus", "SerialPort", "SpatialAudio",
    "StateMachine", "TextToSpeech", "UiTools", "WebView",
)  # fmt: skip

_MODULE = re.compile(r"(?:^|/)(?:lib)?Qt6?(" + "|".join(GPL_MODULES + UNUSED_MODULES) + r")[^/]*(?:/|$)")
_PLUGIN = re.compile(r"(?:^|/)plugins/([^/]+)/(?:lib)?q?([^/.]+)[^/]*$")
_RESOURCE = re.compile(r"(?:^|/)(?:qml/|metatypes/|typesystems/)|qtwebengine_devtools_resources|\.debug\.[a-z]+$")
_LOCALE = re.compile(
    r"qtwebengine_locales/(?!en-US\.pak$)|(?<!^resources)/translations/(?!qtwebengine_locales/).*\.qm$"
)
_DEAD_WEIGHT = re.compile(
    r"(?:^|/)(?:_cffi\.[^/]*\.(?:so|pyd)|[^/]*\.chk|resources/screenshots/.*"
    r"|[^/]*dist-info/(?:RECORD|INSTALLER|REQUESTED|direct_url\.json))$"
)
_LIBRARY = re.compile(r"^(?:PySide6/Qt/lib/|PySide6/|shiboken6/)?lib[^/]+\.so(?:\.[^/]*)?$")
_OPENED_AT_RUN_TIME = re.compile(r"^libpython3[.\d]*\.so")

_LEFT_TO_THE_SYSTEM = re.compile(
    r"^lib(stdc\+\+|gcc_s|gbm|drm|GL|EGL|GLX|OpenGL|GLdispatch|X11|X11-xcb|xcb|X(?:composite|damage|ext|fixes|randr|render|tst|au|dmcp)|xkbfile|xkbcommon|xkbcommon-x11|brotli\w+|uuid|asound|fontconfig|freetype|expat"
    r"|nss\w+|smime3|softokn3|freebl\w*|nspr4|plc4|plds4|cups|gssapi_krb5|krb5|k5crypto|com_err"
    r"|glib-2\.0|gobject-2\.0|gio-2\.0|gmodule-2\.0|gthread-2\.0|dbus-1|systemd|udev|z|wayland-[a-z]+)\.so(\.|$)"
)
"""Libraries that must fit the drivers and the desktop of the machine, not the one that built the bundle; and those
whose needs the web engine's processes would not find, because they look only where the engine itself says."""


def wanted(name: str, platform: str) -> bool:
    """Whether the file belongs into the bundle for `platform` (as `sys.platform` says it), by its name alone."""
    path = name.replace("\\", "/")
    if _MODULE.search(path) or _RESOURCE.search(path) or _LOCALE.search(path) or _DEAD_WEIGHT.search(path):
        return False
    plugin = _PLUGIN.search(path)
    if plugin and "PySide6" in path:
        folder, stem = plugin.groups()
        return folder in PLUGINS and _plugin_wanted(PLUGINS[folder], stem)
    return platform != "linux" or not _LEFT_TO_THE_SYSTEM.match(path.rpartition("/")[2])


def _plugin_wanted(allowed: set[str], stem: str) -> bool:
    return not allowed or any(stem.startswith(each) and not stem.endswith("egl") for each in allowed)


def trimmed(entries: Iterable[Entry], platform: str) -> list[Entry]:
    """The entries that are wanted, without links to those that are not."""
    kept = [entry for entry in entries if wanted(entry[0], platform)]
    names = {entry[0] for entry in kept}
    return [entry for entry in kept if entry[2] != "SYMLINK" or target(entry) in names]


def target(entry: Entry) -> str:
    """Where in the bundle a link points to."""
    parts: list[str] = []
    for part in (*PurePosixPath(entry[0]).parent.parts, *PurePosixPath(entry[1].replace("\\", "/")).parts):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def started_first(scripts: Iterable[Entry]) -> list[Entry]:
    """The scripts that run at start, without PyInstaller's own hooks, which load Qt and much of the standard library
    before a command is even read. What Qt needs of them `qtparts` does."""
    return [entry for entry in scripts if not entry[0].startswith("pyi_rth_")]


def reachable(entries: Iterable[Entry], imports: Imports) -> list[Entry]:
    """Drop shared libraries that nothing needs any more. Extension modules, plugins, programs and the libraries which
    are opened at run time are needed; a library is needed when something needed asks for its file name."""
    files = [entry for entry in entries if entry[2] != "SYMLINK"]
    links = [entry for entry in entries if entry[2] == "SYMLINK"]
    libraries = {base(entry): entry for entry in files if _LIBRARY.match(entry[0])}
    waiting = [entry for entry in files if not _LIBRARY.match(entry[0]) or _OPENED_AT_RUN_TIME.match(base(entry))]
    needed = {entry[0] for entry in waiting}
    while waiting:
        entry = waiting.pop()
        if entry[2] not in ("BINARY", "EXTENSION"):
            continue
        for name in imports(entry[1]):
            found = libraries.get(name.rpartition("/")[2])
            if found is not None and found[0] not in needed:
                needed.add(found[0])
                waiting.append(found)
    kept = [entry for entry in files if entry[0] in needed]
    return kept + [entry for entry in links if target(entry) in needed]


def linked_for_children(entries: Iterable[Entry]) -> list[Entry]:
    """Links in Qt's own library folder to the libraries beside the program. The web engine's processes look there, so
    no search path has to be set for them, which every other child would inherit, a web browser for one."""
    entries = list(entries)
    present = {entry[0] for entry in entries}
    beside = [entry for entry in entries if "/" not in entry[0] and _LIBRARY.match(entry[0]) and entry[2] != "SYMLINK"]
    made = [(f"PySide6/Qt/lib/{entry[0]}", f"../../../{entry[0]}", "SYMLINK") for entry in beside]
    return entries + [entry for entry in made if entry[0] not in present]


def base(entry: Entry) -> str:
    """The file name of an entry."""
    return entry[0].replace("\\", "/").rpartition("/")[2]
