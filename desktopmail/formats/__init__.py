"""Mail in files: eml, mbox, Maildir, vCard."""
