"""The provider: its book, its answers, its ladder. SQL, so that it stays."""

STATEMENTS = (
    """
    CREATE TABLE provider (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL
    COLLATE NOCASE, kind TEXT NOT NULL, countries TEXT NOT NULL, note TEXT NOT
    NULL, entered_by TEXT NOT NULL, entered_at TEXT NOT NULL)
    """,
    """
    ALTER TABLE contact ADD COLUMN owner_id INTEGER REFERENCES provider (id)
    """,
    """
    ALTER TABLE contact ADD COLUMN rank INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE contact ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail'
    """,
    """
    ALTER TABLE contact ADD COLUMN language TEXT NOT NULL DEFAULT 'en'
    """,
    """
    ALTER TABLE contact ADD COLUMN zone TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE contact ADD COLUMN key TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE contact ADD COLUMN format TEXT NOT NULL DEFAULT 'csv'
    """,
    """
    ALTER TABLE contact ADD COLUMN is_xarf_v3 INTEGER NOT NULL DEFAULT 0
    """,
    """
    CREATE TABLE contact_key (id INTEGER NOT NULL PRIMARY KEY, mailbox TEXT NOT
    NULL COLLATE NOCASE, fingerprint TEXT NOT NULL, imported_by TEXT NOT NULL,
    imported_at TEXT NOT NULL, expires_at TEXT, verified_by TEXT NOT NULL,
    verified_at TEXT, verified_how TEXT NOT NULL)
    """,
    """
    ALTER TABLE letter ADD COLUMN token TEXT NOT NULL DEFAULT ''
    """,
    """
    CREATE TABLE letter_text (id INTEGER NOT NULL PRIMARY KEY, country TEXT NOT
    NULL, language TEXT NOT NULL, paper TEXT NOT NULL, subject TEXT NOT NULL,
    body TEXT NOT NULL, changed_by TEXT NOT NULL, changed_at TEXT NOT NULL)
    """,
    """
    CREATE TABLE log_mark (id INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL,
    file TEXT NOT NULL, offset INTEGER NOT NULL)
    """,
    """
    ALTER TABLE ntd ADD COLUMN called_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN escalated_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN watched_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN check_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN check_why TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE ntd ADD COLUMN checks INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE ntd ADD COLUMN is_rechecked INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE ntd ADD COLUMN ticket TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE ntd ADD COLUMN replied_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN last_seen_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN first_gone_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN ended_at TEXT
    """,
    """
    CREATE TABLE provider_answer (id INTEGER NOT NULL PRIMARY KEY, uid TEXT NOT
    NULL, item_id INTEGER NOT NULL, ntd_id INTEGER NOT NULL, letter_id INTEGER,
    at TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL, found_by TEXT
    NOT NULL, says TEXT NOT NULL, ticket TEXT NOT NULL, words TEXT NOT NULL,
    is_open INTEGER NOT NULL, decided_as TEXT NOT NULL, decided_by TEXT NOT
    NULL, decided_at TEXT, FOREIGN KEY (item_id) REFERENCES item (id), FOREIGN
    KEY (ntd_id) REFERENCES ntd (id), FOREIGN KEY (letter_id) REFERENCES letter
    (id) ON DELETE SET NULL)
    """,
    """
    CREATE TABLE provider_name (id INTEGER NOT NULL PRIMARY KEY, provider_id
    INTEGER NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL, FOREIGN KEY
    (provider_id) REFERENCES provider (id) ON DELETE CASCADE)
    """,
    """
    CREATE INDEX provider_in_order ON provider (name, id)
    """,
    """
    CREATE INDEX contact_owner_id ON contact (owner_id)
    """,
    """
    CREATE UNIQUE INDEX contact_key_mailbox_fingerprint ON contact_key (mailbox,
    fingerprint)
    """,
    """
    CREATE INDEX letter_token ON letter (token)
    """,
    """
    CREATE INDEX letter_text_paper_language_country ON letter_text (paper,
    language, country)
    """,
    """
    CREATE INDEX log_mark_at ON log_mark (at)
    """,
    """
    CREATE INDEX ntd_is_rechecked_state ON ntd (is_rechecked, state)
    """,
    """
    CREATE INDEX ntd_state_check_at ON ntd (state, check_at)
    """,
    """
    CREATE INDEX ntd_provider ON ntd (provider COLLATE NOCASE)
    """,
    """
    CREATE INDEX provider_answer_item_id ON provider_answer (item_id)
    """,
    """
    CREATE INDEX provider_answer_ntd_id ON provider_answer (ntd_id)
    """,
    """
    CREATE INDEX provider_answer_letter_id ON provider_answer (letter_id)
    """,
    """
    CREATE INDEX provider_answer_is_open ON provider_answer (is_open)
    """,
    """
    CREATE UNIQUE INDEX provider_answer_uid_ntd_id ON provider_answer (uid,
    ntd_id)
    """,
    """
    CREATE INDEX provider_name_provider_id ON provider_name (provider_id)
    """,
    """
    CREATE UNIQUE INDEX provider_name_folded ON provider_name (folded)
    """,
    """
    UPDATE ntd SET last_seen_at = (SELECT judged_at FROM item WHERE item.id =
    ntd.item_id AND item.appearance = ntd.appearance)
    """,
    """
    UPDATE ntd SET first_gone_at = (SELECT min(at) FROM event WHERE
    event.item_id = ntd.item_id AND event.kind = 'ntd' AND event.track_id =
    ntd.id AND event.move = 'confirm_removal')
    """,
    """
    UPDATE ntd SET replied_at = (SELECT min(at) FROM event WHERE event.item_id =
    ntd.item_id AND event.kind = 'ntd' AND event.track_id = ntd.id AND
    event.move = 'claim_removal')
    """,
    """
    UPDATE ntd SET ended_at = (SELECT max(at) FROM event WHERE event.item_id =
    ntd.item_id AND event.kind = 'ntd' AND event.track_id = ntd.id) WHERE state
    IN ('removed', 'unresolved', 'withdrawn')
    """,
    """
    UPDATE ntd SET is_rechecked = 1 WHERE state = 'removed' AND first_gone_at <
    strftime('%Y-%m-%dT%H:%M:%S', 'now', '-30 days')
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
