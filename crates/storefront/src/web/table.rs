//! The table of all pages: what is routed, and which addresses that makes.

use super::Shop;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{get, post};

/// A method and a path with its parameters in braces.
pub type Address = (Method, &'static str);

/// Routes on their way to a router. It knows its addresses, so that tests can visit every page there is.
#[derive(Default)]
pub struct Table {
    pub router: Router<Shop>,
    pub addresses: Vec<Address>,
}

impl Table {
    pub fn get<H: Handler<T, Shop>, T: 'static>(mut self, path: &'static str, page: H) -> Self {
        self.addresses.push((Method::GET, path));
        self.router = self.router.route(path, get(page));
        self
    }

    pub fn post<H: Handler<T, Shop>, T: 'static>(mut self, path: &'static str, form: H) -> Self {
        self.addresses.push((Method::POST, path));
        self.router = self.router.route(path, post(form));
        self
    }

    /// A form with files, which may have more bytes than others.
    pub fn post_files<H: Handler<T, Shop>, T: 'static>(
        mut self,
        path: &'static str,
        form: H,
        bytes_max: usize,
    ) -> Self {
        self.addresses.push((Method::POST, path));
        let form = post(form).layer(DefaultBodyLimit::max(bytes_max));
        self.router = self.router.route(path, form);
        self
    }
}
