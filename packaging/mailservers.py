"""Real servers for checks of packages: the Dovecot and the Postfix of the tests, on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import product
from report import CheckFailed

sys.path.insert(0, str(product.ROOT))

if TYPE_CHECKING:
    from tests.servers.dovecot import Dovecot
    from tests.servers.postfix import Postfix


@contextmanager
def servers() -> Iterator[tuple[Dovecot, Postfix]]:
    """Both, running while the block lasts. Raises CheckFailed when they cannot run here."""
    from tests.servers.dovecot import Dovecot
    from tests.servers.postfix import Postfix

    if reason := Dovecot.missing() or Postfix.missing():
        raise CheckFailed(reason)
    dovecot = Dovecot()
    dovecot.start()
    try:
        postfix = Postfix(dovecot)
        postfix.start()
        try:
            yield dovecot, postfix
        finally:
            postfix.stop()
    finally:
        dovecot.stop()
