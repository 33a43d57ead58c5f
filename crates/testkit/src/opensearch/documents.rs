//! Indexes, aliases and what lies in them.

use super::{Refusal, only, single};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

#[derive(Default)]
pub struct Store {
    indexes: BTreeMap<String, Index>,
    aliases: BTreeMap<String, BTreeSet<String>>,
}

pub struct Index {
    /// By their full names.
    pub fields: HashMap<String, Value>,
    pub similarity: Value,
    documents: BTreeMap<String, Arc<Document>>,
    /// Versions of what was removed.
    removed: HashMap<String, u64>,
    /// As of the last refresh.
    pub visible: Vec<Arc<Document>>,
    sequence: u64,
}

pub struct Document {
    pub id: String,
    pub source: Value,
    version: u64,
    sequence: u64,
    /// Values by field; of text its tokens.
    pub values: HashMap<String, Vec<Value>>,
}

const TERM: u64 = 1;

impl Store {
    pub fn names(&self) -> Vec<String> {
        self.indexes.keys().cloned().collect()
    }

    pub fn source(&self, alias: &str, id: &str) -> Option<Value> {
        let index = self.index(alias).ok()?.1;
        Some(index.documents.get(id)?.source.clone())
    }

    pub fn fields(&self, alias: &str) -> usize {
        self.index(alias).map_or(0, |(_, index)| index.fields.len())
    }

    /// The index of that name, or the only one of an alias.
    pub fn index(&self, name: &str) -> Result<(&str, &Index), Refusal> {
        let named = match self.aliases.get(name) {
            Some(indexes) => indexes.iter().next().map_or(name, String::as_str),
            None => name,
        };
        let found = self.indexes.get_key_value(named);
        found
            .map(|(name, index)| (name.as_str(), index))
            .ok_or_else(|| Refusal::no_index(name))
    }

    pub fn alias(&self, alias: &str) -> Result<Value, Refusal> {
        let Some(indexes) = self.aliases.get(alias) else {
            let reason = format!("alias [{alias}] missing");
            return Err(Refusal::new(404, "aliases_not_found_exception", reason));
        };
        let of = |index: &String| (index.clone(), json!({"aliases": {alias: {}}}));
        Ok(Value::Object(indexes.iter().map(of).collect()))
    }

    pub fn aliases_of(&self, pattern: &str) -> Value {
        let start = pattern.trim_end_matches('*');
        let of = |index: &String| {
            let own = self.aliases.iter().filter(|(_, indexes)| indexes.contains(index));
            let own: Map<String, Value> = own.map(|(alias, _)| (alias.clone(), json!({}))).collect();
            (index.clone(), json!({"aliases": own}))
        };
        let named = self.indexes.keys().filter(|index| index.starts_with(start));
        Value::Object(named.map(of).collect())
    }

    pub fn change_aliases(&mut self, body: &Value) -> Result<Value, Refusal> {
        only(body, &["actions"], "aliases")?;
        // All of it or nothing.
        let (mut gone, mut added) = (Vec::new(), Vec::new());
        for action in body["actions"].as_array().into_iter().flatten() {
            let (kind, about) = single(action, "action")?;
            let text = |key: &str| about[key].as_str().unwrap_or_default().to_owned();
            let index = text("index");
            if !self.indexes.contains_key(&index) {
                return Err(Refusal::no_index(&index));
            }
            match kind {
                "remove_index" => {
                    only(about, &["index"], kind)?;
                    gone.push(index);
                }
                "add" => {
                    only(about, &["index", "alias"], kind)?;
                    added.push((index, text("alias")));
                }
                _ => return Err(Refusal::unknown(format!("[aliases] unknown field [{kind}]"))),
            }
        }
        for index in gone {
            self.delete(&index)?;
        }
        for (index, alias) in added {
            self.aliases.entry(alias).or_default().insert(index);
        }
        Ok(json!({"acknowledged": true}))
    }

    pub fn create(&mut self, name: &str, body: &Value) -> Result<Value, Refusal> {
        only(body, &["settings", "mappings", "aliases"], "create index")?;
        if self.indexes.contains_key(name) {
            let reason = format!("index [{name}] already exists");
            return Err(Refusal::new(400, "resource_already_exists_exception", reason));
        }
        let settings = &body["settings"]["index"];
        let known = ["number_of_shards", "refresh_interval", "gc_deletes", "similarity"];
        only(settings, &known, "index settings")?;
        if settings["number_of_shards"] != 1 {
            return Err(Refusal::unknown("this server has one shard"));
        }
        let mut fields = HashMap::new();
        add_fields("", &body["mappings"], &settings["similarity"], &mut fields)?;
        let index = Index {
            fields,
            similarity: settings["similarity"].clone(),
            documents: BTreeMap::new(),
            removed: HashMap::new(),
            visible: Vec::new(),
            sequence: 0,
        };
        self.indexes.insert(name.to_owned(), index);
        for alias in body["aliases"].as_object().into_iter().flat_map(Map::keys) {
            self.aliases
                .entry(alias.clone())
                .or_default()
                .insert(name.to_owned());
        }
        Ok(json!({"acknowledged": true, "shards_acknowledged": true, "index": name}))
    }

    pub fn delete(&mut self, name: &str) -> Result<Value, Refusal> {
        self.indexes.remove(name).ok_or_else(|| Refusal::no_index(name))?;
        self.aliases.retain(|_, indexes| {
            indexes.remove(name);
            !indexes.is_empty()
        });
        Ok(json!({"acknowledged": true}))
    }

    pub fn get(&self, index: &str, id: &str) -> Result<Value, Refusal> {
        let (name, index) = self.index(index)?;
        match index.documents.get(id) {
            Some(document) => Ok(json!({
                "_index": name, "_id": id, "_version": document.version, "_seq_no": document.sequence,
                "_primary_term": TERM, "found": true, "_source": document.source,
            })),
            // With this very body; only its status is of a refusal.
            None => Err(Refusal::new(404, "not_found", format!("[{id}] is not in {name}"))),
        }
    }

    pub fn refresh(&mut self, name: &str) -> Result<Value, Refusal> {
        let name = self.index(name)?.0.to_owned();
        let index = self
            .indexes
            .get_mut(&name)
            .ok_or_else(|| Refusal::no_index(&name))?;
        index.visible = index.documents.values().cloned().collect();
        Ok(json!({"_shards": {"total": 1, "successful": 1, "failed": 0}}))
    }

    pub fn bulk(
        &mut self,
        target: &str,
        body: &[u8],
        needs_alias: bool,
        taken: Option<usize>,
    ) -> Result<Value, Refusal> {
        let text = std::str::from_utf8(body).map_err(|error| Refusal::unknown(error.to_string()))?;
        if !text.ends_with('\n') {
            let reason = "The bulk request must be terminated by a newline [\\n]";
            return Err(Refusal::new(400, "illegal_argument_exception", reason));
        }
        let parse = |line: &str| -> Result<Value, Refusal> {
            serde_json::from_str(line).map_err(|error| Refusal::unknown(error.to_string()))
        };
        let (mut lines, mut items) = (text.lines(), Vec::new());
        while let Some(line) = lines.next() {
            let action = parse(line)?;
            let (kind, about) = single(&action, "bulk action")?;
            let known = ["_id", "version", "version_type", "if_seq_no", "if_primary_term"];
            only(about, &known, "bulk action")?;
            let source = match kind {
                "index" | "create" => Some(parse(lines.next().unwrap_or_default())?),
                "delete" => None,
                _ => return Err(Refusal::unknown(format!("unknown bulk action [{kind}]"))),
            };
            let done = if taken.is_some_and(|taken| items.len() >= taken) {
                Err(Refusal::new(
                    429,
                    "rejected_execution_exception",
                    "rejected execution of task",
                ))
            } else if needs_alias && !self.aliases.contains_key(target) {
                let reason = format!(
                    "no such index [{target}] and [require_alias] request flag is [true] and [{target}] is not an alias"
                );
                Err(Refusal::new(404, "index_not_found_exception", reason))
            } else {
                let name = self.index(target)?.0.to_owned();
                let index = self
                    .indexes
                    .get_mut(&name)
                    .ok_or_else(|| Refusal::no_index(&name))?;
                index.write(kind, about, source)
            };
            let item = match done {
                Ok(item) => item,
                Err(refusal) => json!({
                    "_index": target, "_id": about["_id"], "status": refusal.status, "error": refusal.error(),
                }),
            };
            items.push(json!({kind: item}));
        }
        let errors = items.iter().any(|item| item.to_string().contains("\"error\""));
        Ok(json!({"took": 1, "errors": errors, "items": items}))
    }
}

impl Index {
    fn write(&mut self, kind: &str, about: &Value, source: Option<Value>) -> Result<Value, Refusal> {
        let id = about["_id"].as_str().unwrap_or_default().to_owned();
        if id.is_empty() || id.len() > 512 {
            return Err(Refusal::new(
                400,
                "illegal_argument_exception",
                "an _id has 1 to 512 bytes",
            ));
        }
        let known = self.documents.get(&id);
        let before = known
            .map(|document| document.version)
            .or(self.removed.get(&id).copied());
        let conflict = |reason: String| Refusal::new(409, "version_conflict_engine_exception", reason);
        if kind == "create" && known.is_some() {
            return Err(conflict(format!(
                "[{id}]: version conflict, document already exists"
            )));
        }
        if let Some(wanted) = about["if_seq_no"].as_u64() {
            let is_so = known.is_some_and(|document| document.sequence == wanted);
            if !is_so || about["if_primary_term"] != TERM {
                return Err(conflict(format!(
                    "[{id}]: version conflict, required seqNo [{wanted}]"
                )));
            }
        }
        let version = match about["version_type"].as_str() {
            None => before.unwrap_or(0) + 1,
            Some("external_gte") => {
                let version = about["version"]
                    .as_u64()
                    .ok_or_else(|| Refusal::unknown("version is missing"))?;
                if let Some(before) = before.filter(|before| *before > version) {
                    let reason = format!(
                        "[{id}]: current version [{before}] is higher than the one provided [{version}]"
                    );
                    return Err(conflict(reason));
                }
                version
            }
            Some(other) => return Err(Refusal::unknown(format!("version type [{other}]"))),
        };
        let values = match &source {
            Some(source) => self.values(source)?,
            None => HashMap::new(),
        };
        self.sequence += 1;
        let sequence = self.sequence;
        let (result, status) = match (source, known.is_some()) {
            (Some(source), was_there) => {
                let document = Document {
                    id: id.clone(),
                    source,
                    version,
                    sequence,
                    values,
                };
                self.removed.remove(&id);
                self.documents.insert(id.clone(), Arc::new(document));
                if was_there {
                    ("updated", 200)
                } else {
                    ("created", 201)
                }
            }
            (None, was_there) => {
                self.documents.remove(&id);
                self.removed.insert(id.clone(), version);
                if was_there {
                    ("deleted", 200)
                } else {
                    ("not_found", 404)
                }
            }
        };
        Ok(json!({
            "_id": id, "_version": version, "result": result, "_seq_no": sequence, "_primary_term": TERM,
            "status": status,
        }))
    }

    fn values(&self, source: &Value) -> Result<HashMap<String, Vec<Value>>, Refusal> {
        let mut values = HashMap::new();
        self.add_values("", source, &mut values)?;
        Ok(values)
    }

    fn add_values(
        &self,
        prefix: &str,
        source: &Value,
        values: &mut HashMap<String, Vec<Value>>,
    ) -> Result<(), Refusal> {
        for (key, value) in source.as_object().into_iter().flatten() {
            let name = format!("{prefix}{key}");
            let Some(field) = self.fields.get(&name) else {
                let reason =
                    format!("mapping set to strict, dynamic introduction of [{name}] is not allowed");
                return Err(Refusal::new(400, "strict_dynamic_mapping_exception", reason));
            };
            if field["properties"].is_object() {
                self.add_values(&format!("{name}."), value, values)?;
                continue;
            }
            if field["enabled"] == false {
                continue;
            }
            let list = match value {
                Value::Array(list) => list.clone(),
                Value::Null => Vec::new(),
                one => vec![one.clone()],
            };
            let fits = |value: &Value| match field["type"].as_str().unwrap_or_default() {
                "keyword" | "text" => value.is_string(),
                "long" | "integer" | "date" => value.is_i64() || value.is_u64(),
                "float" => value.is_number(),
                "boolean" => value.is_boolean(),
                "geo_point" => value["lat"].is_number() && value["lon"].is_number(),
                _ => false,
            };
            if let Some(odd) = list.iter().find(|value| !fits(value)) {
                let reason = format!("failed to parse field [{name}]: {odd}");
                return Err(Refusal::new(400, "mapper_parsing_exception", reason));
            }
            let list = if field["type"] == "text" {
                let texts = list.iter().filter_map(Value::as_str);
                texts
                    .flat_map(str::split_whitespace)
                    .map(|token| json!(token))
                    .collect()
            } else {
                list
            };
            values.insert(name, list);
        }
        Ok(())
    }
}

fn add_fields(
    prefix: &str,
    mapping: &Value,
    similarity: &Value,
    fields: &mut HashMap<String, Value>,
) -> Result<(), Refusal> {
    let refused = |reason: String| Refusal::new(400, "mapper_parsing_exception", reason);
    if mapping["dynamic"] != "strict" {
        return Err(refused(
            "a mapping that grows by itself is not what is wanted here".to_owned(),
        ));
    }
    for (key, field) in mapping["properties"].as_object().into_iter().flatten() {
        let name = format!("{prefix}{key}");
        if field["properties"].is_object() {
            only(field, &["dynamic", "properties"], &name)?;
            fields.insert(name.clone(), json!({"properties": {}}));
            add_fields(&format!("{name}."), field, similarity, fields)?;
            continue;
        }
        let kind = field["type"].as_str().unwrap_or_default();
        match kind {
            "keyword" | "long" | "integer" | "float" | "boolean" | "geo_point" => {
                only(field, &["type"], &name)?;
            }
            "date" => only(field, &["type", "format"], &name)?,
            "object" => only(field, &["type", "enabled"], &name)?,
            "text" => {
                only(field, &["type", "analyzer", "similarity", "norms"], &name)?;
                if field["analyzer"] != "whitespace" {
                    return Err(refused(format!("analyzer of [{name}] is not known")));
                }
                let own = field["similarity"].as_str();
                if own.is_some_and(|own| !similarity[own].is_object()) {
                    return Err(refused(format!("Unknown Similarity type for field [{name}]")));
                }
            }
            other => {
                return Err(refused(format!(
                    "No handler for type [{other}] declared on field [{name}]"
                )));
            }
        }
        fields.insert(name, field.clone());
    }
    Ok(())
}
