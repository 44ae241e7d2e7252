"""A person who starts the program for the first time: sets up an account, reads the letter that is there, answers it.

`/usr/bin/python3 person.py FACTS` with a JSON file of who it is and where the servers are. Says on standard output what
was done; what was not seen ends it with 1.
"""

from __future__ import annotations

import imaplib
import json
import os
import ssl
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import eyes


def set_up(facts: dict[str, str]) -> None:
    """Through the wizard, with servers entered by hand."""
    eyes.press("button", "Set up an account")
    eyes.write("text", "Your name", "Ada Lovelace")
    eyes.write("text", "Mail address", facts["address"])
    eyes.write("password", "Password", facts["password"])
    eyes.keys("Return")
    for field, fact in (
        ("Incoming mail: Server", "host"),
        ("Incoming mail: Port", "imaps"),
        ("Incoming mail: User name", "user"),
        ("Outgoing mail: Server", "host"),
        ("Outgoing mail: Port", "smtps"),
        ("Outgoing mail: User name", "user"),
    ):
        eyes.write("text", field, facts[fact])
    named("the wizard")
    eyes.press("button", "Sign in")
    eyes.press("button", "Show my mail")
    print("set up", flush=True)


def read(facts: dict[str, str]) -> None:
    """The one letter, in HTML, aloud."""
    eyes.see("list item", facts["subject"])
    eyes.point(eyes.see("list", "Messages"))
    eyes.keys("Home")
    eyes.see("heading", facts["heading"])
    eyes.see("button", "Reply")
    named("the window")
    print("read", flush=True)


def answer(facts: dict[str, str]) -> None:
    """With the keyboard alone, as the buttons' tips say."""
    eyes.keys("ctrl+r")
    words = eyes.see("text", "Message text")
    eyes.point(words)
    eyes.type_in(facts["answer"])
    eyes.until(lambda: facts["answer"] in eyes.text(words), "the answer in the letter")
    named("the composer")
    eyes.keys("ctrl+Return")
    eyes.see("list item", "Answered")
    eyes.until(lambda: kept(facts), "the copy of the answer, on another device")
    print("answered", flush=True)


def kept(facts: dict[str, str]) -> bool:
    """Whether another device shows something in the folder of sent mail; before that the program may not be ended."""
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    with imaplib.IMAP4_SSL(facts["host"], int(facts["imaps"]), ssl_context=context) as device:
        device.login(facts["user"], facts["password"])
        answer, count = device.select("Sent", readonly=True)
        return answer == "OK" and count != [b"0"]


def named(where: str) -> None:
    """Everything that can be reached has a name."""
    if found := eyes.nameless():
        raise eyes.NotSeen(f"{where} has parts without a name: {', '.join(found)}")


def main(facts: dict[str, str]) -> int:
    """The whole story."""
    try:
        set_up(facts)
        read(facts)
        answer(facts)
    except eyes.NotSeen as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
