-- What somebody may know of an order who looks for it: `number:…`, `email:` and its hash, `shop:` and its id, `tracking:…`,
-- `reference:` and the payment provider's, and `standing:` with how it stands. Written behind the log, so that placing an order
-- waits for none of it. Newest first by the primary key, which is the index of every list of the operator's.
create table orders.desk_term (
    -- compared byte by byte: nobody reads terms in order
    term text collate "C" not null,
    order_id uuid not null,
    constraint desk_term_pkey primary key (term, order_id)
) partition by range (order_id);
select store.partition_by_month('orders.desk_term', 'uuid');
select store.close_to_shops('orders.desk_term');

-- How an order stands, in one word.
create function orders.standing(status text, fulfilment text) returns text
language sql immutable parallel safe as $$
    select case when status = 'placed' then 'unpaid'
                when status = 'cancelled' then 'cancelled'
                when fulfilment in ('pending', 'partly_shipped') then 'to_send'
                when fulfilment = 'shipped' then 'on_its_way'
                else 'delivered' end
$$;

-- Lets terms go. Statistics know nothing of the newest ones, and for a batch of them the planner would read months from front to
-- back: each is looked up by itself, in the month of its order.
create function orders.forget_terms(terms text[], of_orders uuid[]) returns void
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    delete from orders.desk_term t
     using unnest(terms, of_orders) as gone (term, order_id)
     where t.term = gone.term and t.order_id = gone.order_id;
end $$;
