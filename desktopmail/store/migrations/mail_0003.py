"""Schema 1.2 of mail.db: whose Inbox takes an account's new mail, where its sent mail is kept beside, and which copies
are on their way."""

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

-- The folder a server was asked to move a copy to, until its answer is noted; 0: none. What turns up there was moved by
-- this program, not by another, and says nothing about where the person wants the message by then.
ALTER TABLE imap_copy ADD COLUMN heading INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imap_lost ADD COLUMN heading INTEGER NOT NULL DEFAULT 0;
CREATE INDEX imap_copy_heading ON imap_copy (heading) WHERE heading <> 0;
"""
