"""Parts of the engine that are made, and their modules loaded, when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, overload

Owner = TypeVar("Owner")
Part = TypeVar("Part")


class Lazy(Generic[Owner, Part]):
    """An attribute that `make` fills in for each owner once; it may import what it needs."""

    def __init__(self, make: Callable[[Owner], Part]) -> None:
        self._make = make
        self._name = ""

    def __set_name__(self, _owner: type[Owner], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type[Owner]) -> Lazy[Owner, Part]: ...

    @overload
    def __get__(self, owner: Owner, kind: type[Owner]) -> Part: ...

    def __get__(self, owner: Owner | None, kind: type[Owner]) -> Lazy[Owner, Part] | Part:
        if owner is None:
            return self
        part: Part = owner.__dict__.setdefault(self._name, self._make(owner))
        return part
