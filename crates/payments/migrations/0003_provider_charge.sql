-- By what name each charge is known at its provider. Written before the provider is asked (so that it is known whom to ask
-- what became of it) and completed as soon as it answers.
create table payments.provider_charge (
    key text not null,
    provider text not null,
    -- the provider's own name of the charge; none until it answered
    reference text,
    currency char(3) not null,
    amount bigint not null,
    method text not null,
    return_path text not null,
    -- given up by us: what a buyer still confirms is not pursued
    let_go boolean not null default false,
    -- refused for good, where the provider itself would take another try
    decline_reason text,
    asked_at timestamptz not null,
    constraint provider_charge_pkey primary key (key),
    constraint provider_charge_reference unique (provider, reference)
);
select store.close_to_shops('payments.provider_charge');
