//! One listener for everything a process serves.

use crate::health::{Check, Health};
use crate::remote::{self, ServiceKey};
use crate::service::Service;
use crate::tasks::Tasks;
use crate::telemetry::Metrics;
use axum::body::Body;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use httpkit::{Answers, Auth, IdempotencyKey, Instance, Observe, Problem, RateLimits, Replay, RequestInfo};
use kernel::Fault;
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::map_request_body::MapRequestBodyLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};
use utoipa_axum::router::OpenApiRouter;

/// How long requests in flight may take to finish when the process stops.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a body may pause on its way here: who sends nothing holds nothing up. An upload may take as long as it needs.
const BODY_PAUSE_MAX: Duration = Duration::from_secs(30);
/// Bodies below this are sent as they are: compressing them costs more than it saves.
const COMPRESS_ABOVE_BYTES: u64 = 1024;

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: {source}. Choose another address with --listen.")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("the listener failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Everything about a process that is not a service.
pub struct Server {
    pub instance: Instance,
    pub auth: Auth,
    pub key: ServiceKey,
    pub metrics: Option<Metrics>,
    pub calls_per_second: NonZeroU32,
    /// Title, version and description of the API.
    pub description: OpenApi,
    pub checks: Vec<Check>,
    /// Where the answers to calls with an idempotency key are kept.
    pub answers: Arc<dyn Answers>,
}

impl Server {
    /// The routes of `services`, with all layers, and the API's description. `describe` completes the description and
    /// gives the routes that show it.
    pub fn routes(
        self,
        services: Vec<Service>,
        tasks: &Tasks,
        describe: impl FnOnce(&mut OpenApi) -> Router,
    ) -> (Router, OpenApi) {
        let mut api = OpenApiRouter::with_openapi(self.description);
        let mut pages = Router::new();
        let mut calls = Vec::new();
        let mut checks = self.checks;
        for service in services {
            api = api.merge(service.api);
            pages = pages.merge(service.pages);
            calls.extend(service.calls);
            checks.extend(service.checks);
            for background in service.loops {
                tasks.keep(background.name, background.run);
            }
        }
        let limits = RateLimits::new(self.calls_per_second);
        keep_limits_small(&limits, tasks);
        let (api, mut openapi) = api.split_for_parts();
        let replay = Replay::new(self.answers, without_key(&openapi));
        let description = describe(&mut openapi);
        let api = api.method_not_allowed_fallback(async || httpkit::method_not_allowed());
        let metrics = self.metrics;
        let mut operations = Health::new(checks).routes();
        if let Some(metrics) = metrics {
            let render = async move |Extension(info): Extension<RequestInfo>| match is_near(info.client) {
                true => Ok(metrics.render()),
                false => Err(Problem(Fault::not_found("page"))),
            };
            operations = operations.route("/metrics", axum::routing::get(render));
        }
        let compress = SizeAbove::new(COMPRESS_ABOVE_BYTES)
            .and(NotForContentType::GRPC)
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::SSE)
            // Files that are downloaded: their size is told, and they are read in parts.
            .and(NotForContentType::const_new("application/octet-stream"));
        let calls = remote::routes(calls, self.key, self.instance.clock.clone());
        // One stack, outermost first: each layer laid on the router by itself would cost each request another box.
        let layers = ServiceBuilder::new()
            .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE_MAX))
            .layer(MapRequestBodyLayer::new(Body::new))
            .layer(Observe(self.instance))
            .layer(Extension(self.auth))
            .layer(CatchPanicLayer::custom(|_| after_panic()))
            .layer(CompressionLayer::new().compress_when(compress))
            .layer(limits)
            .layer(replay);
        let routes = Router::new()
            .merge(api)
            .merge(pages)
            .merge(description)
            .merge(operations)
            .merge(calls)
            .layer(layers);
        (routes, openapi)
    }
}

/// The operations that change something and take no idempotency key themselves.
fn without_key(openapi: &OpenApi) -> HashSet<(Method, String)> {
    let takes_key = |operation: &Operation| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.name.eq_ignore_ascii_case(IdempotencyKey::HEADER),
            RefOr::Ref(_) => false,
        })
    };
    let mut without = HashSet::new();
    for (route, item) in &openapi.paths.paths {
        for (method, operation) in [
            (Method::POST, &item.post),
            (Method::PUT, &item.put),
            (Method::PATCH, &item.patch),
            (Method::DELETE, &item.delete),
        ] {
            if operation.as_ref().is_some_and(|operation| !takes_key(operation)) {
                without.insert((method, route.clone()));
            }
        }
    }
    without
}

/// Whether a caller is of this machine or a private network: what concerns operators alone is shown to nobody else.
pub(crate) fn is_near(client: IpAddr) -> bool {
    match client.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn after_panic() -> Response {
    metrics::counter!("http_panics_total").increment(1);
    let mut response = Problem(Fault::internal()).into_response();
    response
        .headers_mut()
        .insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}

fn keep_limits_small(limits: &RateLimits, tasks: &Tasks) {
    let (limits, stop) = (limits.clone(), tasks.stopping());
    tasks.spawn("rate limits", async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(60)) => limits.forget_idle(),
                () = stop.cancelled() => return,
            }
        }
    });
}

/// Serves `routes` until the process is told to stop, then lets requests in flight finish.
pub async fn serve(listener: TcpListener, routes: Router, tasks: &Tasks) -> Result<(), ServeError> {
    use axum::serve::ListenerExt;
    // Answers are small and wanted at once: Nagle's algorithm would hold them back.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let stop = tasks.stopping();
    let stopped = stop.clone();
    let server = axum::serve(
        listener,
        routes.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async move { stop.cancelled().await });
    tokio::select! {
        outcome = async { server.await } => outcome.map_err(ServeError::Io),
        () = async { stopped.cancelled().await; tokio::time::sleep(DRAIN).await } => Ok(()),
    }
}
