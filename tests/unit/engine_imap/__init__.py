"""The IMAP engine: planning, pulling, pushing and the account runner."""
