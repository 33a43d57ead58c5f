//! What shops and the operator do with products, and what pages ask of orders: the desks of the catalogue and of orders.

use super::Wiring;
use contracts::catalog::history::{History, RemoteHistory, ServedHistory};
use contracts::catalog::moderation::{ModerationDesk, RemoteModerationDesk, ServedModerationDesk};
use contracts::catalog::schedule::{RemoteSchedule, Schedule, ServedSchedule};
use contracts::catalog::uploads::{Intake, RemoteIntake, ServedIntake};
use contracts::catalog::{
    CategoryDesk, RemoteCategoryDesk, RemoteWorkbench, ServedCategoryDesk, ServedWorkbench, Workbench,
};
use contracts::digital::{Downloads, RemoteDownloads, ServedDownloads};
use contracts::identity::Identity;
use contracts::ledger::{MoneyDesk, RemoteMoneyDesk, ServedMoneyDesk};
use contracts::orders::{
    MarketDesk, OrderDesk, OrderPapers, RemoteMarketDesk, RemoteOrderDesk, RemoteOrderPapers,
    ServedMarketDesk, ServedOrderDesk, ServedOrderPapers,
};
use runtime::Service;
use std::sync::Arc;

pub struct Desks {
    pub workbench: Arc<dyn Workbench>,
    pub category_desk: Arc<dyn CategoryDesk>,
    pub history: Arc<dyn History>,
    pub moderation: Arc<dyn ModerationDesk>,
    pub intake: Arc<dyn Intake>,
    pub schedule: Arc<dyn Schedule>,
}

impl Desks {
    pub fn of(w: &Wiring<'_>, products: &catalog::Products, identity: &Arc<dyn Identity>) -> Self {
        products.know_people(Arc::clone(identity));
        let local = || Arc::new(products.clone());
        Self {
            workbench: w.client("catalog", local(), |p| Arc::new(RemoteWorkbench(p))),
            category_desk: w.client("catalog", local(), |p| Arc::new(RemoteCategoryDesk(p))),
            history: w.client("catalog", local(), |p| Arc::new(RemoteHistory(p))),
            moderation: w.client("catalog", local(), |p| Arc::new(RemoteModerationDesk(p))),
            intake: w.client("catalog", local(), |p| Arc::new(RemoteIntake(p))),
            schedule: w.client("catalog", local(), |p| Arc::new(RemoteSchedule(p))),
        }
    }
}

/// Lets other processes call them.
pub fn serve(w: &mut Wiring<'_>, products: &catalog::Products) {
    let local = || Arc::new(products.clone());
    w.add(Service::new("catalog").calls(ServedWorkbench(local())));
    w.add(Service::new("catalog").calls(ServedCategoryDesk(local())));
    w.add(Service::new("catalog").calls(ServedHistory(local())));
    w.add(Service::new("catalog").calls(ServedModerationDesk(local())));
    w.add(Service::new("catalog").calls(ServedIntake(local())));
    w.add(Service::new("catalog").calls(ServedSchedule(local())));
}

pub struct OrderDesks {
    pub desk: Arc<dyn OrderDesk>,
    pub papers: Arc<dyn OrderPapers>,
    pub market: Arc<dyn MarketDesk>,
    pub downloads: Arc<dyn Downloads>,
}

impl OrderDesks {
    pub fn of(w: &Wiring<'_>, orders: &orders::Orders) -> Self {
        let local = || Arc::new(orders.clone());
        Self {
            desk: w.client("orders", local(), |p| Arc::new(RemoteOrderDesk(p))),
            papers: w.client("orders", local(), |p| Arc::new(RemoteOrderPapers(p))),
            market: w.client("orders", local(), |p| Arc::new(RemoteMarketDesk(p))),
            downloads: w.client("orders", local(), |p| Arc::new(RemoteDownloads(p))),
        }
    }
}

/// Lets other processes call them.
pub fn serve_orders(w: &mut Wiring<'_>, orders: &orders::Orders) {
    let local = || Arc::new(orders.clone());
    w.add(Service::new("orders").calls(ServedOrderDesk(local())));
    w.add(Service::new("orders").calls(ServedOrderPapers(local())));
    w.add(Service::new("orders").calls(ServedMarketDesk(local())));
    w.add(Service::new("orders").calls(ServedDownloads(local())));
}

/// The desk of the operator's finance staff; other processes may call it.
pub fn money(w: &mut Wiring<'_>, ledger: &ledger::Ledger) -> Arc<dyn MoneyDesk> {
    let local = || Arc::new(ledger.clone());
    w.add(Service::new("ledger").calls(ServedMoneyDesk(local())));
    w.client("ledger", local(), |p| Arc::new(RemoteMoneyDesk(p)))
}
