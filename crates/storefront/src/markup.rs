//! HTML that may be written as it is. Everything else a template writes is escaped.

use std::fmt;

/// HTML that has passed the sanitiser. There is no other way to make one, so no template needs `|safe`.
#[derive(Clone, Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// What remains of a seller's HTML after everything that could act or mislead is gone.
    pub fn sanitised(html: &str) -> Markup {
        Markup(policy().clean(html).to_string())
    }

    /// Markdown, rendered and then sanitised like any other HTML.
    pub fn from_markdown(markdown: &str) -> Markup {
        let mut html = String::with_capacity(markdown.len() * 2);
        pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(markdown));
        Markup::sanitised(&html)
    }

    /// Plain text with its paragraphs kept and its web addresses made into links.
    pub fn from_plain_text(text: &str) -> Markup {
        let mut html = String::with_capacity(text.len() * 2);
        for paragraph in text
            .replace("\r\n", "\n")
            .split("\n\n")
            .filter(|part| !part.trim().is_empty())
        {
            html.push_str("<p>");
            for (index, line) in paragraph.trim().lines().enumerate() {
                if index > 0 {
                    html.push_str("<br>");
                }
                push_line(&mut html, line);
            }
            html.push_str("</p>");
        }
        Markup::sanitised(&html)
    }

    /// The words alone, at most `chars_max` of them, for descriptions in search results.
    pub fn plain(html: &str, chars_max: usize) -> String {
        let mut text = String::with_capacity(html.len());
        let mut in_tag = false;
        for letter in html.chars() {
            match letter {
                '<' => in_tag = true,
                '>' => {
                    in_tag = false;
                    text.push(' ');
                }
                _ if !in_tag => text.push(letter),
                _ => {}
            }
        }
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.chars().count() <= chars_max {
            return words;
        }
        let cut: String = words.chars().take(chars_max).collect();
        format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn push_line(html: &mut String, line: &str) {
    for (index, word) in line.split(' ').enumerate() {
        if index > 0 {
            html.push(' ');
        }
        let escaped = ammonia::clean_text(word);
        if word.starts_with("http://") || word.starts_with("https://") {
            let escaped = escaped.replace("&#47;", "/");
            html.push_str(&format!("<a href=\"{escaped}\">{escaped}</a>"));
        } else {
            html.push_str(&escaped);
        }
    }
}

/// Text structure and links stay. Images, styles, classes and ids go: a description cannot imitate our own controls.
fn policy() -> ammonia::Builder<'static> {
    let mut policy = ammonia::Builder::default();
    policy
        .rm_tags(["img", "map", "area", "h1", "h2"])
        .rm_tag_attributes("table", ["align", "summary"])
        .link_rel(Some("nofollow noopener ugc"))
        .url_schemes(["http", "https", "mailto"].into());
    policy
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

/// Structured data for search engines, safe inside `<script type="application/ld+json">`.
#[derive(Clone, Debug)]
pub struct JsonLd(String);

impl JsonLd {
    /// `<` is written as its escape, so that no text inside can end the script element.
    pub fn new(value: &serde_json::Value) -> JsonLd {
        JsonLd(value.to_string().replace('<', "\\u003c"))
    }
}

impl fmt::Display for JsonLd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for JsonLd {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_handlers_and_styles_are_gone() {
        let html =
            "<p style='x' onclick='y' class='button'>Hi <b>you</b><script>alert(1)</script><img src=x></p>";
        assert_eq!(Markup::sanitised(html).to_string(), "<p>Hi <b>you</b></p>");
    }

    #[test]
    fn markdown_is_sanitised_too() {
        let markup = Markup::from_markdown("**Fired** [here](javascript:alert(1)) <script>x</script>");
        assert!(markup.to_string().contains("<strong>Fired</strong>"));
        assert!(!markup.to_string().contains("script"));
    }

    #[test]
    fn addresses_in_plain_text_become_links() {
        let html = Markup::from_plain_text("Open https://stoa.example/reset?token=a&b=c now\n\n<b>Bye</b>")
            .to_string();
        assert!(
            html.contains("href=\"https://stoa.example/reset?token=a&amp;b=c\""),
            "{html}"
        );
        assert!(html.contains("&lt;b&gt;Bye"), "{html}");
    }

    #[test]
    fn structured_data_cannot_end_its_script() {
        let json = JsonLd::new(&serde_json::json!({ "name": "</script><script>alert(1)" }));
        assert!(!json.to_string().contains('<'));
    }
}
