"""The desk: accounts with rights, the audit, queues. SQL, so that it stays as it is."""

STATEMENTS = (
    """
    DROP INDEX item_state_is_urgent_says_urgent_id
    """,
    """
    DROP INDEX lea_notice_state
    """,
    """
    DROP INDEX ntd_state
    """,
    """
    ALTER TABLE account ADD COLUMN role TEXT NOT NULL DEFAULT 'analyst'
    """,
    """
    ALTER TABLE account ADD COLUMN totp_secret TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE account ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE account ADD COLUMN keys_off INTEGER NOT NULL DEFAULT 0
    """,
    """
    CREATE TABLE audit (id INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL, actor
    TEXT NOT NULL, account INTEGER NOT NULL, what TEXT NOT NULL, subject TEXT
    NOT NULL, start TEXT NOT NULL, finish TEXT NOT NULL, mac TEXT NOT NULL)
    """,
    """
    CREATE TABLE audit_head (id INTEGER NOT NULL PRIMARY KEY, last INTEGER NOT
    NULL, mac TEXT NOT NULL, seal TEXT NOT NULL)
    """,
    """
    ALTER TABLE report ADD COLUMN is_distressing INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE item ADD COLUMN urgency INTEGER NOT NULL DEFAULT 2
    """,
    """
    ALTER TABLE item ADD COLUMN waits_from TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE item ADD COLUMN provider TEXT NOT NULL DEFAULT '' COLLATE NOCASE
    """,
    """
    ALTER TABLE item ADD COLUMN hosted_in TEXT NOT NULL DEFAULT ''
    """,
    """
    CREATE TABLE invitation (id INTEGER NOT NULL PRIMARY KEY, token_hash TEXT
    NOT NULL, username TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    totp_secret TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL, used_at TEXT)
    """,
    """
    CREATE TABLE passed_on (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, account INTEGER NOT NULL, FOREIGN KEY (item_id) REFERENCES item (id))
    """,
    """
    CREATE TABLE passkey (id INTEGER NOT NULL PRIMARY KEY, account_id INTEGER
    NOT NULL, name TEXT NOT NULL, credential_id BLOB NOT NULL, public_key BLOB
    NOT NULL, sign_count INTEGER NOT NULL, added_at TEXT NOT NULL, FOREIGN KEY
    (account_id) REFERENCES account (id) ON DELETE CASCADE)
    """,
    """
    CREATE TABLE recovery_code (id INTEGER NOT NULL PRIMARY KEY, account_id
    INTEGER NOT NULL, code_hash TEXT NOT NULL, used_at TEXT, FOREIGN KEY
    (account_id) REFERENCES account (id) ON DELETE CASCADE)
    """,
    """
    CREATE TABLE saved_filter (id INTEGER NOT NULL PRIMARY KEY, account_id
    INTEGER NOT NULL, queue TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT
    NULL, name TEXT NOT NULL, FOREIGN KEY (account_id) REFERENCES account (id)
    ON DELETE CASCADE)
    """,
    """
    ALTER TABLE verdict ADD COLUMN labels TEXT NOT NULL DEFAULT '{}'
    """,
    """
    ALTER TABLE verdict ADD COLUMN scheme TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE verdict ADD COLUMN reason_code INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE verdict ADD COLUMN is_proposal INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE verdict ADD COLUMN is_undone INTEGER NOT NULL DEFAULT 0
    """,
    """
    CREATE TABLE second_look (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER
    NOT NULL, verdict_id INTEGER NOT NULL, first_by INTEGER NOT NULL,
    first_choice TEXT NOT NULL, drawn_at TEXT NOT NULL, answered_at TEXT, choice
    TEXT NOT NULL, FOREIGN KEY (item_id) REFERENCES item (id), FOREIGN KEY
    (verdict_id) REFERENCES verdict (id))
    """,
    """
    ALTER TABLE session ADD COLUMN confirmed_at TEXT NOT NULL DEFAULT ''
    """,
    """
    CREATE TABLE snippet (id INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL,
    text TEXT NOT NULL)
    """,
    """
    CREATE TABLE spell (id INTEGER NOT NULL PRIMARY KEY, account_id INTEGER NOT
    NULL, day TEXT NOT NULL, began_at TEXT NOT NULL, seen_at TEXT NOT NULL,
    is_over INTEGER NOT NULL, FOREIGN KEY (account_id) REFERENCES account (id)
    ON DELETE CASCADE)
    """,
    """
    CREATE TABLE training (id INTEGER NOT NULL PRIMARY KEY, account_id INTEGER
    NOT NULL, what TEXT NOT NULL, held_on TEXT NOT NULL, valid_until TEXT NOT
    NULL, recorded_by TEXT NOT NULL, FOREIGN KEY (account_id) REFERENCES account
    (id))
    """,
    """
    CREATE INDEX audit_at ON audit (at)
    """,
    """
    CREATE INDEX audit_account ON audit (account)
    """,
    """
    CREATE INDEX audit_what ON audit (what)
    """,
    """
    CREATE INDEX audit_subject ON audit (subject)
    """,
    """
    CREATE INDEX letter_recipient ON letter (recipient COLLATE NOCASE)
    """,
    """
    CREATE INDEX report_received_at ON report (received_at)
    """,
    """
    CREATE INDEX item_provider ON item (provider)
    """,
    """
    CREATE INDEX item_state_urgency_waits_from ON item (state, urgency,
    waits_from)
    """,
    """
    CREATE INDEX item_host_state_urgency_waits_from ON item (host, state,
    urgency, waits_from)
    """,
    """
    CREATE INDEX item_provider_state_urgency_waits_from ON item (provider,
    state, urgency, waits_from)
    """,
    """
    CREATE INDEX item_hosted_in_state_urgency_waits_from ON item (hosted_in,
    state, urgency, waits_from)
    """,
    """
    CREATE INDEX item_taken_by_taken_at ON item (taken_by, taken_at)
    """,
    """
    CREATE INDEX hold_released_at_placed_at ON hold (released_at, placed_at)
    """,
    """
    CREATE UNIQUE INDEX invitation_token_hash ON invitation (token_hash)
    """,
    """
    CREATE INDEX lea_notice_state_told_at ON lea_notice (state, told_at)
    """,
    """
    CREATE INDEX ntd_state_due_at ON ntd (state, due_at)
    """,
    """
    CREATE INDEX ntd_state_asked_at ON ntd (state, asked_at)
    """,
    """
    CREATE INDEX ntd_state_opened_at ON ntd (state, opened_at)
    """,
    """
    CREATE INDEX ntd_contact ON ntd (contact COLLATE NOCASE)
    """,
    """
    CREATE INDEX passed_on_item_id ON passed_on (item_id)
    """,
    """
    CREATE UNIQUE INDEX passed_on_item_id_account ON passed_on (item_id,
    account)
    """,
    """
    CREATE INDEX passkey_account_id ON passkey (account_id)
    """,
    """
    CREATE UNIQUE INDEX passkey_credential_id ON passkey (credential_id)
    """,
    """
    CREATE INDEX recovery_code_account_id ON recovery_code (account_id)
    """,
    """
    CREATE UNIQUE INDEX recovery_code_code_hash ON recovery_code (code_hash)
    """,
    """
    CREATE INDEX saved_filter_account_id ON saved_filter (account_id)
    """,
    """
    CREATE INDEX second_look_item_id ON second_look (item_id)
    """,
    """
    CREATE INDEX second_look_verdict_id ON second_look (verdict_id)
    """,
    """
    CREATE INDEX second_look_answered_at_drawn_at ON second_look (answered_at,
    drawn_at)
    """,
    """
    CREATE UNIQUE INDEX snippet_code ON snippet (code)
    """,
    """
    CREATE INDEX spell_account_id ON spell (account_id)
    """,
    """
    CREATE INDEX spell_account_id_day ON spell (account_id, day)
    """,
    """
    CREATE INDEX spell_day ON spell (day)
    """,
    """
    CREATE INDEX training_account_id ON training (account_id)
    """,
    """
    DELETE FROM session
    """,
    """
    UPDATE item SET waits_from = appeared_at, urgency = CASE WHEN is_urgent THEN
    0 WHEN says_urgent AND state IN ('to_assess', 'to_assess_again') THEN 1 ELSE
    2 END
    """,
    """
    UPDATE item SET waits_from = comes_back_on || 'T00:00:00.000000+00:00' WHERE
    comes_back_on IS NOT NULL AND state IN ('to_assess_again', 'to_decide')
    """,
    """
    UPDATE item SET urgency = 2 WHERE state IN ('removed', 'referred',
    'handed_over', 'unresolved', 'not_illegal', 'set_aside')
    """,
    """
    UPDATE item SET provider = COALESCE((SELECT provider FROM finding WHERE
    finding.id = finding_id), ''), hosted_in = COALESCE((SELECT country FROM
    finding WHERE finding.id = finding_id), '') WHERE finding_id IS NOT NULL
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
