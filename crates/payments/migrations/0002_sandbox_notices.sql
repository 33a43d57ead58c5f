-- What the sandbox provider has yet to tell its merchant, by webhook.
create table payments.sandbox_notice (
    id text not null,
    key text not null,
    kind text not null,
    -- how often it is still to be sent: a provider may send the same message several times
    copies int not null,
    tries int not null default 0,
    due_at timestamptz not null,
    constraint sandbox_notice_pkey primary key (id)
);
create index sandbox_notice_due on payments.sandbox_notice (due_at);
