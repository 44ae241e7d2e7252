"""Schema 1 of search.db: the full-text index; derived, may be deleted at any time."""

SQL = """
CREATE VIRTUAL TABLE text USING fts5 (
    people, subject, body, files,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

-- level: 1 the headers alone, 2 the whole text.
CREATE TABLE indexed (message INTEGER PRIMARY KEY, level INTEGER NOT NULL) STRICT;
"""
