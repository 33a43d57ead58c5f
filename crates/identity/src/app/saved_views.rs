//! How people look at tables.

use super::Accounts;
use crate::Error;
use crate::store::saved_view;
use contracts::saved_views::{
    NAME_CHARS_MAX, QUERY_CHARS_MAX, SavedView, SavedViews, VIEWS_MAX, ViewOwner, ViewTable, filters,
};
use contracts::{Reply, reply};
use kernel::{Ctx, Fault, Kind, uuid_at};
use uuid::Uuid;

/// As it is kept.
pub fn named(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    let is_right = (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !name.contains(char::is_control);
    if is_right {
        return Ok(name.to_owned());
    }
    let detail = format!("A view's name has 1 to {NAME_CHARS_MAX} characters. Choose a shorter one.");
    Err(Fault::field("view_name_invalid", "/name", detail))
}

/// Filters as they are kept, if they are not too long.
fn narrowed(query: &str) -> Result<String, Fault> {
    let is_fit = |query: &str| query.chars().count() <= QUERY_CHARS_MAX && !query.contains(char::is_control);
    let kept = is_fit(query).then(|| filters(query)).filter(|kept| is_fit(kept));
    kept.ok_or_else(|| {
        let detail = format!("The filters have more than {QUERY_CHARS_MAX} characters. Filter by less.");
        Fault::field("view_too_long", "/query", detail)
    })
}

impl Accounts {
    pub(crate) async fn keep_view(
        &self,
        ctx: &Ctx,
        whose: ViewOwner,
        table: ViewTable,
        name: &str,
        query: &str,
    ) -> Result<SavedView, Error> {
        let view = SavedView {
            id: uuid_at(ctx.now),
            query: narrowed(query)?,
            name: named(name)?,
        };
        let kept = saved_view::save(self.db().pool(), whose, table, &view, ctx.now).await?;
        kept.ok_or_else(|| {
            let detail = format!("A table has at most {VIEWS_MAX} saved views. Delete one first.");
            Fault::new(Kind::Conflict, "views_too_many", detail).into()
        })
    }

    pub(crate) async fn rename_view(&self, whose: ViewOwner, id: Uuid, name: &str) -> Result<(), Error> {
        let name = named(name)?;
        match saved_view::rename(self.db().pool(), whose, id, &name).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Fault::not_found("view").into()),
            Err(error) if ::store::constraint_of(&error) == Some("saved_view_name_once") => {
                let detail = "Another saved view has this name. Choose a different one.";
                Err(Fault::new(Kind::Conflict, "view_name_taken", detail).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn own_views(
        &self,
        whose: ViewOwner,
        table: ViewTable,
    ) -> Result<Vec<SavedView>, Error> {
        Ok(saved_view::list(self.db().pool(), whose, table).await?)
    }

    /// Of which table one of theirs is.
    pub(crate) async fn table_of_view(&self, whose: ViewOwner, id: Uuid) -> Result<ViewTable, Error> {
        let table = saved_view::table_of(self.db().pool(), whose, id).await?;
        let table = table.as_deref().and_then(ViewTable::named);
        table.ok_or_else(|| Fault::not_found("view").into())
    }

    pub(crate) async fn delete_view(&self, whose: ViewOwner, id: Uuid) -> Result<(), Error> {
        match saved_view::delete(self.db().pool(), whose, id).await? {
            true => Ok(()),
            false => Err(Fault::not_found("view").into()),
        }
    }
}

impl SavedViews for Accounts {
    fn views<'a>(&'a self, _: &'a Ctx, whose: ViewOwner, table: ViewTable) -> Reply<'a, Vec<SavedView>> {
        reply(self.own_views(whose, table))
    }

    fn save<'a>(
        &'a self,
        ctx: &'a Ctx,
        whose: ViewOwner,
        table: ViewTable,
        name: String,
        query: String,
    ) -> Reply<'a, SavedView> {
        reply(async move { self.keep_view(ctx, whose, table, &name, &query).await })
    }

    fn rename<'a>(&'a self, _: &'a Ctx, whose: ViewOwner, id: Uuid, name: String) -> Reply<'a, ()> {
        reply(async move { self.rename_view(whose, id, &name).await })
    }

    fn delete<'a>(&'a self, _: &'a Ctx, whose: ViewOwner, id: Uuid) -> Reply<'a, ()> {
        reply(self.delete_view(whose, id))
    }
}
