"""Settings: preferences, accounts, and signing in again."""
