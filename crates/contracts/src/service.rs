//! One client type per context, local or remote.

use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt};
use kernel::{Ctx, Fault};
use serde_json::Value;

/// What a service call gives, once it is answered.
pub type Reply<'a, T> = BoxFuture<'a, Result<T, Fault>>;

/// Answers with a fault what a use case refuses.
pub fn reply<'a, T, E>(work: impl Future<Output = Result<T, E>> + Send + 'a) -> Reply<'a, T>
where
    E: Into<Fault>,
{
    work.err_into().boxed()
}

/// Carries a call to the process that runs a context.
pub trait Transport: Send + Sync + 'static {
    fn call<'a>(
        &'a self,
        service: &'static str,
        method: &'static str,
        ctx: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value>;
}

/// Answers calls that arrive from another process.
pub trait Dispatch: Send + Sync + 'static {
    fn service(&self) -> &'static str;
    fn dispatch<'a>(&'a self, method: &'a str, ctx: &'a Ctx, body: Value) -> Reply<'a, Value>;
}

/// Declares a context's client: the trait, its remote implementation over a [`Transport`], and the [`Dispatch`]
/// that answers the other side.
macro_rules! service {
    (
        $(#[$doc:meta])*
        $name:ident as $path:literal, remote $remote:ident, served $served:ident {
            $( $(#[$method_doc:meta])* fn $method:ident($($arg:ident: $ty:ty),* $(,)?) -> $reply:ty; )+
        }
    ) => {
        $(#[$doc])*
        pub trait $name: Send + Sync + 'static {
            $( $(#[$method_doc])* fn $method<'a>(&'a self, ctx: &'a ::kernel::Ctx $(, $arg: $ty)*) -> $crate::Reply<'a, $reply>; )+
        }

        #[doc = concat!("[`", stringify!($name), "`] in another process.")]
        pub struct $remote(pub std::sync::Arc<dyn $crate::Transport>);

        impl $name for $remote {
            $( fn $method<'a>(&'a self, ctx: &'a ::kernel::Ctx $(, $arg: $ty)*) -> $crate::Reply<'a, $reply> {
                Box::pin(async move {
                    let body = serde_json::to_value(($($arg,)*)).map_err(|_| ::kernel::Fault::internal())?;
                    let reply = self.0.call($path, stringify!($method), ctx, body).await?;
                    serde_json::from_value(reply).map_err(|_| ::kernel::Fault::unavailable($path))
                })
            } )+
        }

        #[doc = concat!("Answers remote calls with a local [`", stringify!($name), "`].")]
        pub struct $served(pub std::sync::Arc<dyn $name>);

        impl $crate::Dispatch for $served {
            fn service(&self) -> &'static str {
                $path
            }

            fn dispatch<'a>(&'a self, method: &'a str, ctx: &'a ::kernel::Ctx, body: serde_json::Value) -> $crate::Reply<'a, serde_json::Value> {
                Box::pin(async move {
                    match method {
                        $( stringify!($method) => {
                            #[allow(unused_parens, clippy::unused_unit)]
                            let ($($arg,)*): ($($ty,)*) = serde_json::from_value(body)
                                .map_err(|e| ::kernel::Fault::field("malformed_call", "", e.to_string()))?;
                            let reply = self.0.$method(ctx $(, $arg)*).await?;
                            serde_json::to_value(reply).map_err(|_| ::kernel::Fault::internal())
                        } )+
                        _ => Err(::kernel::Fault::not_found("method")),
                    }
                })
            }
        }
    };
}

/// Declares a public event: topic, key and tenant beside the fields.
macro_rules! public_event {
    ($(#[$doc:meta])* $topic:literal $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty),* $(,)? } key $key:ident, tenant $tenant:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $ty),* }

        impl $crate::PublicEvent for $name {
            const TOPIC: &'static str = $topic;
            fn key(&self) -> uuid::Uuid {
                self.$key.0
            }
            fn tenant(&self) -> Option<::kernel::TenantId> {
                let tenant: fn(&Self) -> Option<::kernel::TenantId> = $tenant;
                tenant(self)
            }
        }
    };
}

pub(crate) use {public_event, service};
