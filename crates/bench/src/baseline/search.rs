//! Bare tantivy behind bare axum: the same index, its words as they stand, the best two dozen by BM25, their cards as they
//! are stored. It corrects nothing, completes nothing and counts nothing.

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use search::engine::analysis::{ANALYZER, FOLDER, analyzer, folder};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, QueryParser, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{Index, ReloadPolicy, Searcher, TantivyDocument, Term};

const PAGE: usize = 24;
/// Worth of a word in each field, as plain as it gets.
const TITLE_BOOST: f32 = 3.0;

struct Bare {
    searcher: Searcher,
    parser: QueryParser,
    in_stock: Field,
    card: Field,
}

pub fn routes(folder_of_index: &Path) -> Result<Router> {
    let index = Index::open_in_dir(folder_of_index)
        .with_context(|| format!("opening {}", folder_of_index.display()))?;
    index.tokenizers().register(ANALYZER, analyzer());
    index.tokenizers().register(FOLDER, folder());
    let schema = index.schema();
    let [title, label, text] = ["title", "label", "text"].map(|name| schema.get_field(name));
    let (title, label, text) = (title?, label?, text?);
    let mut parser = QueryParser::for_index(&index, vec![title, label, text]);
    parser.set_field_boost(title, TITLE_BOOST);
    parser.set_conjunction_by_default();
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    let bare = Bare {
        searcher: reader.searcher(),
        parser,
        in_stock: schema.get_field("in_stock")?,
        card: schema.get_field("card")?,
    };
    Ok(Router::new()
        .route("/health/ready", get(async || "ok"))
        .route("/v1/search", get(answer))
        .with_state(Arc::new(bare)))
}

async fn answer(
    State(bare): State<Arc<Bare>>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<impl IntoResponse, StatusCode> {
    let found = tokio::task::spawn_blocking(move || bare.find(&parameters)).await;
    let body = found
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body))
}

impl Bare {
    fn find(&self, parameters: &HashMap<String, String>) -> Result<String> {
        let words = parameters.get("q").map_or("", String::as_str);
        let (mut query, _) = self.parser.parse_query_lenient(words);
        if parameters.contains_key("in_stock") {
            let in_stock = TermQuery::new(Term::from_field_u64(self.in_stock, 1), IndexRecordOption::Basic);
            query = Box::new(BooleanQuery::new(vec![
                (Occur::Must, query),
                (Occur::Must, Box::new(in_stock)),
            ]));
        }
        let (best, total) = self
            .searcher
            .search(&query, &(TopDocs::with_limit(PAGE).order_by_score(), Count))?;
        let mut body = format!("{{\"total\":{total},\"hits\":[");
        for (rank, (_, address)) in best.into_iter().enumerate() {
            let document: TantivyDocument = self.searcher.doc(address)?;
            if rank > 0 {
                body.push(',');
            }
            body.push_str(
                document
                    .get_first(self.card)
                    .and_then(|v| v.as_str())
                    .unwrap_or("null"),
            );
        }
        body.push_str("]}");
        Ok(body)
    }
}
