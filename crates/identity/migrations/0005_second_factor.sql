-- A second factor: an app that shows codes (RFC 6238). Its secret is sealed with a key that the database does not hold.
create table identity.second_factor (
    account_id uuid constraint second_factor_pkey primary key constraint second_factor_account references identity.account,
    sealed_secret bytea not null,
    started_at timestamptz not null,
    -- none until a code has shown that the app has the secret
    confirmed_at timestamptz,
    -- of the last code that was taken: neither it nor an earlier one is taken again
    last_step bigint not null
);
create index second_factor_pending on identity.second_factor (started_at) where confirmed_at is null;

-- Codes for when the app is lost, each for one use.
create table identity.recovery_code (
    hash bytea constraint recovery_code_pkey primary key,
    account_id uuid not null constraint recovery_code_account references identity.account,
    used_at timestamptz
);
create index recovery_code_account_index on identity.recovery_code (account_id);

-- Sign-ins whose password was right and whose code is awaited.
create table identity.sign_in_challenge (
    hash bytea constraint sign_in_challenge_pkey primary key,
    account_id uuid not null constraint sign_in_challenge_account references identity.account,
    -- in which capacity a client of the API signs in; none for a browser
    audience text constraint sign_in_challenge_audience_known check (audience in ('buyer', 'seller', 'admin', 'partner')),
    acts_for uuid,
    failures int not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index sign_in_challenge_account_index on identity.sign_in_challenge (account_id);
create index sign_in_challenge_expiry on identity.sign_in_challenge (expires_at);
