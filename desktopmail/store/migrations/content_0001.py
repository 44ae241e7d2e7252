"""Schema 1 of content.db: raw messages by SHA-256, in pieces of at most 4 MB."""

SQL = """
CREATE TABLE content (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sha BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    stored_at INTEGER NOT NULL
) STRICT;

-- id = content.id << 20 | number of the piece. packing: 0 as it is, 1 zstd.
CREATE TABLE piece (id INTEGER PRIMARY KEY, packing INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
"""
