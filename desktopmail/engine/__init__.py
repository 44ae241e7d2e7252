"""What a mail program does: pull, push, watch, arrive, file, send, undo, search. Knows no Qt."""
