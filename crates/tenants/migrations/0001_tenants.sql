-- Sellers as tenants: the list of shops, their staff and whom they invited, their onboarding, what happened to them.

-- The list of tenants itself. It is not partitioned: slugs are unique over all shops. Row security is as strict as
-- everywhere (a shop sees and changes its own row alone); what buyers may see is read by system work that selects
-- active shops only.
create table tenants.shop (
    tenant_id uuid constraint shop_pkey primary key,
    slug text not null constraint shop_slug_once unique,
    name text not null,
    story text not null,
    status text not null constraint shop_status_known check (status in ('applied', 'active', 'suspended', 'closed')),
    tier text not null default 'pool' constraint shop_tier_known check (tier in ('pool', 'schema', 'cell')),
    currency text not null,
    country text not null,
    region text,
    postcode text not null,
    town text not null,
    accent text constraint shop_accent_form check (accent ~ '^#[0-9a-f]{6}$'),
    logo uuid,
    banner uuid,
    return_policy text not null,
    -- days from delivery in which buyers may ask to send something back
    return_days int not null default 14 constraint shop_return_days_range check (return_days between 0 and 365),
    -- whether tax is in its prices, or comes on top of them
    prices_include_tax boolean not null default true,
    delivery jsonb not null,
    owner_id uuid not null,
    version bigint not null default 1,
    applied_at timestamptz not null,
    updated_at timestamptz not null
);
create index shop_status_index on tenants.shop (status, tenant_id);
create index shop_active_slug on tenants.shop (slug) where status = 'active';
create index shop_active_place on tenants.shop (country, region) where status = 'active';
select store.isolate('tenants.shop');

-- People who work for a shop.
create table tenants.staff (
    tenant_id uuid not null,
    id uuid not null,
    email text not null,
    user_id uuid not null,
    role text not null constraint staff_role_known check (role in ('owner', 'manager', 'clerk', 'analyst')),
    joined_at timestamptz not null,
    constraint staff_pkey primary key (tenant_id, id),
    constraint staff_email_once unique (tenant_id, email),
    constraint staff_user_once unique (tenant_id, user_id)
) partition by list (tenant_id);
create table tenants.staff_pool partition of tenants.staff default;
select store.isolate('tenants.staff');

-- How often the list above changed about a person, counted on when they have left: identity, which holds the roles that
-- follow, believes the highest it has heard of.
create table tenants.staff_version (
    tenant_id uuid not null,
    user_id uuid not null,
    version bigint not null,
    constraint staff_version_pkey primary key (tenant_id, user_id)
) partition by list (tenant_id);
create table tenants.staff_version_pool partition of tenants.staff_version default;
select store.isolate('tenants.staff_version');

-- Invitations to a shop's staff. Whoever holds the mailed secret and is signed in with the address it was mailed to may
-- join; until then they have no right to anything. An address has one per shop: invited anew, it starts over.
create table tenants.invitation (
    tenant_id uuid not null,
    id uuid not null,
    email text not null,
    role text not null constraint invitation_role_known check (role in ('owner', 'manager', 'clerk', 'analyst')),
    -- of the secret that was mailed last; those before it are good for nothing
    token_hash bytea not null,
    invited_at timestamptz not null,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    accepted_at timestamptz,
    accepted_by uuid,
    constraint invitation_pkey primary key (tenant_id, id),
    constraint invitation_email_once unique (tenant_id, email),
    constraint invitation_accepted_linked check ((accepted_by is null) = (accepted_at is null)),
    constraint invitation_ends_once check (revoked_at is null or accepted_at is null)
) partition by list (tenant_id);
create table tenants.invitation_pool partition of tenants.invitation default;
create index invitation_token on tenants.invitation (token_hash);
select store.isolate('tenants.invitation');

-- The check-list a shop works through before the operator approves it.
create table tenants.onboarding_item (
    tenant_id uuid not null,
    item text not null constraint onboarding_item_known check (item in ('identity', 'bank_account', 'legal_documents')),
    state text not null constraint onboarding_item_state_known check (state in ('missing', 'submitted', 'accepted', 'rejected', 'waived')),
    -- what the shop stated
    holder text not null default '',
    reference text not null default '',
    -- what the operator answered
    remark text not null default '',
    changed_at timestamptz not null,
    constraint onboarding_item_pkey primary key (tenant_id, item)
) partition by list (tenant_id);
create table tenants.onboarding_item_pool partition of tenants.onboarding_item default;
select store.isolate('tenants.onboarding_item');

-- Which features shops may use, as far as somebody has decided: what is not here is on.
create table tenants.feature (
    name text constraint feature_pkey primary key,
    is_on boolean not null,
    changed_at timestamptz not null
);

-- Shops for which it was decided by itself; it counts before what holds for all.
create table tenants.shop_feature (
    tenant_id uuid not null,
    name text not null,
    is_on boolean not null,
    changed_at timestamptz not null,
    constraint shop_feature_pkey primary key (tenant_id, name)
) partition by list (tenant_id);
create table tenants.shop_feature_pool partition of tenants.shop_feature default;
create index shop_feature_name on tenants.shop_feature (name);
select store.isolate('tenants.shop_feature');

-- Every change of a shop's status, who made it and why. Only grows.
create table tenants.transition (
    tenant_id uuid not null,
    id uuid not null,
    from_status text,
    to_status text not null,
    reason text not null,
    actor jsonb not null,
    at timestamptz not null,
    constraint transition_pkey primary key (tenant_id, id)
) partition by list (tenant_id);
create table tenants.transition_pool partition of tenants.transition default;
select store.isolate('tenants.transition');
