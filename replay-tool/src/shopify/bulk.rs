//! JSON lines of a bulk operation: nodes of orders, agreements, sales and variants, parents and children in any
//! order, children naming their parents.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use domain::ids::RemoteId;
use domain::journal::hash_header_line;
use domain::money::Cents;
use domain::reconciliation::ItemView;
use domain::sale_session::CancelReason;
use domain::storefront::{AgreedSale, Agreement, AgreementKind, FetchedOrder, SaleKind, Via};
use domain::tag::Tag;
use serde::Deserialize;

use super::values::{cents, global_id, tag, time};
use super::{BulkExport, BulkOrder, ExportError, ExportFault, MAX_EXPORT_LINE_BYTES, MAX_EXPORTED_ORDERS};

/// The bulk operation whose result is read here (Admin API 2026-10): two levels of connections, three in all.
pub const QUERY: &str = include_str!("bulk.graphql");

/// A node of any kind; what a kind does not have is left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: String,
    #[serde(rename = "__parentId")]
    parent: Option<String>,
    // An order's.
    created_at: Option<String>,
    updated_at: Option<String>,
    cancelled_at: Option<String>,
    cancel_reason: Option<String>,
    #[serde(default)]
    test: bool,
    display_financial_status: Option<String>,
    display_fulfillment_status: Option<String>,
    taxes_included: Option<bool>,
    email: Option<String>,
    // An agreement's.
    happened_at: Option<String>,
    reason: Option<String>,
    refund: Option<Reference>,
    // A sale's.
    line_type: Option<String>,
    quantity: Option<i32>,
    total_amount: Option<MoneyBag>,
    total_tax_amount: Option<MoneyBag>,
    line_item: Option<LineItem>,
    // A variant's.
    barcode: Option<String>,
    sku: Option<String>,
    price: Option<String>,
    inventory_quantity: Option<i32>,
    product: Option<Product>,
}

#[derive(Deserialize)]
struct Reference {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MoneyBag {
    shop_money: Money,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Money {
    amount: String,
    currency_code: String,
}

#[derive(Deserialize)]
struct LineItem {
    id: String,
    sku: Option<String>,
    variant: Option<Variant>,
}

#[derive(Deserialize)]
struct Variant {
    barcode: Option<String>,
}

#[derive(Deserialize)]
struct Product {
    status: String,
}

struct PendingAgreement {
    order: String,
    agreement: Agreement,
    line: u64,
}

struct PendingSale {
    agreement: String,
    sale: AgreedSale,
    line: u64,
}

struct Reader<'a> {
    currency: &'a str,
    reveal: bool,
    orders: BTreeMap<String, BulkOrder>,
    agreements: BTreeMap<String, PendingAgreement>,
    sales: Vec<PendingSale>,
    items: Option<BTreeMap<Tag, ItemView>>,
    foreign_variants: u64,
    passed_over: u64,
}

/// Reads a bulk operation's result. Amounts are in shop money, which must be in `currency`. `reveal` keeps
/// shoppers' addresses.
///
/// # Errors
/// [`ExportFault`] at the first line that is no node, has an amount that is none, or names a parent that is not
/// there.
pub fn read(input: impl Read, currency: &str, reveal: bool) -> Result<BulkExport, ExportError> {
    let mut reader = Reader {
        currency,
        reveal,
        orders: BTreeMap::new(),
        agreements: BTreeMap::new(),
        sales: Vec::new(),
        items: None,
        foreign_variants: 0,
        passed_over: 0,
    };
    let mut input = std::io::BufReader::new(input);
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        let limit = MAX_EXPORT_LINE_BYTES as u64 + 1;
        if input.by_ref().take(limit).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        if text.len() > MAX_EXPORT_LINE_BYTES {
            return Err(ExportFault::new(line, "longer than any node").into());
        }
        let node = text.trim_ascii();
        if !node.is_empty() {
            reader.take(line, node)?;
        }
    }
    Ok(reader.finish()?)
}

impl Reader<'_> {
    fn take(&mut self, line: u64, text: &[u8]) -> Result<(), ExportFault> {
        let node: Node = serde_json::from_slice(text).map_err(|error| {
            // The parser's message may repeat a value; its place says enough.
            ExportFault::new(line, format!("no node of a bulk operation (column {})", error.column()))
        })?;
        let id = node.id.clone();
        let Some((kind, number)) = global_id(&id) else {
            return Err(ExportFault::new(line, "the id is no global id of Shopify's"));
        };
        match kind {
            "Order" => self.order(line, number, node, text),
            "ProductVariant" => self.variant(line, node),
            _ if kind.ends_with("Agreement") => self.agreement(line, kind, number, node),
            _ if kind.ends_with("Sale") => self.sale(line, node),
            _ => {
                self.passed_over += 1;
                Ok(())
            }
        }
    }

    fn order(&mut self, line: u64, order: RemoteId, node: Node, text: &[u8]) -> Result<(), ExportFault> {
        let updated_at = when(line, "updatedAt", node.updated_at.as_deref())?;
        let status = node.display_financial_status.as_deref();
        let paid = matches!(status, Some("PAID" | "PARTIALLY_REFUNDED" | "REFUNDED"));
        let fulfilled = node.display_fulfillment_status.as_deref() == Some("FULFILLED");
        let cancelled = node.cancelled_at.is_some().then(|| cancel_reason(node.cancel_reason.as_deref()));
        let fetched = FetchedOrder {
            order,
            placed_at: when(line, "createdAt", node.created_at.as_deref())?,
            updated_at,
            paid,
            fulfilled,
            cancelled,
            test: node.test,
            agreements: Vec::new(),
            via: Via::Bulk,
            evidence: hash_header_line(text),
        };
        let Some(tax_included) = node.taxes_included else {
            return Err(missing(line, "taxesIncluded"));
        };
        if self.orders.len() >= MAX_EXPORTED_ORDERS {
            return Err(ExportFault::new(line, format!("more than {MAX_EXPORTED_ORDERS} orders")));
        }
        let contact = node.email.filter(|_| self.reveal);
        self.orders.insert(node.id, BulkOrder { fetched, tax_included, contact });
        Ok(())
    }

    fn agreement(&mut self, line: u64, kind: &str, number: RemoteId, node: Node) -> Result<(), ExportFault> {
        let refund = match &node.refund {
            Some(refund) => {
                let id = global_id(&refund.id).map(|(_, number)| number);
                Some(id.ok_or_else(|| ExportFault::new(line, "the refund's id is no global id"))?)
            }
            None => None,
        };
        let agreement = Agreement {
            agreement: number,
            kind: agreement_kind(kind, node.reason.as_deref()),
            happened_at: when(line, "happenedAt", node.happened_at.as_deref())?,
            refund,
            sales: Vec::new(),
        };
        let order = node.parent.ok_or_else(|| missing(line, "__parentId"))?;
        self.agreements.insert(node.id, PendingAgreement { order, agreement, line });
        Ok(())
    }

    fn sale(&mut self, line: u64, node: Node) -> Result<(), ExportFault> {
        let total = self.money(line, "totalAmount", node.total_amount)?;
        let tax = self.money(line, "totalTaxAmount", node.total_tax_amount)?;
        let (item, carried) = match node.line_item {
            Some(item) => {
                let id = global_id(&item.id).map(|(_, number)| number);
                let id = id.ok_or_else(|| ExportFault::new(line, "the line item's id is no global id"))?;
                let barcode = item.variant.and_then(|variant| variant.barcode);
                (Some(id), barcode.as_deref().and_then(tag).or_else(|| item.sku.as_deref().and_then(tag)))
            }
            None => (None, None),
        };
        let sale = AgreedSale {
            kind: sale_kind(node.line_type.as_deref()),
            line: item,
            tag: carried,
            quantity: node.quantity.unwrap_or(0),
            // Shopify's amount contains the tax either way; which of both the order counts by is not known yet.
            amount: total,
            tax,
            restock: false,
        };
        let agreement = node.parent.ok_or_else(|| missing(line, "__parentId"))?;
        self.sales.push(PendingSale { agreement, sale, line });
        Ok(())
    }

    fn variant(&mut self, line: u64, node: Node) -> Result<(), ExportFault> {
        let items = self.items.get_or_insert_default();
        let Some(tag) = node.barcode.as_deref().and_then(tag).or_else(|| node.sku.as_deref().and_then(tag))
        else {
            self.foreign_variants += 1;
            return Ok(());
        };
        let price = node.price.as_deref().and_then(cents);
        let price = price.ok_or_else(|| ExportFault::new(line, "price: no amount of whole cents"))?;
        let offered = node.product.is_none_or(|product| product.status == "ACTIVE");
        let quantity = if offered { node.inventory_quantity.unwrap_or(0) } else { 0 };
        items.insert(
            tag,
            ItemView { tag, quantity, price, evidence: domain::reconciliation::Evidence::default() },
        );
        Ok(())
    }

    fn money(&self, line: u64, field: &str, bag: Option<MoneyBag>) -> Result<Cents, ExportFault> {
        let Money { amount, currency_code } = bag.ok_or_else(|| missing(line, field))?.shop_money;
        if currency_code != self.currency {
            let wrong = format!("{field}: in another currency than the event's {}", self.currency);
            return Err(ExportFault::new(line, wrong));
        }
        cents(&amount).ok_or_else(|| ExportFault::new(line, format!("{field}: no amount of whole cents")))
    }

    /// Puts children to their parents.
    fn finish(mut self) -> Result<BulkExport, ExportFault> {
        for PendingSale { agreement, sale, line } in self.sales {
            let parent = self.agreements.get_mut(&agreement);
            let parent = parent
                .ok_or_else(|| ExportFault::new(line, "its agreement is not in the file: was it cut?"))?;
            parent.agreement.sales.push(sale);
        }
        for PendingAgreement { order, mut agreement, line } in self.agreements.into_values() {
            let parent = self.orders.get_mut(&order);
            let parent =
                parent.ok_or_else(|| ExportFault::new(line, "its order is not in the file: was it cut?"))?;
            if !parent.tax_included {
                for sale in &mut agreement.sales {
                    sale.amount = Cents(sale.amount.0.saturating_sub(sale.tax.0));
                }
            }
            parent.fetched.agreements.push(agreement);
        }
        Ok(BulkExport {
            orders: self.orders.into_values().collect(),
            items: self.items,
            foreign_variants: self.foreign_variants,
            passed_over: self.passed_over,
        })
    }
}

fn missing(line: u64, field: &str) -> ExportFault {
    ExportFault::new(line, format!("{field} is missing; `reconcile --print-query` shows what to ask for"))
}

fn when(line: u64, field: &str, text: Option<&str>) -> Result<i64, ExportFault> {
    let text = text.ok_or_else(|| missing(line, field))?;
    time(text).ok_or_else(|| ExportFault::new(line, format!("{field}: no time")))
}

fn agreement_kind(kind: &str, reason: Option<&str>) -> AgreementKind {
    match (reason, kind) {
        (Some("ORDER_EDIT"), _) | (_, "OrderEditAgreement") => AgreementKind::Edit,
        (Some("REFUND"), _) | (_, "RefundAgreement") => AgreementKind::Refund,
        (Some("RETURN"), _) | (_, "ReturnAgreement") => AgreementKind::Return,
        _ => AgreementKind::Order,
    }
}

fn sale_kind(line_type: Option<&str>) -> SaleKind {
    match line_type {
        Some("PRODUCT") => SaleKind::Product,
        Some("SHIPPING") => SaleKind::Shipping,
        Some("ADJUSTMENT") => SaleKind::Adjustment,
        Some("TIP") => SaleKind::Tip,
        Some("GIFT_CARD") => SaleKind::GiftCard,
        Some("FEE" | "ADDITIONAL_FEE") => SaleKind::Fee,
        Some("DUTY") => SaleKind::Duty,
        _ => SaleKind::Unknown,
    }
}

fn cancel_reason(reason: Option<&str>) -> CancelReason {
    match reason {
        Some("CUSTOMER") => CancelReason::Customer,
        Some("INVENTORY") => CancelReason::Inventory,
        Some("FRAUD") => CancelReason::Fraud,
        Some("DECLINED") => CancelReason::Declined,
        Some("STAFF") => CancelReason::Staff,
        _ => CancelReason::Other,
    }
}
