"""The far side of an IMAP account: where server words meet rows."""
