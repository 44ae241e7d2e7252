"""Runs the measurements: `python3 dev.py bench [sync start …]`.

Each prints its figures beside a raw reference taken in the same run; ratios mean something, absolute times little.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.bench


def main(names: list[str]) -> int:
    """Run the named parts, or all."""
    known = sorted(each.name.removeprefix("bench_") for each in pkgutil.iter_modules(tests.bench.__path__))
    known = [name for name in known if name != "__main__" and not name.startswith("_")]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        print(f"== {name}", flush=True)
        importlib.import_module(f"tests.bench.bench_{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
