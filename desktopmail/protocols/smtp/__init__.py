"""Message submission (RFC 6409) over aiosmtplib."""
