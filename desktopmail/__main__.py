"""`python -m desktopmail`: the same as the `desktopmail` command."""

import sys

from desktopmail.app.main import main

if __name__ == "__main__":
    sys.exit(main())
