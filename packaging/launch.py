"""Where the frozen program starts."""

import sys

from desktopmail.app.main import main

sys.exit(main())
