//! The same world's store: two orders, one of them refunded in part, and the exports that the store would give.

use std::fmt::Write as _;

use domain::ids::{Actor, RemoteId};
use domain::journal::Hash;
use domain::money::Cents;
use domain::sale_session::CancelReason;
use domain::storefront::{self, Access, AgreedSale, Agreement, AgreementKind, FetchedOrder, SaleKind, Via};
use domain::stream::StreamId;
use domain::tag::Tag;

use super::world::World;

/// Beyond what a JavaScript number holds.
const FIRST_ORDER: i64 = 9_007_199_254_740_993;

impl World {
    /// Connects a store, and takes two orders of it: one as placed, one with a line given back.
    pub fn online(&mut self) -> Vec<FetchedOrder> {
        let connect = storefront::Command::Connect {
            domain: "demo.myshopify.com".to_owned(),
            access: Access::OfflineToken,
            budget_points: 1_000,
            restore_per_second: 50,
            tax_included: false,
        };
        self.at_storefront(connect);
        let (StreamId::Event(_, event), StreamId::Session(_, session)) =
            (self.event_id.clone(), self.session_id.clone())
        else {
            unreachable!("an event has an event's name")
        };
        self.at_storefront(storefront::Command::RouteEvent { ordinal: 1, event, session });
        let left = self.unsold();
        let first = self.order(0, &left[..2]);
        let mut second = self.order(1, &left[2..4]);
        for order in [&first, &second] {
            self.at_storefront(storefront::Command::RecordOrder(Box::new(order.clone())));
        }
        self.now += 3_600_000;
        let back = second.agreements[0].sales[0];
        second.updated_at = self.now;
        second.agreements.push(Agreement {
            agreement: RemoteId(502),
            kind: AgreementKind::Refund,
            happened_at: self.now,
            refund: Some(RemoteId(702)),
            sales: vec![AgreedSale {
                quantity: -1,
                amount: Cents(-back.amount.0),
                tax: Cents(-back.tax.0),
                restock: true,
                ..back
            }],
        });
        self.at_storefront(storefront::Command::RecordOrder(Box::new(second.clone())));
        vec![first, second]
    }

    /// An order of these items at their prices, which nobody has recorded.
    pub fn order(&self, number: i64, items: &[(Tag, Cents)]) -> FetchedOrder {
        let sales = (0..).zip(items).map(|(at, (tag, price))| AgreedSale {
            kind: SaleKind::Product,
            line: Some(RemoteId(100 * (number + 1) + at)),
            tag: Some(*tag),
            quantity: 1,
            amount: *price,
            tax: Cents(price.0 * 13 / 100),
            restock: false,
        });
        FetchedOrder {
            order: RemoteId(FIRST_ORDER + number),
            placed_at: self.now,
            updated_at: self.now,
            paid: true,
            fulfilled: false,
            cancelled: None,
            test: false,
            agreements: vec![Agreement {
                agreement: RemoteId(500 + number),
                kind: AgreementKind::Order,
                happened_at: self.now,
                refund: None,
                sales: sales.collect(),
            }],
            via: Via::Webhook,
            evidence: Hash([7; 32]),
        }
    }

    fn at_storefront(&mut self, command: storefront::Command) {
        self.now += 1_000;
        self.submit_to_storefront(&Actor::System("sync".to_owned()), command);
    }
}

/// Orders as a bulk operation's JSON lines.
pub fn bulk(orders: &[FetchedOrder]) -> String {
    let mut text = String::new();
    for order in orders {
        let id = format!("gid://shopify/Order/{}", order.order);
        let cancelled =
            order.cancelled.map_or("null".to_owned(), |_| format!("\"{}\"", time(order.updated_at)));
        let reason = order.cancelled.map_or("null", |reason| {
            if reason == CancelReason::Customer { "\"CUSTOMER\"" } else { "\"OTHER\"" }
        });
        writeln!(
            text,
            r#"{{"id":"{id}","createdAt":"{}","updatedAt":"{}","cancelledAt":{cancelled},"cancelReason":{reason},"test":{},"displayFinancialStatus":"PAID","displayFulfillmentStatus":"UNFULFILLED","taxesIncluded":false,"email":"shopper{}@example.com"}}"#,
            time(order.placed_at),
            time(order.updated_at),
            order.test,
            order.order.0 % 100
        )
        .unwrap();
        for agreement in &order.agreements {
            let (kind, reason) = match agreement.kind {
                AgreementKind::Order => ("OrderAgreement", "ORDER"),
                AgreementKind::Edit => ("OrderEditAgreement", "ORDER_EDIT"),
                AgreementKind::Refund => ("RefundAgreement", "REFUND"),
                AgreementKind::Return => ("ReturnAgreement", "RETURN"),
            };
            let refund = agreement.refund.map_or_else(String::new, |refund| {
                format!(r#","refund":{{"id":"gid://shopify/Refund/{refund}"}}"#)
            });
            let parent = format!("gid://shopify/{kind}/{}", agreement.agreement);
            writeln!(
                text,
                r#"{{"id":"{parent}","happenedAt":"{}","reason":"{reason}"{refund},"__parentId":"{id}"}}"#,
                time(agreement.happened_at)
            )
            .unwrap();
            for (at, sale) in agreement.sales.iter().enumerate() {
                writeln!(text, "{}", sale_line(sale, &format!("{}{at}", agreement.agreement), &parent))
                    .unwrap();
            }
        }
    }
    text
}

fn sale_line(sale: &AgreedSale, id: &str, parent: &str) -> String {
    let (kind, line_type) = match sale.kind {
        SaleKind::Product => ("ProductSale", "PRODUCT"),
        SaleKind::Adjustment => ("AdjustmentSale", "ADJUSTMENT"),
        _ => ("ShippingLineSale", "SHIPPING"),
    };
    let item = sale.line.map_or_else(String::new, |line| {
        let sku = sale.tag.map(|tag| tag.to_string()).unwrap_or_default();
        format!(r#","lineItem":{{"id":"gid://shopify/LineItem/{line}","sku":"{sku}"}}"#)
    });
    let money = |amount: Cents| format!(r#"{{"shopMoney":{{"amount":"{amount}","currencyCode":"CAD"}}}}"#);
    format!(
        r#"{{"id":"gid://shopify/{kind}/{id}","actionType":"ORDER","lineType":"{line_type}","quantity":{},"totalAmount":{},"totalTaxAmount":{}{item},"__parentId":"{parent}"}}"#,
        sale.quantity,
        money(Cents(sale.amount.0 + sale.tax.0)),
        money(sale.tax)
    )
}

/// Orders as the admin's CSV.
pub fn csv(orders: &[FetchedOrder]) -> String {
    let mut text = "Name,Email,Id,Currency,Total,Taxes,Shipping,Refunded Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount\n".to_owned();
    for order in orders {
        let sum = |of: fn(&AgreedSale) -> i64, kind| {
            let agreements = order.agreements.iter().filter(|agreement| agreement.kind == kind);
            Cents(agreements.flat_map(|agreement| &agreement.sales).map(of).sum())
        };
        let total = sum(|sale| sale.amount.0 + sale.tax.0, AgreementKind::Order);
        let tax = sum(|sale| sale.tax.0, AgreementKind::Order);
        let back = sum(|sale| -sale.amount.0 - sale.tax.0, AgreementKind::Refund);
        let name = format!("#{}", 1_000 + order.order.0 % 100);
        let own = format!(
            "shopper@example.com,{},CAD,{total},{tax},0.00,{back},{}",
            order.order,
            time(order.placed_at)
        );
        for (at, sale) in order.agreements[0].sales.iter().enumerate() {
            let own = if at == 0 { own.clone() } else { ",,,,,,,".to_owned() };
            let tag = sale.tag.map(|tag| tag.to_string()).unwrap_or_default();
            writeln!(text, "{name},{own},1,Something,{},{tag},0.00", sale.amount).unwrap();
        }
    }
    text
}

fn time(at_ms: i64) -> String {
    replay_tool::clock::rfc3339(at_ms).unwrap()
}
