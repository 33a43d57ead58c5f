-- What the sandbox provider has yet to tell its merchant, by webhook.
create table payments.sandbox_notice (
    id text not null,
    key text not null,
    -- the merchant's key of the refund, if it is about one
    refund text,
    kind text not null,
    -- how often it is still to be sent: a provider may send the same message several times
    copies int not null,
    tries int not null default 0,
    due_at timestamptz not null,
    constraint sandbox_notice_pkey primary key (id)
);
create index sandbox_notice_due on payments.sandbox_notice (due_at);

-- What the sandbox provider took of its charges in parts, each by itself.
create table payments.sandbox_take (
    key text not null,
    charge text not null,
    amount bigint not null,
    made_at timestamptz not null default now(),
    constraint sandbox_take_pkey primary key (key),
    constraint sandbox_take_amount_positive check (amount > 0)
);
create index sandbox_take_charge on payments.sandbox_take (charge);

-- What went back of the sandbox provider's charges, each part by itself.
create table payments.sandbox_refund (
    key text not null,
    charge text not null,
    -- the key of the take that it goes back of; none where the charge was captured at once
    take text,
    reference text not null,
    amount bigint not null,
    state text not null default 'pending',
    -- what becomes of it, and when
    settles_as text not null,
    settles_at timestamptz not null,
    -- when the buyer's bank sends it back, after all seemed well
    returns_at timestamptz,
    constraint sandbox_refund_pkey primary key (key),
    constraint sandbox_refund_amount_positive check (amount > 0),
    constraint sandbox_refund_state_known check (state in ('pending', 'succeeded', 'failed')),
    constraint sandbox_refund_end_known check (settles_as in ('succeeded', 'failed'))
);
create index sandbox_refund_charge on payments.sandbox_refund (charge);
create index sandbox_refund_due on payments.sandbox_refund (settles_at) where state = 'pending';
create index sandbox_refund_returning on payments.sandbox_refund (returns_at)
    where state = 'succeeded' and returns_at is not null;
