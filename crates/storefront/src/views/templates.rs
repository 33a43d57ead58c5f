//! The words in which people are told, as operators write them.

use askama::Template;

use super::common::{Choice, Field};
use super::page::Page;
use super::work::{Status, WorkBar};

/// The kinds of one topic.
#[derive(Clone, Debug)]
pub struct TemplateGroup {
    pub label: String,
    pub rows: Vec<TemplateRow>,
}

#[derive(Clone, Debug)]
pub struct TemplateRow {
    pub href: String,
    pub title: String,
    /// Whether somebody changed it, and when.
    pub status: Status,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_templates.html")]
pub struct OperatorTemplatesPage {
    pub page: Page,
    pub work: WorkBar,
    pub languages: Vec<Choice>,
    pub groups: Vec<TemplateGroup>,
}

/// Words as they were, or are.
#[derive(Clone, Debug)]
pub struct TemplatePast {
    pub version: i64,
    pub title: String,
    pub text: String,
    pub who: String,
    pub at: String,
    pub current: bool,
    /// The version whose words it took up again.
    pub restored: Option<String>,
}

/// What somebody would read.
#[derive(Clone, Debug)]
pub struct TemplateShown {
    pub title: String,
    pub text: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "operator_template.html")]
pub struct OperatorTemplatePage {
    pub page: Page,
    pub work: WorkBar,
    /// A mail has a subject, and a text of several lines.
    pub is_mail: bool,
    /// Where the form is.
    pub path: String,
    pub heading: String,
    pub languages: Vec<Choice>,
    pub version: i64,
    pub title: Field,
    pub text: Field,
    /// Names in their braces, each with what stands for it in examples.
    pub places: Vec<(String, String)>,
    pub shown: Option<TemplateShown>,
    pub versions: Vec<TemplatePast>,
    pub error: Option<String>,
}
