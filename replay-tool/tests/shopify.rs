//! Exports of a store: what is read of them, and what is said about those that cannot be read.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use domain::ids::RemoteId;
use domain::money::Cents;
use domain::storefront::{AgreementKind, SaleKind};
use domain::tag::Tag;
use proptest::prelude::*;
use replay_tool::shopify::{ExportError, bulk, csv};

/// An order over 2⁵³ with a refund, children before parents, a test order, and a variant.
const BULK: &str = r#"
{"id":"gid://shopify/ProductSale/1","lineType":"PRODUCT","quantity":1,"totalAmount":{"shopMoney":{"amount":"13.45","currencyCode":"CAD"}},"totalTaxAmount":{"shopMoney":{"amount":"1.55","currencyCode":"CAD"}},"lineItem":{"id":"gid://shopify/LineItem/11","sku":"0010000012"},"__parentId":"gid://shopify/OrderAgreement/1"}
{"id":"gid://shopify/Order/9007199254740993","createdAt":"2027-04-17T12:00:00Z","updatedAt":"2027-04-18T12:00:00Z","test":false,"displayFinancialStatus":"PARTIALLY_REFUNDED","displayFulfillmentStatus":"FULFILLED","taxesIncluded":false,"email":"anna@example.com"}
{"id":"gid://shopify/OrderAgreement/1","happenedAt":"2027-04-17T12:00:00Z","reason":"ORDER","__parentId":"gid://shopify/Order/9007199254740993"}
{"id":"gid://shopify/RefundAgreement/2","happenedAt":"2027-04-18T12:00:00Z","reason":"REFUND","refund":{"id":"gid://shopify/Refund/7"},"__parentId":"gid://shopify/Order/9007199254740993"}
{"id":"gid://shopify/AdjustmentSale/3","lineType":"ADJUSTMENT","quantity":0,"totalAmount":{"shopMoney":{"amount":"-2.0","currencyCode":"CAD"}},"totalTaxAmount":{"shopMoney":{"amount":"0.0","currencyCode":"CAD"}},"__parentId":"gid://shopify/RefundAgreement/2"}
{"id":"gid://shopify/ProductVariant/5","barcode":"0010000012","price":"12.00","inventoryQuantity":1,"product":{"status":"ARCHIVED"}}
{"id":"gid://shopify/ProductVariant/6","sku":"MUG","price":"9.00","inventoryQuantity":4,"product":{"status":"ACTIVE"}}
{"id":"gid://shopify/FulfillmentOrder/9"}
"#;

const CSV: &str = "\
Name,Email,Id,Currency,Total,Taxes,Shipping,Refunded Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount
#1001,anna@example.com,4501,CAD,25.45,1.55,5.00,2.00,2027-04-17 08:00:00 -0400,1,\"Coat, red\",12.00,0010000012,0.00
#1001,anna@example.com,,,,,,,,1,\"Mug
with a line break\",9.00,MUG,2.10
#1002,bob@example.com,4502,CAD,3.00,0.00,0.00,0.00,2027-04-17 08:00:00 -0400,1,Book,3.00,0010000020,0.00
";

fn fault(error: ExportError) -> String {
    match error {
        ExportError::Fault(fault) => fault.to_string(),
        ExportError::Io(error) => panic!("{error}"),
    }
}

#[test]
fn a_bulk_operation_is_read_whatever_the_order_of_its_lines() {
    let mut lines: Vec<&str> = BULK.trim().lines().collect();
    for _ in 0..lines.len() {
        lines.rotate_left(1);
        let read = bulk::read(lines.join("\n").as_bytes(), "CAD", false).unwrap();
        let [order] = read.orders.as_slice() else { panic!("{read:?}") };
        assert_eq!(order.fetched.order, RemoteId(9_007_199_254_740_993));
        assert_eq!(order.contact, None, "an address that nobody asked for");
        let mut agreements = order.fetched.agreements.clone();
        agreements.sort_by_key(|agreement| agreement.agreement);
        let [placed, refund] = agreements.as_slice() else { panic!("{agreements:?}") };
        assert_eq!((placed.kind, refund.kind), (AgreementKind::Order, AgreementKind::Refund));
        assert_eq!(refund.refund, Some(RemoteId(7)));
        let sale = placed.sales[0];
        // Shopify's amount contains the tax; the order's prices do not.
        assert_eq!((sale.amount, sale.tax, sale.tag), (Cents(1_190), Cents(155), Tag::new(1, 1).ok()));
        assert_eq!((refund.sales[0].kind, refund.sales[0].amount), (SaleKind::Adjustment, Cents(-200)));
        let items = read.items.unwrap();
        assert_eq!(items[&Tag::new(1, 1).unwrap()].quantity, 0, "archived things cannot be bought");
        assert_eq!((read.foreign_variants, read.passed_over), (1, 1));
    }
}

#[test]
fn addresses_are_kept_only_where_somebody_asked() {
    let read = bulk::read(BULK.as_bytes(), "CAD", true).unwrap();
    assert_eq!(read.orders[0].contact.as_deref(), Some("anna@example.com"));
    assert_eq!(
        csv::read(CSV.as_bytes(), "CAD", true).unwrap()[0].contact.as_deref(),
        Some("anna@example.com")
    );
    assert_eq!(csv::read(CSV.as_bytes(), "CAD", false).unwrap()[0].contact, None);
}

#[test]
fn an_orders_csv_is_read_order_by_order() {
    let orders = csv::read(CSV.as_bytes(), "CAD", false).unwrap();
    let [first, second] = orders.as_slice() else { panic!("{orders:?}") };
    assert_eq!((first.order, first.total, first.refunded), (RemoteId(4_501), Cents(2_545), Cents(200)));
    assert_eq!(first.lines.len(), 2);
    assert_eq!((first.lines[1].tag, first.lines[1].price), (None, Cents(690)));
    assert_eq!(second.lines[0].tag, Tag::new(1, 2).ok());
    assert_eq!(first.placed_at, Some(1_807_963_200_000));
}

#[test]
fn what_is_wrong_is_said_at_its_line_and_without_what_stands_there() {
    let broken = |from: &str, to: &str| {
        fault(bulk::read(BULK.replace(from, to).as_bytes(), "CAD", false).unwrap_err())
    };
    for (from, to, line, wrong) in [
        ("\"13.45\"", "\"13.456\"", 2, "totalAmount"),
        ("\"13.45\",\"currencyCode\":\"CAD\"", "\"13.45\",\"currencyCode\":\"USD\"", 2, "another currency"),
        ("2027-04-18T12:00:00Z\",\"test\"", "yesterday\",\"test\"", 3, "updatedAt"),
        (",\"taxesIncluded\":false", "", 3, "taxesIncluded"),
        (
            "\"__parentId\":\"gid://shopify/OrderAgreement/1\"",
            "\"__parentId\":\"gid://shopify/OrderAgreement/8\"",
            2,
            "was it cut",
        ),
        ("\"email\":\"anna@example.com\"}", "\"email\":\"anna@example.com", 3, "no node"),
        (
            "gid://shopify/Order/9007199254740993\",\"created",
            "9007199254740993\",\"created",
            3,
            "no global id",
        ),
    ] {
        let said = broken(from, to);
        assert!(said.starts_with(&format!("line {line}: ")) && said.contains(wrong), "{said}");
        assert!(!said.contains("anna"), "{said}");
    }
    let broken =
        |from: &str, to: &str| fault(csv::read(CSV.replace(from, to).as_bytes(), "CAD", false).unwrap_err());
    for (from, to, line, wrong) in [
        ("Lineitem sku", "SKU", 1, "Lineitem sku"),
        (",3.00,0.00,0.00,0.00", ",three,0.00,0.00,0.00", 5, "Total"),
        (",4502,", ",x,", 5, "Id"),
        ("4502,CAD", "4502,USD", 5, "Currency"),
        ("#1002", "", 5, "Name"),
    ] {
        let said = broken(from, to);
        assert!(said.starts_with(&format!("line {line}: ")) && said.contains(wrong), "{from}: {said}");
        assert!(!said.contains("bob"), "{said}");
    }
}

proptest! {
    #[test]
    fn no_file_makes_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>()) {
        let _ = bulk::read(bytes.as_slice(), "CAD", true);
        let _ = csv::read(bytes.as_slice(), "CAD", true);
        for whole in [BULK, CSV] {
            let mut whole = whole.as_bytes().to_vec();
            let at = at.index(whole.len());
            let rest = whole.split_off(at);
            whole.append(&mut bytes.clone());
            whole.extend(&rest);
            let _ = bulk::read(whole.as_slice(), "CAD", true);
            let _ = csv::read(whole.as_slice(), "CAD", true);
        }
        bytes.clear();
    }
}
