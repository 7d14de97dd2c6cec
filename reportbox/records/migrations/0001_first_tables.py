"""The first tables. SQL, so that later changes of the code cannot change it."""

STATEMENTS = (
    """
    CREATE TABLE account (id INTEGER NOT NULL PRIMARY KEY, username TEXT NOT
    NULL, name TEXT NOT NULL, password_hash TEXT NOT NULL, is_active INTEGER NOT
    NULL, created_at TEXT NOT NULL)
    """,
    """
    CREATE UNIQUE INDEX account_username ON account (username)
    """,
    """
    CREATE UNIQUE INDEX account_name ON account (name)
    """,
    """
    CREATE TABLE letter (id INTEGER NOT NULL PRIMARY KEY, paper TEXT NOT NULL,
    state TEXT NOT NULL, message_id TEXT NOT NULL, in_reply_to TEXT NOT NULL,
    sender TEXT NOT NULL, recipient TEXT NOT NULL, key TEXT NOT NULL, subject
    TEXT NOT NULL, body TEXT NOT NULL, attachments TEXT NOT NULL, is_urgent
    INTEGER NOT NULL, due_at TEXT NOT NULL, attempts INTEGER NOT NULL, trouble
    TEXT NOT NULL, answer TEXT NOT NULL, sealed BLOB, sealed_at TEXT, passed_at
    TEXT, sent_at TEXT)
    """,
    """
    CREATE UNIQUE INDEX letter_message_id ON letter (message_id)
    """,
    """
    CREATE INDEX letter_state_is_urgent_due_at ON letter (state, is_urgent,
    due_at)
    """,
    """
    CREATE TABLE report (id INTEGER NOT NULL PRIMARY KEY, received_at TEXT NOT
    NULL, source TEXT NOT NULL, form_key TEXT NOT NULL, code_hash TEXT NOT NULL,
    where_found TEXT NOT NULL, comments TEXT NOT NULL, says_urgent INTEGER NOT
    NULL)
    """,
    """
    CREATE UNIQUE INDEX report_form_key ON report (form_key)
    """,
    """
    CREATE INDEX report_code_hash ON report (code_hash)
    """,
    """
    CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, report_id INTEGER NOT
    NULL, address_as_reported TEXT NOT NULL, address_key TEXT NOT NULL, host
    TEXT NOT NULL, state TEXT NOT NULL, is_urgent INTEGER NOT NULL, says_urgent
    INTEGER NOT NULL, reported_at TEXT NOT NULL, appeared_at TEXT NOT NULL,
    times_seen INTEGER NOT NULL, appearance INTEGER NOT NULL, judged_at TEXT,
    comes_back_on TEXT, trace_at TEXT, trace_attempts INTEGER NOT NULL,
    trace_trouble TEXT NOT NULL, removed_at TEXT, taken_by TEXT NOT NULL,
    taken_at TEXT, verdict_id INTEGER, finding_id INTEGER, FOREIGN KEY
    (report_id) REFERENCES report (id))
    """,
    """
    CREATE INDEX item_report_id ON item (report_id)
    """,
    """
    CREATE INDEX item_address_key ON item (address_key)
    """,
    """
    CREATE INDEX item_host ON item (host)
    """,
    """
    CREATE INDEX item_verdict_id ON item (verdict_id)
    """,
    """
    CREATE INDEX item_finding_id ON item (finding_id)
    """,
    """
    CREATE INDEX item_state_is_urgent_says_urgent_id ON item (state, is_urgent,
    says_urgent, id)
    """,
    """
    CREATE TABLE enclosure (id INTEGER NOT NULL PRIMARY KEY, letter_id INTEGER
    NOT NULL, item_id INTEGER NOT NULL, track_kind TEXT NOT NULL, track_id
    INTEGER NOT NULL, FOREIGN KEY (letter_id) REFERENCES letter (id), FOREIGN
    KEY (item_id) REFERENCES item (id))
    """,
    """
    CREATE INDEX enclosure_letter_id ON enclosure (letter_id)
    """,
    """
    CREATE INDEX enclosure_item_id ON enclosure (item_id)
    """,
    """
    CREATE UNIQUE INDEX enclosure_letter_id_item_id ON enclosure (letter_id,
    item_id)
    """,
    """
    CREATE INDEX enclosure_track_kind_track_id ON enclosure (track_kind,
    track_id)
    """,
    """
    CREATE TABLE event (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, at TEXT NOT NULL, who TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT
    NOT NULL, track_id INTEGER, move TEXT NOT NULL, start TEXT NOT NULL, end
    TEXT NOT NULL, why TEXT NOT NULL, FOREIGN KEY (item_id) REFERENCES item
    (id))
    """,
    """
    CREATE INDEX event_item_id ON event (item_id)
    """,
    """
    CREATE INDEX event_at ON event (at)
    """,
    """
    CREATE TABLE finding (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, traced_at TEXT NOT NULL, hosting TEXT NOT NULL, country TEXT NOT NULL,
    provider TEXT NOT NULL, contact TEXT NOT NULL, abroad TEXT NOT NULL, at_home
    TEXT NOT NULL, locations TEXT NOT NULL, aliases TEXT NOT NULL, why TEXT NOT
    NULL, FOREIGN KEY (item_id) REFERENCES item (id))
    """,
    """
    CREATE INDEX finding_item_id ON finding (item_id)
    """,
    """
    CREATE TABLE heartbeat (id INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL,
    pid INTEGER NOT NULL, last_error TEXT NOT NULL)
    """,
    """
    CREATE TABLE hold (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, placed_at TEXT NOT NULL, placed_by TEXT NOT NULL, why TEXT NOT NULL,
    released_at TEXT, released_by TEXT NOT NULL, FOREIGN KEY (item_id)
    REFERENCES item (id))
    """,
    """
    CREATE INDEX hold_item_id ON hold (item_id)
    """,
    """
    CREATE TABLE lea_notice (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER
    NOT NULL, appearance INTEGER NOT NULL, opened_at TEXT NOT NULL, state TEXT
    NOT NULL, agency TEXT NOT NULL, address TEXT NOT NULL, key TEXT NOT NULL,
    latest_at TEXT NOT NULL, has_news INTEGER NOT NULL, told TEXT NOT NULL,
    told_at TEXT, confirmed_at TEXT, receipt TEXT NOT NULL, FOREIGN KEY
    (item_id) REFERENCES item (id))
    """,
    """
    CREATE INDEX lea_notice_item_id ON lea_notice (item_id)
    """,
    """
    CREATE INDEX lea_notice_state ON lea_notice (state)
    """,
    """
    CREATE INDEX lea_notice_has_news ON lea_notice (has_news)
    """,
    """
    CREATE TABLE ntd (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT NULL,
    appearance INTEGER NOT NULL, opened_at TEXT NOT NULL, state TEXT NOT NULL,
    finding_id INTEGER NOT NULL, provider TEXT NOT NULL, contact TEXT NOT NULL,
    due_at TEXT, try_at TEXT, attempts INTEGER NOT NULL, trouble TEXT NOT NULL,
    asked_at TEXT, reminders INTEGER NOT NULL, reminded_at TEXT, corrected_at
    TEXT, FOREIGN KEY (item_id) REFERENCES item (id), FOREIGN KEY (finding_id)
    REFERENCES finding (id))
    """,
    """
    CREATE INDEX ntd_item_id ON ntd (item_id)
    """,
    """
    CREATE INDEX ntd_state ON ntd (state)
    """,
    """
    CREATE INDEX ntd_finding_id ON ntd (finding_id)
    """,
    """
    CREATE TABLE parked (id INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL,
    row_id INTEGER NOT NULL, work TEXT NOT NULL, since TEXT NOT NULL, until TEXT
    NOT NULL, reference TEXT NOT NULL)
    """,
    """
    CREATE UNIQUE INDEX parked_kind_row_id_work ON parked (kind, row_id, work)
    """,
    """
    CREATE TABLE referral (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, appearance INTEGER NOT NULL, opened_at TEXT NOT NULL, state TEXT NOT
    NULL, finding_id INTEGER NOT NULL, country TEXT NOT NULL, partner TEXT NOT
    NULL, referred_at TEXT, iccam_number TEXT NOT NULL, FOREIGN KEY (item_id)
    REFERENCES item (id), FOREIGN KEY (finding_id) REFERENCES finding (id))
    """,
    """
    CREATE INDEX referral_item_id ON referral (item_id)
    """,
    """
    CREATE INDEX referral_state ON referral (state)
    """,
    """
    CREATE INDEX referral_finding_id ON referral (finding_id)
    """,
    """
    CREATE TABLE session (id INTEGER NOT NULL PRIMARY KEY, account_id INTEGER
    NOT NULL, token_hash TEXT NOT NULL, started_at TEXT NOT NULL, seen_at TEXT
    NOT NULL, FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE
    CASCADE)
    """,
    """
    CREATE INDEX session_account_id ON session (account_id)
    """,
    """
    CREATE UNIQUE INDEX session_token_hash ON session (token_hash)
    """,
    """
    CREATE TABLE sighting (id INTEGER NOT NULL PRIMARY KEY, report_id INTEGER
    NOT NULL, item_id INTEGER NOT NULL, FOREIGN KEY (report_id) REFERENCES
    report (id), FOREIGN KEY (item_id) REFERENCES item (id))
    """,
    """
    CREATE INDEX sighting_report_id ON sighting (report_id)
    """,
    """
    CREATE INDEX sighting_item_id ON sighting (item_id)
    """,
    """
    CREATE UNIQUE INDEX sighting_report_id_item_id ON sighting (report_id,
    item_id)
    """,
    """
    CREATE TABLE verdict (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, move TEXT NOT NULL, classification TEXT NOT NULL, reason TEXT NOT
    NULL, given_by TEXT NOT NULL, actor TEXT NOT NULL, given_at TEXT NOT NULL,
    is_urgent INTEGER NOT NULL, urgent_reason TEXT NOT NULL, answers TEXT NOT
    NULL, FOREIGN KEY (item_id) REFERENCES item (id))
    """,
    """
    CREATE INDEX verdict_item_id ON verdict (item_id)
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
