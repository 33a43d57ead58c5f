-- People: accounts, what they may do, how they are signed in. Secrets are kept as hashes only.

create table identity.account (
    id uuid constraint account_pkey primary key,
    -- lower case, so that one address is one account
    email text not null constraint account_email_once unique,
    name text not null,
    password_hash text not null,
    email_verified_at timestamptz,
    created_at timestamptz not null,
    -- in which they are mailed
    language text not null default 'en' constraint account_language_known check (language in ('en', 'es')),
    constraint account_email_lower check (email = lower(email))
);

-- What a person may do for the marketplace's operator.
create table identity.operator_role (
    account_id uuid not null constraint operator_role_account references identity.account,
    role text not null constraint operator_role_known check (role in ('support', 'moderator', 'finance', 'admin')),
    granted_at timestamptz not null,
    constraint operator_role_pkey primary key (account_id)
);

-- What a person may do for a shop: one role in each.
create table identity.shop_role (
    tenant_id uuid not null,
    account_id uuid not null constraint shop_role_account references identity.account,
    role text not null constraint shop_role_known check (role in ('owner', 'manager', 'clerk', 'analyst')),
    granted_at timestamptz not null,
    constraint shop_role_pkey primary key (tenant_id, account_id)
) partition by list (tenant_id);
create table identity.shop_role_pool partition of identity.shop_role default;
create index shop_role_account_index on identity.shop_role (account_id);
select store.isolate('identity.shop_role');

-- The newest version of the shop's staff list that spoke of a person, also of those who left: what is older, or comes
-- twice, changes no role.
create table identity.shop_role_version (
    tenant_id uuid not null,
    account_id uuid not null constraint shop_role_version_account references identity.account,
    version bigint not null,
    constraint shop_role_version_pkey primary key (tenant_id, account_id)
) partition by list (tenant_id);
create table identity.shop_role_version_pool partition of identity.shop_role_version default;
select store.isolate('identity.shop_role_version');

-- A signed-in browser or device. A session with a cookie belongs to the pages, one without to a client of the API,
-- whose refresh tokens form one family.
create table identity.session (
    id uuid constraint session_pkey primary key,
    account_id uuid not null constraint session_account references identity.account,
    audience text not null constraint session_audience_known check (audience in ('buyer', 'seller', 'admin', 'partner')),
    role text not null,
    -- the shop whose staff the person is in this session
    acts_for uuid,
    cookie_hash bytea constraint session_cookie_once unique,
    device text not null,
    address text not null,
    started_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
create index session_account_index on identity.session (account_id) where ended_at is null;
create index session_expiry on identity.session (expires_at);

-- What accounts signed in with: the kind of browser or program, as it calls itself, without its versions. One that is new to
-- an account is told to its holder.
create table identity.known_device (
    account_id uuid not null constraint known_device_account references identity.account,
    hash bytea not null,
    seen_at timestamptz not null,
    constraint known_device_pkey primary key (account_id, hash)
);
create index known_device_age on identity.known_device (seen_at);

create table identity.refresh_token (
    hash bytea constraint refresh_token_pkey primary key,
    session_id uuid not null constraint refresh_token_session references identity.session on delete cascade,
    expires_at timestamptz not null,
    -- a second use is a theft: either the thief or the owner comes second
    used_at timestamptz
);
create index refresh_token_session_index on identity.refresh_token (session_id);

-- Secrets sent by e-mail, each for one use.
create table identity.mailed_token (
    hash bytea constraint mailed_token_pkey primary key,
    account_id uuid not null constraint mailed_token_account references identity.account,
    purpose text not null constraint mailed_token_purpose_known check (purpose in ('verify_email', 'reset_password')),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index mailed_token_account_index on identity.mailed_token (account_id);

-- Failed sign-ins in a row, by the hash of the address that was tried. Addresses without an account are counted and
-- locked just the same, so that a lock does not tell which accounts exist.
create table identity.sign_in_guard (
    email_hash bytea constraint sign_in_guard_pkey primary key,
    failures int not null,
    locked_until timestamptz,
    failed_at timestamptz not null
);
create index sign_in_guard_age on identity.sign_in_guard (failed_at);

-- Ed25519 keys that sign access tokens. A key is published before it signs and stays published until its last token died.
create table identity.signing_key (
    kid text constraint signing_key_pkey primary key,
    seed bytea not null constraint signing_key_seed_length check (octet_length(seed) = 32),
    signs_from timestamptz not null,
    signs_until timestamptz not null,
    verifies_until timestamptz not null
);

-- The development inbox: what would have been sent.
create table identity.mail (
    id uuid constraint mail_pkey primary key,
    recipient text not null,
    sender text not null,
    subject text not null,
    body text not null,
    sent_at timestamptz not null,
    -- those beside the usual ones: pairs of name and value
    headers jsonb not null
);
create index mail_recipient on identity.mail (recipient, id desc);
