"""What systems know the program by."""

from __future__ import annotations

NAME = "desktopmail"
APP_ID = "org.desktopmail.Desktopmail"
"""The name of the desktop file, without its ending, and of the icon; the AppUserModelID on Windows, which the shortcut
of the installer carries too. Desktops find windows, notifications and start entries by it."""
