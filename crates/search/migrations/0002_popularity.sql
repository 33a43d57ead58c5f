-- What sells: units of each product, halved with every month that passes. Kept here and not in the index, because what was
-- sold cannot be read anew from the catalogue.
create table search.popularity (
    product_id uuid not null,
    units double precision not null,
    -- when `units` was right
    as_of timestamptz not null,
    -- the step that indexes were last told of
    told int not null default 0,
    constraint popularity_pkey primary key (product_id),
    constraint popularity_units_check check (units >= 0)
);
