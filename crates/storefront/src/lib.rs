//! The storefront: what a buyer sees, rendered on the server, usable without a script.
//!
//! [`views`] holds one plain struct per page beside its template, `frame` what stands around all of them, [`assets`] the
//! embedded style sheet and script, [`i18n`] the languages, [`markup`] the only HTML that is written unescaped, [`samples`] every page with content.
//! A view knows no database and no service: handlers fill it and render it.
//!
//! # Addresses
//! Reads are `GET`, every change is a form `POST` that answers 303. Each form carries `csrf`.
//!
//! | address | page |
//! |---|---|
//! | `GET /` | home |
//! | `GET /c/{path}` | category, `?price_min&price_max&seller&province&available&attr.<key>&sort&cursor` (repeatable) |
//! | `GET /search` | the same for `?q`; without it, everything |
//! | `GET /p/{slug}-{id}` | product; another slug redirects to the right one |
//! | `GET /shop/{slug}` | a seller's shop, `?category&sort&cursor` |
//! | `GET /cart` | basket |
//! | `POST /cart/lines` | put in: `variant`, `quantity`; of goods made to order `answer.<question>` and `tick.<question>` |
//! | `POST /cart/lines/{id}`, `POST /cart/lines/{id}/remove` | change `quantity`; take out |
//! | `GET, POST /checkout/address` | step 1: `email`, address fields, `saved` |
//! | `GET, POST /checkout/delivery` | step 2: `delivery.<seller id>` each |
//! | `GET, POST /checkout/payment` | step 3: `method`, a provider's token |
//! | `GET /checkout/review`, `POST /checkout/place` | step 4: `idempotency_key`, `accept_changes` |
//! | `GET, POST /sandbox/3ds/{reference}` | the sandbox bank's challenge: `answer` is `approve` or `refuse` |
//! | `GET /orders`, `GET /orders/{id}` | history (`?before`), one order (a guest's by the cookie `stoa_guest`, or their basket's) |
//! | `POST /orders/{id}/cancel`, `GET, POST /orders/{id}/pay` | cancel; pay again |
//! | `GET /orders/{id}/parts/{part}/invoice.pdf` | one maker's invoice |
//! | `GET /account` | account |
//! | `GET, POST /sign-in`, `POST /sign-out` | `email`, `password`, `next` |
//! | `POST /sign-in/code` | the second step, where there is one: `challenge`, `code`, `next` |
//! | `GET /account/second-factor`, `POST …/start`, `…/confirm`, `…/codes`, `…/off` | codes of an app: `password`, `code` |
//! | `GET, POST /register` | `name`, `email`, `password`, `next` |
//! | `GET, POST /open-a-shop` | a seller and the shop: `shop_name`, `slug`, `country`, `province`, `postcode`, `about`, `name`, `email`, `password` |
//! | `GET, POST /forgot-password`, `GET, POST /reset-password` | `email`; `token`, `password` |
//! | `GET, POST /invitation` | to a shop's staff: `token` |
//! | `GET, POST /join` | to the marketplace's own staff: `token` |
//! | `GET /verify-email` | `?token` |
//! | `GET /seller/orders`, `GET /seller/orders/{id}` | sub-orders, `?state&before` |
//! | `GET /seller/orders/{id}/packing-slip.pdf`, `…/invoice.pdf`, `…/shipments/{shipment}/label.pdf` | documents |
//! | `POST /seller/orders/{id}/shipments`, `…/shipments/{shipment}/hand-over` | book a label: `service`, `weight`, `units.<line>`; give the parcel away |
//! | `GET /orders/{id}/events`, `/seller/events`, `/seller/orders/events`, `/operator/events` | that something of the page changed, as server-sent events: `?since` |
//! | `GET /seller/settlement`, `…/holds`, `…/payouts`, `…/statement` | how the shop is paid; `?currency&month&after`, or all of a month as a file with `&format` |
//! | `GET /seller/products/{id}/history`, `POST /seller/products/{id}/versions/{version}/restore` | a product's past, `?after`; back to a version: `version` is the one seen |
//! | `POST /seller/uploads`, `GET /seller/uploads/{id}`, `POST …/check`, `POST …/start` | a file of products: `file`; what its columns mean (`column.<n>`, `field.<n>`), a check without writing, the start; then how it went |
//! | `GET /seller/uploads/{id}/events`, `…/errors.csv`, `…/failed-rows.csv` | how far it is, as server-sent events; its errors as files |
//! | `POST /seller/products/{id}/scheduled`, `…/{change}/cancel` | a change at a time to come: `at`, `title`, `status`, `price.<n>.price` |
//! | `POST /seller/uploads/{id}/undo` | undo an upload as a whole |
//! | `GET /seller/promotions`, `GET, POST /seller/promotions/new` | discounts and coupons; `?show=all` |
//! | `GET /seller/staff`, `POST /seller/staff/invitations` | who works here; `email`, `role` |
//! | `GET, POST /seller/api-keys`, `POST …/{id}/rotate`, `…/{id}/revoke` | keys of the shop's programs: `name`, a box for each scope, `expires`; `overlap` hours |
//! | `GET, POST /seller/webhooks`, `GET, POST …/{id}`, `POST …/{id}/{act}`, `…/{id}/deliveries/{message}/retry` | where programs are told: `url`, `description`, a box for each event; `test`, `replay`, `rotate`, `on`, `off`, `delete` |
//! | `POST /seller/views`, `/operator/views`, `…/{id}/rename`, `…/{id}/delete` | filters of a table under a name: `table`, `query`, `name` |
//! | `GET /seller/warehouses`, `/seller/goods`, `/seller/feeds` | places of stock, what moves between them, what they say they have |
//! | `GET /operator/payouts`, `/operator/reconciliation`, `/operator/ledger`, `/operator/taxes` | money; the books with `?at` as they stood |
//! | `GET /operator/moderation`, `POST …/rules`, `…/{id}/approve`, `…/{id}/reject`, `…/shops/{id}/trust` | products and changes that wait: `version`, `reason` |
//! | `GET /operator/audit` | who changed what, `?who&shop&kind&from&until&after` |
//! | `GET /operator/people`, `POST …/roles`, `…/{id}/role`, `…/{id}/end-sessions`, `…/{id}/remove-second-factor`, `…/invitations`, `…/invitations/{id}/take-back` | the marketplace's staff; `?email` finds somebody: `email`, `role`, `reason` |
//! | `GET /operator/search` | synonyms, rules; `?q` shows a search with the reasons for its order |
//! | `GET /dev/components` | the pieces that pages are made of, where the mailbox is open |
//! | `GET /dev/mail`, `GET /dev/mail/{id}` | development mailbox, `?to` |
//! | `GET /dev/messages` | text messages and pushes that a sandbox kept, `?to` |
//! | `POST /preferences` | `lang`, `theme`, back to `next` |
//! | `GET /help`, `GET /about` | words |
//! | `GET /feeds/google.xml`, `GET /feeds/meta.csv` | the goods for shopping channels, `?lang&currency` |
//! | `GET /assets/{file}` | style sheet, script, mark |
//!
//! Cookies that are not secret: `lang` (`en`, `es`), `theme` (`light`, `dark`, `device`). `?lang=` wins over the cookie.
//! The pages need this and nothing more of a content security policy: `default-src 'self'; img-src 'self'`.

pub mod assets;
mod frame;
pub mod i18n;
mod icon;
pub mod markup;
mod qr;
pub mod samples;
pub mod views;
mod web;

pub use web::{Address, Live, PageCache, Parts, Window, addresses, routes};
