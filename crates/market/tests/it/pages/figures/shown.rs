//! What stands on a page, as somebody reads it.

/// What follows this text; panics where it is missing, with the page.
fn behind<'a>(page: &'a str, start: &str) -> &'a str {
    let (_, rest) = page
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {page}"));
    rest
}

/// Without marks, in one line.
fn plain(html: &str) -> String {
    let pieces = html
        .split('<')
        .enumerate()
        .map(|(index, piece)| match (index, piece.split_once('>')) {
            (0, _) | (_, None) => piece,
            (_, Some((_, text))) => text,
        });
    let text = pieces.collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The digits of a figure: minor units of an amount, or a count. A dash is nothing.
pub fn amount(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let size: i64 = match digits.as_str() {
        "" => 0,
        digits => digits.parse().unwrap(),
    };
    if text.contains('\u{2212}') || text.contains('-') {
        -size
    } else {
        size
    }
}

/// A figure of a row of figures, by its name.
pub fn figure(page: &str, key: &str) -> i64 {
    let item = behind(page, &format!("data-figure=\"{key}\">"));
    let value = behind(item, "<span class=\"figure-value\">");
    amount(value.split_once("</span>").unwrap().0)
}

/// All amounts that bear this name.
pub fn amounts(page: &str, key: &str) -> Vec<i64> {
    let mark = format!("data-figure=\"{key}\">");
    let each = page.split(mark.as_str()).skip(1);
    each.map(|item| amount(item.split_once('<').unwrap().0)).collect()
}

/// What stands in the section below this heading.
pub fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let inside = behind(page, &format!("aria-labelledby=\"{id}\">"));
    inside.split_once("</section>").unwrap().0
}

/// The rows of all tables' bodies, cell by cell.
pub fn rows(html: &str) -> Vec<Vec<String>> {
    let bodies = html.split("<tbody>").skip(1);
    let inside = bodies.map(|body| body.split("</tbody>").next().unwrap_or_default());
    inside
        .flat_map(|body| body.split("<tr").skip(1))
        .map(cells)
        .collect()
}

fn cells(row: &str) -> Vec<String> {
    let cells = row.split("</t").filter_map(|piece| {
        let from = piece.rfind("<td").max(piece.rfind("<th"))?;
        Some(plain(&piece[from..]))
    });
    cells.collect()
}

/// What an account of the books holds as a liability; nothing where it is not in them.
pub fn balance(page: &str, account: &str) -> i64 {
    let mark = format!("<tr data-figure=\"{account}\">");
    let Some((_, row)) = page.split_once(&mark) else {
        return 0;
    };
    match cells(row.split_once("</tr>").unwrap().0).as_slice() {
        [_, debit, credit] => amount(credit) - amount(debit),
        other => panic!("{other:?}"),
    }
}

/// The items of the list of what sold best: title, pieces, amount.
pub fn best(html: &str) -> Vec<(String, i64, i64)> {
    let list = behind(html, "<ol class=\"month-top\">");
    let list = list.split_once("</ol>").unwrap().0;
    let spans = |item: &str| -> Vec<String> {
        let parts = item.split("</span>").filter_map(|part| {
            let (_, text) = part.rsplit_once('>')?;
            Some(text.to_owned())
        });
        parts.collect()
    };
    list.split("<li>")
        .skip(1)
        .map(|item| {
            let title = plain(item.split_once("</a>").unwrap().0);
            let said = spans(item);
            // A shop's name may stand before the pieces.
            let pieces = said[0].rsplit("· ").next().unwrap_or_default();
            (title, amount(pieces), amount(&said[1]))
        })
        .collect()
}

#[test]
fn figures_are_read_as_they_are_written() {
    assert_eq!(amount("€1,234.50"), 123_450);
    assert_eq!(amount("\u{2212}€3.00"), -300);
    assert_eq!((amount("—"), amount("12 pieces")), (0, 12));
    let page = "<ul><li data-figure=\"a.b\"><a href=\"/x\"><span class=\"figure-label\">A</span>\
                <span class=\"figure-value\">€5.00</span></a></li></ul>\
                <table><tbody><tr><th scope=\"row\">Jaén<svg><rect/></svg></th><td class=\"end\">€2.00</td></tr></tbody></table>";
    assert_eq!(figure(page, "a.b"), 500);
    assert_eq!(rows(page), [["Jaén", "€2.00"]]);
    let list = "<ol class=\"month-top\"><li><a href=\"/p\">Cup</a><span class=\"small soft\">Alder · 2 pieces</span>\
                <span class=\"figures strong\">€9.00</span></li></ol>";
    assert_eq!(best(list), [("Cup".to_owned(), 2, 900)]);
}
