"""Writes the bill of materials (CycloneDX 1.5, JSON) of a bundle: its parts, and what those were built with."""

from __future__ import annotations

import calendar
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import product
from contents import Contents, Part
from cyclonedx.model import Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot5
from packageurl import PackageURL

SPACE = uuid.UUID("6f3d7f0e-6d51-4c7e-9d3c-0a4a3a6cf0d1")


def _sqlite() -> str:
    import apsw

    return apsw.sqlite_lib_version()


def _zstd() -> str:
    import zstandard

    return ".".join(str(each) for each in zstandard.ZSTD_VERSION)


def _openssl() -> str:
    from cryptography.hazmat.backends.openssl.backend import backend

    return backend.openssl_version_text().split()[1]


BUILT_IN: dict[str, tuple[tuple[str, str, Callable[[], str]], ...]] = {
    "apsw": (("SQLite", "blessing", _sqlite),),
    "zstandard": (("Zstandard", "BSD-3-Clause", _zstd),),
    "cryptography": (("OpenSSL", "Apache-2.0", _openssl),),
}
"""Libraries that are compiled into a Python package, so that no file of their own shows them."""


def bill(contents: Contents) -> Bom:
    """The bill of materials. Its serial number and date follow from what is inside and from the sources' date."""
    bom = Bom()
    bom.metadata.component = Component(
        name=product.NAME, version=product.version(), type=ComponentType.APPLICATION, bom_ref=product.NAME
    )
    made = [component for part in contents.parts if part.kind != "product" for component in _components(part)]
    for component in made:
        bom.components.add(component)
    bom.register_dependency(bom.metadata.component, made)
    names = " ".join(sorted(f"{each.name}@{each.version}" for each in made))
    bom.serial_number = uuid.uuid5(SPACE, f"{product.version()} {names}")
    bom.metadata.timestamp = datetime.fromtimestamp(calendar.timegm(product.built_at()), UTC)
    return bom


def write(contents: Contents, path: Path) -> None:
    """Write the bill as a file that is the same for the same contents."""
    text = JsonV1Dot5(bill(contents)).output_as_string()
    path.write_text(json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _components(part: Part) -> list[Component]:
    made = [
        Component(
            name=part.name,
            version=part.version,
            type=ComponentType.LIBRARY,
            bom_ref=f"{part.kind}:{part.name}@{part.version}",
            purl=_address(part),
            licenses=[DisjunctiveLicense(name=part.licence)] if part.licence else None,
            properties=[Property(name=f"{product.NAME}:file", value=name) for name in part.files],
        )
    ]
    for name, licence, version in BUILT_IN.get(part.name, ()):
        inside = f"{name}@{version()}"
        component = Component(
            name=name,
            version=version(),
            type=ComponentType.LIBRARY,
            bom_ref=f"inside:{part.name}:{inside}",
            licenses=[DisjunctiveLicense(name=licence, url=XsUri(f"https://spdx.org/licenses/{licence}.html"))],
            properties=[Property(name=f"{product.NAME}:inside", value=part.name)],
        )
        made.append(component)
    return [*made, *_stated(part)]


def _stated(part: Part) -> list[Component]:
    """What a wheel's own bill says that it was built with (PEP 770)."""
    made: dict[str, Component] = {}
    for path in {each for text in part.texts for each in text.parents if each.name.endswith(".dist-info")}:
        for file in sorted(path.glob("sboms/*.json")):
            for each in json.loads(file.read_text(encoding="utf-8")).get("components", ()):
                name, version = str(each.get("name", "")), str(each.get("version", ""))
                made[f"{name}@{version}"] = Component(
                    name=name,
                    version=version,
                    type=ComponentType.LIBRARY,
                    bom_ref=f"inside:{part.name}:{name}@{version}",
                    purl=PackageURL.from_string(each["purl"]) if each.get("purl") else None,
                    properties=[Property(name=f"{product.NAME}:inside", value=part.name)],
                )
    return list(made.values())


def _address(part: Part) -> PackageURL | None:
    if part.kind == "python":
        return PackageURL("pypi", None, part.name.lower().replace("_", "-"), part.version)
    if part.kind == "debian":
        return PackageURL("deb", "debian", part.name, part.version)
    return PackageURL("generic", None, part.name.lower().replace(" ", "-"), part.version)
