"""IMAP4rev1 (RFC 3501) with the extensions that make it fast, over aioimaplib."""
