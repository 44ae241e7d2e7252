"""The far side of a POP3 account: a delivery source for folders that live on this computer."""
