"""The exception tree of the project.

    DetaineeWatchError            anything that we raise on purpose
    ├── ConfigError               a setting or a file of the user's is wrong (key says which)
    │   └── SourceError           a sources/*.toml table is wrong (key: "file: [table] field")
    ├── DataError                 an input that cannot be read at all (key: its path or address)
    │   ├── FeedError             bytes that are no feed
    │   └── LexiconError          a lexicon or gazetteer file is wrong
    ├── StorageError              the database cannot be used (key: its address, secrets masked)
    │   ├── StorageBusyError      locked by another process for longer than the time-out
    │   ├── StorageReadOnlyError  the file or its folder cannot be written
    │   ├── StorageCorruptError   the file is not a database or is damaged
    │   ├── StorageNewerError     the schema is of a later version of the program
    │   ├── StorageFullError      no space left while writing
    │   └── StorageSlowError      a question that was given up because it took too long
    ├── ExportError               an export cannot be written (key: its folder)
    ├── QueryError                a search that cannot be understood (key: the place in it)
    │   └── ConflictError         what is asked for goes against what there is (key: what it is about)
    ├── DeliveryError             a message could not be handed over (key: its recipient)
    │   ├── TryLaterError         not now: the server's own word for it, or no answer
    │   ├── MessageRefusedError   never this message
    │   ├── AddressRefusedError   nothing to this address any more
    │   ├── ChannelDownError      nothing to anybody: login, TLS, no server (key: the channel)
    │   └── InDoubtError          the connection was lost before the answer: it may have arrived
    └── CrawlError                a crawl could not start or did not end (key: the run)
        └── FrontierError         the frontier that workers share cannot be used (key: its server)

Each carries ``key`` (what it is about) and, as ``__cause__``, what led to it. The command line
prints ``str(error)``, never a traceback.
"""

from __future__ import annotations


class DetaineeWatchError(Exception):
    """Base of the tree; ``str()`` of it is a sentence for a user."""

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class ConfigError(DetaineeWatchError):
    """A setting or a user's file is wrong."""


class SourceError(ConfigError):
    """A table of a sources file is wrong; the message names file, table and field."""


class DataError(DetaineeWatchError):
    """An input that cannot be read at all."""


class FeedError(DataError):
    """Bytes that are no feed of any kind that we know."""


class LexiconError(DataError):
    """A lexicon or gazetteer file does not have the shape that it must have."""


class StorageError(DetaineeWatchError):
    """The database cannot be used."""


class StorageBusyError(StorageError):
    """Another process holds the database for longer than the time-out."""


class StorageReadOnlyError(StorageError):
    """The database file or its folder cannot be written."""


class StorageCorruptError(StorageError):
    """The file is damaged or no database."""


class StorageNewerError(StorageError):
    """The database was written by a later version of the program."""


class StorageFullError(StorageError):
    """No space is left where the database lies."""


class StorageSlowError(StorageError):
    """A question was given up: it took longer than whoever waits for the answer would."""


class ExportError(DetaineeWatchError):
    """An export cannot be written where it is wanted."""


class QueryError(DetaineeWatchError):
    """A search that cannot be understood; ``key`` is the place in it."""


class ConflictError(QueryError):
    """What is asked for is understood and goes against what there is: a name that is taken."""


class CrawlError(DetaineeWatchError):
    """A crawl could not start or did not come to its end."""


class FrontierError(CrawlError):
    """Redis, through which the workers of a crawl share their work, cannot be used."""


class DeliveryError(DetaineeWatchError):
    """A message could not be handed over; ``code`` is the server's answer where there was one."""

    def __init__(self, message: str, *, key: str = "", code: int | None = None) -> None:
        super().__init__(message, key=key)
        self.code = code


class TryLaterError(DeliveryError):
    """Not now; a later try may succeed."""


class MessageRefusedError(DeliveryError):
    """This message is refused for good; others to the same address may not be."""


class AddressRefusedError(DeliveryError):
    """The address is refused for good: nothing more is sent to it."""


class ChannelDownError(DeliveryError):
    """Nothing can be sent to anybody: the login, the certificate or the server itself is at fault."""


class InDoubtError(DeliveryError):
    """The connection was lost between handing over and the answer: the message may have arrived."""
