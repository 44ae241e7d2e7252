"""The desktop around the window: notifications, tray, sleep and network, start at login."""
