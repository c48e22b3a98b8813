//! From a file's bytes to drafts that the event may decide about.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder, Trim};
use domain::consignment_event::items::{Finding, ItemDraft, Severity, check_draft};
use domain::ids::ConsignorNumber;
use domain::organization::ItemRules;

use super::columns::{Column, Columns, ColumnsFault};
use super::people::{Mention, People, Person};
use super::report::Note;
use super::{IMPORT_ROWS_MAX, values};

/// Longest cell that is looked at, bytes; a title has at most some hundred.
const CELL_BYTES_MAX: usize = 2_000;

/// Why a file as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// UTF-16, as some spreadsheets save “Unicode text”.
    #[error("the file is UTF-16; save it as CSV UTF-8")]
    Utf16,
    /// Its header.
    #[error(transparent)]
    Columns(#[from] ColumnsFault),
    /// More than [`IMPORT_ROWS_MAX`] rows.
    #[error("more than {IMPORT_ROWS_MAX} rows; split the file")]
    TooManyRows,
}

/// A row, with its draft when it may be listed.
pub struct PreparedRow {
    /// From 1; the header is not counted.
    pub row: u32,
    /// Line of the file, from 1.
    pub line: u32,
    /// What would be listed; `None` when the row is refused already.
    pub draft: Option<ItemDraft>,
    /// What there is to say about it.
    pub notes: Vec<Note>,
}

/// A file that was read.
pub struct Inventory {
    /// Every row that is not empty.
    pub rows: Vec<PreparedRow>,
    /// The consignors of rows that may be listed.
    pub people: BTreeMap<u32, Person>,
    /// Headings that mean nothing here.
    pub ignored_columns: Vec<String>,
}

/// Reads `bytes` under the organization's rules for items.
///
/// # Errors
/// [`TableFault`], when the file as a whole cannot be read; a bad row is no such thing.
pub fn prepare(bytes: &[u8], rules: &ItemRules) -> Result<Inventory, TableFault> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(TableFault::Utf16);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut table = ReaderBuilder::new()
        .delimiter(delimiter(bytes))
        .flexible(true)
        .has_headers(false)
        .trim(Trim::All)
        .from_reader(bytes);
    let mut records = table.byte_records().flatten();
    let header = records.next().ok_or(TableFault::Empty)?;
    let headings: Vec<String> =
        header.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    let columns = Columns::read(headings.iter().map(String::as_str))?;
    let mut people = People::default();
    let mut rows: Vec<PreparedRow> = Vec::new();
    for record in records.filter(|record| record.iter().any(|cell| !cell.is_empty())) {
        if rows.len() == IMPORT_ROWS_MAX {
            return Err(TableFault::TooManyRows);
        }
        let row = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
        let line = record.position().map_or(0, |position| line_of(bytes, position));
        let (draft, notes) = prepare_row(row, &record, &columns, rules, &mut people, headings.len());
        rows.push(PreparedRow { row, line, draft, notes });
    }
    let mut people = people.into_inner();
    people.retain(|number, _| {
        rows.iter().any(|row| row.draft.as_ref().is_some_and(|draft| draft.consignor.0 == *number))
    });
    Ok(Inventory { rows, people, ignored_columns: columns.ignored })
}

/// What the first line separates its cells with.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let cells = |delimiter: u8| header.split(|byte| *byte == delimiter).count();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|delimiter| (cells(*delimiter), *delimiter == b','))
        .unwrap_or(b',')
}

/// The line that a record begins on. The reader's own count is that of the empty lines before it, if there are any.
fn line_of(bytes: &[u8], position: &csv::Position) -> u32 {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let skipped = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    let lines = position.line().saturating_add(skipped.filter(|byte| **byte == b'\n').map(|_| 1).sum());
    u32::try_from(lines).unwrap_or(u32::MAX)
}

fn prepare_row(
    row: u32,
    record: &ByteRecord,
    columns: &Columns,
    rules: &ItemRules,
    people: &mut People,
    width: usize,
) -> (Option<ItemDraft>, Vec<Note>) {
    if let Some(cell) =
        record.iter().find(|cell| std::str::from_utf8(cell).is_err() || cell.len() > CELL_BYTES_MAX)
    {
        let lines = cell.split(|byte| *byte == b'\n').skip(1).count();
        let (code, message) = if cell.len() > CELL_BYTES_MAX && lines > 0 {
            let what = "A quotation mark in this row is closed far below it, or nowhere";
            (
                "quote_not_closed",
                format!("{what}: the {lines} lines behind were read as part of one cell and not listed."),
            )
        } else if cell.len() > CELL_BYTES_MAX {
            ("cell_too_long", format!("A cell has more than {CELL_BYTES_MAX} bytes."))
        } else {
            ("not_utf8", "A cell is not UTF-8 text; save the file as CSV UTF-8.".to_owned())
        };
        return (None, vec![Note::refused(code, None, message)]);
    }
    let mut notes = Vec::new();
    if record.len() > width {
        let message = format!("{} cells under {width} headings; those beyond were left out.", record.len());
        notes.push(Note::adjusted("cells_beyond_header", "", message));
    }
    let cell = |column: Column| {
        let at = columns.position(column);
        at.and_then(|at| record.get(at)).and_then(|cell| std::str::from_utf8(cell).ok()).unwrap_or_default()
    };
    let draft = read_draft(row, &cell, &mut notes);
    let Some(mut draft) = draft else { return (None, notes) };
    notes.extend(check_draft(&mut draft, rules).iter().map(note_of));
    if values::looks_like_formula(&draft.title) {
        let message = "Kept as text; files we write mark it so that no spreadsheet runs it.".to_owned();
        notes.push(Note::adjusted("formula_text", "title", message));
    }
    if notes.iter().any(|note| note.refuses) {
        return (None, notes);
    }
    let mention = Mention {
        number: draft.consignor.0,
        name: cell(Column::ConsignorName),
        email: cell(Column::ConsignorEmail),
        tier: cell(Column::ConsignorTier),
    };
    notes.extend(people.meet(&mention));
    (Some(draft), notes)
}

/// Reads the cells; every one that cannot be read is noted, not only the first.
fn read_draft<'r>(row: u32, cell: &impl Fn(Column) -> &'r str, notes: &mut Vec<Note>) -> Option<ItemDraft> {
    let mut refuse = |column: Column, fault: values::Unreadable| {
        notes.push(Note::refused(fault.code, Some(column.name()), fault.message));
    };
    let consignor = values::consignor_number(cell(Column::ConsignorNumber))
        .map_err(|fault| refuse(Column::ConsignorNumber, fault))
        .ok();
    let reduce = values::flag(cell(Column::Reduce)).map_err(|fault| refuse(Column::Reduce, fault)).ok();
    let donate = values::flag(cell(Column::Donate)).map_err(|fault| refuse(Column::Donate, fault)).ok();
    let price = values::price(cell(Column::Price)).map_err(|fault| refuse(Column::Price, fault)).ok();
    let price = price.map(|read| {
        if let Some((code, message)) = read.adjusted {
            notes.push(Note::adjusted(code, Column::Price.name(), message));
        }
        read.value
    });
    Some(ItemDraft {
        row: Some(row),
        consignor: ConsignorNumber(consignor?),
        category: cell(Column::Category).to_owned(),
        title: cell(Column::Title).to_owned(),
        size: cell(Column::Size).to_owned(),
        condition: cell(Column::Condition).to_owned(),
        price: price?,
        reduce: reduce?,
        donate: donate?,
        reference: cell(Column::Reference).to_owned(),
    })
}

fn note_of(finding: &Finding) -> Note {
    match finding.severity {
        Severity::Adjusted => Note::adjusted(
            finding.code,
            finding.field,
            format!("Found {}; {}.", finding.found, finding.allowed),
        ),
        Severity::Refused => {
            let message = format!("Found {:?}; allowed: {}.", finding.found, finding.allowed);
            Note::refused(finding.code, Some(finding.field), message)
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::organization::Settings;

    use super::*;

    const HEADER: &str = "consignor_number,consignor_name,consignor_email,consignor_tier,category,title,size,condition,price,reduce,donate,reference\n";

    fn rules() -> ItemRules {
        Settings::new("USD", "UTC").items
    }

    fn prepared(body: &str) -> Inventory {
        prepare(format!("{HEADER}{body}").as_bytes(), &rules()).ok().unwrap()
    }

    fn codes(inventory: &Inventory) -> Vec<Vec<&str>> {
        inventory.rows.iter().map(|row| row.notes.iter().map(|note| note.code.as_str()).collect()).collect()
    }

    #[test]
    fn good_rows_become_drafts_and_bad_ones_a_word() {
        let inventory = prepared(
            "101,Ada,ada@example.org,regular,toys,Kite,,good,4.50,yes,no,a\n\
             101,Ada,ada@example.org,regular,toys,Kite,,good,4.60,yes,no,b\n\
             \n\
             ,Ada,ada@example.org,regular,toys,Kite,,good,x,perhaps,no,c\n\
             102,Bo,bo@example.org,regular,spaceships,Kite,,good,4.50,yes,no,a\n\
             101,Ada,ada@example.org,platinum,toys,=SUM(A1),,good,\"12,50\",,,d\n",
        );
        assert_eq!(
            codes(&inventory),
            [
                vec![],
                vec!["price_off_step"],
                vec!["consignor_number_missing", "flag_unreadable", "price_unreadable"],
                vec!["category_unknown"],
                vec!["price_respelt", "formula_text", "tier_unknown"],
            ]
        );
        let drafts: Vec<Option<i64>> =
            inventory.rows.iter().map(|row| row.draft.as_ref().map(|draft| draft.price.0)).collect();
        assert_eq!(drafts, [Some(450), Some(450), None, None, Some(1_250)]);
        assert_eq!(inventory.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 5, 6, 7]);
        assert_eq!(
            inventory.people.keys().copied().collect::<Vec<_>>(),
            [101],
            "who brings nothing is not enrolled"
        );
    }

    #[test]
    fn marks_line_ends_separators_and_case_of_the_header_do_not_matter() {
        let body = "\u{feff}Consignor Number;CATEGORY;Title;Condition;PRICE\r\n7;Toys;\"Kite; blue\";Like New;4,50\r\n";
        let inventory = prepare(body.as_bytes(), &rules()).ok().unwrap();
        let draft = inventory.rows[0].draft.clone().unwrap();
        assert_eq!(
            (draft.title.as_str(), draft.category.as_str(), draft.condition.as_str(), draft.price.0),
            ("Kite; blue", "toys", "like_new", 450)
        );
    }

    #[test]
    fn files_that_are_no_tables_are_said_to_be_none() {
        let fault = |bytes: &[u8]| prepare(bytes, &rules()).err();
        assert_eq!(fault(b""), Some(TableFault::Empty));
        assert_eq!(fault(b"\xff\xfea\0"), Some(TableFault::Utf16));
        assert!(matches!(fault(b"hello\nworld\n"), Some(TableFault::Columns(_))));
        assert!(matches!(fault(&[0, 1, 2, 3, b'\n', 9]), Some(TableFault::Columns(_))));
        let long = format!("{HEADER}{}", "1,,,,toys,Kite,,good,4.50,,,\n".repeat(IMPORT_ROWS_MAX + 1));
        assert_eq!(fault(long.as_bytes()), Some(TableFault::TooManyRows));
    }

    #[test]
    fn rows_that_are_not_text_are_refused_one_by_one() {
        let mut bytes = HEADER.as_bytes().to_vec();
        bytes.extend_from_slice(b"1,,,,toys,Caf\xe9,,good,4.50,,,\n1,,,,toys,Kite,,good,4.50,,,,,extra\n");
        bytes.extend_from_slice(
            format!("1,,,,toys,{},,good,4.50,,,\n", "x".repeat(CELL_BYTES_MAX + 1)).as_bytes(),
        );
        let inventory = prepare(&bytes, &rules()).ok().unwrap();
        assert_eq!(codes(&inventory), [vec!["not_utf8"], vec!["cells_beyond_header"], vec!["cell_too_long"]]);
        assert_eq!(
            inventory.rows.iter().map(|row| row.draft.is_some()).collect::<Vec<_>>(),
            [false, true, false]
        );
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_says_what_it_has_swallowed() {
        let rows = "1,,,,toys,Kite,,good,4.50,,,\n".repeat(100);
        let open = rows.replacen("Kite", "\"Kite", 1);
        let inventory = prepare(format!("{HEADER}{rows}{open}").as_bytes(), &rules()).ok().unwrap();
        assert_eq!(inventory.rows.len(), 101);
        let [note] = inventory.rows[100].notes.as_slice() else { panic!("one note") };
        assert_eq!(note.code, "quote_not_closed");
        assert!(note.message.contains("the 99 lines behind"), "{}", note.message);
    }
}
