//! Descriptions: Markdown or HTML in, harmless HTML out.

use std::sync::LazyLock;

/// What a description may contain: text, lists, tables, emphasis and links. No pictures, styles, scripts, forms.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(
            [
                "p",
                "br",
                "ul",
                "ol",
                "li",
                "strong",
                "b",
                "em",
                "i",
                "u",
                "s",
                "small",
                "sub",
                "sup",
                "h2",
                "h3",
                "h4",
                "blockquote",
                "code",
                "pre",
                "hr",
                "table",
                "thead",
                "tbody",
                "tr",
                "th",
                "td",
                "a",
                "dl",
                "dt",
                "dd",
            ]
            .into(),
        )
        .tag_attributes([("a", ["href", "title"].into())].into())
        .generic_attributes(["lang", "dir"].into())
        .url_schemes(["https", "http", "mailto"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener ugc"));
    builder
});

/// Sanitised HTML of a description.
#[must_use]
pub fn html(source: &str) -> String {
    let source = source.trim();
    if source.is_empty() {
        return String::new();
    }
    if is_plain(source) {
        return format!("<p>{source}</p>");
    }
    if is_html(source) {
        return SANITISER.clean(source).to_string().trim().to_owned();
    }
    let options = pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_STRIKETHROUGH;
    let mut rendered = String::with_capacity(source.len() * 5 / 4);
    pulldown_cmark::html::push_html(&mut rendered, pulldown_cmark::Parser::new_ext(source, options));
    SANITISER.clean(&rendered).to_string().trim().to_owned()
}

/// One paragraph in which neither Markdown nor HTML sees anything: most of what feeds contain, and free to render.
fn is_plain(source: &str) -> bool {
    let marks = |b: u8| {
        matches!(
            b,
            b'<' | b'>'
                | b'&'
                | b'*'
                | b'_'
                | b'`'
                | b'['
                | b']'
                | b'#'
                | b'~'
                | b'|'
                | b'\\'
                | b'\n'
                | b'\r'
        )
    };
    let numbered_or_listed = source.starts_with(['-', '+'])
        || source
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .starts_with(['.', ')']);
    !numbered_or_listed && !source.bytes().any(marks)
}

/// HTML is told by a block element or line break: its indentation and blank lines would mean something to Markdown.
fn is_html(source: &str) -> bool {
    const ELEMENTS: [&str; 17] = [
        "p", "div", "br", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "span", "section",
        "article", "center",
    ];
    source.match_indices('<').any(|(at, _)| {
        let name = &source[at + 1..];
        let end = name
            .bytes()
            .position(|b| !b.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let (name, rest) = name.split_at(end);
        rest.starts_with(['>', '/', ' ', '\n', '\t', '\r'])
            && ELEMENTS.iter().any(|element| name.eq_ignore_ascii_case(element))
    })
}

#[cfg(test)]
mod tests {
    use super::html;
    use proptest::prelude::*;

    #[test]
    fn markdown_is_rendered() {
        assert_eq!(
            html("A **bowl**.\n\n- oak\n- ash"),
            "<p>A <strong>bowl</strong>.</p>\n<ul>\n<li>oak</li>\n<li>ash</li>\n</ul>"
        );
    }

    #[test]
    fn plain_text_is_a_paragraph() {
        assert_eq!(html(" A bowl, 12 cm wide. "), "<p>A bowl, 12 cm wide.</p>");
        assert_eq!(html("5 < 6 & so on"), "<p>5 &lt; 6 &amp; so on</p>");
        assert_eq!(html("a <i>b</i> **c**"), "<p>a <i>b</i> <strong>c</strong></p>");
        assert_eq!(html("a<br>**c**"), "a<br>**c**");
    }

    #[test]
    fn whatever_acts_is_removed() {
        let hostile = [
            "<p onclick=steal()>x</p><script>steal()</script>",
            "[x](javascript:steal())",
            "<img src=x onerror=steal()>",
            "<a href='data:text/html,steal()'>x</a>",
            "<svg><script>steal()</script></svg>",
            "<style>*{background:url(//steal)}</style>",
            "<iframe src=//steal></iframe>",
            "<p style='position:fixed' class=overlay id=steal>x</p>",
        ];
        for source in hostile {
            let clean = html(source);
            assert!(!clean.contains("steal"), "{source} became {clean}");
            assert!(!clean.contains("style"), "{source} became {clean}");
        }
    }

    #[test]
    fn links_leave_no_trust_behind() {
        assert_eq!(
            html("[potter](https://example.com/)"),
            "<p><a href=\"https://example.com/\" rel=\"nofollow noopener ugc\">potter</a></p>"
        );
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(source in "[ a<>&\"'*_/p\\[\\]()-]{0,60}") {
            let once = html(&source);
            prop_assert_eq!(&super::SANITISER.clean(&once).to_string(), &once);
        }
    }
}
