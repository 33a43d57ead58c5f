-- Filters of tables that people keep under a name: a person's own, apart for each shop they work at.
create table identity.saved_view (
    id uuid constraint saved_view_pkey primary key,
    account_id uuid not null constraint saved_view_account references identity.account on delete cascade,
    -- the shop; none for the marketplace's own staff
    acts_for uuid,
    of_table text not null,
    name text not null,
    -- the filters, as an address has them
    query text not null,
    created_at timestamptz not null,
    constraint saved_view_name_once unique nulls not distinct (account_id, acts_for, of_table, name)
);
