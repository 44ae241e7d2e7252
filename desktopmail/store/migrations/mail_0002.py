"""Schema 1.1 of mail.db: how one signs in, through what, why this protocol, and what was seen of each server."""

SQL = """
-- sign_in: password, oauth2 or certificate. proxy: socks5://host:port, http://host:port, or empty for none.
ALTER TABLE server ADD COLUMN sign_in TEXT NOT NULL DEFAULT 'password';
ALTER TABLE server ADD COLUMN certificate TEXT NOT NULL DEFAULT '';
ALTER TABLE server ADD COLUMN proxy TEXT NOT NULL DEFAULT '';
-- IMAP: how many days back whole messages are brought unasked; 0 for all.
ALTER TABLE server ADD COLUMN offline_days INTEGER NOT NULL DEFAULT 0;

-- The order of an account's identities; the first one is what new mail is written under.
ALTER TABLE identity ADD COLUMN position INTEGER NOT NULL DEFAULT 0;

-- The answers that led to the protocol, and the reason given, as JSON. Empty when nobody asked.
ALTER TABLE account ADD COLUMN advice TEXT NOT NULL DEFAULT '';

-- POP3: messages of which only the top is here (partly), messages the person wants off the server (wanted_gone), when
-- one was missed in the server's list (gone_at), and those a server kept though it confirmed their removal (ignored).
ALTER TABLE pop3_copy ADD COLUMN partly INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pop3_copy ADD COLUMN wanted_gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pop3_copy ADD COLUMN gone_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pop3_copy ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;
CREATE INDEX pop3_copy_sha ON pop3_copy (account, sha) WHERE sha <> x'';

-- What one account's servers were seen to be like, as JSON by a short name (tls, retention, full_sync, …).
CREATE TABLE sighting (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- One line per account and day: bytes used of bytes allowed.
CREATE TABLE quota_day (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    used INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

-- The hosts this program has spoken to, and why.
CREATE TABLE host (
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (host, port, purpose)
) STRICT, WITHOUT ROWID;

-- Changed preferences, so that they can be taken back. Values are JSON; NULL means that it was at its default.
CREATE TABLE setting_past (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    old TEXT,
    new TEXT,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;

-- How an account was before its protocol was switched: everything needed to switch back, and the report, as JSON.
CREATE TABLE switched (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    past TEXT NOT NULL,
    report TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Contents that something here named once and let go. What nobody names and nobody let go lost its row by accident.
CREATE TABLE let_go (sha BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TRIGGER let_go_message AFTER DELETE ON message WHEN old.content <> x'' BEGIN
    INSERT OR IGNORE INTO let_go (sha) VALUES (old.content);
END;
CREATE TRIGGER let_go_rewritten AFTER UPDATE OF content ON message
WHEN old.content <> x'' AND new.content <> old.content BEGIN
    INSERT OR IGNORE INTO let_go (sha) VALUES (old.content);
END;
CREATE TRIGGER let_go_version AFTER DELETE ON draft_version BEGIN
    INSERT OR IGNORE INTO let_go (sha) VALUES (old.content);
END;
"""
