use bench::program::Program;
use hyper::Method;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testkit::{Client, NoAnswer, Response};

/// Whoever has no answer by then gives up, as a browser does.
const PATIENCE: Duration = Duration::from_secs(30);
/// Serves the paths that the API's description does not know: pages.
const PAGES: &str = "storefront";

/// What stands before the processes of one marketplace and hands requests to them.
#[derive(Debug)]
pub enum Front {
    /// All of them serve everything and take turns.
    Alike {
        instances: Vec<Client>,
        turn: AtomicUsize,
    },
    /// Each serves one service.
    Apart {
        services: HashMap<String, Client>,
        routes: Vec<Route>,
    },
}

/// One operation of the API.
#[derive(Debug)]
pub struct Route {
    method: Method,
    path: String,
    service: String,
}

impl Front {
    /// One process that serves everything.
    #[must_use]
    pub fn of(program: &Program) -> Arc<Self> {
        Self::around(&[program])
    }

    /// Processes that serve everything, in turn.
    #[must_use]
    pub fn around(programs: &[&Program]) -> Arc<Self> {
        let instances = programs.iter().map(|program| client(program)).collect();
        Arc::new(Self::Alike {
            instances,
            turn: AtomicUsize::new(0),
        })
    }

    /// Processes that serve one service each, as a path-routing load balancer sees them. The API's description says of each
    /// route which service it belongs to.
    #[must_use]
    pub fn by_service(programs: &HashMap<String, Program>, description: &Value) -> Arc<Self> {
        let services = programs
            .iter()
            .map(|(service, program)| (service.clone(), client(program)))
            .collect();
        Arc::new(Self::Apart {
            services,
            routes: routes(description),
        })
    }

    fn client(&self, method: &Method, path: &str) -> &Client {
        match self {
            Self::Alike { instances, turn } => {
                &instances[turn.fetch_add(1, Ordering::Relaxed) % instances.len()]
            }
            Self::Apart { services, routes } => {
                let route = routes
                    .iter()
                    .find(|route| route.method == method && route.matches(path));
                let service = route.map_or(PAGES, |route| &route.service);
                services
                    .get(service)
                    .unwrap_or_else(|| panic!("nobody serves {service} ({method} {path})"))
            }
        }
    }
}

impl Route {
    fn matches(&self, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        let (mut wanted, mut given) = (self.path.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') => {}
                _ => return false,
            }
        }
    }
}

/// Routes without parameters first: they win over those with some.
fn routes(description: &Value) -> Vec<Route> {
    let mut routes: Vec<Route> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, operations)| {
            operations
                .as_object()
                .unwrap()
                .iter()
                .map(move |operation| (path, operation))
        })
        .filter_map(|(path, (method, operation))| {
            Some(Route {
                method: method.to_uppercase().parse().ok()?,
                path: path.clone(),
                service: operation["tags"][0].as_str()?.to_owned(),
            })
        })
        .collect();
    routes.sort_by_key(|route| route.path.contains('{'));
    routes
}

fn client(program: &Program) -> Client {
    Client::new(format!("http://{}", program.address))
}

/// Somebody who speaks to the marketplace, with what their requests carry.
#[derive(Clone, Debug)]
pub struct Caller {
    front: Arc<Front>,
    headers: Vec<(&'static str, String)>,
}

/// No answer came: whether the marketplace did what was asked is not known.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    #[error("{0}")]
    Connection(#[from] NoAnswer),
    #[error("{0}: no answer within {PATIENCE:?}")]
    Patience(String),
}

impl Caller {
    /// A stranger.
    #[must_use]
    pub fn new(front: &Arc<Front>) -> Self {
        Self {
            front: Arc::clone(front),
            headers: Vec::new(),
        }
    }

    /// Somebody else at the same door, who carries nothing.
    #[must_use]
    pub fn stranger(&self) -> Self {
        Self::new(&self.front)
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut changed = self.clone();
        changed.headers.push((name, value.into()));
        changed
    }

    /// The same, signed in.
    #[must_use]
    pub fn bearer(&self, token: &str) -> Self {
        self.with("authorization", format!("Bearer {token}"))
    }

    pub async fn get(&self, path: &str) -> Result<Response, Lost> {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Response, Lost> {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Result<Response, Lost> {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Result<Response, Lost> {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<Response, Lost> {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, Lost> {
        let mut client = self.front.client(&method, path).clone();
        for (name, value) in &self.headers {
            client = client.header(name, value);
        }
        let bytes = match body {
            Some(body) => {
                client = client.header("content-type", "application/json");
                serde_json::to_vec(body).unwrap()
            }
            None => Vec::new(),
        };
        let asked = format!("{method} {path}");
        let answer = tokio::time::timeout(PATIENCE, client.try_send(method, path, bytes)).await;
        Ok(answer.map_err(|_| Lost::Patience(asked))??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_found_by_its_path() {
        let description = include_str!("../../../docs/openapi.json");
        let routes = routes(&serde_json::from_str(description).unwrap());
        let service = |method: Method, path: &str| {
            let found = routes
                .iter()
                .find(|route| route.method == method && route.matches(path));
            found.map(|route| route.service.as_str())
        };
        assert_eq!(service(Method::POST, "/v1/orders"), Some("checkout"));
        assert_eq!(service(Method::GET, "/v1/orders"), Some("orders"));
        assert_eq!(service(Method::POST, "/v1/orders/0190-1/pay"), Some("checkout"));
        assert_eq!(service(Method::GET, "/v1/search?q=bowl"), Some("search"));
        assert_eq!(service(Method::GET, "/p/oak-bowl"), None);
    }
}
