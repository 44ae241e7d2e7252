"""Setting up an account: who you are, which servers, does it work, done."""
