-- What operators say about searches. Nothing of it is changed, only made and ended, so that what held when can always be told.

-- Words that mean the same.
create table search.synonym (
    id uuid not null,
    -- searches in which it holds; null is all
    language text,
    words text[] not null,
    -- what each word finds as well; where there are none, the words find each other
    also text[] not null,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    ended_by json,
    ended_at timestamptz,
    end_note text,
    constraint synonym_pkey primary key (id),
    constraint synonym_language_check check (language in ('en', 'es')),
    constraint synonym_words_check check (cardinality(words) + cardinality(also) >= 2 and cardinality(words) >= 1),
    constraint synonym_end_check check ((ended_by is null) = (ended_at is null))
);
create index synonym_live on search.synonym (id) where ended_at is null;
select store.close_to_shops('search.synonym');

-- What comes first, last or not at all in some searches.
create table search.rule (
    id uuid not null,
    name text not null,
    -- {"q": "blue bowl", "exact": false, "category": "ceramics", "language": "en"}
    conditions jsonb not null,
    -- [{"kind": "pin", ..}, {"kind": "weigh", ..}, {"kind": "hide", ..}]
    actions jsonb not null,
    starts_at timestamptz not null,
    -- the first moment at which it does not hold any more
    ends_at timestamptz,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    ended_by json,
    ended_at timestamptz,
    end_note text,
    constraint rule_pkey primary key (id),
    constraint rule_time_check check (ends_at is null or starts_at < ends_at or ended_at is not null),
    constraint rule_end_check check ((ended_by is null) = (ended_at is null))
);
create index rule_live on search.rule (id) where ended_at is null;
select store.close_to_shops('search.rule');

-- One more with every synonym or rule made or ended, so that whoever remembers them knows when to read them again.
create table search.version (
    version bigint not null,
    one boolean not null default true,
    constraint version_pkey primary key (one),
    constraint version_one check (one)
);
insert into search.version (version) values (1);
