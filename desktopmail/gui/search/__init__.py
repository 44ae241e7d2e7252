"""The search box with its hints. Finding is the engine's; showing is the list's."""
