"""OAuth 2 for installed programs (RFC 6749, RFC 7636, RFC 8252): the requests, the listener for the way back, and what
the answers mean. Knows no account and keeps nothing."""
