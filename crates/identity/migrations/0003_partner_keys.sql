-- Keys by which programs of partners, such as carriers, call the API. A key is shown once; kept is its hash, and its first
-- characters for people to tell it from others.
create table identity.partner_key (
    id uuid constraint partner_key_pkey primary key,
    hash bytea not null constraint partner_key_hash_once unique,
    prefix text not null,
    name text not null,
    -- by the name under which shipments know it
    carrier text not null,
    scopes text[] not null,
    created_by uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    -- the key that took its place
    replaced_by uuid,
    constraint partner_key_scopes_known check (scopes <@ array['shipments_read', 'shipments_push'] and cardinality(scopes) > 0)
);
create index partner_key_replaced on identity.partner_key (replaced_by) where replaced_by is not null;
