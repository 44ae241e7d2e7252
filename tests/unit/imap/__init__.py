"""Tests of the IMAP protocol."""
