//! What shops and the operator do with products: the catalogue's desks.

use super::Wiring;
use contracts::catalog::history::{History, RemoteHistory, ServedHistory};
use contracts::catalog::moderation::{ModerationDesk, RemoteModerationDesk, ServedModerationDesk};
use contracts::catalog::schedule::{RemoteSchedule, Schedule, ServedSchedule};
use contracts::catalog::uploads::{Intake, RemoteIntake, ServedIntake};
use contracts::catalog::{
    CategoryDesk, RemoteCategoryDesk, RemoteWorkbench, ServedCategoryDesk, ServedWorkbench, Workbench,
};
use contracts::identity::Identity;
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
