//! How the columns of one file are read: as their names say, unless a mapping says otherwise.

use super::fields::{Field, field_of};
use super::naming::{CODES, code_of, field_of_code};
use crate::domain::Refusal;
use contracts::catalog::uploads::ColumnMeaning;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

/// What a mapping states; columns it does not name mean what their names say.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub fields: HashMap<Arc<str>, Field>,
}

impl Layout {
    pub fn new(mapping: &[ColumnMeaning]) -> Result<Self, Refusal> {
        let fields = mapping
            .iter()
            .enumerate()
            .map(|(i, meaning)| {
                let field = field_of_code(&meaning.field, &meaning.column).ok_or_else(|| {
                    Refusal::new(
                        format!("mapping/{i}/field"),
                        "field_unknown",
                        format!(
                            "`{}` is no field. Take one of: {}, option_1_name, option_1_value ..., ignored.",
                            meaning.field.chars().take(60).collect::<String>(),
                            CODES.join(", ")
                        ),
                    )
                })?;
                // What the name says already keeps its rank among columns that say the same.
                let named = field_of(&meaning.column);
                let field = if code_of(&named) == meaning.field {
                    named
                } else {
                    field
                };
                Ok((Arc::from(meaning.column.trim()), field))
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(Self { fields })
    }
}

/// The same columns in the same order have the same hash: by it a mapping is found again.
pub fn header_hash(header: &[Arc<str>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for name in header {
        hash.update(name.trim().to_lowercase());
        hash.update([0x1f]);
    }
    hash.finalize().into()
}
