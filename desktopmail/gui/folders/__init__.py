"""The tree of folders: unified views, accounts with their folders, and the choice of a folder by typing."""
