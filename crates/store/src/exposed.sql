-- $1: contexts. Tables of theirs whose rows one shop could see of another: (table, problem).
with relation as (
    select c.oid, format('%I.%I', n.nspname, c.relname) as name, n.nspname as context, c.relrowsecurity, c.relforcerowsecurity,
           c.relispartition, coalesce(pg_partition_root(c.oid), c.oid) as root
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p')
)
select name, case
           when not relrowsecurity then 'has a tenant_id but no row-level security; isolate or share it in its migration'
           else 'has row-level security that does not bind its owner; use store.isolate in its migration'
       end as problem
  from relation
 where context = any($1)
   and not relispartition
   and not (relrowsecurity and relforcerowsecurity)
   and exists (select from pg_attribute a where a.attrelid = relation.oid and a.attname = 'tenant_id' and not a.attisdropped)
   and not exists (select from store.shared_table s where s.name = relation.name)
union all
select part.name, format('is a partition of %s that %I can reach directly; run the migrations', root.name, role.rolname)
  from relation part
  join relation root on root.oid = part.root
  join pg_roles role on role.rolname in ('stoa_' || root.context, 'stoa_' || root.context || '_system')
 where root.context = any($1)
   and part.relispartition
   and has_table_privilege(role.oid, part.oid, 'select, insert, update, delete')
 order by 1, 2
