//! What the catalogue refuses, and how the refusal travels.

use crate::domain::Refusal;
use crate::import::row::Broken;
use kernel::{Fault, FieldError, ImportId, Kind};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field breaks a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("version {current} is the present one")]
    VersionChanged { current: i64 },
    /// An upload cannot be read to its end; the rows before are in.
    #[error("import {import} broke off: {broken}")]
    ImportBroken { import: ImportId, broken: Broken },
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("object storage: {0}")]
    Storage(#[from] object_store::Error),
    /// Another context's refusal.
    #[error(transparent)]
    Upstream(#[from] Fault),
    /// What is stored cannot be read: a defect.
    #[error("stored {0} cannot be read: {1}")]
    Unreadable(&'static str, serde_json::Error),
}

impl store::TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => {
                let mut fault = Fault::field(refusal.code, pointer(&refusal.pointer), refusal.message);
                fault.fields.extend(refusal.also.into_iter().map(|other| FieldError {
                    pointer: pointer(&other.pointer),
                    detail: other.message,
                }));
                fault.kind = match refusal.code {
                    "sku_taken" | "key_taken" | "category_taken" => Kind::Conflict,
                    "image_too_large" => Kind::TooLarge,
                    _ => Kind::Invalid,
                };
                fault
            }
            Error::NotFound(what) => Fault::not_found(what),
            Error::VersionChanged { current } => Fault::new(
                Kind::PreconditionFailed,
                "version_changed",
                "Somebody changed this in the meantime. Read it again and repeat your change on what you find.",
            )
            .with("version", current),
            Error::ImportBroken { import, broken } => {
                Fault::new(Kind::Unprocessable, broken.code, broken.to_string())
                    .with("row", broken.row)
                    .with("import", import)
            }
            Error::Upstream(fault) => fault,
            Error::Database(error) => of_database(&error),
            Error::Storage(error) => {
                tracing::error!(%error, "the object store failed");
                Fault::unavailable("The store of pictures and files")
            }
            error @ Error::Unreadable(..) => {
                tracing::error!(%error, "the catalogue failed");
                Fault::internal()
            }
        }
    }
}

/// Constraints whose breach is the caller's doing, should a check before the statement have missed it.
fn of_database(error: &sqlx::Error) -> Fault {
    let refusal = match store::constraint_of(error) {
        Some("variant_pool_tenant_id_code_idx" | "variant_code_key") => Some(("sku_taken", "/variants")),
        Some("product_key_key" | "product_pool_tenant_id_key_key") => Some(("key_taken", "/key")),
        _ => None,
    };
    if let Some((code, pointer)) = refusal {
        let mut fault = Fault::field(code, pointer, "Another product of yours has this already.");
        fault.kind = Kind::Conflict;
        return fault;
    }
    if store::is_outage(error) {
        return store::out_of_reach(error);
    }
    tracing::error!(%error, "the catalogue's database refused");
    Fault::internal()
}

fn pointer(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!("/{path}")
    }
}
