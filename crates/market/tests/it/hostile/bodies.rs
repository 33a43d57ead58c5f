//! Bodies of JSON, spoilt in every way.

use super::sample::{self, Node};
use super::{Case, Expect};
use crate::rightly::webhook;
use crate::spec::{Call, Operation, Spec};
use serde_json::{Value, json};
use std::sync::Arc;

/// Put where JSON cannot say what is meant, and replaced in its text.
const RAW: &str = "@raw@";
const DEEP: usize = 100_000;

/// A good call, whose body has every field that is described.
struct Base {
    call: Call,
    /// As a good caller sends it.
    known: Value,
    /// With every field.
    filled: Value,
}

impl Base {
    fn with(&self, body: &Value, pointer: &str, value: Value) -> Call {
        self.call.clone().json(&put(body, pointer, value))
    }

    /// What is read without complaint is refused, if at all, for what it says: so the rest is what good callers send,
    /// with as little more as it takes to say something there.
    fn said(&self, pointer: &str) -> Value {
        let mut body = self.known.clone();
        let mut at = String::new();
        for part in pointer.split('/').skip(1) {
            let here = at.clone();
            at = format!("{at}/{part}");
            let found = body
                .pointer(&at)
                .is_some_and(|value| !value.is_null() && *value != json!([]));
            if found {
                continue;
            }
            let more = self.filled.pointer(&at).cloned().expect("a filled body");
            match body.pointer_mut(&here) {
                Some(Value::Object(members)) => {
                    members.insert(part.to_owned(), more);
                }
                Some(Value::Array(items)) => items.push(more),
                _ => panic!("{here} holds nothing"),
            }
            break;
        }
        body
    }
}

pub fn cases(spec: &Spec, operation: &Operation, call: &Call) -> Vec<Case> {
    let Some(schema) = &operation.json else {
        return Vec::new();
    };
    let known: Value = serde_json::from_slice(&call.body).expect("a good body");
    if operation.parameters.iter().any(|p| p.name == "webhook-signature") {
        return messages(call);
    }
    let base = Arc::new(Base {
        call: call.clone(),
        filled: sample::filled(spec, schema, Some(&known)),
        known,
    });
    let mut cases = whole(&base);
    for node in sample::nodes(spec, schema, &base.filled) {
        cases.extend(wrong_types(&base, &node));
        cases.extend(wrong_members(&base, &node));
        cases.extend(wrong_numbers(&base, &node));
        cases.extend(wrong_texts(&base, &node));
        cases.extend(wrong_lists(&base, &node));
    }
    cases
}

fn put(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    match body.pointer_mut(pointer) {
        Some(at) => *at = value,
        None => panic!("{pointer} is not in {body}"),
    }
    body
}

/// The body as a whole: not JSON, not an object, too much of it. `open` is the good body without its last brace.
fn whole(base: &Arc<Base>) -> Vec<Case> {
    type Spoil = fn(&str) -> Vec<u8>;
    let texts: [(&str, Spoil); 20] = [
        ("empty", |_| Vec::new()),
        ("null", |_| b"null".to_vec()),
        ("a list", |_| b"[]".to_vec()),
        ("a list of nulls", |_| b"[null,null,null,null,null,null]".to_vec()),
        ("text", |_| b"\"x\"".to_vec()),
        ("a number", |_| b"7".to_vec()),
        ("not a number", |_| b"NaN".to_vec()),
        ("unclosed", |open| open.into()),
        ("a comma too many", |open| format!("{open},}}").into()),
        ("a comment", |open| format!("/* */{open}}}").into()),
        ("something after", |open| format!("{open}}} x").into()),
        ("two of them", |open| format!("{open}}}{open}}}").into()),
        ("a byte order mark", |open| format!("\u{feff}{open}}}").into()),
        ("UTF-16", |open| {
            open.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }),
        ("broken UTF-8", |open| {
            [open.as_bytes(), b",\"x\":\"\xff\xfe\"}"].concat()
        }),
        ("broken UTF-8 in a name", |open| {
            [open.as_bytes(), b",\"\xc3\x28\":1}"].concat()
        }),
        ("a lone surrogate", |open| {
            format!(r#"{open},"x":"\ud800"}}"#).into()
        }),
        ("deep lists", |_| [b"[".repeat(DEEP), b"]".repeat(DEEP)].concat()),
        ("deep objects", |_| {
            [br#"{"a":"#.repeat(DEEP / 3), b"1".to_vec(), b"}".repeat(DEEP / 3)].concat()
        }),
        ("deep in a member", |open| {
            format!(r#"{open},"x":{}1{}}}"#, "[".repeat(DEEP), "]".repeat(DEEP)).into()
        }),
    ];
    let mut cases: Vec<Case> = texts
        .into_iter()
        .map(|(what, spoil)| {
            let base = base.clone();
            Case::made(what, Expect::field(""), move || {
                let text = base.filled.to_string();
                let body = spoil(&text[..text.len() - 1]);
                base.call.clone().bytes("application/json", body)
            })
        })
        .collect();
    cases.push(twice(base));
    let huge = base.clone();
    cases.push(Case::made("too large", Expect::Status(413), move || {
        let text = huge.filled.to_string();
        let body = format!(
            r#"{},"x":"{}"}}"#,
            &text[..text.len() - 1],
            "x".repeat(300 * 1024)
        );
        huge.call.clone().bytes("application/json", body)
    }));
    cases.extend(content_types(base));
    cases
}

/// What a provider might say, rightly signed each time: its body is no form of ours, so no field is named.
fn messages(call: &Call) -> Vec<Case> {
    // By the clock of the test, which the good message names.
    let said = call.headers.iter().find(|(name, _)| *name == "webhook-timestamp");
    let said = String::from_utf8_lossy(&said.expect("a time").1)
        .parse()
        .expect("seconds");
    let now = chrono::DateTime::from_timestamp(said, 0).expect("a time");
    let texts: [(&str, Vec<u8>); 9] = [
        ("empty", Vec::new()),
        ("null", b"null".to_vec()),
        ("a list", b"[]".to_vec()),
        (
            "without a key",
            br#"{"type": "charge.captured", "data": {}}"#.to_vec(),
        ),
        (
            "a key of NULs",
            br#"{"type": "charge.captured", "data": {"key": "\u0000"}}"#.to_vec(),
        ),
        (
            "a number for a key",
            br#"{"type": "charge.captured", "data": {"key": 1e400}}"#.to_vec(),
        ),
        ("broken UTF-8", b"{\"type\": \"\xff\"}".to_vec()),
        ("deep lists", [b"[".repeat(DEEP), b"]".repeat(DEEP)].concat()),
        ("too large", vec![b' '; 300 * 1024]),
    ];
    let signed = texts.into_iter().enumerate().map(|(n, (what, body))| {
        let call = webhook(call.clone(), &format!("odd-{n}"), now, body);
        // A provider that signs a message may call its charges what it likes.
        let expect = if what == "a key of NULs" {
            Expect::Taken
        } else {
            Expect::Refused
        };
        Case::new(what, call, expect)
    });
    let tampered = call
        .clone()
        .bytes("application/json", r#"{"type": "charge.captured"}"#);
    signed
        .chain([Case::new("not what was signed", tampered, Expect::Status(401))])
        .collect()
}

/// The first of two would be read, or the last.
fn twice(base: &Arc<Base>) -> Case {
    let base = base.clone();
    Case::made("a member twice", Expect::field(""), move || {
        let text = base.filled.to_string();
        let (name, value) = base
            .filled
            .as_object()
            .and_then(|o| o.iter().next())
            .expect("a member");
        let body = format!(r#"{{"{name}":{value},{}"#, &text[1..]);
        base.call.clone().bytes("application/json", body)
    })
}

fn content_types(base: &Base) -> Vec<Case> {
    let kinds: [&[u8]; 6] = [
        b"text/plain",
        b"",
        b"application/jsonx",
        b"application/json\xff",
        b"json",
        b"multipart/form-data",
    ];
    let mut cases: Vec<Case> = kinds
        .into_iter()
        .map(|kind| {
            let what = format!("content type {}", String::from_utf8_lossy(kind));
            let call = base.call.clone().instead("content-type", kind);
            Case::new(&what, call, Expect::field("Content-Type"))
        })
        .collect();
    let mut bare = base.call.clone();
    bare.headers.retain(|(name, _)| *name != "content-type");
    cases.push(Case::new("no content type", bare, Expect::field("Content-Type")));
    cases
}

fn wrong_types(base: &Arc<Base>, node: &Node) -> Vec<Case> {
    let is = |kind: &str| node.types.iter().any(|t| t == kind);
    let kinds = [
        ("null", json!(null)),
        ("boolean", json!(true)),
        ("integer", json!(1)),
        ("number", json!(1.5)),
        ("string", json!("x")),
        ("array", json!([])),
        ("array", json!([null])),
        ("object", json!({})),
        ("object", json!({"x": 1})),
    ];
    kinds
        .into_iter()
        // A number may be whole.
        .filter(|(kind, _)| !(is(kind) || *kind == "integer" && is("number")))
        .map(|(_, value)| {
            let what = format!("{} is {value}", node.pointer);
            let (base, pointer) = (base.clone(), node.pointer.clone());
            Case::made(&what, Expect::field(&node.pointer), move || {
                base.with(&base.filled, &pointer, value.clone())
            })
        })
        .collect()
}

fn wrong_members(base: &Arc<Base>, node: &Node) -> Vec<Case> {
    let at = &node.pointer;
    let Some(members) = base.filled.pointer(at).and_then(Value::as_object) else {
        return Vec::new();
    };
    let changed = |what: &str, members: Value, expect: Expect| {
        let (base, at) = (base.clone(), at.clone());
        Case::made(what, expect, move || {
            base.with(&base.filled, &at, members.clone())
        })
    };
    let mut cases = Vec::new();
    for name in node.schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().expect("a name");
        let mut fewer = members.clone();
        fewer.remove(name);
        let missing = format!("{at}/{name}");
        cases.push(changed(
            &format!("{missing} is missing"),
            fewer.into(),
            Expect::field(&missing),
        ));
    }
    // A map takes any name; a choice by its tag skips what it does not know.
    let is_map = node.schema["additionalProperties"].is_object();
    let is_tagged = node.schema["properties"]["kind"]["enum"].is_array();
    if is_map {
        for key in ["", "a\u{7}b", "a\u{0}b", &"k".repeat(10_000)] {
            let what = format!("{at} has the key {key:.20?}");
            cases.push(changed(&what, json!({key: "x"}), Expect::Refused));
        }
    } else if !is_tagged {
        let mut more = members.clone();
        more.insert("nonsense".to_owned(), json!(1));
        let unknown = format!("{at}/nonsense");
        cases.push(changed(
            &format!("{unknown} is unknown"),
            more.into(),
            Expect::field(&unknown),
        ));
    }
    cases
}

fn wrong_numbers(base: &Arc<Base>, node: &Node) -> Vec<Case> {
    let is = |kind: &str| node.types.iter().any(|t| t == kind);
    if !is("integer") && !is("number") {
        return Vec::new();
    }
    let never = ["1e400", "-1e400", "1e", "01", "+1", "0x1f", "1_000", "Infinity"];
    let out_of_range = ["9223372036854775808", "-9223372036854775809", "1e30"];
    let odd = [
        "9223372036854775807",
        "-9223372036854775808",
        "4294967296",
        "-1",
        "0",
        "1000000000001",
    ];
    let case = |number: &'static str, expect: Expect| {
        let (base, at) = (base.clone(), node.pointer.clone());
        Case::made(&format!("{at} is {number}"), expect, move || {
            let text = put(&base.said(&at), &at, json!(RAW)).to_string();
            let text = text.replace(&format!("\"{RAW}\""), number);
            base.call.clone().bytes("application/json", text)
        })
    };
    let mut cases: Vec<Case> = never.into_iter().map(|n| case(n, Expect::field(""))).collect();
    if !is("number") {
        cases.extend(
            out_of_range
                .into_iter()
                .map(|n| case(n, Expect::field(&node.pointer))),
        );
    }
    cases.extend(odd.into_iter().map(|n| case(n, Expect::Taken)));
    cases
}

fn wrong_texts(base: &Arc<Base>, node: &Node) -> Vec<Case> {
    let at = &node.pointer;
    let is_text = node.types.iter().any(|t| t == "string");
    let said = base.said(at);
    let good = said.pointer(at).and_then(Value::as_str);
    let (true, Some(good)) = (is_text, good) else {
        return Vec::new();
    };
    let case = |what: &str, text: String, expect: Expect| {
        let (base, at) = (base.clone(), at.clone());
        Case::made(&format!("{at} is {what}"), expect, move || {
            base.with(&base.said(&at), &at, json!(text))
        })
    };
    let mut cases = vec![
        case("with NUL", format!("{good}\u{0}"), Expect::field(at)),
        case("with a bell", format!("{good}\u{7}x"), Expect::Taken),
        case("with an escape", format!("\u{1b}[31m{good}"), Expect::Taken),
        case("with a C1 control", format!("{good}\u{85}x"), Expect::Taken),
        case("very long", "x".repeat(60_000), Expect::Taken),
        case("empty", String::new(), Expect::Taken),
        case("a space", " ".to_owned(), Expect::Taken),
    ];
    let closed = node.schema["format"] == "uuid"
        || node.schema["enum"].is_array()
        || node.schema["pattern"].is_string();
    let (words, expect) = if closed {
        (
            &[
                "nonsense",
                "01890000-0000-7000-8000-00000000000g",
                "eur",
                "EURO",
                "ZZZ",
                "EUR ",
            ][..],
            Expect::field(at),
        )
    } else {
        (
            &[
                "'; drop table identity.account; --",
                "{{7*7}}${7*7}<script>alert(1)</script>",
                "\u{ffff}\u{10ffff}",
                "\u{202e}gnirts",
                "ZZ",
                "ES-ZZ",
                "es",
                "../../etc/passwd",
                "//evil.example",
                "a@b",
                "#12",
                "javascript:alert(1)",
            ][..],
            Expect::Taken,
        )
    };
    cases.extend(
        words
            .iter()
            .map(|word| case(&format!("{word:?}"), (*word).to_owned(), expect.clone())),
    );
    cases
}

fn wrong_lists(base: &Arc<Base>, node: &Node) -> Vec<Case> {
    let at = &node.pointer;
    let item = base.said(at).pointer(at).and_then(|list| list.get(0)).cloned();
    let Some(item) = item.filter(|_| node.types.iter().any(|t| t == "array")) else {
        return Vec::new();
    };
    let many = (200_000 / (item.to_string().len() + 1)).min(10_000);
    [("empty", 0), ("twice the same", 2), ("very long", many)]
        .into_iter()
        .map(|(what, times)| {
            let (base, at, item) = (base.clone(), at.clone(), item.clone());
            Case::made(&format!("{at} is {what}"), Expect::Taken, move || {
                base.with(&base.said(&at), &at, vec![item.clone(); times].into())
            })
        })
        .collect()
}
