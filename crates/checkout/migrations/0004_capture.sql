-- When the marketplace captures what its buyers pay: one row at most, and all at once while there is none.
create table checkout.capture_time (
    only_one boolean not null default true,
    capture text not null,
    note text not null,
    changed_by jsonb not null,
    changed_at timestamptz not null,
    constraint capture_time_pkey primary key (only_one),
    constraint capture_time_only_one check (only_one),
    constraint capture_time_known check (capture in ('at_once', 'on_dispatch'))
);
