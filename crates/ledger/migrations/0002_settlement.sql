-- How shops come to their money: what is held back and until when, how often it is paid out, and what became of it.

-- An entry is reversed once, by an entry that mirrors it.
create table ledger.reversal (
    entry_id uuid not null,
    reversed_by uuid not null,
    reason text not null,
    actor json not null,
    at timestamptz not null,
    constraint reversal_pkey primary key (entry_id),
    constraint reversal_reversed_by unique (reversed_by)
);
create trigger reversal_immutable before update or delete or truncate on ledger.reversal
    for each statement execute function ledger.refuse_change();

-- When a shop is paid. A shop without a row is paid as the defaults say.
create table ledger.terms (
    tenant_id uuid not null,
    schedule text not null default 'weekly',
    -- 1 is Monday
    weekday smallint not null default 1,
    month_day smallint not null default 1,
    -- days between delivery and release
    hold_days smallint not null default 7,
    -- hundredths of a percent of each released sale that are reserved for `reserve_days` more
    reserve_bp int not null default 0,
    reserve_days smallint not null default 30,
    -- the payout provider's token for the shop's bank account, never its number
    destination text not null default 'sandbox:bank',
    -- the day on which it is settled next; null when only the shop's wish settles it
    next_on date,
    changed_by json,
    changed_at timestamptz,
    constraint terms_pkey primary key (tenant_id),
    constraint terms_schedule_known check (schedule in ('daily', 'weekly', 'monthly', 'manual')),
    constraint terms_weekday_within check (weekday between 1 and 7),
    constraint terms_month_day_within check (month_day between 1 and 28),
    constraint terms_hold_days_within check (hold_days between 0 and 365),
    constraint terms_reserve_within check (reserve_bp between 0 and 10000 and reserve_days between 1 and 365)
) partition by list (tenant_id);
create table ledger.terms_pool partition of ledger.terms default;
create index terms_due on ledger.terms (next_on) where next_on is not null;
select store.isolate('ledger.terms');

-- The least that is paid out in a currency.
create table ledger.minimum_payout (
    tenant_id uuid not null,
    currency char(3) not null,
    amount bigint not null,
    constraint minimum_payout_pkey primary key (tenant_id, currency),
    constraint minimum_payout_positive check (amount > 0)
) partition by list (tenant_id);
create table ledger.minimum_payout_pool partition of ledger.minimum_payout default;
select store.isolate('ledger.minimum_payout');

-- Money that is owed but not to be paid yet. A sale's hold (reason: delivery) is made with the sale and lies on
-- seller_payable; what is held for other reasons was moved to seller_reserve by `entry_id`.
create table ledger.hold (
    tenant_id uuid not null,
    id uuid not null,
    entry_id uuid not null,
    -- the order of a sale; otherwise the hold itself
    reference uuid not null,
    reason text not null,
    currency char(3) not null,
    amount bigint not null,
    -- what is still held of it: refunds take from it
    remaining bigint not null,
    -- what was still held when it was let go
    released bigint not null default 0,
    state text not null default 'held',
    note text not null default '',
    -- null: until somebody lifts it
    release_at timestamptz,
    placed_by json not null,
    placed_at timestamptz not null,
    ended_by json,
    ended_at timestamptz,
    end_note text,
    constraint hold_pkey primary key (tenant_id, id),
    constraint hold_reason_known check (reason in ('delivery', 'reserve', 'dispute', 'manual')),
    constraint hold_state_known check (state in ('held', 'released', 'refunded')),
    constraint hold_amount_positive check (amount > 0),
    constraint hold_remaining_within check (remaining between 0 and amount),
    constraint hold_released_within check (released between 0 and amount and (released = 0 or state = 'released')),
    constraint hold_ended check ((state = 'held') = (ended_at is null) and (state = 'held' or remaining = 0))
) partition by list (tenant_id);
create table ledger.hold_pool partition of ledger.hold default;
create index hold_due on ledger.hold (release_at) where state = 'held';
create index hold_open on ledger.hold (tenant_id, currency) include (remaining) where state = 'held';
create index hold_of_reference on ledger.hold (reference);
create index hold_by_id on ledger.hold (id);
-- Few are: without it a list of them reads all others.
create index hold_refunded on ledger.hold (id) where state = 'refunded';
select store.isolate('ledger.hold');

create table ledger.payout (
    tenant_id uuid not null,
    id uuid not null,
    currency char(3) not null,
    amount bigint not null,
    -- the day on which its period ends, or the key of one asked for by hand
    period text not null,
    state text not null default 'created',
    destination text not null,
    provider text not null,
    provider_reference text,
    -- why it failed or came back
    reason text,
    -- counts the provider's turns: who holds an older number may not settle
    attempt int not null default 0,
    -- when the worker is to look at it next; null when nothing more is expected
    next_at timestamptz,
    created_at timestamptz not null,
    paid_at timestamptz,
    constraint payout_pkey primary key (tenant_id, id),
    constraint payout_once_per_period unique (tenant_id, currency, period),
    constraint payout_positive check (amount > 0),
    constraint payout_state_known check (state in ('created', 'sending', 'unknown', 'paid', 'failed', 'returned'))
) partition by list (tenant_id);
create table ledger.payout_pool partition of ledger.payout default;
create index payout_due on ledger.payout (next_at) where next_at is not null;
create index payout_by_id on ledger.payout (id);
-- Those that somebody looks for among all that went well.
create index payout_unpaid on ledger.payout (id) where state <> 'paid';
select store.isolate('ledger.payout');

-- What happened to a payout.
create table ledger.payout_event (
    tenant_id uuid not null,
    payout_id uuid not null,
    version int not null,
    name text not null,
    detail text not null default '',
    actor json not null,
    at timestamptz not null,
    constraint payout_event_pkey primary key (tenant_id, payout_id, version)
) partition by list (tenant_id);
create table ledger.payout_event_pool partition of ledger.payout_event default;
select store.isolate('ledger.payout_event');

-- The sandbox's own books: it stands for a bank elsewhere, so nothing of ours joins them.
create table ledger.sandbox_transfer (
    key text not null,
    reference text not null,
    currency char(3) not null,
    amount bigint not null,
    state text not null,
    created_at timestamptz not null,
    constraint sandbox_transfer_pkey primary key (key),
    constraint sandbox_transfer_state_known check (state in ('paid', 'failed', 'returned'))
);

-- Requests that the sandbox let get lost on their way: the first of each key to an account where that happens.
create table ledger.sandbox_lost (
    key text not null,
    constraint sandbox_lost_pkey primary key (key)
);

-- Which order a provider's charge is for, as payments said when it was captured.
create table ledger.charge (
    payment_id uuid not null,
    order_id uuid not null,
    -- who has it; null until payments was asked
    provider text,
    -- the provider's own name of it
    reference text,
    constraint charge_pkey primary key (payment_id)
);
create index charge_of_order on ledger.charge (order_id);
create index charge_by_reference on ledger.charge (reference) where reference is not null;
create index charge_of_nobody on ledger.charge (payment_id) where provider is null;

-- Refunds by the names that providers have for them.
create table ledger.charge_refund (
    refund_id uuid not null,
    payment_id uuid not null,
    reference text not null,
    constraint charge_refund_pkey primary key (refund_id, reference)
);
create index charge_refund_by_reference on ledger.charge_refund (reference);

-- What the payment provider says it did, line by line, from its settlement files.
create table ledger.settlement_file (
    id uuid not null,
    provider text not null,
    sha256 bytea not null,
    lines int not null,
    -- the days it covers
    first_day date not null,
    last_day date not null,
    imported_by json not null,
    imported_at timestamptz not null,
    constraint settlement_file_pkey primary key (id),
    constraint settlement_file_once unique (provider, sha256)
);

create table ledger.settlement_line (
    provider text not null,
    reference text not null,
    kind text not null,
    file_id uuid not null,
    line int not null,
    currency char(3) not null,
    gross bigint not null,
    fee bigint not null,
    net bigint not null,
    day date not null,
    -- the entry it speaks of, where its order is known
    entry_id uuid,
    -- it says what that entry does, which neither of them changes: such a line is not looked at again
    agreed boolean not null default false,
    constraint settlement_line_pkey primary key (provider, reference, kind),
    constraint settlement_line_kind_known check (kind in ('charge', 'refund', 'fee', 'transfer')),
    constraint settlement_line_adds_up check (gross - fee = net)
);
create index settlement_line_entry on ledger.settlement_line (entry_id) where entry_id is not null;
create index settlement_line_unmatched on ledger.settlement_line (provider, reference, kind) where entry_id is null and kind in ('charge', 'refund');

create index settlement_line_open on ledger.settlement_line (provider, reference, kind) where not agreed and kind in ('charge', 'refund');

-- What somebody found out about a disagreement. It counts for as long as the two amounts are those.
create table ledger.break_explained (
    place text not null,
    at timestamptz not null,
    theirs bigint,
    ours bigint,
    note text not null,
    actor json not null,
    constraint break_explained_pkey primary key (place, at)
);

-- These span shops, or are the marketplace's own.
select store.close_to_shops('ledger.reversal');
select store.close_to_shops('ledger.sandbox_transfer');
select store.close_to_shops('ledger.sandbox_lost');
select store.close_to_shops('ledger.charge');
select store.close_to_shops('ledger.charge_refund');
select store.close_to_shops('ledger.break_explained');
select store.close_to_shops('ledger.settlement_file');
select store.close_to_shops('ledger.settlement_line');
