//! Changing the index.

use super::document::Document;
use super::schema::Fields;
use super::{Engine, EngineError};
use kernel::{ProductId, TenantId};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, Term};

/// Memory of documents that wait to be written as a segment.
const HEAP_BYTES: usize = 64 * 1024 * 1024;
/// Share of deleted documents from which a segment is rewritten.
const DELETED_SHARE_MAX: f32 = 0.3;

/// The one writer of an index; the index's folder is locked while it lives.
pub struct Writer {
    writer: IndexWriter,
    fields: Fields,
}

impl Engine {
    pub fn writer(&self) -> Result<Writer, EngineError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(HEAP_BYTES)
            .build();
        let writer = self.index.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        merging.set_del_docs_ratio_before_merge(DELETED_SHARE_MAX);
        writer.set_merge_policy(Box::new(merging));
        Ok(Writer {
            writer,
            fields: self.fields,
        })
    }
}

impl Writer {
    /// Adds a product, in place of what was known of it.
    pub fn put(&self, document: &Document) -> Result<(), EngineError> {
        self.remove(document.product);
        self.writer.add_document(document.to_index(&self.fields)?)?;
        Ok(())
    }

    pub fn remove(&self, product: ProductId) {
        self.writer
            .delete_term(Term::from_field_bytes(self.fields.id, product.0.as_bytes()));
    }

    /// Removes every product of a shop.
    pub fn remove_shop(&self, tenant: TenantId) {
        self.writer
            .delete_term(Term::from_field_bytes(self.fields.tenant, tenant.0.as_bytes()));
    }

    /// Makes everything so far durable, together with `payload`. Searches see it after [`Engine::refresh`].
    pub fn commit(&mut self, payload: &str) -> Result<(), EngineError> {
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(payload);
        commit.commit()?;
        Ok(())
    }

    /// Ends the writer after running merges, and gives back its memory.
    pub fn close(self) -> Result<(), EngineError> {
        self.writer.wait_merging_threads()?;
        Ok(())
    }
}
