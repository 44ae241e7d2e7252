"""Bytes to nouns and back (RFC 2045 to 2049, RFC 5322). Pure: no I/O."""
