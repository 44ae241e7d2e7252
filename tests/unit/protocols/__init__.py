"""Protocols against bytes and scripted servers."""
