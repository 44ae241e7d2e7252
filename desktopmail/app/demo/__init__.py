"""A demonstration: real IMAP and SMTP on loopback, inside this process, with mail written for it."""
