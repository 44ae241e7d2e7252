"""Talk to servers, in the servers' words. Know no database."""
