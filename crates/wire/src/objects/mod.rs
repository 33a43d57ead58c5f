//! Objects in S3, Amazon's or anybody's that speaks it.

mod http;

use crate::Hidden;
use http::Http;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};
use std::sync::Arc;
use std::time::Duration;

/// A call is tried again this often: together the pauses take a third of what a page waits for a picture (800 ms).
const RETRIES_MAX: usize = 2;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_millis(200);
/// A body that breaks off is read on from there, if it began less long ago than this.
const RESUMED_WITHIN: Duration = Duration::from_secs(180);

/// A place in S3, and who comes there.
#[derive(Clone, Debug)]
pub struct S3 {
    pub bucket: String,
    /// What all names begin with; empty where the bucket is ours alone.
    pub prefix: Path,
    /// Of somebody else than Amazon; the bucket then follows in the path.
    pub endpoint: Option<String>,
    pub region: String,
    pub key_id: String,
    pub secret: Hidden,
}

impl S3 {
    /// Asks nobody anything yet.
    pub fn open(&self) -> Result<Arc<dyn ObjectStore>, String> {
        let builder = AmazonS3Builder::new()
            .with_http_connector(Http::new()?)
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.key_id)
            .with_secret_access_key(self.secret.reveal())
            // One by one, as everybody's S3 does it: we never delete many at once.
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig {
                backoff: BackoffConfig {
                    init_backoff: FIRST_PAUSE,
                    max_backoff: PAUSE_MAX,
                    base: 2.0,
                },
                max_retries: RETRIES_MAX,
                retry_timeout: RESUMED_WITHIN,
            });
        let builder = match &self.endpoint {
            Some(endpoint) => builder.with_endpoint(endpoint),
            // Amazon's certificate is for one name below it: a bucket with dots is named in the path.
            None => builder.with_virtual_hosted_style_request(!self.bucket.contains('.')),
        };
        let store = builder.build().map_err(|error| error.to_string())?;
        Ok(if self.prefix.as_ref().is_empty() {
            Arc::new(store)
        } else {
            Arc::new(PrefixStore::new(store, self.prefix.clone()))
        })
    }
}
