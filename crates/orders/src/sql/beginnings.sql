-- How each of the histories $1 begins, looked up as in standings.sql.
select e.stream_id, e.payload
  from unnest($1::uuid[]) as heard (id)
 cross join lateral (
       select m.stream_id, m.payload from orders.event m where m.stream_id = heard.id and m.version = 1 limit 1) e
