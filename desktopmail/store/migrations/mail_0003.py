"""Schema 1.2 of mail.db: whose Inbox takes an account's new mail, and where its sent mail is kept beside."""

SQL = """
-- deliver: another account whose Inbox takes new mail. beside: '', 'folder' (Sent of the account sent_to) or 'bcc'.
CREATE TABLE arrangement (
    account INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    deliver INTEGER REFERENCES account (id) ON DELETE SET NULL,
    beside TEXT NOT NULL DEFAULT '',
    sent_to INTEGER REFERENCES account (id) ON DELETE SET NULL
) STRICT;

-- The person's own address, to which a copy goes because it was arranged so.
ALTER TABLE outbox_recipient ADD COLUMN oneself INTEGER NOT NULL DEFAULT 0;
"""
