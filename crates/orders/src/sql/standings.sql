-- How each of the orders $1 stands. Each is looked up by itself, in the month of its id: statistics know nothing of the newest ones, and
-- for a batch of them the planner would read months from front to back.
select o.id, orders.standing(o.status, o.fulfilment) as standing
  from unnest($1::uuid[]) as heard (id)
 cross join lateral (select m.id, m.status, m.fulfilment from orders.order m where m.id = heard.id limit 1) o
