"""Typed identities. Every id is a positive integer that the store gives out once and never again."""

from typing import NewType

AccountId = NewType("AccountId", int)
IdentityId = NewType("IdentityId", int)
FolderId = NewType("FolderId", int)
MessageId = NewType("MessageId", int)
ThreadId = NewType("ThreadId", int)
JournalId = NewType("JournalId", int)
