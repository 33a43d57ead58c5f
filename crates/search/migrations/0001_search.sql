-- The index lies in the data directory of each process that searches, not here. This context has a schema for its
-- role, under which it reads the log, and no tables.
comment on schema search is 'No tables: the index is outside PostgreSQL and follows log.event.';
