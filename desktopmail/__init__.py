"""desktopmail: a desktop mail client. README.md beside this file is the map."""

__version__ = "0.1.0"
