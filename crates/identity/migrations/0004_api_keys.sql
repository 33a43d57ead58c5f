-- Keys by which a shop's own programs call the API. A key is shown once; kept is its hash, and its first characters for
-- people to tell it from others. It acts in the name of whoever made it, and is worth nothing once they have left.
create table identity.api_key (
    tenant_id uuid not null,
    id uuid not null,
    hash bytea not null,
    prefix text not null,
    name text not null,
    scopes text[] not null,
    made_by uuid not null constraint api_key_made_by references identity.account,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    -- the key that took its place
    replaced_by uuid,
    constraint api_key_pkey primary key (tenant_id, id),
    constraint api_key_scopes_known check (
        scopes <@ array['shop:read', 'products:read', 'products:write', 'inventory:read', 'inventory:write', 'orders:read',
            'orders:write', 'refunds:write', 'messages:write', 'promotions:write', 'payouts:read']
        and cardinality(scopes) > 0)
) partition by list (tenant_id);
create table identity.api_key_pool partition of identity.api_key default;
-- Whose a key is turns out only when it is found.
create index api_key_hash_index on identity.api_key (hash);
select store.isolate('identity.api_key');
