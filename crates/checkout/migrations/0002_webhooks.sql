-- Webhooks that were heard, so that one that comes again changes nothing. Kept for longer than a webhook may be old.
create table checkout.webhook (
    provider text not null,
    id text not null,
    received_at timestamptz not null,
    constraint webhook_pkey primary key (provider, id)
);
create index webhook_age on checkout.webhook (received_at);
