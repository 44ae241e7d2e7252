"""Fixtures of the real servers. One Dovecot and one Postfix per run; every test makes users of its own.

`certificates` puts the test authority into SSL_CERT_FILE for the run, so that the servers are trusted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot, User
from tests.servers.postfix import Postfix


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certificates]:
    """The run's certificates; its authority is trusted through SSL_CERT_FILE while the run lasts."""
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(made.authority)
    yield made
    if before is None:
        del os.environ["SSL_CERT_FILE"]
    else:
        os.environ["SSL_CERT_FILE"] = before


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    """The run's Dovecot, with every capability it has."""
    if reason := Dovecot.missing():
        pytest.skip(reason)
    server = Dovecot(certificates=certificates)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def dovecot_user(dovecot: Dovecot) -> User:
    """A fresh mailbox on the run's Dovecot."""
    return dovecot.add_user()


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """The run's Postfix, which delivers to the run's Dovecot."""
    if reason := Postfix.missing():
        pytest.skip(reason)
    server = Postfix(dovecot)
    server.start()
    yield server
    server.stop()
