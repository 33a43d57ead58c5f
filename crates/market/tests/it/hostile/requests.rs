//! Paths, queries and headers, spoilt in every way; and bodies that are files.

use super::sample::types;
use super::{Case, Expect};
use crate::spec::{Call, Operation, Spec};

pub fn cases(spec: &Spec, operation: &Operation, call: &Call) -> Vec<Case> {
    let mut cases = paths(operation, call);
    cases.extend(queries(spec, operation, call));
    cases.extend(headers(operation, call));
    if operation.takes_bytes {
        cases.extend(files(call));
    }
    cases
}

/// Every parameter of the path, one after the other.
fn paths(operation: &Operation, call: &Call) -> Vec<Case> {
    let (path, query) = match call.target.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (call.target.as_str(), String::new()),
    };
    let long = "x".repeat(10_000);
    let texts = [
        "nonsense",
        "01890000-0000-7000-8000-00000000000g",
        "%ff",
        "%c3%28",
        "%00",
        "%07",
        "%zz",
        "%",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..",
        "%F0%9F%99%82",
        "a%2Fb",
        "'%20or%201=1--",
        "-1",
        "9223372036854775808",
        &long,
    ];
    let mut cases = Vec::new();
    for (at, segment) in operation.path.split('/').enumerate() {
        if !segment.starts_with('{') {
            continue;
        }
        for text in texts.iter().chain(&[""]) {
            let mut segments: Vec<&str> = path.split('/').collect();
            segments[at] = text;
            let mut spoilt = call.clone();
            spoilt.target = format!("{}{query}", segments.join("/"));
            cases.push(Case::new(
                &format!("{segment} is {text:.40}"),
                spoilt,
                Expect::Refused,
            ));
        }
        // An id, though nobody's: what only looks finds nothing, what takes away has nothing to do.
        let mut segments: Vec<&str> = path.split('/').collect();
        segments[at] = "00000000-0000-0000-0000-000000000000";
        let mut strange = call.clone();
        strange.target = format!("{}{query}", segments.join("/"));
        cases.push(Case::new(
            &format!("{segment} is nobody's"),
            strange,
            Expect::Taken,
        ));
    }
    cases
}

fn queries(spec: &Spec, operation: &Operation, call: &Call) -> Vec<Case> {
    let (bare, good) = call.target.split_once('?').unwrap_or((&call.target, ""));
    // The other parameters stay as they were: one that is missing would be named instead.
    let asked = |query: &str| {
        let name = query.split('=').next().unwrap_or_default();
        let others = good
            .split('&')
            .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name));
        let pairs: Vec<&str> = others.chain([query]).collect();
        let mut spoilt = call.clone();
        spoilt.target = format!("{bare}?{}", pairs.join("&"));
        spoilt
    };
    let mut cases = Vec::new();
    let parameters: Vec<_> = operation
        .parameters
        .iter()
        .filter(|p| p.place == "query")
        .collect();
    for parameter in &parameters {
        let (name, schema) = (&parameter.name, spec.resolve(&parameter.schema));
        let kinds = types(spec, schema);
        let is = |kind: &str| kinds.iter().any(|k| k == kind);
        let mut field = |values: &[&str]| {
            for value in values {
                let what = format!("{name}={value:.40}");
                cases.push(Case::new(
                    &what,
                    asked(&format!("{name}={value}")),
                    Expect::field(name),
                ));
            }
        };
        if is("integer") {
            field(&[
                "x",
                "1e400",
                "1.5",
                "9223372036854775808",
                "-9223372036854775809",
                "0x10",
                "%00",
                "%ff",
                "-1",
                "",
            ]);
        } else if is("boolean") {
            field(&["maybe", "1", "%00", "%ff", ""]);
        } else if schema["enum"].is_array() || schema["format"] == "uuid" {
            field(&["nonsense", "%00", "%ff", "%F0%9F%99%82", ""]);
        } else if schema["format"] == "date-time" {
            field(&[
                "yesterday",
                "2026-13-01T00:00:00Z",
                "2026-01-01",
                "%00",
                "%ff",
                "",
            ]);
            for value in [
                "+262142-12-31T23:59:59Z",
                "-262143-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:60Z",
            ] {
                let call = asked(&format!("{name}={}", value.replace('+', "%2B")));
                cases.push(Case::new(&format!("{name}={value}"), call, Expect::Taken));
            }
        } else {
            field(&["%00", "%ff", "a%c3%28"]);
            for value in [
                "",
                "%07",
                "%zz",
                "%",
                "'%20or%201=1--",
                "%E2%80%AE",
                &"x".repeat(5_000),
                &"a%20".repeat(3_000),
            ] {
                let what = format!("{name}={value:.40}");
                cases.push(Case::new(&what, asked(&format!("{name}={value}")), Expect::Taken));
            }
        }
        if !is("array") {
            let twice = asked(&format!("{name}=1&{name}=1"));
            cases.push(Case::new(&format!("{name} twice"), twice, Expect::Refused));
        }
    }
    // An operation that has no parameters does not look at the query.
    let expect = if parameters.is_empty() {
        Expect::Ignored
    } else {
        Expect::Refused
    };
    for query in ["nonsense=1", "%00=1", "%ff=1", "nonsense", "=1", "limit%5B%5D=1"] {
        cases.push(Case::new(&format!("?{query}"), asked(query), expect.clone()));
    }
    for query in ["", "&&&", "%", "%zz=%zz"] {
        cases.push(Case::new(&format!("?{query}"), asked(query), Expect::Ignored));
    }
    cases
}

fn headers(operation: &Operation, call: &Call) -> Vec<Case> {
    let mut cases = Vec::new();
    let long = vec![b'k'; 10_000];
    let needs = |name: &str| {
        operation
            .parameters
            .iter()
            .any(|p| p.place == "header" && p.name == name)
    };
    let mut spoil = |name: &'static str, values: &[&[u8]], expect: &Expect| {
        for value in values {
            let what = format!("{name}: {:.40}", String::from_utf8_lossy(value));
            cases.push(Case::new(
                &what,
                call.clone().instead(name, *value),
                expect.clone(),
            ));
        }
    };
    let expect = if operation.takes_token {
        Expect::Status(401)
    } else {
        Expect::Ignored
    };
    let tokens: [&[u8]; 10] = [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic eDp5",
        b"Bearer \xff\xfe",
        b"\xff",
        b"Bearer a.b.c",
        b"Bearer ..",
        b"Bearer eyJhbGciOiJFZERTQSJ9.e30.",
        &[b"Bearer ".as_slice(), &long].concat(),
    ];
    spoil("authorization", &tokens, &expect);
    if needs("Idempotency-Key") {
        let expect = Expect::field("Idempotency-Key");
        spoil(
            "idempotency-key",
            &[b"", &long, b"\xff\xfe", b"k\xc3\xa9y"],
            &expect,
        );
    }
    if needs("If-Match") {
        let expect = Expect::field("If-Match");
        let tags: [&[u8]; 7] = [
            b"",
            b"*",
            b"\"x\"",
            b"\"\xff\"",
            b"\"1\", \"2\"",
            b"W/",
            b"99999999999999999999",
        ];
        spoil("if-match", &tags, &expect);
    }
    if needs("X-Cart-Token") {
        spoil(
            "x-cart-token",
            &[b"", b"short", b"\xff\xfe", &long],
            &Expect::field("X-Cart-Token"),
        );
    }
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        if needs(name) {
            let values: [&[u8]; 6] = [b"", b"nonsense", b"\xff\xfe", b"0", b"v1,", &long];
            spoil(name, &values, &Expect::Refused);
        }
    }
    spoil(
        "x-correlation-id",
        &[b"nonsense", b"\xff", &long],
        &Expect::Ignored,
    );
    spoil(
        "x-forwarded-for",
        &[b"nonsense", b"\xff", b"::1, 999.1.1.1", b","],
        &Expect::Ignored,
    );
    spoil("accept", &[b"text/html", b"\xff", &long], &Expect::Ignored);
    spoil("accept-encoding", &[b"br;q=x, zip", b"\xff"], &Expect::Ignored);
    spoil("if-none-match", &[b"\xff", b"*"], &Expect::Ignored);
    spoil("user-agent", &[b"\xff\xfe", b"", &long], &Expect::Ignored);
    spoil("range", &[b"bytes=5-1", b"\xff"], &Expect::Ignored);
    spoil("content-encoding", &[b"gzip", b"\xff"], &Expect::Ignored);
    cases.extend(doubled(operation, call));
    cases
}

/// What is said twice might be read once by us and otherwise by a proxy.
fn doubled(operation: &Operation, call: &Call) -> Vec<Case> {
    let mut cases = Vec::new();
    let names: [(&'static str, &str); 4] = [
        ("authorization", ""),
        ("idempotency-key", "Idempotency-Key"),
        ("if-match", "If-Match"),
        ("x-cart-token", "X-Cart-Token"),
    ];
    for (name, field) in names {
        let said = call.headers.iter().find(|(n, _)| *n == name).cloned();
        let is_read = operation
            .parameters
            .iter()
            .any(|p| p.place == "header" && p.name == field)
            || (name == "authorization" && operation.takes_token);
        if !is_read {
            continue;
        }
        let first = said.map_or_else(|| b"a-token-of-some-length-or-other".to_vec(), |(_, value)| value);
        let twice = call
            .clone()
            .instead(name, first)
            .header(name, "another-one-of-some-length");
        let expect = if name == "authorization" {
            Expect::Status(401)
        } else {
            Expect::field(field)
        };
        cases.push(Case::new(&format!("{name} twice"), twice, expect));
    }
    cases
}

/// A megabyte more than any picture may have.
const TOO_LARGE: usize = 11 * 1024 * 1024;

fn files(call: &Call) -> Vec<Case> {
    let gzip: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage";
    let png: &[u8] =
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\x00\x00\x00";
    let is_picture = call.target.contains("images");
    let mut cases = Vec::new();
    let bodies: [(&str, Vec<u8>); 16] = [
        ("empty", Vec::new()),
        ("NULs", vec![0; 4096]),
        ("no UTF-8", vec![0xff; 4096]),
        ("half a gzip", gzip.to_vec()),
        ("the head of a picture", png.to_vec()),
        ("a picture in name", b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec()),
        (
            "a drawing that acts",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec(),
        ),
        ("half a riff", b"RIFF\xff\xff\xff\xffWEBPVP8 ".to_vec()),
        ("deep lists", b"[".repeat(100_000)),
        ("deep objects", br#"{"a":"#.repeat(100_000)),
        ("an endless row", b"x".repeat(3 * 1024 * 1024)),
        (
            "an open quote",
            b"title,price\n\""
                .iter()
                .copied()
                .chain(b"x\n".repeat(100_000))
                .collect(),
        ),
        ("only a header", b"title,price\n".to_vec()),
        ("a header of nothing", b",,,,,\n1,2,3\n".to_vec()),
        (
            "very many columns",
            format!("{}\n", "c,".repeat(50_000)).into_bytes(),
        ),
        (
            "odd numbers",
            b"key,title,price,stock\na,A,1e400,-5\nb,B,-1,99999999999999999999\nc,\x00,1,1\n".to_vec(),
        ),
    ];
    for (what, body) in bodies {
        // A file of rows tells what is wrong row by row, in an answer of its own.
        let expect = if is_picture {
            Expect::Refused
        } else {
            Expect::Report
        };
        let call = call.clone().bytes("application/octet-stream", body);
        cases.push(Case::new(what, call, expect));
    }
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
    ] {
        let call = call.clone().bytes(
            kind,
            "--x\r\ncontent-disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\nhalf",
        );
        let expect = if is_picture {
            Expect::Refused
        } else {
            Expect::Report
        };
        cases.push(Case::new(kind, call, expect));
    }
    if is_picture {
        let call = call.clone().bytes("image/png", vec![0x89; TOO_LARGE]);
        cases.push(Case::new("too large", call, Expect::Status(413)));
    }
    cases
}
