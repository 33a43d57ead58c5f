//! A warehouse as the API takes and shows it.

use crate::{Error, WarehouseDraft};
use contracts::inventory::{WarehouseForm, WarehousePlace};
use httpkit::text;
use kernel::{DateTime, Fault, Kind, TenantId, WarehouseId, geo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const CODE_CHARS_MAX: usize = 40;
const NAME_CHARS_MAX: usize = 80;
const TOWN_CHARS_MAX: usize = 80;
/// Minor units of what a parcel costs: sums of a few stay far inside 64 bits.
const PARCEL_COST_MAX: i64 = 1_000_000_000;

/// Where a warehouse stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WarehouseLocation)]
pub(crate) struct Location {
    /// ISO 3166-1 alpha-2.
    #[schema(example = "ES", min_length = 2, max_length = 2)]
    country: String,
    /// ISO 3166-2; told by the postcode in Spain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ES-SE", max_length = 6)]
    region: Option<String>,
    #[schema(example = "41010", max_length = 12)]
    postcode: String,
    #[schema(example = "Sevilla", max_length = 80)]
    town: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Warehouse)]
pub(super) struct Warehouse {
    id: WarehouseId,
    code: String,
    name: String,
    /// Where counts go that name no warehouse. Each shop has one, and it stays open.
    is_default: bool,
    /// Lower is emptied first.
    priority: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    /// What sending a parcel from here costs, in minor units of the shop's currency.
    parcel_cost: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<DateTime>,
}

impl Warehouse {
    pub fn of(tenant: TenantId, warehouse: crate::Warehouse) -> Self {
        let location = location_of(&warehouse);
        Self {
            is_default: warehouse.id == crate::domain::default_warehouse(tenant),
            id: warehouse.id,
            code: warehouse.code,
            name: warehouse.name,
            priority: warehouse.priority,
            location,
            parcel_cost: warehouse.parcel_cost,
            closed_at: warehouse.closed_at,
        }
    }
}

fn location_of(warehouse: &crate::Warehouse) -> Option<Location> {
    Some(Location {
        country: warehouse.country.clone()?,
        region: warehouse.region.clone(),
        postcode: warehouse.postcode.clone().unwrap_or_default(),
        town: warehouse.town.clone().unwrap_or_default(),
    })
}

/// What a shop says of a warehouse. What is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WarehouseChange)]
pub(crate) struct Change {
    /// Short, unique in the shop.
    #[serde(default)]
    #[schema(example = "madrid", min_length = 1, max_length = 40)]
    pub code: Option<String>,
    #[serde(default)]
    #[schema(example = "Madrid, Getafe", min_length = 1, max_length = 80)]
    pub name: Option<String>,
    /// Lower is emptied first, where the shop's rule leaves a choice.
    #[serde(default)]
    #[schema(minimum = -32768, maximum = 32767)]
    pub priority: Option<i16>,
    #[serde(default)]
    pub location: Option<Location>,
    /// What sending a parcel from here costs, in minor units of the shop's currency.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_i64)]
    pub parcel_cost: Option<i64>,
}

impl Change {
    /// What a new warehouse is to be.
    pub fn onto_nothing(&self) -> Result<WarehouseDraft, Error> {
        self.onto(crate::Warehouse {
            id: WarehouseId(uuid::Uuid::nil()),
            code: String::new(),
            name: String::new(),
            priority: 0,
            country: None,
            region: None,
            postcode: None,
            town: None,
            parcel_cost: 0,
            closed_at: None,
        })
    }

    /// What the warehouse is to be, given what it is.
    pub fn onto(&self, known: crate::Warehouse) -> Result<WarehouseDraft, Error> {
        let code = match &self.code {
            Some(code) => text::line("/code", code, CODE_CHARS_MAX)?,
            None => known.code,
        };
        let name = match &self.name {
            Some(name) => text::line("/name", name, NAME_CHARS_MAX)?,
            None => known.name,
        };
        let parcel_cost = self.parcel_cost.unwrap_or(known.parcel_cost);
        if !(0..=PARCEL_COST_MAX).contains(&parcel_cost) {
            let detail = format!("A parcel costs 0 to {PARCEL_COST_MAX} minor units.");
            return Err(Fault::field("parcel_cost_out_of_range", "/parcel_cost", detail).into());
        }
        let draft = WarehouseDraft {
            code,
            name,
            priority: self.priority.unwrap_or(known.priority),
            country: known.country,
            region: known.region,
            postcode: known.postcode,
            town: known.town,
            parcel_cost,
        };
        match &self.location {
            Some(location) => location.onto(draft),
            None => Ok(draft),
        }
    }
}

impl From<WarehousePlace> for Location {
    fn from(place: WarehousePlace) -> Self {
        Self {
            country: place.country,
            region: place.region,
            postcode: place.postcode,
            town: place.town,
        }
    }
}

impl From<WarehouseForm> for Change {
    fn from(form: WarehouseForm) -> Self {
        Self {
            code: Some(form.code),
            name: Some(form.name),
            priority: Some(form.priority),
            location: form.place.map(Location::from),
            parcel_cost: Some(form.parcel_cost),
        }
    }
}

impl Location {
    fn onto(&self, draft: WarehouseDraft) -> Result<WarehouseDraft, Error> {
        let town = text::line("/location/town", &self.town, TOWN_CHARS_MAX)?;
        let place = geo::validate_location(&self.country, self.region.as_deref(), &self.postcode);
        let place = place.map_err(|mut fields| {
            for field in &mut fields {
                field.pointer = format!("/location{}", field.pointer);
            }
            let mut fault = Fault::new(Kind::Invalid, "location_invalid", "There is no such place.");
            fault.fields = fields;
            fault
        })?;
        Ok(WarehouseDraft {
            country: Some(place.country.code.to_owned()),
            region: place.region.map(|region| region.code.to_owned()),
            postcode: Some(place.postcode),
            town: Some(town),
            ..draft
        })
    }
}
