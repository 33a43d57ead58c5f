//! Where the search index lies.

use anyhow::Context;
use clap::Args;
use kernel::SharedClock;
use payments::Hidden;
use search::Place;
use search::opensearch::{Cluster, Config};
use std::path::Path;
use std::time::Duration;

/// Of one call; whoever searches waits for two seconds altogether.
const TIMEOUT: Duration = Duration::from_secs(5);
const INDEX: &str = "stoa-products";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// In the data directory of each process that searches.
    #[default]
    Embedded,
    /// With an OpenSearch, for all processes.
    #[value(name = "opensearch")]
    OpenSearch,
}

#[derive(Args, Clone, Debug)]
pub struct SearchEngine {
    /// Where the search index lies; docs/adr/0010-search-engine.md says when which.
    #[arg(
        long = "search-engine",
        env = "STOA_SEARCH_ENGINE",
        value_enum,
        default_value = "embedded"
    )]
    pub engine: Engine,
    /// An OpenSearch: https://search.example:9200. Plain http:// is for this machine alone.
    #[arg(long, env = "STOA_OPENSEARCH_URL")]
    pub opensearch_url: Option<String>,
    /// What the index is called there; several marketplaces on one OpenSearch need several names.
    #[arg(long, env = "STOA_OPENSEARCH_INDEX", default_value = INDEX)]
    pub opensearch_index: String,
    #[arg(long, env = "STOA_OPENSEARCH_USER")]
    pub opensearch_user: Option<String>,
    #[arg(long, env = "STOA_OPENSEARCH_PASSWORD", hide_env_values = true)]
    pub opensearch_password: Option<Hidden>,
}

impl Default for SearchEngine {
    fn default() -> Self {
        Self {
            engine: Engine::Embedded,
            opensearch_url: None,
            opensearch_index: INDEX.to_owned(),
            opensearch_user: None,
            opensearch_password: None,
        }
    }
}

impl SearchEngine {
    /// `folder` is where the embedded index lies, `holder` this process's name among those that share another.
    pub fn place(&self, folder: &Path, holder: &str, clock: &SharedClock) -> anyhow::Result<Place> {
        if self.engine == Engine::Embedded {
            return Ok(Place::Folder(folder.to_owned()));
        }
        let url = self.opensearch_url.clone().context(
            "--opensearch-url is missing, which --search-engine opensearch calls for: give it, or set STOA_OPENSEARCH_URL",
        )?;
        let config = Config {
            url,
            index: self.opensearch_index.clone(),
            user: self.opensearch_user.clone(),
            password: self.opensearch_password.clone(),
            timeout: TIMEOUT,
            holder: holder.to_owned(),
        };
        let cluster = Cluster::new(config, clock.clone()).map_err(anyhow::Error::msg)?;
        Ok(Place::OpenSearch(cluster))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn refusal(engine: &SearchEngine) -> String {
        let clock: SharedClock = Arc::new(kernel::SystemClock);
        let place = engine.place(Path::new("search"), "one", &clock);
        place.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_is_missing_is_named_with_its_remedy_and_no_password_is_printed() {
        let mut engine = SearchEngine {
            engine: Engine::OpenSearch,
            opensearch_password: Some(Hidden::new("swordfish")),
            ..SearchEngine::default()
        };
        assert!(refusal(&engine).contains("STOA_OPENSEARCH_URL"));
        engine.opensearch_url = Some("http://search.example:9200".to_owned());
        engine.opensearch_user = Some("stoa".to_owned());
        assert!(refusal(&engine).contains("https://"), "a password needs TLS");
        engine.opensearch_url = Some("https://search.example:9200".to_owned());
        assert_eq!(refusal(&engine), "");
        engine.opensearch_user = None;
        assert!(refusal(&engine).contains("belong together"));
        assert!(!format!("{engine:?}").contains("swordfish"));
        assert_eq!(refusal(&SearchEngine::default()), "");
    }
}
