-- What the products of a category say of themselves, and who changed the tree. `attributes` is what the category defines
-- itself, a list of contracts::catalog::CategoryAttribute; what it inherits is worked out from its path.

alter table catalog.category
    add column attributes jsonb not null default '[]',
    add column version bigint not null default 1,
    -- the version in which it was made: nobody has changed it while that is the present one
    add column made_version bigint not null default 1,
    add constraint category_version_check check (version > 0);

-- A move takes everything below along.
create table catalog.category_change (
    category_id uuid not null,
    version bigint not null,
    at timestamptz not null,
    actor jsonb not null,
    -- field by field: what it was and what it became
    change jsonb not null,
    constraint category_change_pkey primary key (category_id, version)
);
create trigger category_change_only_grows before update or delete on catalog.category_change
    for each row execute function catalog.refuse_change();
