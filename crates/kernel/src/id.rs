//! Typed ids. All are UUIDv7: ordered by the time they were made, so that keys insert at the end of their
//! index and time partitions can be pruned by id alone.

use crate::Timestamp;
use rand::RngCore;
use uuid::Uuid;

/// A UUIDv7 at `now`: 48 bits of milliseconds, 12 bits of the fraction within it, 62 random bits.
#[must_use]
pub fn uuid_at(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    // RFC 9562 method 3: the fraction of the millisecond fills rand_a, so ids of one millisecond stay in order.
    let fraction =
        u16::try_from((u64::from(now.timestamp_subsec_nanos()) % 1_000_000) * 4096 / 1_000_000).unwrap_or(0);
    let mut tail = [0u8; 10];
    rand::rng().fill_bytes(&mut tail);
    tail[0] = (fraction >> 8) as u8;
    tail[1] = (fraction & 0xff) as u8;
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

/// The smallest id that could be made at `at`: the lower bound of a time partition.
#[must_use]
pub fn uuid_floor(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// When a UUIDv7 was made, to the millisecond.
#[must_use]
pub fn uuid_time(id: Uuid) -> Option<Timestamp> {
    let (secs, nanos) = id.get_timestamp()?.to_unix();
    Timestamp::from_timestamp(i64::try_from(secs).ok()?, nanos)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[cfg_attr(feature = "db", derive(sqlx::Type), sqlx(transparent))]
        #[cfg_attr(feature = "db", derive(postgres_types::ToSql, postgres_types::FromSql), postgres(transparent))]
        pub struct $name(pub Uuid);

        impl $name {
            #[must_use]
            pub fn new(now: Timestamp) -> Self {
                Self(uuid_at(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A seller's shop: the unit of isolation.
    TenantId,
    /// A person who signs in, whatever their role.
    UserId,
    /// One signed-in browser or device.
    SessionId,
    /// A product as its seller describes it.
    ProductId,
    /// A sellable variant of a product; what stock is counted in and orders are made of.
    SkuId,
    /// A node of the category tree.
    CategoryId,
    /// A stored picture.
    ImageId,
    /// A bulk upload.
    ImportId,
    /// A file that buyers of a product download.
    FileId,
    /// A product, or a change of one, that was looked at before buyers saw it.
    ModerationId,
    /// A change of a product at a time to come.
    ScheduledChangeId,
    /// A place where stock lies.
    WarehouseId,
    /// Goods on their way to a warehouse: from another one, or from a supplier.
    InboundId,
    /// A list of what a warehouse says it has.
    StockFeedId,
    /// Stock held for one order line until it is paid or its time runs out.
    ReservationId,
    /// A basket, possibly with items of many sellers.
    CartId,
    /// A line of a basket: of plain goods the SKU, of goods made to order one for each way they are to be made.
    CartLineId,
    /// What a buyer pays once: the parent of one sub-order per seller.
    OrderId,
    /// One seller's share of an order.
    SubOrderId,
    /// One line of a sub-order.
    LineId,
    /// Some units of a sub-order, sent together.
    ParcelId,
    /// A parcel in the hands of a carrier; also the parcel's own id.
    ShipmentId,
    /// A key by which a partner's program calls.
    PartnerKeyId,
    /// A key by which a shop's own programs call.
    ApiKeyId,
    /// Where a shop's own programs are told.
    WebhookEndpointId,
    /// A device that takes pushes.
    DeviceId,
    /// Money given back for a sub-order.
    RefundId,
    /// Units of a sub-order that its buyer sends back.
    ReturnId,
    /// How much of one tax one region asks for one category.
    TaxRateId,
    /// Words that mean the same in searches.
    SynonymId,
    /// What comes first, last or not at all in some searches.
    SearchRuleId,
    /// A product that its shop pays for being put forward in searches.
    PromotedListingId,
    /// One search that somebody made.
    SearchId,
    /// One charge of a buyer for one order.
    PaymentId,
    /// An account of the ledger.
    AccountId,
    /// A balanced set of postings.
    EntryId,
    /// Money of a shop that is held back for a while.
    HoldId,
    /// Money on its way to a shop's bank.
    PayoutId,
    /// What the marketplace charges shops for some of their sales.
    CommissionRuleId,
    /// What the marketplace charges shops for having products listed.
    ListingRuleId,
    /// What takes something off the price of some goods.
    PromotionId,
    /// A gift card, or what a buyer has as store credit in one currency.
    PurseId,
    /// Money that was put on a purse, or taken from it.
    PurseMovementId,
    /// Store credit that an operator gave.
    CreditGrantId,
    /// What a buyer says of something that was bought.
    ReviewId,
    /// What one buyer and one shop write each other about one thing.
    ThreadId,
    /// One message of a thread.
    MessageId,
    /// What a buyer would like to have.
    WishlistId,
    /// An event of a stream or of the log.
    EventId,
    /// A unit of background work.
    JobId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_timestamp_micros(micros).expect("in range")
    }

    #[test]
    fn ids_of_later_microseconds_sort_later() {
        let start = 1_790_000_000_000_000;
        let ids: Vec<_> = (0..5_000).map(|i| OrderId::new(at(start + i))).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn the_floor_is_below_every_id_of_its_time() {
        let now = at(1_790_000_000_123_000);
        assert!(uuid_floor(now) <= OrderId::new(now).0);
        assert!(uuid_floor(at(1_790_000_000_124_000)) > OrderId::new(now).0);
    }

    #[test]
    fn an_id_tells_its_time() {
        let now = at(1_790_000_000_123_000);
        assert_eq!(uuid_time(OrderId::new(now).0), Some(now));
    }
}
