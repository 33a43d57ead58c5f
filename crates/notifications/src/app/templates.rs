//! Operators say in which words people are told.

use super::Notices;
use crate::domain::template::{Flaw, Template, What};
use crate::domain::words;
use crate::error::Error;
use crate::store::templates::{self, Draft, TemplateRow};
use ::store::{Scope, log};
use contracts::Language;
use contracts::audit::{AuditSubject, Changed};
use contracts::notifications::{
    Letter, MailFacts, MailKind, MailText, NoticeKind, NoticeTemplate, TemplateCard, TemplateFlaw,
    TemplateFlawKind, TemplateKind, TemplatePreview, TemplateVersion,
};
use kernel::Ctx;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// Characters of a title.
pub const TITLE_CHARS_MAX: usize = 120;
/// Characters of a notice's text.
pub const TEXT_CHARS_MAX: usize = 500;
/// Characters of a mail's body.
pub const BODY_CHARS_MAX: usize = 4000;

/// The words of one language: what comes with the program, or what an operator wrote in its place.
pub struct Wording {
    language: Language,
    written: HashMap<String, TemplateRow>,
}

impl Wording {
    pub fn title(&self, kind: NoticeKind) -> &str {
        let written = self.written.get(kind.name());
        written.map_or_else(|| words::title(self.language, kind), |row| row.title.as_str())
    }

    pub fn text(&self, kind: NoticeKind) -> &str {
        let written = self.written.get(kind.name());
        written.map_or_else(|| words::text(self.language, kind), |row| row.text.as_str())
    }
}

/// The first thing that is wrong with words, if anything is.
fn flaw(field: &str, text: &str, known: &[&str], needed: &[&str], max: usize) -> Option<TemplateFlaw> {
    let flawed = |at: usize, kind, name| TemplateFlaw {
        field: field.to_owned(),
        at: u32::try_from(at).unwrap_or(u32::MAX),
        kind,
        name,
    };
    if text.trim().is_empty() {
        return Some(flawed(1, TemplateFlawKind::Empty, None));
    }
    if text.chars().count() > max {
        return Some(flawed(max + 1, TemplateFlawKind::TooLong, None));
    }
    let Flaw { at, what } = Template::parse(text)
        .and_then(|template| {
            template.check(known)?;
            template.needs(needed)
        })
        .err()?;
    Some(match what {
        What::Unclosed => flawed(at, TemplateFlawKind::Unclosed, None),
        What::Unopened => flawed(at, TemplateFlawKind::Unopened, None),
        What::NoName => flawed(at, TemplateFlawKind::NoName, None),
        What::Unknown(name) => flawed(at, TemplateFlawKind::UnknownName, Some(name)),
        What::Missing(name) => flawed(at, TemplateFlawKind::Missing, Some(name)),
    })
}

fn flaws(kind: TemplateKind, title: &str, text: &str) -> Vec<TemplateFlaw> {
    let known = words::places(kind);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let max = match kind {
        TemplateKind::Notice(_) => TEXT_CHARS_MAX,
        TemplateKind::Mail(_) => BODY_CHARS_MAX,
    };
    let title = flaw("title", title, &known, &[], TITLE_CHARS_MAX);
    title
        .into_iter()
        .chain(flaw("text", text, &known, words::needed(kind), max))
        .collect()
}

/// Without the ends of lines that browsers send.
fn in_lines(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

/// The same for whoever asks by program.
fn refusal(flaw: &TemplateFlaw, kind: TemplateKind) -> Error {
    let at = flaw.at;
    let known = words::places(kind).into_iter().collect::<Vec<_>>().join(", ");
    let (code, detail) = match flaw.kind {
        TemplateFlawKind::Empty => ("text_empty", "It says nothing. Write something.".to_owned()),
        TemplateFlawKind::TooLong => (
            "text_too_long",
            format!("It is longer than {} characters. Shorten it.", at - 1),
        ),
        TemplateFlawKind::Unclosed => (
            "brace_unclosed",
            format!(
                "The brace at character {at} does not close. Close it, or write it twice if it is meant."
            ),
        ),
        TemplateFlawKind::Unopened => (
            "brace_unopened",
            format!(
                "The brace at character {at} was never opened. Remove it, or write it twice if it is meant."
            ),
        ),
        TemplateFlawKind::NoName => (
            "placeholder_unnamed",
            format!("No name stands between the braces at character {at}. Known are: {known}."),
        ),
        TemplateFlawKind::UnknownName => (
            "placeholder_unknown",
            format!(
                "Nobody knows `{}` at character {at}. Known are: {known}.",
                flaw.name.as_deref().unwrap_or_default()
            ),
        ),
        TemplateFlawKind::Missing => (
            "placeholder_missing",
            format!(
                "The mail is good for nothing without `{{{}}}`. Write it where it belongs.",
                flaw.name.as_deref().unwrap_or_default()
            ),
        ),
    };
    let field = if flaw.field == "title" { "/title" } else { "/text" };
    Error::Field { code, field, detail }
}

impl Notices {
    /// A mail in the words that were written last for it, or in those of the program.
    pub async fn written(
        &self,
        kind: MailKind,
        language: Language,
        facts: &MailFacts,
    ) -> Result<MailText, Error> {
        let Some(row) = templates::newest(self.db().pool(), kind.into(), language).await? else {
            return Ok(kind.write(language, facts));
        };
        // What was sound when it was written need not be so for another release, and the mail goes out all the same.
        Ok(kind
            .write_in(language, facts, &row.title, &row.text)
            .unwrap_or_else(|flaw| {
                tracing::warn!(
                    mail = kind.name(),
                    language = language.code(),
                    version = row.version,
                    ?flaw,
                    "the operator's words are flawed: the program's are sent"
                );
                kind.write(language, facts)
            }))
    }

    /// As [`written`](Self::written).
    pub(crate) async fn letter_text(&self, letter: &Letter) -> Result<MailText, Error> {
        self.written(letter.kind, letter.language, &letter.facts).await
    }

    pub(crate) async fn wording(&self, language: Language) -> Result<Wording, Error> {
        let rows = templates::latest(self.db().pool(), language).await?;
        Ok(Wording {
            language,
            written: rows.into_iter().map(|row| (row.kind.clone(), row)).collect(),
        })
    }

    pub async fn templates(&self, language: Language) -> Result<Vec<TemplateCard>, Error> {
        let wording = self.wording(language).await?;
        let card = |kind: TemplateKind| {
            let written = wording.written.get(kind.name());
            let title = written.map_or_else(|| words::built_in(language, kind).0, |row| row.title.as_str());
            TemplateCard {
                kind,
                topic: kind.topic(),
                version: written.map_or(0, |row| row.version),
                title: title.to_owned(),
                changed_at: written.map(|row| row.at),
            }
        };
        Ok(TemplateKind::all().map(card).collect())
    }

    pub async fn template(
        &self,
        ctx: &Ctx,
        kind: TemplateKind,
        language: Language,
    ) -> Result<NoticeTemplate, Error> {
        let rows = templates::versions(self.db().pool(), kind, language).await?;
        let mut authors: Vec<_> = rows.iter().filter_map(|row| row.author_id).collect();
        authors.sort_unstable();
        authors.dedup();
        let cards = match authors.is_empty() {
            true => Vec::new(),
            // Without names, the versions are there all the same.
            false => self.identity().users(ctx, authors).await.unwrap_or_default(),
        };
        let names: BTreeMap<_, _> = cards.into_iter().map(|card| (card.id, card.name)).collect();
        let mut versions: Vec<TemplateVersion> = rows
            .into_iter()
            .map(|row| TemplateVersion {
                version: row.version,
                title: row.title,
                text: row.text,
                by: row.author_id.and_then(|author| names.get(&author).cloned()),
                at: Some(row.at),
                restored: row.restored,
            })
            .collect();
        let (title, text) = words::built_in(language, kind);
        versions.push(TemplateVersion {
            version: 0,
            title: title.to_owned(),
            text: text.to_owned(),
            by: None,
            at: None,
            restored: None,
        });
        let now = &versions[0];
        Ok(NoticeTemplate {
            kind,
            topic: kind.topic(),
            language,
            version: now.version,
            title: now.title.clone(),
            text: now.text.clone(),
            places: words::places(kind).into_iter().collect(),
            needed: words::needed(kind)
                .iter()
                .map(|&place| place.to_owned())
                .collect(),
            versions,
        })
    }

    /// What somebody would read, with examples in the places.
    pub fn preview(kind: TemplateKind, language: Language, title: &str, text: &str) -> TemplatePreview {
        let flaws = flaws(kind, title, text);
        if !flaws.is_empty() {
            return TemplatePreview {
                flaws,
                ..TemplatePreview::default()
            };
        }
        let (title, text) = match kind {
            TemplateKind::Notice(_) => {
                let value = |place: &str| words::example(language, place);
                (words::fill(title.trim(), value), words::fill(text.trim(), value))
            }
            // As they are sent.
            TemplateKind::Mail(kind) => {
                let written = kind.write_in(language, &kind.sample(language), title.trim(), &in_lines(text));
                written.map_or_else(
                    |_| <(String, String)>::default(),
                    |mail| (mail.subject, mail.body),
                )
            }
        };
        TemplatePreview { title, text, flaws }
    }

    pub async fn write_template(
        &self,
        ctx: &Ctx,
        (kind, language): (TemplateKind, Language),
        seen: i64,
        title: &str,
        text: &str,
    ) -> Result<NoticeTemplate, Error> {
        if let Some(flaw) = flaws(kind, title, text).first() {
            return Err(refusal(flaw, kind));
        }
        self.keep(ctx, (kind, language), seen, (title.trim(), &in_lines(text)), None)
            .await
    }

    /// The words of an earlier version, as another one.
    pub async fn restore_template(
        &self,
        ctx: &Ctx,
        (kind, language): (TemplateKind, Language),
        seen: i64,
        version: i64,
    ) -> Result<NoticeTemplate, Error> {
        let template = self.template(ctx, kind, language).await?;
        let earlier = template.versions.iter().find(|known| known.version == version);
        let earlier = earlier.ok_or(Error::NoVersion)?;
        self.keep(
            ctx,
            (kind, language),
            seen,
            (&earlier.title, &earlier.text),
            Some(version),
        )
        .await
    }

    async fn keep(
        &self,
        ctx: &Ctx,
        (kind, language): (TemplateKind, Language),
        seen: i64,
        (title, text): (&str, &str),
        restored: Option<i64>,
    ) -> Result<NoticeTemplate, Error> {
        let known = self.template(ctx, kind, language).await?;
        let before = json!({"title": known.title, "text": known.text});
        let mut tx = self.db().begin(Scope::System).await?;
        let draft = Draft {
            kind,
            language,
            seen,
            title,
            text,
            author: ctx.user(),
            at: ctx.now,
            restored,
        };
        if !templates::insert(&mut tx, &draft).await? {
            return Err(Error::Changed);
        }
        let of = format!("{}/{}", kind.name(), language.code());
        let told = Changed::new("template.written", AuditSubject::new("template", of, title))
            .before(before)
            .after(json!({"title": title, "text": text}));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        self.template(ctx, kind, language).await
    }
}
