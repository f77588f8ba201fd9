"""The SQL scripts that create the tables of the bot's state and bring older files up to date."""

MIGRATIONS = (
    """
    CREATE TABLE person (user INTEGER PRIMARY KEY, language TEXT, filters TEXT NOT NULL DEFAULT '{}');
    CREATE TABLE context (
        chat INTEGER NOT NULL, user INTEGER NOT NULL, question TEXT NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (chat, user));
    CREATE TABLE reply (
        id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, message INTEGER, user INTEGER NOT NULL,
        asked TEXT NOT NULL, question TEXT NOT NULL, taken TEXT NOT NULL, answered INTEGER NOT NULL,
        reason TEXT, missing TEXT, quotes TEXT NOT NULL,
        filters TEXT NOT NULL, headed INTEGER NOT NULL, at REAL NOT NULL, open INTEGER NOT NULL DEFAULT 1);
    CREATE INDEX reply_message ON reply (chat, message);
    CREATE INDEX reply_user ON reply (user);
    CREATE TABLE vote (
        reply INTEGER NOT NULL, user INTEGER NOT NULL, good INTEGER NOT NULL, question TEXT NOT NULL,
        answer TEXT, report TEXT, at REAL NOT NULL, PRIMARY KEY (reply, user));
    CREATE TABLE subscription (
        id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, user INTEGER NOT NULL,
        query TEXT NOT NULL, place TEXT NOT NULL DEFAULT '', language TEXT NOT NULL, at REAL NOT NULL,
        UNIQUE (chat, user, query, place));
    CREATE TABLE notice (
        subscription INTEGER NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
        digest TEXT NOT NULL, quote TEXT NOT NULL, at REAL NOT NULL, sent REAL,
        PRIMARY KEY (subscription, digest));
    CREATE TABLE known_report (id TEXT PRIMARY KEY, digest TEXT NOT NULL);
    CREATE TABLE gap (
        folded TEXT PRIMARY KEY, question TEXT NOT NULL, reason TEXT NOT NULL, times INTEGER NOT NULL,
        last TEXT NOT NULL);
    CREATE TABLE timing (
        at REAL NOT NULL, answered INTEGER NOT NULL, waiting REAL NOT NULL, searching REAL NOT NULL,
        sending REAL NOT NULL);
    CREATE TABLE received (
        key TEXT PRIMARY KEY, content TEXT, tries INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL);
    CREATE TABLE added (id INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL, at REAL NOT NULL);
    """,
    """
    ALTER TABLE received ADD COLUMN place INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE received ADD COLUMN writer INTEGER;
    CREATE INDEX received_writer ON received (writer) WHERE content IS NOT NULL;
    """,
)
"""Script n brings a file from version n to n + 1; the file holds its version in `user_version`."""
