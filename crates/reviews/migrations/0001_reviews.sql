-- Reviews belong to the shop whose goods they are about: it sees its own, and writes nothing but its reply. All that spans
-- shops (who may review what, votes, reports, what was written before) is closed to whoever acts for one.

-- Who received what, as orders tell: the right to review it once.
create table reviews.purchase (
    order_id uuid not null,
    product_id uuid not null,
    buyer_id uuid not null,
    shop_id uuid not null,
    delivered_at timestamptz not null,
    constraint purchase_pkey primary key (order_id, product_id)
);
create index purchase_of_buyer on reviews.purchase (buyer_id, delivered_at desc, order_id, product_id);
select store.close_to_shops('reviews.purchase');

create table reviews.review (
    id uuid not null,
    tenant_id uuid not null,
    product_id uuid not null,
    order_id uuid not null,
    buyer_id uuid not null,
    -- the first name and the first letter of the last, as they were when it was written
    author text not null,
    stars smallint not null,
    title text not null,
    text text not null,
    photos uuid[] not null,
    status text not null,
    -- rises with every change of the author's
    version int not null default 1,
    at timestamptz not null,
    edited_at timestamptz,
    -- moderation: why somebody is to look at it, how sure the classifier is in thousandths, since when it waits
    suspicions text[] not null,
    score smallint not null,
    waits_since timestamptz,
    rejection text,
    decided_by json,
    decided_at timestamptz,
    -- as many as there are votes, and reports that nobody has looked at
    helpful int not null default 0,
    reports int not null default 0,
    reply text,
    replied_by json,
    replied_at timestamptz,
    reply_edited_at timestamptz,
    deleted_at timestamptz,
    constraint review_pkey primary key (id),
    constraint review_stars_check check (stars between 1 and 5),
    constraint review_status_check check (status in ('published', 'queued', 'rejected')),
    constraint review_waits_check check (status <> 'queued' or waits_since is not null),
    constraint review_rejection_check check ((status = 'rejected') = (rejection is not null)),
    constraint review_counts_check check (helpful >= 0 and reports >= 0),
    constraint review_reply_check check ((reply is null) = (replied_at is null))
);
-- Once per purchase; what was deleted may be written anew.
create unique index review_once on reviews.review (order_id, product_id) where deleted_at is null;
create index review_of_product on reviews.review (product_id, id desc) where status = 'published' and deleted_at is null;
create index review_of_shop on reviews.review (tenant_id, id desc) where status = 'published' and deleted_at is null;
create index review_of_buyer on reviews.review (buyer_id, id desc) where deleted_at is null;
create index review_waiting on reviews.review (waits_since, id) where waits_since is not null and deleted_at is null;
select store.isolate('reviews.review');

-- What a review said until its author changed it.
create table reviews.earlier (
    review_id uuid not null,
    version int not null,
    stars smallint not null,
    title text not null,
    text text not null,
    photos uuid[] not null,
    at timestamptz not null,
    constraint earlier_pkey primary key (review_id, version)
);
select store.close_to_shops('reviews.earlier');

-- One buyer finds one review helpful at most once.
create table reviews.vote (
    review_id uuid not null,
    buyer_id uuid not null,
    at timestamptz not null,
    constraint vote_pkey primary key (review_id, buyer_id)
);
select store.close_to_shops('reviews.vote');

create table reviews.report (
    review_id uuid not null,
    buyer_id uuid not null,
    reason text not null,
    note text not null,
    at timestamptz not null,
    -- when a moderator had looked
    settled_at timestamptz,
    constraint report_pkey primary key (review_id, buyer_id),
    constraint report_reason_check check (reason in ('advertising', 'offensive', 'off_topic', 'private', 'untrue'))
);
select store.close_to_shops('reviews.report');

-- How many published reviews give how many stars; changed with every review that changes it, in the same transaction.
create table reviews.product_rating (
    product_id uuid not null,
    shop_id uuid not null,
    one int not null,
    two int not null,
    three int not null,
    four int not null,
    five int not null,
    constraint product_rating_pkey primary key (product_id),
    constraint product_rating_check check (least(one, two, three, four, five) >= 0)
);
select store.share('reviews.product_rating', 'everybody reads how many stars a product has');

create table reviews.shop_rating (
    shop_id uuid not null,
    one int not null,
    two int not null,
    three int not null,
    four int not null,
    five int not null,
    constraint shop_rating_pkey primary key (shop_id),
    constraint shop_rating_check check (least(one, two, three, four, five) >= 0)
);
select store.share('reviews.shop_rating', 'everybody reads how many stars a shop has');
