"""The composer: one window per message being written; what it writes is a `Draft`."""
