"""POP3 in pieces: framing, capabilities, refusals, and whole sessions with a scripted server."""
