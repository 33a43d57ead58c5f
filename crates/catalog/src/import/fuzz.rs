//! Every reader over damaged files: whatever is in them, they are read or refused, in bounded time and memory.

use super::assemble::Defaults;
use super::batch::Batches;
use super::layout::Layout;
use super::source::Source;
use contracts::catalog::ProductStatus;
use contracts::catalog::uploads::ColumnMeaning;
use kernel::Currency;
use proptest::prelude::*;

const SHOPIFY: &str = "Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\n\
    mug,Mug,<p>Blue &amp; <b>white</b></p>,Size,S,mug-s,10,https://x.example/1.jpg\nmug,,,,M,mug-m,12.50,\n";
const ETSY: &str = "TITLE,PRICE,CURRENCY_CODE,QUANTITY,IMAGE1,IMAGE2,VARIATION 1 TYPE,VARIATION 1 NAME,VARIATION 1 VALUES,SKU\n\
    Bowl,46,EUR,1,https://x.example/a.jpg,,T,Glaze,\"Blue,Green\",b1\n";
const WOOCOMMERCE: &str = "ID,Type,SKU,Name,Published,Sale price,Regular price,Categories,Parent,Attribute 1 name,Attribute 1 value(s)\n\
    1,variable,tee,Tee,1,,,A > B,,Size,\"S, M\"\n2,variation,tee-s,Tee - S,1,8,10,,tee,Size,S\n3,grouped,set,Set,1,,,,,,\n";
const MAGENTO: &str = "category,name,sku,price,qty,description,special_price,attribute_set,additional_attributes\n\
    \"Gear\nBags\",Bag,24-MB01,34,100,<p>x<p>,32,Bag,\"a=b|c,d=e\"\n";
const PRESTASHOP: &str = "id;Active (0/1);Name*;Categories (x,y,z,...);Price tax excl.;Reference #;Weight;Quantity;Image URLs (x,y,z,...)\n\
    1;1;Pod;Home, Pods;49;92;0.5;800;http://x.example/a.jpg, http://x.example/b.jpg\n";
const COMBINATIONS: &str = "Product ID*;Attribute (Name:Type:Position)*;Value (Value:Position)*;Reference;EAN13;Impact on price;Quantity;Impact on weight;Default (0 = No, 1 = Yes)\n\
    7;Size:select:0, Color:color:1;S:0, White:0;SHIRT;4012345678901;;4;;1\n7;Size:select:0, Color:color:1;L:1, White:0;SHIRT;;-2.50;5;0.1;0\n";
const OLD_COMBINATIONS: &str = "Product ID*;Options (Group:Value)*;Reference;EAN13;Price;Quantity;Weight;Default\n\
    1;\"Color:Blue, Disk Space:16GO\";958456;;41;50;0.2;1\n1;\"Color:Pink, Disk Space:8GO\";958456;;;;;\n";
const MEDUSA: &str = "Product Handle,Product Title,Product Status,Variant Id,Variant Title,Variant Option 1 Name,Variant Option 1 Value,Variant Price DKK,Variant Price Test [EUR]\n\
    base,Base,draft,v1,One,size,large,30,45\nbase,Base,draft,v2,Two,size,small,50,65\n";
const VENDURE: &str = "name   , slug , optionGroups , optionValues , sku , price , stockOnHand , facets\n\
    Laptop , lap  , size|RAM     , \"13|8\"     , L1  , 12.5  , 3           , category:a\n       ,      ,              , 15|8         , L2  , 13    , 4           ,\n";
const SPREE: &str = "slug,sku,name,price,compare_at_price,currency,option1_name,option1_value,image1_src,category1\n\
    shirt,,Shirt,0.0,0.0,USD,,,,Men -> Shirts\nshirt,S-XS,,62.99,0.0,USD,Color,Blue,,\n";
const BAGISTO: &str = "sku,parent_sku,attribute_family_code,type,name,price,special_price,inventories,configurable_variants\n\
    CP,,default,configurable,Jacket,,,,\"sku=SP,color=Yellow,size=M|sku=SQ,color=Red\"\nSP,CP,default,simple,J,14,12,\"default=100,x=y\",\n";
const PLAIN: &str = "Nombre;Precio;Existencias;Peso;EAN\nJarrón;1.234,50 €;3;0,5 kg;4006381333931\n";
const NDJSON: &str = "{\"sku\":\"a\",\"title\":\"A\",\"price\":1.5,\"size\":[\"XL\"],\"dims\":{\"w\":1}}\n{\"sku\":\"b\",\"title\":\"B\",\"price\":2e3}\n";
const ARRAY: &str =
    "[{\"sku\":\"a\",\"title\":\"A\",\"price\":\"1.5\",\"images\":[\"https://x.example/1.jpg\"]}]";

const SAMPLES: [&str; 14] = [
    SHOPIFY,
    ETSY,
    WOOCOMMERCE,
    MAGENTO,
    PRESTASHOP,
    MEDUSA,
    VENDURE,
    SPREE,
    BAGISTO,
    PLAIN,
    NDJSON,
    ARRAY,
    COMBINATIONS,
    OLD_COMBINATIONS,
];

/// What comes of a file: products, failed rows, and why it broke off.
fn read(file: Vec<u8>, mapping: &[ColumnMeaning]) -> (usize, usize, Option<&'static str>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let defaults = Defaults {
        currency: Currency::EUR,
        stock: None,
        status: ProductStatus::Active,
    };
    runtime.block_on(async {
        let source = match Source::open(Box::pin(std::io::Cursor::new(file)), None).await {
            Ok(source) => source,
            Err(broken) => return (0, 0, Some(broken.code)),
        };
        let layout = Layout::new(mapping).expect("a mapping");
        let mut batches = Batches::new(source, &layout, defaults, 0);
        let (mut products, mut failed) = (0, 0);
        loop {
            match batches.next().await {
                Ok(Some(batch)) => {
                    products += batch.drafts.len();
                    failed += batch.failures.len();
                }
                Ok(None) => return (products, failed, None),
                Err(broken) => return (products, failed, Some(broken.code)),
            }
        }
    })
}

#[test]
fn every_sample_is_good() {
    let found = SAMPLES.map(|sample| read(sample.into(), &[]));
    let expected = [
        (1, 0, None),
        (1, 0, None),
        (1, 1, None),
        (1, 0, None),
        (1, 0, None),
        (1, 0, None),
        (1, 0, None),
        (1, 0, None),
        (1, 0, None),
        (1, 0, None),
        (2, 0, None),
        (1, 0, None),
        (1, 0, None),
        (1, 0, None),
    ];
    assert_eq!(found, expected);
}

/// Bytes that mean something to one of the readers, and any others.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::sample::select(
            &[
                "\"", ",", ";", "\t", "\n", "\r\n", "{", "}", "[", "]", "\\", "\u{feff}", "|", "=", ":",
                "<b", "\0", "1e400", "-", "é", "id:", " ",
            ][..]
        )
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 1..4),
        prop::collection::vec(Just(b'x'), 1..2_000),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn damaged_files_are_read_or_refused(
        sample in 0..SAMPLES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..6, piece()), 1..8),
        in_utf16 in any::<bool>(),
    ) {
        let mut file = SAMPLES[sample].as_bytes().to_vec();
        for (at, gone, piece) in changes {
            let at = at.index(file.len() + 1);
            let end = (at + gone).min(file.len());
            file.splice(at..end, piece);
        }
        if in_utf16 {
            let text = String::from_utf8_lossy(&file).into_owned();
            file = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        }
        let lines = file.len();
        let (products, failed, _) = read(file, &[]);
        prop_assert!(products + failed <= lines * 3 + 3);
    }

    #[test]
    fn any_mapping_reads_any_columns(fields in prop::collection::vec(0..super::naming::CODES.len(), 5)) {
        let columns = ["Nombre", "Precio", "Existencias", "Peso", "EAN"];
        let mapping: Vec<ColumnMeaning> = columns
            .iter()
            .zip(fields)
            .map(|(column, field)| ColumnMeaning {
                column: (*column).to_owned(),
                field: super::naming::CODES[field].to_owned(),
            })
            .collect();
        let _ = read(PLAIN.into(), &mapping);
    }
}
