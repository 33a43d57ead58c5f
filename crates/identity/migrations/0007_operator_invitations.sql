-- People whom administrators invited to work for the marketplace itself. The secret is mailed, and kept as its hash.
create table identity.operator_invitation (
    id uuid constraint operator_invitation_pkey primary key,
    email text not null,
    role text not null constraint operator_invitation_role_known check (role in ('support', 'moderator', 'finance', 'admin')),
    hash bytea not null constraint operator_invitation_hash_once unique,
    -- it is good while they are an administrator
    invited_by uuid not null constraint operator_invitation_by references identity.account,
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    withdrawn_at timestamptz,
    accepted_at timestamptz,
    accepted_by uuid,
    constraint operator_invitation_email_lower check (email = lower(email))
);
-- one for each address that is not over
create unique index operator_invitation_open on identity.operator_invitation (email)
    where withdrawn_at is null and accepted_at is null;
