"""Real servers on loopback: Dovecot and Postfix in folders of their own, never the system's service.

Plain classes with `start()` and `stop()` for scripts, fixtures of the same names for pytest
(tests/servers/fixtures.py).
"""
