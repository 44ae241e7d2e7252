"""The version resource of the Windows program, in the form that PyInstaller reads."""

from __future__ import annotations

from pathlib import Path

import product

_TEXT = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,
    fileType=0x1, subtype=0x0),
  kids=[
    StringFileInfo([StringTable('040904B0', [{strings}])]),
    VarFileInfo([VarStruct('Translation', [1033, 1200])]),
  ],
)
"""


def text(version: str) -> str:
    """The resource for a version such as `1.2.3` or `1.2.3rc1`."""
    numbers = [int("".join(sign for sign in part if sign.isdigit()) or 0) for part in version.split(".")[:3]]
    named = {
        "CompanyName": product.PUBLISHER,
        "FileDescription": product.TITLE,
        "FileVersion": version,
        "InternalName": product.NAME,
        "LegalCopyright": f"{product.PUBLISHER}, {product.LICENCE}",
        "OriginalFilename": f"{product.NAME}.exe",
        "ProductName": product.TITLE,
        "ProductVersion": version,
    }
    strings = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in named.items())
    return _TEXT.format(numbers=tuple((*numbers, 0, 0, 0, 0)[:4]), strings=strings)


def write(path: Path) -> Path:
    """Write the resource of this checkout's version; gives back `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(product.version()), encoding="utf-8")
    return path
