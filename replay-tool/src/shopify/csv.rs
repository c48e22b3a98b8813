//! The orders CSV that a store's admin downloads: one row per line of an order, the order's own columns in its
//! first row only. It knows no agreements, no line ids and no tax per line.

use std::collections::BTreeMap;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use domain::ids::RemoteId;
use domain::money::Cents;

use super::values::{cents, tag, time};
use super::{CsvLine, CsvOrder, ExportError, ExportFault, MAX_EXPORTED_ORDERS};

/// Columns that are read, as the store names them.
const COLUMNS: [&str; 14] = [
    "Name",
    "Id",
    "Created at",
    "Cancelled at",
    "Currency",
    "Total",
    "Taxes",
    "Shipping",
    "Discount Amount",
    "Refunded Amount",
    "Lineitem quantity",
    "Lineitem price",
    "Lineitem sku",
    "Lineitem discount",
];

/// Columns without which nothing can be compared.
const NEEDED: [&str; 7] =
    ["Name", "Id", "Currency", "Total", "Lineitem quantity", "Lineitem price", "Lineitem sku"];

/// Where the columns stand.
struct Columns {
    by_name: BTreeMap<&'static str, usize>,
    email: Option<usize>,
}

impl Columns {
    fn read(header: &StringRecord) -> Result<Self, ExportFault> {
        let position = |name: &str| header.iter().position(|cell| cell.trim() == name);
        let by_name: BTreeMap<&'static str, usize> =
            COLUMNS.iter().filter_map(|name| Some((*name, position(name)?))).collect();
        let missing: Vec<&str> = NEEDED.iter().copied().filter(|name| !by_name.contains_key(name)).collect();
        if missing.is_empty() {
            return Ok(Self { by_name, email: position("Email") });
        }
        let wrong = format!("no orders CSV: the columns {} are missing", missing.join(", "));
        Err(ExportFault::new(1, wrong))
    }

    fn text<'a>(&self, row: &'a StringRecord, name: &str) -> &'a str {
        self.by_name.get(name).and_then(|at| row.get(*at)).unwrap_or_default().trim()
    }

    fn money(&self, row: &StringRecord, line: u64, name: &str) -> Result<Cents, ExportFault> {
        let text = self.text(row, name);
        if text.is_empty() {
            return Ok(Cents::ZERO);
        }
        cents(text).ok_or_else(|| ExportFault::new(line, format!("{name}: no amount of whole cents")))
    }
}

/// Reads an orders CSV whose amounts are in `currency`. `reveal` keeps shoppers' addresses.
///
/// # Errors
/// [`ExportFault`] at the first row that cannot be read.
pub fn read(input: impl Read, currency: &str, reveal: bool) -> Result<Vec<CsvOrder>, ExportError> {
    let mut rows = ReaderBuilder::new().flexible(true).from_reader(input);
    let columns = Columns::read(rows.headers().map_err(|error| fault(1, &error))?)?;
    let mut orders: Vec<CsvOrder> = Vec::new();
    let mut name = String::new();
    let mut row = StringRecord::new();
    loop {
        let line = rows.position().line();
        match rows.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => return Ok(orders),
            Err(error) => return Err(fault(line, &error).into()),
        }
        let line = row.position().map_or(line, csv::Position::line);
        let own = columns.text(&row, "Name");
        if own.is_empty() {
            return Err(ExportFault::new(line, "Name: a row of no order").into());
        }
        if own != name || orders.is_empty() {
            if orders.len() >= MAX_EXPORTED_ORDERS {
                return Err(ExportFault::new(line, format!("more than {MAX_EXPORTED_ORDERS} orders")).into());
            }
            own.clone_into(&mut name);
            orders.push(first_row(&columns, &row, line, currency, reveal)?);
        }
        let item = line_of(&columns, &row, line)?;
        if let Some(order) = orders.last_mut() {
            order.lines.push(item);
        }
    }
}

/// The CSV parser's message may repeat a value; what kind of error it is says enough.
fn fault(line: u64, error: &csv::Error) -> ExportFault {
    let wrong = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8",
        csv::ErrorKind::UnequalLengths { .. } => "another number of cells than the heading has",
        _ => "no row of a CSV",
    };
    ExportFault::new(error.position().map_or(line, csv::Position::line), wrong)
}

fn first_row(
    columns: &Columns,
    row: &StringRecord,
    line: u64,
    currency: &str,
    reveal: bool,
) -> Result<CsvOrder, ExportFault> {
    let id = columns.text(row, "Id").parse().map(RemoteId);
    let order = id.map_err(|_| ExportFault::new(line, "Id: no order's number"))?;
    if columns.text(row, "Currency") != currency {
        let wrong = format!("Currency: another than the event's {currency}");
        return Err(ExportFault::new(line, wrong));
    }
    let contact = columns.email.filter(|_| reveal).and_then(|at| row.get(at)).map(str::to_owned);
    Ok(CsvOrder {
        order,
        placed_at: time(columns.text(row, "Created at")),
        cancelled: !columns.text(row, "Cancelled at").is_empty(),
        lines: Vec::new(),
        total: columns.money(row, line, "Total")?,
        tax: columns.money(row, line, "Taxes")?,
        shipping: columns.money(row, line, "Shipping")?,
        refunded: columns.money(row, line, "Refunded Amount")?,
        discount: columns.money(row, line, "Discount Amount")?,
        contact,
    })
}

fn line_of(columns: &Columns, row: &StringRecord, line: u64) -> Result<CsvLine, ExportFault> {
    let quantity = columns.text(row, "Lineitem quantity").parse();
    let quantity = quantity.map_err(|_| ExportFault::new(line, "Lineitem quantity: no number of things"))?;
    let price = columns.money(row, line, "Lineitem price")?;
    let discount = columns.money(row, line, "Lineitem discount")?;
    Ok(CsvLine {
        tag: tag(columns.text(row, "Lineitem sku")),
        quantity,
        price: Cents(price.0.saturating_sub(discount.0)),
    })
}
