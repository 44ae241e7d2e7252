"""Messages in windows of their own."""
