-- Seeds are sealed with a key that the database does not hold. Those that lay open are not trusted any more: new ones are
-- made at once, and whoever holds a token of an old one refreshes it.
delete from identity.signing_key;
alter table identity.signing_key drop constraint signing_key_seed_length;
alter table identity.signing_key rename column seed to sealed_seed;
-- Lies open: whoever cannot open the seed can still verify what was signed with it.
alter table identity.signing_key add column public_key bytea not null
    constraint signing_key_public_length check (octet_length(public_key) = 32);
