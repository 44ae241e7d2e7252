"""What macOS is told about the program: Info.plist as a table. PyInstaller adds name, identifier and executable."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import product

OLDEST = "14.0"
"""The web engine's libraries need it."""


def numbers(version: str) -> str:
    """What macOS calls a version: at most three numbers, so that a candidate has that of its release."""
    found = re.match(r"\d+(?:\.\d+){0,2}", version)
    return found[0] if found else "0"


def info() -> dict[str, Any]:
    """The table for this version."""
    version = numbers(product.version())
    return {
        "CFBundleName": "Desktopmail",
        "CFBundleDisplayName": "Desktopmail",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundlePackageType": "APPL",
        "CFBundleDevelopmentRegion": "en",
        "LSMinimumSystemVersion": OLDEST,
        "LSApplicationCategoryType": "public.app-category.productivity",
        "LSMultipleInstancesProhibited": True,
        "NSHumanReadableCopyright": f"{product.PUBLISHER}, {product.LICENCE}",
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
        "NSSupportsAutomaticGraphicsSwitching": True,
        "NSPrincipalClass": "NSApplication",
        "NSQuitAlwaysKeepsWindows": False,
        "CFBundleURLTypes": [
            {"CFBundleURLName": "Mail address", "CFBundleTypeRole": "Viewer", "CFBundleURLSchemes": ["mailto"]}
        ],
        "CFBundleDocumentTypes": [
            _document("Mail message", ["com.apple.mail.email", "public.email-message"]),
            _document("Mailbox file", [f"{product.APP_ID}.mbox"]),
        ],
        "UTImportedTypeDeclarations": [
            _kind("com.apple.mail.email", "Mail message", "eml", "message/rfc822", ["public.data", "public.message"]),
            _kind(f"{product.APP_ID}.mbox", "Mailbox file", "mbox", "application/mbox", ["public.data"]),
        ],
    }


def _document(name: str, kinds: list[str]) -> dict[str, Any]:
    """What it can open, after the program a person chose for it."""
    return {
        "CFBundleTypeName": name,
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Alternate",
        "LSItemContentTypes": kinds,
    }


def _kind(identifier: str, name: str, extension: str, mime: str, conforms: list[str]) -> dict[str, Any]:
    """A type that others made and this program knows."""
    return {
        "UTTypeIdentifier": identifier,
        "UTTypeDescription": name,
        "UTTypeConformsTo": conforms,
        "UTTypeTagSpecification": {"public.filename-extension": [extension], "public.mime-type": [mime]},
    }
