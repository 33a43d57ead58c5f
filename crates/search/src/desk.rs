//! What operators say about searches: made and ended here, and remembered by every process that searches.

use crate::app::Searches;
use crate::engine::analysis::{folder, terms};
use crate::engine::{Promoted, Rule, Rules, SynonymSet, Synonyms, Tuning};
use crate::error::Error;
use crate::promoting::OF_ALL_MAX;
use crate::{report, store};
use ::store::{Db, Scope, Tx, log};
use chrono::TimeDelta;
use contracts::Reply;
use contracts::audit::{AuditSubject, Changed};
use contracts::search::SearchQuery;
use contracts::search::tuning::{
    IndexState, NewSearchRule, NewSynonym, RuleAction, RuleTarget, SearchDesk, SearchPreview, SearchReport,
    SearchRuleCard, SynonymCard,
};
use httpkit::{moment, text};
use kernel::limits::QUERY_CHARS_MAX;
use kernel::{Ctx, Fault, SearchRuleId, SharedClock, SynonymId, Timestamp};
use serde_json::json;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often those who remember these look whether they are others.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often it is read what others found things by.
const OFFER_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Days that are reported of at most: so long searches are kept.
const REPORT_DAYS_MAX: u16 = 90;
/// Synonyms and rules that may hold at once.
const SYNONYMS_MAX: i64 = 2_000;
const RULES_MAX: i64 = 500;
/// Words and phrases of one synonym.
pub const WORDS_MAX: usize = 20;
/// Characters of one of them.
pub const WORD_CHARS_MAX: usize = 80;
/// Actions of one rule.
pub const ACTIONS_MAX: usize = 50;
/// The last position that a product may be put at.
pub const POSITION_MAX: u16 = 24;
/// Percent that a score may be multiplied by.
pub const PERCENT: std::ops::RangeInclusive<u16> = 10..=1_000;
pub const NAME_CHARS_MAX: usize = 80;
pub const NOTE_CHARS_MAX: usize = 500;
const FILTER_CHARS_MAX: usize = crate::app::FILTER_CHARS_MAX;

/// Changes what is said, and lets this process know at once.
#[derive(Clone)]
pub struct Desk {
    db: Db,
    searches: Searches,
}

impl Desk {
    #[must_use]
    pub fn new(db: Db, searches: Searches) -> Self {
        Self { db, searches }
    }

    #[must_use]
    pub fn searches(&self) -> &Searches {
        &self.searches
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// Reads synonyms and rules again if they are others now.
    pub async fn refresh(&self, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        // The number first: a change that comes between is then read again, never missed.
        let version = store::version(&mut tx).await?;
        if self.searches.knows(version) {
            return Ok(());
        }
        let synonyms = store::live_synonyms(&mut tx).await?;
        let rules = store::live_rules(&mut tx, now).await?;
        let promoted = store::promoted::running(&mut tx, now, OF_ALL_MAX).await?;
        tx.commit().await?;
        let sets: Vec<SynonymSet> = synonyms
            .into_iter()
            .map(|row| {
                let card = SynonymCard::from(row);
                SynonymSet {
                    language: card.language,
                    words: card.words,
                    also: card.also,
                }
            })
            .collect();
        let rules = rules.into_iter().map(|row| {
            let card = SearchRuleCard::from(row);
            Rule {
                id: card.id,
                when: card.when,
                actions: card.actions,
                starts_at: card.starts_at,
                ends_at: card.ends_at,
            }
        });
        let tuning = Tuning {
            synonyms: Synonyms::new(&sets),
            rules: Rules::new(rules.collect()),
            promoted: Promoted::new(promoted),
        };
        self.searches.tune(version, tuning);
        Ok(())
    }

    /// Keeps synonyms and rules as they are, and what others found things by, until `stop`.
    pub async fn keep(self, clock: SharedClock, stop: CancellationToken) {
        let mut offered_at: Option<Timestamp> = None;
        loop {
            let now = clock.now();
            if offered_at.is_none_or(|at| now - at >= OFFER_EVERY) {
                offered_at = Some(now);
                match report::offered(&self.db, now).await {
                    Ok(queries) => self.searches.offer(queries),
                    Err(error) => tracing::warn!(%error, "what others search for could not be read"),
                }
            }
            if let Err(error) = self.refresh(clock.now()).await {
                tracing::warn!(%error, "synonyms and rules could not be read; the known ones hold");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// What people searched for in the last days.
    pub async fn report(&self, ctx: &Ctx, days: u16) -> Result<SearchReport, Error> {
        if !(1..=REPORT_DAYS_MAX).contains(&days) {
            let detail = format!("`days` must be 1 to {REPORT_DAYS_MAX}.");
            return Err(Error::Query(Fault::field("parameter_invalid", "days", detail)));
        }
        report::of(&self.db, days, ctx.now).await
    }

    /// Has the index made anew beside the one that answers. Who asked is told first: an index without an author would be worse
    /// than an author without an index.
    async fn begin_anew(&self, ctx: &Ctx) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let about = AuditSubject::new("search_index", "index", "");
        tell(&mut tx, ctx, &Changed::new("search.index_rebuilt", about)).await?;
        tx.commit().await?;
        log::wake();
        self.searches.rebuild();
        Ok(())
    }

    pub async fn list_synonyms(&self) -> Result<Vec<SynonymCard>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let rows = store::synonyms(&mut tx).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(SynonymCard::from).collect())
    }

    pub async fn new_synonym(&self, ctx: &Ctx, new: NewSynonym) -> Result<SynonymCard, Error> {
        let new = checked_synonym(&new)?;
        let id = SynonymId::new(ctx.now);
        let mut tx = self.db.begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        store::make_synonym(&mut tx, ctx, id, &new, SYNONYMS_MAX).await?;
        let row = store::synonym(&mut tx, id).await?;
        let told = Changed::new("search.synonym_made", of_synonym(id, &new.words))
            .after(serde_json::to_value(&new)?);
        tell(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        row.map(SynonymCard::from).ok_or(Error::NotFound("synonym"))
    }

    pub async fn stop_synonym(&self, ctx: &Ctx, id: SynonymId, note: &str) -> Result<SynonymCard, Error> {
        let note = text::line("/note", note, NOTE_CHARS_MAX).map_err(Error::Query)?;
        let mut tx = self.db.begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        let before = store::synonym(&mut tx, id)
            .await?
            .map(SynonymCard::from)
            .ok_or(Error::NotFound("synonym"))?;
        if !store::end_synonym(&mut tx, ctx, id, &note).await? {
            return Err(Error::Ended);
        }
        let said = json!({
            "language": before.language,
            "words": before.words,
            "also": before.also,
            "note": before.note,
        });
        let told = Changed::new("search.synonym_ended", of_synonym(id, &before.words))
            .before(said)
            .after(json!({"note": note}));
        tell(&mut tx, ctx, &told).await?;
        let row = store::synonym(&mut tx, id).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        row.map(SynonymCard::from).ok_or(Error::NotFound("synonym"))
    }

    pub async fn list_rules(&self) -> Result<Vec<SearchRuleCard>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let rows = store::rules(&mut tx).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(SearchRuleCard::from).collect())
    }

    pub async fn new_rule(&self, ctx: &Ctx, new: NewSearchRule) -> Result<SearchRuleCard, Error> {
        let new = checked_rule(new, ctx.now)?;
        let id = SearchRuleId::new(ctx.now);
        let mut tx = self.db.begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        store::make_rule(&mut tx, ctx, id, &new, RULES_MAX).await?;
        let row = store::rule(&mut tx, id).await?;
        let about = AuditSubject::new("search_rule", id, new.name.clone());
        let told = Changed::new("search.rule_made", about).after(serde_json::to_value(&new)?);
        tell(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        row.map(SearchRuleCard::from).ok_or(Error::NotFound("rule"))
    }

    pub async fn stop_rule(&self, ctx: &Ctx, id: SearchRuleId, note: &str) -> Result<SearchRuleCard, Error> {
        let note = text::line("/note", note, NOTE_CHARS_MAX).map_err(Error::Query)?;
        let mut tx = self.db.begin(Scope::System).await?;
        store::changed(&mut tx).await?;
        let before = store::rule(&mut tx, id)
            .await?
            .map(SearchRuleCard::from)
            .ok_or(Error::NotFound("rule"))?;
        if !store::end_rule(&mut tx, ctx, id, &note).await? {
            return Err(Error::Ended);
        }
        let said = json!({
            "name": before.name,
            "when": before.when,
            "actions": before.actions,
            "note": before.note,
        });
        let told = Changed::new(
            "search.rule_ended",
            AuditSubject::new("search_rule", id, before.name.clone()),
        )
        .before(said)
        .after(json!({"note": note}));
        tell(&mut tx, ctx, &told).await?;
        let row = store::rule(&mut tx, id).await?;
        tx.commit().await?;
        self.refresh(ctx.now).await?;
        row.map(SearchRuleCard::from).ok_or(Error::NotFound("rule"))
    }
}

/// Synonyms are called by their words.
fn of_synonym(id: SynonymId, words: &[String]) -> AuditSubject {
    AuditSubject::new("synonym", id, words.join(", "))
}

/// Tells the audit trail, in the transaction of the change.
async fn tell(tx: &mut Tx, ctx: &Ctx, told: &Changed) -> Result<(), Error> {
    Ok(log::append(tx, ctx, told).await?)
}

fn refused(field: &'static str, detail: impl Into<String>) -> Error {
    Error::Query(Fault::field("field_invalid", field, detail))
}

/// Words as they are kept: tidy, each once, and something to search for.
fn words(field: &'static str, given: &[String]) -> Result<Vec<String>, Error> {
    if given.len() > WORDS_MAX {
        return Err(refused(
            field,
            format!("Give at most {WORDS_MAX} words or phrases."),
        ));
    }
    let mut words: Vec<String> = Vec::with_capacity(given.len());
    for word in given {
        let word = text::line(field, word, WORD_CHARS_MAX).map_err(Error::Query)?;
        if terms(&mut folder(), &word).is_empty() {
            return Err(refused(field, format!("`{word}` has no letter or digit.")));
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

fn checked_synonym(new: &NewSynonym) -> Result<NewSynonym, Error> {
    let checked = NewSynonym {
        language: new.language,
        words: words("/words", &new.words)?,
        also: words("/also", &new.also)?,
        note: text::line("/note", &new.note, NOTE_CHARS_MAX).map_err(Error::Query)?,
    };
    let least = if checked.also.is_empty() { 2 } else { 1 };
    if checked.words.len() < least {
        let detail = "Give two words or more that find each other, or one and what it finds as well.";
        return Err(refused("/words", detail));
    }
    Ok(checked)
}

fn checked_rule(mut new: NewSearchRule, now: Timestamp) -> Result<NewSearchRule, Error> {
    let line = |field, given: &str, most| text::line(field, given, most).map_err(Error::Query);
    new.name = line("/name", &new.name, NAME_CHARS_MAX)?;
    new.note = line("/note", &new.note, NOTE_CHARS_MAX)?;
    if let Some(q) = &new.when.q {
        let q = line("/when/q", q, QUERY_CHARS_MAX)?;
        if terms(&mut folder(), &q).is_empty() {
            return Err(refused("/when/q", "Give words: there is no letter or digit."));
        }
        new.when.q = Some(q);
    }
    if let Some(path) = &new.when.category {
        let path = line("/when/category", path, FILTER_CHARS_MAX)?;
        new.when.category = Some(path.trim_matches('/').to_owned());
    }
    if new.when.q.is_none() && new.when.category.is_none() {
        return Err(refused("/when", "Say for which words or which category it is."));
    }
    if !(1..=ACTIONS_MAX).contains(&new.actions.len()) {
        return Err(refused("/actions", format!("Give 1 to {ACTIONS_MAX} actions.")));
    }
    new.actions.iter().try_for_each(check_action)?;
    for (field, at) in [("/starts_at", new.starts_at), ("/ends_at", new.ends_at)] {
        at.map(|at| moment(field, at)).transpose().map_err(Error::Query)?;
    }
    let starts_at = new.starts_at.unwrap_or(now);
    if new.ends_at.is_some_and(|end| end <= starts_at || end <= now) {
        return Err(refused(
            "/ends_at",
            "Let it end after it begins, and not before now.",
        ));
    }
    Ok(new)
}

fn check_action(action: &RuleAction) -> Result<(), Error> {
    let field = "/actions";
    let target = match action {
        RuleAction::Pin { position, .. } if !(1..=POSITION_MAX).contains(position) => {
            return Err(refused(field, format!("`position` must be 1 to {POSITION_MAX}.")));
        }
        RuleAction::Weigh { percent, .. } if !PERCENT.contains(percent) => {
            let detail = format!("`percent` must be {} to {}.", PERCENT.start(), PERCENT.end());
            return Err(refused(field, detail));
        }
        RuleAction::Pin { .. } => return Ok(()),
        RuleAction::Weigh { target, .. } | RuleAction::Hide { target } => target,
    };
    let texts: Vec<&String> = match target {
        RuleTarget::Product { .. } => Vec::new(),
        RuleTarget::Seller { slug: text } | RuleTarget::Category { path: text } => vec![text],
        RuleTarget::Attribute { key, value } => vec![key, value],
    };
    for given in texts {
        text::line(field, given, FILTER_CHARS_MAX).map_err(Error::Query)?;
    }
    Ok(())
}

impl SearchDesk for Desk {
    fn index<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, IndexState> {
        Box::pin(async move {
            Ok(IndexState {
                documents: self.searches.documents(),
                lag_ms: self.searches.lag_ms(),
            })
        })
    }

    fn rebuild_index<'a>(&'a self, ctx: &'a Ctx) -> Reply<'a, ()> {
        Box::pin(async move { Ok(self.begin_anew(ctx).await?) })
    }

    fn synonyms<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<SynonymCard>> {
        Box::pin(async move { Ok(self.list_synonyms().await?) })
    }

    fn make_synonym<'a>(&'a self, ctx: &'a Ctx, new: NewSynonym) -> Reply<'a, SynonymCard> {
        Box::pin(async move { Ok(self.new_synonym(ctx, new).await?) })
    }

    fn end_synonym<'a>(&'a self, ctx: &'a Ctx, id: SynonymId, note: String) -> Reply<'a, SynonymCard> {
        Box::pin(async move { Ok(self.stop_synonym(ctx, id, &note).await?) })
    }

    fn rules<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<SearchRuleCard>> {
        Box::pin(async move { Ok(self.list_rules().await?) })
    }

    fn make_rule<'a>(&'a self, ctx: &'a Ctx, new: NewSearchRule) -> Reply<'a, SearchRuleCard> {
        Box::pin(async move { Ok(self.new_rule(ctx, new).await?) })
    }

    fn end_rule<'a>(&'a self, ctx: &'a Ctx, id: SearchRuleId, note: String) -> Reply<'a, SearchRuleCard> {
        Box::pin(async move { Ok(self.stop_rule(ctx, id, &note).await?) })
    }

    fn preview<'a>(&'a self, ctx: &'a Ctx, query: SearchQuery) -> Reply<'a, SearchPreview> {
        Box::pin(async move { Ok(self.searches.preview(query, ctx.now).await?) })
    }

    fn report<'a>(&'a self, ctx: &'a Ctx, days: u16) -> Reply<'a, SearchReport> {
        Box::pin(async move { Ok(self.report(ctx, days).await?) })
    }
}
