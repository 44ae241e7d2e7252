"""Schema 1 of mail.db: the truth about accounts, folders, messages and what the servers held when last seen."""

SQL = """
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    colour INTEGER NOT NULL DEFAULT 0,
    paused INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE server (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    protocol TEXT NOT NULL CHECK (protocol IN ('imap', 'pop3', 'smtp')),
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    security TEXT NOT NULL,
    user TEXT NOT NULL,
    keep TEXT NOT NULL DEFAULT 'forever',
    keep_days INTEGER NOT NULL DEFAULT 0,
    max_size INTEGER NOT NULL DEFAULT 0,
    files_sent INTEGER,
    UNIQUE (account, protocol)
) STRICT;

CREATE TABLE identity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    reply_to TEXT NOT NULL DEFAULT '',
    signature TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX identity_account ON identity (account);

-- What the person has: the tree as wished for.
CREATE TABLE folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    parent INTEGER REFERENCES folder (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'none',
    lives TEXT NOT NULL CHECK (lives IN ('server', 'here')),
    removed INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    retry_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX folder_account ON folder (account);
CREATE INDEX folder_parent ON folder (parent);

-- What the server held when last seen, folder by folder. `path` is the people's path that server_name stood for.
CREATE TABLE imap_folder (
    folder INTEGER PRIMARY KEY REFERENCES folder (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    server_name TEXT NOT NULL,
    path TEXT NOT NULL,
    delimiter TEXT NOT NULL DEFAULT '/',
    attributes TEXT NOT NULL DEFAULT '',
    uid_validity INTEGER NOT NULL DEFAULT 0,
    uid_next INTEGER NOT NULL DEFAULT 0,
    highest_mod_seq INTEGER NOT NULL DEFAULT 0,
    down_to INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX imap_folder_name ON imap_folder (account, server_name);

-- What the person has: one row per message and folder. hidden: 1 removed by the person, 2 vanished on the server.
-- due: 0 agrees with the server, else the second from which it may be pushed. arrived: when the row was made.
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account (id),
    folder INTEGER NOT NULL REFERENCES folder (id),
    thread INTEGER NOT NULL,
    sort INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL DEFAULT 0,
    fetched INTEGER NOT NULL DEFAULT 0,
    date INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0,
    arrived INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL DEFAULT 0,
    attachments INTEGER NOT NULL DEFAULT 0,
    settle_at INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    tags TEXT NOT NULL DEFAULT '',
    key BLOB NOT NULL DEFAULT x'',
    content BLOB NOT NULL DEFAULT x'',
    message_id TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    recipients TEXT NOT NULL DEFAULT '',
    cc TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    preview TEXT NOT NULL DEFAULT '',
    list_id TEXT NOT NULL DEFAULT '',
    refs TEXT NOT NULL DEFAULT '',
    last_error TEXT NOT NULL DEFAULT '',
    structure BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX message_list ON message (folder, sort, id, thread) WHERE hidden = 0;
CREATE INDEX message_unread ON message (folder, sort, id, thread) WHERE hidden = 0 AND flags & 1 = 0;
CREATE INDEX message_starred ON message (sort, id, thread, folder) WHERE hidden = 0 AND flags & 2 = 2;
CREATE INDEX message_headers ON message (folder, sort) WHERE hidden = 0 AND fetched = 0;
CREATE INDEX message_hidden ON message (folder) WHERE hidden <> 0;
CREATE INDEX message_due ON message (account, due) WHERE due > 0;
CREATE INDEX message_thread ON message (thread);
-- Equal keys have equal dates; in this order, new entries lie side by side.
CREATE INDEX message_key ON message (date, key) WHERE key <> x'';

-- Message-ID (64 bits of its hash) to conversation. thread_alias: a conversation that became part of another.
CREATE TABLE thread_ref (hash INTEGER PRIMARY KEY, thread INTEGER NOT NULL) STRICT;
CREATE TABLE thread_alias (old INTEGER PRIMARY KEY, new INTEGER NOT NULL) STRICT;
CREATE INDEX thread_alias_new ON thread_alias (new);

-- What the server held when last seen.
CREATE TABLE imap_copy (
    message INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
    uid INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    tags TEXT NOT NULL DEFAULT '',
    mod_seq INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX imap_copy_uid ON imap_copy (folder, uid);

-- Copies that vanished and may turn up in another folder; forgotten once all folders were read.
CREATE TABLE imap_lost (
    message INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    folder INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    tags TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX imap_lost_account ON imap_lost (account);

-- The POP3 ledger: nothing that is not in here with stored_at set can get into a delete list. decided_by: who had it
-- deleted ('rule', 'person').
CREATE TABLE pop3_copy (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    uidl TEXT NOT NULL,
    message INTEGER REFERENCES message (id) ON DELETE SET NULL,
    first_seen INTEGER NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    sha BLOB NOT NULL DEFAULT x'',
    stored_at INTEGER NOT NULL DEFAULT 0,
    dele_sent INTEGER NOT NULL DEFAULT 0,
    dele_confirmed INTEGER NOT NULL DEFAULT 0,
    decided_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account, uidl)
) STRICT, WITHOUT ROWID;
CREATE INDEX pop3_copy_message ON pop3_copy (message) WHERE message IS NOT NULL;

CREATE TABLE outbox (
    message INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    sender TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    next_try INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE outbox_recipient (
    message INTEGER NOT NULL REFERENCES outbox (message) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    address TEXT NOT NULL,
    code INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;

-- What a draft or an outgoing message was started from; stays when the draft becomes sent mail.
CREATE TABLE draft (
    message INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    identity INTEGER NOT NULL,
    answers INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT 'new'
) STRICT;

CREATE TABLE draft_version (
    message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (message, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    label TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What one verb did to one message, as differences, so that taking it back leaves later changes alone.
CREATE TABLE journal_step (
    journal INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
    message INTEGER NOT NULL,
    created INTEGER NOT NULL DEFAULT 0,
    removed INTEGER NOT NULL DEFAULT 0,
    folder INTEGER NOT NULL DEFAULT 0,
    flags_added INTEGER NOT NULL DEFAULT 0,
    flags_removed INTEGER NOT NULL DEFAULT 0,
    tags_added TEXT NOT NULL DEFAULT '',
    tags_removed TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (journal, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_step_message ON journal_step (message);

-- The story of a message after its arrival (which is message.arrived).
CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX history_message ON history (message);

CREATE TABLE contact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folded TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    seen INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    last_seen INTEGER NOT NULL DEFAULT 0,
    last_sent INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE contact_word (
    word TEXT NOT NULL,
    contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    PRIMARY KEY (word, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_word_contact ON contact_word (contact);

CREATE TABLE filter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    account INTEGER REFERENCES account (id) ON DELETE CASCADE,
    enabled INTEGER NOT NULL DEFAULT 1,
    conditions TEXT NOT NULL,
    actions TEXT NOT NULL
) STRICT;

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE pin (
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (host, port, fingerprint)
) STRICT, WITHOUT ROWID;

-- Addresses, or '@domain', whose remote images may be shown.
CREATE TABLE image_sender (sender TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""
