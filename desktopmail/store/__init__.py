"""SQLite and the key store. Speaks in rows and ids, knows no server."""
