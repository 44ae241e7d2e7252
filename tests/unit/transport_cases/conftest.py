"""What every case stands on."""

from __future__ import annotations

import pytest

from tests.servers.certificates import Certificates, Pair


@pytest.fixture
def pair(certificates: Certificates) -> Pair:
    """A good certificate for localhost."""
    return certificates.good
