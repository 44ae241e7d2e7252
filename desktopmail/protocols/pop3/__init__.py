"""POP3 (RFC 1939) with its extensions (RFC 2449, 2595, 5034, 6856): one connection, one mailbox, nothing stored."""
