"""What every test stands on: no screen, no network beyond this computer, no private key store."""

from __future__ import annotations

import faulthandler
import os
import sys

faulthandler.enable()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
os.environ.setdefault("XDG_RUNTIME_DIR", os.environ.get("TMPDIR", "/tmp"))
if hasattr(os, "geteuid") and os.geteuid() == 0:
    # Chromium refuses to run as root with its sandbox; the product itself never sets this.
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
sys.setswitchinterval(0.0005)

pytest_plugins = ["tests.servers.fixtures"]
