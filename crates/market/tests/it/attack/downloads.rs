//! Downloads: another's file, another's order, and files named as one's own.

use super::{GONE, REFUSED, Reach};
use crate::rightly::downloads::{bought_by, file_of_a};
use crate::world::{Who, World};
use serde_json::json;

/// Operations that name nothing of anybody's, and why.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    (
        "upload_product_file",
        "adds to the files of the shop of the token",
    ),
    (
        "read_download",
        "is opened by a secret of 256 bits that its buyer alone was told, whoever holds it",
    ),
];

/// With a seller's token, of shop B's.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    let file = file_of_a(world).await;
    let bought = bought_by(world, Who::BuyerA).await;
    let own = |operation: &'static str, parts: &[&str]| world.call(operation, parts);
    vec![
        // A file of A's is none of B's to sell.
        Reach {
            operation: "patch_product",
            call: own("patch_product", &[&world.b.product])
                .header("if-match", "\"1\"")
                .json(&json!({"digital": {"files": [file]}})),
            statuses: REFUSED,
        },
        Reach {
            operation: "list_downloads",
            call: own("list_downloads", &[&bought.order]),
            statuses: &[403],
        },
        Reach {
            operation: "begin_download",
            call: bought.begin(world),
            statuses: &[403],
        },
    ]
}

/// With buyer B's token.
pub async fn of_buyer(world: &World) -> Vec<Reach> {
    let (bought, own) = (
        bought_by(world, Who::BuyerA).await,
        bought_by(world, Who::BuyerB).await,
    );
    let reach = |operation: &'static str, call| Reach {
        operation,
        call,
        statuses: GONE,
    };
    let guess = "A".repeat(43);
    vec![
        reach("list_downloads", world.call("list_downloads", &[&bought.order])),
        reach("begin_download", bought.begin(world)),
        // A's line and file in an order of one's own, and another's file in one's own line.
        reach(
            "begin_download",
            world
                .call("begin_download", &[&own.order])
                .json(&json!({"line": bought.line, "file": bought.file})),
        ),
        reach(
            "begin_download",
            world
                .call("begin_download", &[&own.order])
                .json(&json!({"line": own.line, "file": bought.sale})),
        ),
        reach("read_download", world.call("read_download", &[&guess])),
    ]
}
