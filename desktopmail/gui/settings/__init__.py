"""The settings window: a list of pages, a search over all of them, and one page per file."""
