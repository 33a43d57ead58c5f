//! Every page, in every language and theme, and with hostile content.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use storefront::i18n::Locale;
use storefront::samples::{HOSTILE, Sample, Scene, all};
use storefront::views::page::Theme;

fn scenes() -> impl Iterator<Item = Scene> {
    let dress = |locale| {
        Theme::ALL.into_iter().map(move |theme| Scene {
            locale,
            theme,
            hostile: false,
        })
    };
    Locale::ALL.into_iter().flat_map(dress)
}

fn every_page() -> Vec<(Scene, Sample)> {
    scenes()
        .flat_map(|scene| all(scene).into_iter().map(move |sample| (scene, sample)))
        .collect()
}

/// The files below a folder of this crate, with their content.
fn files(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found
}

/// What stands between `start` and `end`, each time it occurs.
fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start)
        .skip(1)
        .filter_map(move |rest| rest.split_once(end))
        .map(|(inside, _)| inside)
}

#[test]
fn every_view_has_a_sample() {
    let templates: BTreeSet<String> = files("src/views")
        .iter()
        .flat_map(|(_, text)| {
            between(text, "#[template(path = \"", "\")]")
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(templates.len() >= 25, "{templates:?}");
    let samples: String = files("src/samples").into_iter().map(|(_, text)| text).collect();
    for (path, text) in files("src/views") {
        for part in text.split("#[template(path = \"").skip(1) {
            let name = part
                .split_once("pub struct ")
                .and_then(|(_, rest)| rest.split_once(' '))
                .unwrap()
                .0;
            assert!(
                samples.contains(&format!("{name} {{")),
                "{name} of {} has no sample",
                path.display()
            );
        }
    }
}

#[test]
fn every_page_speaks_its_language_and_wears_its_theme() {
    for (scene, sample) in every_page() {
        let name = sample.name;
        assert!(
            sample
                .html
                .contains(&format!("<html lang=\"{}\"", scene.locale.code())),
            "{name}"
        );
        let themed = sample.html.contains("data-theme=");
        assert_eq!(themed, scene.theme != Theme::Device, "{name}");
    }
}

/// The keys in calls of `t(` and `n(`.
fn asked<'a>(text: &'a str, call: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(call)
        .filter(|(at, _)| !text[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
        .filter_map(move |(at, _)| text[at + call.len()..].split('"').next())
}

#[test]
fn every_message_that_is_asked_for_exists() {
    for (path, text) in ["templates", "src"].into_iter().flat_map(files) {
        let plain = asked(&text, "t(\"").map(|key| vec![key.to_owned()]);
        let counted = asked(&text, "n(\"").map(|key| vec![format!("{key}.one"), format!("{key}.other")]);
        for key in plain.chain(counted).flatten() {
            for locale in Locale::ALL {
                assert!(
                    locale.messages().get(&key).is_some(),
                    "{key} in {}",
                    path.display()
                );
            }
        }
    }
}

/// An unknown key is shown as it is, so a key in a page is one that is missing.
#[test]
fn no_page_shows_a_key_or_an_unfilled_place() {
    for (scene, sample) in every_page() {
        // By which tests find a figure, and what choices are sent as.
        let html = sample.html.replace(" data-figure=\"", " value=\"");
        let told = html
            .split(" value=\"")
            .flat_map(|part| part.split(['<', '>', '"']).skip(1));
        let shown: HashSet<&str> = told.collect();
        for key in scene.locale.messages().keys() {
            assert!(!shown.contains(key), "{key} in {}", sample.name);
        }
        let text = sample
            .html
            .split("<script type=\"application/ld+json\">")
            .next()
            .unwrap();
        for place in between(text, "{", "}") {
            assert!(
                // What operators write has places on purpose.
                place.is_empty() || place.contains(' ') || sample.name.starts_with("operator-template"),
                "{{{place}}} in {}",
                sample.name
            );
        }
    }
}

#[test]
fn every_message_is_used() {
    let sources: String = ["templates", "src"]
        .into_iter()
        .flat_map(files)
        .map(|(_, text)| text)
        .collect();
    let composed = [
        "help.",
        "abuse",
        "audit.",
        "contact.",
        "error.",
        "sort.",
        "method.",
        "done.",
        "refusal.",
        "attribute.",
        "check.",
        "step.",
        "command.",
        "work.cancel_reason",
        "return.reason",
        "return.step.",
        "return.then.",
        "return.wish.",
        "ledger.account.",
        "payments.step.",
        "payments.outcome.",
        "payments.answer.",
        "hold.reason.",
        "staff.may.",
        "tax.category.",
        "goods.state.",
        "warehouse.rule.",
        "feed.",
        "file.field.",
        "file.warning.",
        "payout.state.",
        "breaks.kind.",
        "desk.event.",
        "finding.factor.",
        "stars.word_",
        "schedule.failure.",
        "tree.changed.",
        "tree.kind.",
        "undo.reason.",
        "features.of.",
        "notices.topic.",
        "notices.about.",
        "templates.place.",
        "people.may.",
    ];
    for key in Locale::En.messages().keys() {
        let stem = key.trim_end_matches(".one").trim_end_matches(".other");
        let used = sources.contains(&format!("\"{stem}\""))
            || composed.iter().any(|prefix| stem.starts_with(prefix));
        assert!(used, "{key} is not used any more");
    }
}

#[test]
fn nothing_a_person_wrote_is_taken_for_html() {
    for locale in Locale::ALL {
        let calm = all(Scene {
            locale,
            ..Scene::default()
        });
        let hostile = all(Scene {
            locale,
            hostile: true,
            ..Scene::default()
        });
        for (calm, hostile) in calm.iter().zip(&hostile) {
            let name = hostile.name;
            assert!(!hostile.html.contains(HOSTILE), "{name} writes the text as it is");
            assert!(
                !hostile.html.contains("<script>alert"),
                "{name} lets a script through"
            );
            let count = |sample: &Sample, what: &str| sample.html.matches(what).count();
            // No element more than before: attributes and text held.
            assert_eq!(count(calm, "<script"), count(hostile, "<script"), "{name}");
            assert_eq!(count(calm, "<input"), count(hostile, "<input"), "{name}");
            assert_eq!(count(calm, "<a "), count(hostile, "<a "), "{name}");
        }
    }
}

#[test]
fn no_template_switches_escaping_off() {
    for (path, text) in files("templates") {
        assert!(
            !text.contains("|safe") && !text.contains("| safe"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn pages_need_no_inline_script_or_style() {
    for (_, sample) in every_page() {
        let html = &sample.html;
        assert!(!html.contains(" style="), "{}", sample.name);
        assert!(!html.contains("<style"), "{}", sample.name);
        for tag in between(html, "<script", ">") {
            assert!(
                tag.contains(" src=\"/assets/") || tag.contains("application/ld+json"),
                "{}: {tag}",
                sample.name
            );
        }
        for handler in [" onclick=", " onchange=", " onsubmit=", " onload=", " onerror="] {
            assert!(!html.contains(handler), "{}", sample.name);
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    for (_, sample) in every_page() {
        for form in between(&sample.html, "<form", "</form>") {
            if form.contains("method=\"post\"") {
                assert!(form.contains("name=\"csrf\""), "{}: {form}", sample.name);
            } else {
                assert!(
                    form.contains("method=\"get\"") && !form.contains("name=\"csrf\""),
                    "{}: {form}",
                    sample.name
                );
            }
        }
    }
}

#[test]
fn every_page_has_one_heading_a_title_and_a_description() {
    for (_, sample) in every_page() {
        let html = &sample.html;
        assert_eq!(html.matches("<h1").count(), 1, "{}", sample.name);
        assert_eq!(html.matches("<main").count(), 1, "{}", sample.name);
        assert!(
            html.contains("<title>") && !html.contains("<title> ·"),
            "{}",
            sample.name
        );
        assert!(
            html.contains("<meta name=\"description\" content=\"") && !html.contains("content=\"\""),
            "{}",
            sample.name
        );
    }
}

#[test]
fn ids_are_unique_and_labels_find_them() {
    for (_, sample) in every_page() {
        let ids: Vec<&str> = between(&sample.html, " id=\"", "\"").collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{}: {ids:?}", sample.name);
        let names = [
            " for=\"",
            " aria-labelledby=\"",
            " aria-describedby=\"",
            " form=\"",
        ];
        for target in names
            .into_iter()
            .flat_map(|start| between(&sample.html, start, "\""))
        {
            for id in target.split_whitespace() {
                assert!(unique.contains(id), "{}: nothing is called {id}", sample.name);
            }
        }
    }
}

#[test]
fn pictures_keep_their_place() {
    for (_, sample) in every_page() {
        for img in between(&sample.html, "<img", ">") {
            for attribute in [" width=", " height=", " alt="] {
                assert!(img.contains(attribute), "{}: {img}", sample.name);
            }
        }
    }
}
