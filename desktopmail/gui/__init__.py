"""The window on Qt. Knows engine and domain, nothing below."""
