"""The log file of a profile: small, rotated, private, and never with a secret in it."""

from __future__ import annotations

import io
import logging
import os
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "desktopmail.log"
LARGEST = 1_000_000
KEPT = 3
HIDDEN = "•••"
OURS = "desktopmail"

_SIGN_IN = re.compile(
    r"(?i)\b(LOGIN\s+\S+\s+|AUTH(?:ENTICATE)?\s+[\w-]+\s+|PASS(?:WORD)?[\s=:]+|Bearer\s+|token[=:]\s*)(\S+)"
)
_TOKENS = re.compile(
    r"(?i)((?:_token|client_secret|code_verifier|[?&]code|[?&]state)[\"']?\s*[=:]\s*[\"']?)([^\s&\"',}]+)"
)


class SecretsFilter(logging.Filter):
    """Takes secrets out of every record: those it was told, and whatever stands where a sign-in has one. Details of
    other people's loggers are left out, whatever level those are set to: they quote lines, arguments and results."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()

    def hide(self, secret: str) -> None:
        """Never let `secret` through from now on. Very short ones are left to the patterns."""
        if len(secret) >= 4:
            self._secrets.add(secret)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place. Whether it is to be written."""
        if record.levelno < logging.WARNING and record.name.partition(".")[0] != OURS:
            return False
        record.msg, record.args = self.clean(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.clean(record.exc_text)
        return True

    def clean(self, text: str) -> str:
        """`text` without anything secret."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for pattern in (_SIGN_IN, _TOKENS):
            text = pattern.sub(lambda found: found.group(1) + HIDDEN, text)
        return text


class PrivateFile(RotatingFileHandler):
    """A rotated file that only this person may read. It is made with the first record, never before."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True, errors="replace")

    def _open(self) -> io.TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return open(number, "a", encoding="utf-8", errors="replace")  # noqa: PTH123


def start(profile: Path, level: int = logging.INFO) -> SecretsFilter:
    """Write the program's log into `profile`. Other people's loggers get through with warnings only, because their
    details quote protocol lines. The filter given back may be told secrets to hide."""
    secrets = SecretsFilter()
    file = PrivateFile(profile / LOG_NAME)
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    file.addFilter(secrets)
    root = logging.getLogger()
    root.addHandler(file)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    logging.raiseExceptions = False
    return secrets
