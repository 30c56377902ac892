-- Copies of the events of very long leads, many in one row, so that their histories are read quickly: number n holds the
-- sequences from n * 512 on. lead_event is the truth; rows here may be deleted at any time.
CREATE TABLE lead_pack (
    lead_id text  NOT NULL,
    number  int   NOT NULL,
    events  bytea NOT NULL,
    PRIMARY KEY (lead_id, number)
);
