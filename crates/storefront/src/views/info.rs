//! Help and about: words that rarely change.

use askama::Template;

use super::page::Page;
use crate::i18n::Text;

/// Answers, grouped. The texts are messages of the language files.
#[derive(Clone, Debug, Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    pub page: Page,
}

/// Questions by topic.
const TOPICS: [(&str, &[&str]); 4] = [
    ("buying", &["basket", "account", "changed"]),
    ("paying", &["how", "card", "failed"]),
    ("delivery", &["parcels", "cost", "track", "cancel"]),
    ("selling", &["open", "paid"]),
];

impl HelpPage {
    fn topics(&self) -> impl Iterator<Item = Topic> + '_ {
        TOPICS.iter().map(|(topic, questions)| Topic {
            id: topic,
            title: self.page.t(&format!("help.{topic}")),
            questions: questions
                .iter()
                .map(|question| Question {
                    question: self.page.t(&format!("help.{topic}.{question}.q")),
                    answer: self.page.t(&format!("help.{topic}.{question}.a")),
                })
                .collect(),
        })
    }
}

#[derive(Debug)]
struct Topic {
    id: &'static str,
    title: Text,
    questions: Vec<Question>,
}

#[derive(Debug)]
struct Question {
    question: Text,
    answer: Text,
}

#[derive(Clone, Debug, Template)]
#[template(path = "about.html")]
pub struct AboutPage {
    pub page: Page,
    pub makers_total: u64,
    pub products_total: u64,
    pub provinces_total: u64,
}
