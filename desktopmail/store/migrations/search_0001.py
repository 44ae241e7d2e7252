"""Schema 1 of search.db: the full-text index; derived, may be deleted at any time.

Without prefix indexes: they cost two thirds of the speed and more than half of the size, and words of a beginning lie
side by side in the index anyway.
"""

SQL = """
CREATE VIRTUAL TABLE text USING fts5 (
    people, subject, body, files,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO text (text, rank) VALUES ('hashsize', 16777216), ('automerge', 8);

-- level: 1 the headers alone, 2 the whole text.
CREATE TABLE indexed (message INTEGER PRIMARY KEY, level INTEGER NOT NULL) STRICT;
"""
