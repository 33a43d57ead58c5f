-- The index lies in the data directory of each process that searches, not here: it can be built anew from the catalogue. This context
-- keeps what cannot, and reads the log under its role.
comment on schema search is 'What sells, what operators say about searches, and what people search for. The index is outside PostgreSQL and follows log.event.';
