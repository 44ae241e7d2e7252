"""Loads the toolkit without the half of PySide6's start that only describes signatures: what wrong arguments and `help`
are answered with is read when somebody asks."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec
from threading import RLock
from typing import TYPE_CHECKING, Any, SupportsIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import ModuleType

_SUPPORT = "shibokensupport"
LATER = frozenset(
    f"{_SUPPORT}.{name}"
    for name in (
        "feature",
        "signature.errorhandler",
        "signature.importhandler",
        "signature.layout",
        "signature.lib.enum_sig",
        "signature.lib.pyi_generator",
        "signature.lib.tool",
        "signature.mapping",
        "signature.parser",
    )
)
"""Modules of PySide6 that come as source text inside its library, so that every start would compile them."""
LOOKED_UP = {f"{_SUPPORT}.signature.mapping": "update_mapping"}
"""The function that the library takes out of a module's dictionary, where no `__getattr__` is asked."""


def load() -> None:
    """Load what PySide6 stands on, with `LATER` left for later. Where that is loaded already, or is made of other
    modules than are known here, everything is as if this had not been called."""
    if "shiboken6" in sys.modules:
        return
    # What the parser of signatures would note when it is loaded: enums are those of Python.
    vars(sys).setdefault("pyside6_option_python_enum", True)
    usual = sys.meta_path
    sys.meta_path = finders = _Finders(usual)
    try:
        # It comes before PySide6, which would otherwise put a function of its own before every import, and that one
        # reads the source of all modules. Where its libraries are not found yet, PySide6 knows where they are.
        with suppress(ImportError):
            import shiboken6  # noqa: F401
    finally:
        usual[:] = finders
        sys.meta_path = usual


class _Finders(list[Any]):
    """The list of who finds modules; whoever joins it for the modules of `LATER` has them loaded late."""

    def __init__(self, usual: Iterable[Any]) -> None:
        super().__init__(usual)

    def insert(self, place: SupportsIndex, finder: Any) -> None:
        super().insert(place, _Finder(finder))

    def remove(self, finder: Any) -> None:
        super().remove(next((each for each in self if isinstance(each, _Finder) and each.usual is finder), finder))


class _Finder:
    """Finds what another one finds."""

    def __init__(self, usual: Any) -> None:
        self.usual = usual

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The module as the other one finds it, loaded late if it is one of `LATER`."""
        spec: ModuleSpec | None = self.usual.find_spec(name, path, target)
        if spec is not None and name in LATER:
            spec.loader = _Later(name, spec.loader)  # type: ignore[assignment]
        return spec


class _Later:
    """Loads one module when one of its names is asked for, on whatever thread that is."""

    _one_at_a_time = RLock()

    def __init__(self, name: str, usual: Any) -> None:
        self._name = name
        self._usual = usual
        self._begun = False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The usual kind of module."""
        made: ModuleType | None = self._usual.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module empty until one of its names is asked for."""

        def asked(name: str) -> Any:
            if name.startswith("__"):  # Whoever looks at all modules there are wants nothing of this one.
                raise AttributeError(name)
            self._fill(module)
            try:
                return vars(module)[name]
            except KeyError:
                raise AttributeError(f"module {self._name!r} has no attribute {name!r}") from None

        vars(module)["__getattr__"] = asked
        if known := LOOKED_UP.get(self._name):
            vars(module)[known] = self._first_call(module, known)

    def _first_call(self, module: ModuleType, known: str) -> Callable[..., Any]:
        """Stands in the module for one of its functions until that is called."""

        def first(*arguments: Any) -> Any:
            self._fill(module)
            return vars(module)[known](*arguments)

        return first

    def _fill(self, module: ModuleType) -> None:
        with self._one_at_a_time:
            if self._begun:
                return
            self._begun = True
            spec = module.__spec__
            assert spec is not None
            # It was given a second name meanwhile, under which the usual loader does not know it.
            spec.name, name = self._name, spec.name
            try:
                self._usual.exec_module(module)
            finally:
                spec.name = name
            vars(module).pop("__getattr__")
