-- Gift cards and store credit: money that the marketplace owes to whoever may spend it here. A purse is one gift card, or
-- what one buyer has as store credit in one currency. What is on it is the sum of its movements, each of which has an
-- entry in the books; `store.close_to_shops` because no shop has a part in it.

create table ledger.purse (
    id uuid not null,
    kind text not null,
    currency char(3) not null,
    -- minor units: what is on it, and what of that is set aside for orders that are not paid yet
    balance bigint not null default 0,
    held bigint not null default 0,
    made_at timestamptz not null,
    -- of a gift card: the hash of its code, the code's last letters, and what it was made with
    code_hash bytea,
    hint text,
    issued bigint,
    funding text,
    -- the first moment at which it cannot be spent any more; null is never
    expires_at timestamptz,
    disabled_at timestamptz,
    note text,
    issued_by json,
    -- by what whoever issued it knows it, so that it is issued once
    issue_key text,
    -- of store credit: whose it is
    user_id uuid,
    constraint purse_pkey primary key (id),
    constraint purse_code_once unique (code_hash),
    constraint purse_issue_once unique (issue_key),
    constraint purse_one_per_user unique (user_id, currency),
    constraint purse_held_within check (held >= 0 and balance >= held),
    constraint purse_kind_known check (kind in ('gift_card', 'store_credit')),
    constraint purse_funding_known check (funding in ('sold', 'given')),
    constraint purse_whole check (case kind
        when 'gift_card' then user_id is null and code_hash is not null and hint is not null and issued > 0
            and funding is not null and note is not null and issued_by is not null and issue_key is not null
        else user_id is not null and code_hash is null and hint is null and issued is null and funding is null
            and expires_at is null and disabled_at is null and note is null and issued_by is null and issue_key is null
    end)
);
-- The operators' list of gift cards, newest first.
create index purse_cards on ledger.purse (id desc) where kind = 'gift_card';
select store.close_to_shops('ledger.purse');

-- What came onto a purse and what was spent of it. Never changed; one for each entry that touches it.
create table ledger.purse_movement (
    purse_id uuid not null,
    id uuid not null,
    -- issued, granted, spent, given_back
    kind text not null,
    -- minor units; less than zero for what is spent
    amount bigint not null,
    entry_id uuid not null,
    order_id uuid,
    refund_id uuid,
    -- why, where a person did it
    note text,
    by json,
    at timestamptz not null,
    constraint purse_movement_pkey primary key (purse_id, id),
    constraint purse_movement_once unique (purse_id, entry_id),
    constraint purse_movement_kind_known check (kind in ('issued', 'granted', 'spent', 'given_back')),
    constraint purse_movement_sign check (case kind when 'spent' then amount < 0 else amount > 0 end),
    constraint purse_movement_about check ((order_id is not null) = (kind in ('spent', 'given_back')))
);
create index purse_movement_entry on ledger.purse_movement (entry_id);
create index purse_movement_order on ledger.purse_movement (order_id) where order_id is not null;
create trigger purse_movement_immutable before update or delete or truncate on ledger.purse_movement
    for each statement execute function ledger.refuse_change();
select store.close_to_shops('ledger.purse_movement');

-- What orders have set aside of purses: held until they are paid, which spends it, or end, which lets it go.
create table ledger.purse_hold (
    order_id uuid not null,
    purse_id uuid not null,
    amount bigint not null,
    state text not null,
    at timestamptz not null,
    ended_at timestamptz,
    constraint purse_hold_pkey primary key (order_id, purse_id),
    constraint purse_hold_amount_positive check (amount > 0),
    constraint purse_hold_state_known check (state in ('held', 'spent', 'released')),
    constraint purse_hold_ended check ((state = 'held') = (ended_at is null))
);
create index purse_hold_held on ledger.purse_hold (purse_id) where state = 'held';
select store.close_to_shops('ledger.purse_hold');

-- Who switched a gift card off or on, and why.
create table ledger.purse_change (
    purse_id uuid not null,
    -- in the order in which they were done: taken with the card locked, and a clock may stand still or go back
    id bigint generated always as identity,
    at timestamptz not null,
    what text not null,
    reason text not null,
    by json not null,
    constraint purse_change_pkey primary key (purse_id, id),
    constraint purse_change_known check (what in ('disabled', 'enabled'))
);
select store.close_to_shops('ledger.purse_change');

-- Store credit that operators gave: the same key and request are the same grant.
create table ledger.credit_grant (
    key text not null,
    request_hash bytea not null,
    purse_id uuid not null,
    movement_id uuid not null,
    constraint credit_grant_pkey primary key (key)
);
select store.close_to_shops('ledger.credit_grant');
