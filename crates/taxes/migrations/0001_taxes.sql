-- Where tax is owed, how much, and by whom. A rate is never changed, only ended, so that it can always be told by what an
-- order was taxed. All of it is the marketplace's; shops have none of their own.

create table taxes.region (
    code text not null,
    name text not null,
    -- ISO 3166-1 alpha-2
    country text not null,
    -- ISO 3166-2, and what postcodes begin with; with neither it is all of its country
    provinces text[] not null,
    postcodes text[] not null,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    constraint region_pkey primary key (code),
    constraint region_code_check check (code ~ '^[A-Z]{2}(-[A-Z0-9]{1,12})?$' and left(code, 2) = country)
);
select store.close_to_shops('taxes.region');

create table taxes.category (
    code text not null,
    name text not null,
    -- whose rate holds where a region names none for this one; null where nothing is due then. It was made before, so
    -- that there are no circles
    otherwise text,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    constraint category_pkey primary key (code),
    constraint category_code_check check (code ~ '^[a-z][a-z0-9_]{1,39}$'),
    constraint category_otherwise_fkey foreign key (otherwise) references taxes.category (code),
    constraint category_stands_for_another check (otherwise <> code)
);
select store.close_to_shops('taxes.category');

create table taxes.rate (
    id uuid not null,
    region text not null,
    category text not null,
    -- as printed: IVA 21 %
    name text not null,
    -- 210000 is 21 %
    millionths int not null,
    valid_from timestamptz not null,
    -- the first moment at which it does not hold any more
    valid_until timestamptz,
    -- where it is written
    source text not null,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    ended_by json,
    ended_at timestamptz,
    end_note text,
    constraint rate_pkey primary key (id),
    constraint rate_region_fkey foreign key (region) references taxes.region (code),
    constraint rate_category_fkey foreign key (category) references taxes.category (code),
    constraint rate_millionths_check check (millionths between 0 and 1000000),
    constraint rate_until_check check (valid_until >= valid_from),
    constraint rate_end_check check ((ended_by is null) = (ended_at is null) and (ended_at is null) = (end_note is null)
                                     and (ended_at is null or valid_until is not null))
);
create index rate_of_region on taxes.rate (region, category, valid_from);
select store.close_to_shops('taxes.rate');

-- Who owes what buyers pay as tax, from a moment on: the shop that sells, or the marketplace.
create table taxes.liability (
    valid_from timestamptz not null,
    owner text not null,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    constraint liability_pkey primary key (valid_from),
    constraint liability_owner_check check (owner in ('seller', 'marketplace'))
);
select store.close_to_shops('taxes.liability');

-- One more with every change, so that whoever remembers all this knows when to read it again.
create table taxes.version (
    version bigint not null,
    one boolean not null default true,
    constraint version_pkey primary key (one),
    constraint version_one check (one)
);
insert into taxes.version (version) values (1);
