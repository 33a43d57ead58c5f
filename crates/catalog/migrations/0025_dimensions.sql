-- How large one unit is as it is packed: contracts::catalog::Dimensions.
alter table catalog.variant add column dimensions jsonb;
