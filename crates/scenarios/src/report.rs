//! The certificate: one page of HTML that needs nothing else, light and dark, with pictures drawn here.

use crate::findings::{Findings, Plot, PlotKind};
use std::fmt::Write;
use testkit::{Cell, Grid};

/// The marketplace's own colours and measures.
const TOKENS: &str = include_str!("../../storefront/assets/css/tokens.css");
const STYLE: &str = include_str!("report.css");
/// Of a picture, in units of its own.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const MARGIN: (f64, f64) = (56.0, 36.0);
const TICKS: usize = 4;

/// A suite that was run.
#[derive(Clone, Debug)]
pub struct Proved {
    pub name: String,
    pub about: String,
    pub findings: Findings,
    pub seconds: f64,
}

impl Proved {
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.is_clean()
    }
}

/// The page. `when` and `machine` say where it was proved.
#[must_use]
pub fn page(suites: &[Proved], when: &str, machine: &str) -> String {
    let broken: usize = suites.iter().map(|suite| suite.findings.broken.len()).sum();
    let checked: usize = suites.iter().map(|suite| suite.findings.checked.len()).sum();
    let verdict = match broken {
        0 => format!("{checked} invariants were checked, and all of them hold."),
        1 => format!("Of {checked} invariants one is broken."),
        n => format!("Of {checked} invariants {n} are broken."),
    };
    let mark = if broken == 0 { "holds" } else { "broken" };
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Stoa: proof</title>\n\
         <style>\n{TOKENS}\n{STYLE}\n</style>\n</head>\n<body>\n<main>\n\
         <header class=\"{mark}\">\n<p class=\"eyebrow\">stoa prove</p>\n<h1>{}</h1>\n\
         <p class=\"where\">{} on {}</p>\n</header>\n",
        text(&verdict),
        text(when),
        text(machine)
    );
    html.push_str("<nav aria-label=\"Suites\"><ul>\n");
    for suite in suites {
        let _ = writeln!(
            html,
            "<li class=\"{}\"><a href=\"#{}\">{}</a></li>",
            mark_of(suite),
            text(&suite.name),
            text(&suite.name)
        );
    }
    html.push_str("</ul></nav>\n");
    for suite in suites {
        section(&mut html, suite);
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn mark_of(suite: &Proved) -> &'static str {
    if suite.holds() { "holds" } else { "broken" }
}

fn section(html: &mut String, suite: &Proved) {
    let name = text(&suite.name);
    let verdict = if suite.holds() { "Holds" } else { "Broken" };
    let _ = writeln!(
        html,
        "<section id=\"{name}\" class=\"{}\">\n<h2>{name}</h2>\n<p class=\"verdict\">{verdict}</p>\n<p>{}</p>",
        mark_of(suite),
        text(&suite.about)
    );
    if !suite.findings.broken.is_empty() {
        html.push_str("<h3>Broken</h3>\n<ul class=\"found\">\n");
        for broken in &suite.findings.broken {
            let _ = writeln!(html, "<li>{}</li>", text(broken));
        }
        html.push_str("</ul>\n");
    }
    html.push_str("<dl>\n");
    let seconds = format!("{:.0} s", suite.seconds);
    let took = ("it took".to_owned(), seconds);
    for (what, value) in suite.findings.figures.iter().chain([&took]) {
        let _ = writeln!(html, "<div><dt>{}</dt><dd>{}</dd></div>", text(what), text(value));
    }
    html.push_str("</dl>\n");
    for plot in &suite.findings.plots {
        draw(html, plot);
    }
    for grid in &suite.findings.grids {
        table(html, grid);
    }
    if !suite.findings.checked.is_empty() {
        html.push_str("<h3>What was checked</h3>\n<ul class=\"checked\">\n");
        for what in &suite.findings.checked {
            let _ = writeln!(html, "<li>{}</li>", text(what));
        }
        html.push_str("</ul>\n");
    }
    html.push_str("</section>\n");
}

fn table(html: &mut String, grid: &Grid) {
    html.push_str(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Matrix\">\n<table>\n<thead><tr>",
    );
    let _ = write!(html, "<th scope=\"col\">{}</th>", text(&grid.corner));
    for column in &grid.columns {
        let _ = write!(html, "<th scope=\"col\">{}</th>", text(column));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for (row, cells) in &grid.rows {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", text(row));
        for cell in cells {
            let (class, word) = match cell {
                Cell::Well => ("ok", "ok".to_owned()),
                Cell::None => ("none", "–".to_owned()),
                Cell::Broken(what) => ("wrong", what.join("; ")),
            };
            let _ = write!(html, "<td class=\"{class}\">{}</td>", text(&word));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
}

/// Where values lie in a picture.
struct Scale {
    across: f64,
    up: f64,
}

impl Scale {
    fn of(plot: &Plot) -> Self {
        let most = |of: fn(&(f64, f64)) -> f64| plot.points.iter().map(of).fold(0.0, f64::max);
        Self {
            across: round_up(most(|point| point.0)),
            up: round_up(most(|point| point.1)),
        }
    }

    fn at(&self, (across, up): (f64, f64)) -> (f64, f64) {
        let (left, below) = MARGIN;
        (
            left + across / self.across * (WIDTH - left - 16.0),
            HEIGHT - below - up / self.up * (HEIGHT - below - 16.0),
        )
    }
}

/// To one, two or five times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.max(1e-9).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= value).unwrap_or(value)
}

fn draw(html: &mut String, plot: &Plot) {
    let scale = Scale::of(plot);
    let _ = writeln!(
        html,
        "<figure>\n<figcaption>{}</figcaption>\n<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        text(&plot.title),
        text(&format!("{}: {} over {}", plot.title, plot.up, plot.across))
    );
    for tick in 0..=TICKS {
        let share = tick as f64 / TICKS as f64;
        let (left, y) = scale.at((0.0, scale.up * share));
        let (right, _) = scale.at((scale.across, 0.0));
        let _ = writeln!(
            html,
            "<line class=\"grid\" x1=\"{left:.1}\" y1=\"{y:.1}\" x2=\"{right:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"up\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            left - 8.0,
            y + 4.0,
            number(scale.up * share)
        );
        let (x, bottom) = scale.at((scale.across * share, 0.0));
        let _ = writeln!(
            html,
            "<text class=\"across\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            bottom + 18.0,
            number(scale.across * share)
        );
    }
    match plot.kind {
        PlotKind::Line => line(html, plot, &scale),
        PlotKind::Bars => bars(html, plot, &scale),
    }
    let _ = writeln!(
        html,
        "</svg>\n<p class=\"axes\">{} over {}</p>\n</figure>",
        text(&plot.up),
        text(&plot.across)
    );
}

fn line(html: &mut String, plot: &Plot, scale: &Scale) {
    let points: Vec<String> = plot
        .points
        .iter()
        .map(|point| {
            let (x, y) = scale.at(*point);
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let _ = writeln!(html, "<polyline class=\"line\" points=\"{}\"/>", points.join(" "));
}

fn bars(html: &mut String, plot: &Plot, scale: &Scale) {
    let span = match plot.points[..] {
        [(first, _), (second, _), ..] => second - first,
        _ => scale.across,
    };
    for (across, up) in &plot.points {
        let (x, y) = scale.at((*across, *up));
        let (next, bottom) = scale.at((across + span, 0.0));
        let _ = writeln!(
            html,
            "<rect class=\"bar\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            (next - x - 1.0).max(1.0),
            bottom - y
        );
    }
}

fn number(value: f64) -> String {
    if value >= 10.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

fn text(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proved(broken: &[&str]) -> Proved {
        let mut findings = Findings::default();
        findings.check("one charge", true, String::new);
        findings.broken = broken.iter().map(|&what| what.to_owned()).collect();
        findings.plots.push(Plot {
            title: "Waiting".to_owned(),
            across: "ms".to_owned(),
            up: "buyers".to_owned(),
            kind: PlotKind::Bars,
            points: vec![(0.0, 3.0), (10.0, 7.0)],
        });
        Proved {
            name: "flood".to_owned(),
            about: "A thousand buyers".to_owned(),
            findings,
            seconds: 1.0,
        }
    }

    #[test]
    fn a_page_says_whether_everything_holds() {
        let page = page(&[proved(&[])], "today", "here");
        assert!(page.contains("1 invariants were checked, and all of them hold."));
        assert!(page.contains("<rect class=\"bar\"") && !page.contains("<script"));
    }

    #[test]
    fn what_is_broken_is_told_and_breaks_nothing_else() {
        let page = page(&[proved(&["<b>two charges</b>"])], "today", "here");
        assert!(page.contains("one is broken") && page.contains("&lt;b&gt;two charges"));
    }

    #[test]
    fn scales_end_at_round_numbers() {
        let ends = [0.3, 7.0, 10.0, 1_234.0].map(round_up);
        assert_eq!(
            ends.map(|end| (end * 10.0).round()),
            [5.0, 100.0, 100.0, 20_000.0]
        );
    }
}
