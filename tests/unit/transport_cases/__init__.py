"""Servers, and whoever stands between, that attack the way to a mailbox: one file per family of attacks.

Verdicts come from the scripted server's ledger, never from the client's own words.
"""
