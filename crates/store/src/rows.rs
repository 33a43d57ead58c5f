//! Rows on their way into a statement of tokio-postgres: gathered column by column, sent as one array of a composite type;
//! and several statements as one, for both drivers.
//!
//! `unnest($1::uuid[], $2::text[], ...)` keeps what each array holds in a store of its own and puts the rows together from
//! those, which for twenty columns costs PostgreSQL more than writing the rows. `unnest($1::orders.new_line[])` unpacks one array.

use bytes::{BufMut, BytesMut};
use std::error::Error;
use std::fmt;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Statement};

type Result<T> = std::result::Result<T, Box<dyn Error + Sync + Send>>;

/// One column of [`Rows`]: any values in a row.
pub trait Column: Sync + fmt::Debug {
    fn rows(&self) -> usize;
    fn accepts(&self, ty: &Type) -> bool;
    /// Writes the value of a row.
    fn put(&self, row: usize, ty: &Type, out: &mut BytesMut) -> Result<IsNull>;
}

impl<T: ToSql + Sync> Column for Vec<T> {
    fn rows(&self) -> usize {
        self.len()
    }

    fn accepts(&self, ty: &Type) -> bool {
        T::accepts(ty)
    }

    fn put(&self, row: usize, ty: &Type, out: &mut BytesMut) -> Result<IsNull> {
        self[row].to_sql(ty, out)
    }
}

impl<T: ToSql + Sync> Column for &[T] {
    fn rows(&self) -> usize {
        self.len()
    }

    fn accepts(&self, ty: &Type) -> bool {
        T::accepts(ty)
    }

    fn put(&self, row: usize, ty: &Type, out: &mut BytesMut) -> Result<IsNull> {
        self[row].to_sql(ty, out)
    }
}

/// Columns of equal length, in the order of the composite type's members.
#[derive(Debug)]
pub struct Rows<'a, const COLUMNS: usize>(pub [&'a dyn Column; COLUMNS]);

impl<const COLUMNS: usize> Rows<'_, COLUMNS> {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.first().is_none_or(|column| column.rows() == 0)
    }
}

/// Runs a statement whose one parameter is rows, if there are any.
pub async fn write<const COLUMNS: usize>(
    client: &Client,
    statement: &Statement,
    rows: Rows<'_, COLUMNS>,
) -> std::result::Result<(), tokio_postgres::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    client.execute(statement, &[&rows]).await.map(drop)
}

/// Several statements as one, so that they travel as one message: each takes its rows from `$1`, and the one made of them
/// takes those of the first from `$1`, those of the second from `$2`, and so on. They have one snapshot and run in no
/// order that can be relied on: none may need what another writes.
#[must_use]
pub fn together(statements: &[&str]) -> String {
    let numbered = (1..)
        .zip(statements)
        .map(|(n, statement)| statement.replace("$1", &format!("${n}")));
    with_all(numbered.collect())
}

/// The last statement, with the others as parts of it.
fn with_all(mut numbered: Vec<String>) -> String {
    let last = numbered.pop().unwrap_or_default();
    let others: Vec<String> = (1..)
        .zip(&numbered)
        .map(|(n, statement)| format!("part_{n} as ({statement})"))
        .collect();
    match others.is_empty() {
        true => last,
        false => format!("with {}\n{last}", others.join(",\n")),
    }
}

/// A statement of sqlx on its way to its parameters.
pub type PgQuery<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// As [`together`], of statements with any number of parameters each, from `$1`, such as one for each column: in the one made of
/// them those of the second follow those of the first, and so on. How many rows it writes is what the last one writes.
#[must_use]
pub fn together_by_columns(statements: &[&str]) -> String {
    let mut parameters = 0;
    let mut numbered: Vec<String> = Vec::with_capacity(statements.len());
    for statement in statements {
        let (shifted, highest) = shift(statement, parameters);
        numbered.push(shifted);
        parameters = highest;
    }
    with_all(numbered)
}

/// The statement with its parameters behind the first `by`, and the highest number that one has then.
fn shift(statement: &str, by: usize) -> (String, usize) {
    let mut parts = statement.split('$');
    let mut shifted = parts.next().unwrap_or_default().to_owned();
    let mut highest = by;
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        shifted.push('$');
        // A dollar without a number is no parameter.
        if let Ok(number) = number.parse::<usize>() {
            highest = highest.max(number + by);
            shifted.push_str(&(number + by).to_string());
        }
        shifted.push_str(rest);
    }
    (shifted, highest)
}

/// Why columns are not rows of a type. A mistake in the program: types and statements are its own.
#[derive(Debug, thiserror::Error)]
enum Mismatch {
    #[error("{0} is no array of a composite type")]
    NoRows(Type),
    #[error("{ty} has {members} members, there are {columns} columns")]
    Columns {
        ty: Type,
        members: usize,
        columns: usize,
    },
    #[error("member {member} of {ty} is {wanted}, which the column's values are not")]
    Type { ty: Type, member: String, wanted: Type },
    #[error("column {member} of {ty} has {rows} rows, the first has {first}")]
    Length {
        ty: Type,
        member: String,
        rows: usize,
        first: usize,
    },
}

impl<const COLUMNS: usize> ToSql for Rows<'_, COLUMNS> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull> {
        let Kind::Array(row) = ty.kind() else {
            return Err(Mismatch::NoRows(ty.clone()).into());
        };
        let Kind::Composite(members) = row.kind() else {
            return Err(Mismatch::NoRows(ty.clone()).into());
        };
        if members.len() != COLUMNS {
            return Err(Mismatch::Columns {
                ty: row.clone(),
                members: members.len(),
                columns: COLUMNS,
            }
            .into());
        }
        let rows = self.0.first().map_or(0, |column| column.rows());
        for (column, member) in self.0.iter().zip(members) {
            let (ty, name) = (row.clone(), member.name().to_owned());
            if !column.accepts(member.type_()) {
                return Err(Mismatch::Type {
                    ty,
                    member: name,
                    wanted: member.type_().clone(),
                }
                .into());
            }
            if column.rows() != rows {
                return Err(Mismatch::Length {
                    ty,
                    member: name,
                    rows: column.rows(),
                    first: rows,
                }
                .into());
            }
        }
        let types: [&Type; COLUMNS] = std::array::from_fn(|index| members[index].type_());

        // An array: dimensions, whether it may hold nulls, the type of its elements, then length and first index of each dimension.
        out.put_i32(i32::from(rows > 0));
        out.put_i32(0);
        out.put_u32(row.oid());
        if rows > 0 {
            out.put_i32(i32::try_from(rows)?);
            out.put_i32(1);
        }
        for index in 0..rows {
            // A composite: how many members, then the type and value of each.
            sized(out, |out| {
                out.put_i32(i32::try_from(COLUMNS)?);
                for (column, ty) in self.0.iter().zip(types) {
                    out.put_u32(ty.oid());
                    sized(out, |out| column.put(index, ty, out))?;
                }
                Ok(IsNull::No)
            })?;
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Array(row) if matches!(row.kind(), Kind::Composite(_)))
    }

    to_sql_checked!();
}

/// Writes a value behind its length in bytes; -1 stands for null.
fn sized(out: &mut BytesMut, value: impl FnOnce(&mut BytesMut) -> Result<IsNull>) -> Result<()> {
    let start = out.len();
    out.put_i32(-1);
    if let IsNull::No = value(out)? {
        let length = i32::try_from(out.len() - start - size_of::<i32>())?;
        out[start..start + size_of::<i32>()].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{together, together_by_columns};

    #[test]
    fn statements_become_one_with_a_parameter_for_each() {
        let [mugs, bowls] = [
            "insert into mug select * from unnest($1::new_mug[])",
            "insert into bowl select * from unnest($1::new_bowl[])",
        ];
        assert_eq!(
            together(&[mugs, bowls]),
            "with part_1 as (insert into mug select * from unnest($1::new_mug[]))\n\
             insert into bowl select * from unnest($2::new_bowl[])"
        );
        assert_eq!(together(&[mugs]), mugs);
    }
    #[test]
    fn parameters_of_one_statement_follow_those_of_the_one_before() {
        let mugs = "insert into mug select * from unnest($1::uuid[], $2::text[])";
        let bowls = "update bowl set glaze = $2, price = '5 $' where id = $1 or $2 is null";
        let vases = "delete from vase where id = $1";
        assert_eq!(
            together_by_columns(&[mugs, bowls, vases]),
            "with part_1 as (insert into mug select * from unnest($1::uuid[], $2::text[])),\n\
             part_2 as (update bowl set glaze = $4, price = '5 $' where id = $3 or $4 is null)\n\
             delete from vase where id = $5"
        );
        assert_eq!(together_by_columns(&[bowls]), bowls);
    }
}
