-- The log of what became of each policy version, kept for ever. A version's state is what its last row says:
-- saved (a draft), shadow, active, retired. At most one is active.
CREATE TABLE policy_change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change     text        NOT NULL CHECK (change IN ('saved', 'shadow', 'active', 'retired')),
    name       text        NOT NULL,
    version    text        NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text,
    reason     text,
    FOREIGN KEY (name, version) REFERENCES policy_version (name, version)
);
CREATE INDEX policy_change_of_version ON policy_change (name, version, id);
CREATE INDEX policy_change_by_kind ON policy_change (change, id);

-- An activation retires the version that was active before; a row without a name did so alone.
INSERT INTO policy_change (change, name, version, changed_at, changed_by, reason)
SELECT change, name, version, changed_at, changed_by, reason
FROM (
    SELECT 0 AS part, 0 AS id, 'saved' AS change, name, version, saved_at AS changed_at, saved_by AS changed_by, NULL AS reason
    FROM policy_version
    UNION ALL
    SELECT 1, next_id, 'retired', name, version, next_at, next_by, next_reason
    FROM (
        SELECT name, version,
               lead(id) OVER log AS next_id, lead(activated_at) OVER log AS next_at,
               lead(activated_by) OVER log AS next_by, lead(reason) OVER log AS next_reason,
               lead(name) OVER log AS next_name, lead(version) OVER log AS next_version
        FROM policy_activation
        WINDOW log AS (ORDER BY id)
    ) AS followed
    WHERE name IS NOT NULL AND next_id IS NOT NULL AND (name, version) IS DISTINCT FROM (next_name, next_version)
    UNION ALL
    SELECT 2, id, 'active', name, version, activated_at, activated_by, reason
    FROM policy_activation
    WHERE name IS NOT NULL
) AS told
ORDER BY CASE part WHEN 0 THEN 0 ELSE 1 END, id, part;
DROP TABLE policy_activation;

-- No row when none is active. Write side and replays ask here, so that they mean the same.
CREATE VIEW active_policy AS
SELECT c.name, c.version
FROM policy_change c
WHERE c.id = (SELECT max(id) FROM policy_change WHERE change = 'active')
  AND NOT EXISTS (SELECT 1 FROM policy_change l WHERE l.name = c.name AND l.version = c.version AND l.id > c.id);

-- Jobs that have all open leads evaluated again. One runs at a time; reached says behind which lead it goes on.
CREATE TABLE rescore (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text        NOT NULL,
    version     text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'superseded')),
    started_at  timestamptz NOT NULL,
    started_by  text,
    reason      text,
    ended_at    timestamptz,
    per_second  int         NOT NULL,
    leads       bigint      NOT NULL,
    reached     text        NOT NULL,
    rescored    bigint      NOT NULL,
    passed_over bigint      NOT NULL,
    failed      bigint      NOT NULL,
    FOREIGN KEY (name, version) REFERENCES policy_version (name, version)
);
CREATE UNIQUE INDEX rescore_one_runs ON rescore ((true)) WHERE state = 'running';
