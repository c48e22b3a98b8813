//! Which column holds what, however the header spells it.

/// Most columns in a file: a spreadsheet with more is not an inventory.
pub const MAX_COLUMNS: usize = 64;

/// A column that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The consignor's number.
    ConsignorNumber,
    /// Their name.
    ConsignorName,
    /// Where mail reaches them.
    ConsignorEmail,
    /// How they take part.
    ConsignorTier,
    /// Category code.
    Category,
    /// What the item is.
    Title,
    /// Size, as on the label.
    Size,
    /// Condition code.
    Condition,
    /// Price.
    Price,
    /// May be reduced.
    Reduce,
    /// To be donated if unsold.
    Donate,
    /// The consignor's own reference.
    Reference,
}

/// What is wrong with a header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsFault {
    /// Columns that an import cannot do without.
    #[error("the header lacks {0}")]
    Missing(String),
    /// Two columns that mean the same.
    #[error("two columns mean {0}")]
    Twice(&'static str),
    /// More than [`MAX_COLUMNS`].
    #[error("{0} columns; at most {MAX_COLUMNS}")]
    TooMany(usize),
}

impl Column {
    const ALL: [Self; 12] = [
        Self::ConsignorNumber,
        Self::ConsignorName,
        Self::ConsignorEmail,
        Self::ConsignorTier,
        Self::Category,
        Self::Title,
        Self::Size,
        Self::Condition,
        Self::Price,
        Self::Reduce,
        Self::Donate,
        Self::Reference,
    ];

    /// The name in our own files and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConsignorNumber => "consignor_number",
            Self::ConsignorName => "consignor_name",
            Self::ConsignorEmail => "consignor_email",
            Self::ConsignorTier => "consignor_tier",
            Self::Category => "category",
            Self::Title => "title",
            Self::Size => "size",
            Self::Condition => "condition",
            Self::Price => "price",
            Self::Reduce => "reduce",
            Self::Donate => "donate",
            Self::Reference => "reference",
        }
    }

    /// What else files call it.
    const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::ConsignorNumber => {
                &["consignor", "consignor_no", "consignor_id", "seller_number", "seller"]
            }
            Self::ConsignorName => &["name", "seller_name"],
            Self::ConsignorEmail => &["email", "e_mail", "consignor_e_mail", "seller_email"],
            Self::ConsignorTier => &["tier"],
            Self::Category => &["department"],
            Self::Title => &["item", "description", "item_description"],
            Self::Size | Self::Condition => &[],
            Self::Price => &["item_price", "price_usd"],
            Self::Reduce => &["discount", "half_price", "markdown"],
            Self::Donate => &["donation"],
            Self::Reference => &["ref", "consignor_reference", "sku"],
        }
    }

    const fn required(self) -> bool {
        matches!(self, Self::ConsignorNumber | Self::Category | Self::Title | Self::Condition | Self::Price)
    }

    fn of(heading: &str) -> Option<Self> {
        let name: String = heading
            .trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}')
            .chars()
            .map(|char| if matches!(char, ' ' | '-' | '.' | '#') { '_' } else { char.to_ascii_lowercase() })
            .collect();
        let name = name.trim_matches('_');
        Self::ALL.into_iter().find(|column| column.name() == name || column.aliases().contains(&name))
    }
}

/// Where each column stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    at: Vec<(Column, usize)>,
    /// Headings that mean nothing here; reported, not hidden.
    pub ignored: Vec<String>,
}

impl Columns {
    /// Reads a header.
    ///
    /// # Errors
    /// [`ColumnsFault`].
    pub fn read<'h>(headings: impl Iterator<Item = &'h str>) -> Result<Self, ColumnsFault> {
        let mut columns = Self::default();
        let mut count = 0;
        for (at, heading) in headings.enumerate() {
            count += 1;
            match Column::of(heading) {
                Some(column) if columns.position(column).is_some() => {
                    return Err(ColumnsFault::Twice(column.name()));
                }
                Some(column) => columns.at.push((column, at)),
                None if heading.trim().is_empty() => {}
                None => columns.ignored.push(heading.trim().chars().take(60).collect()),
            }
        }
        if count > MAX_COLUMNS {
            return Err(ColumnsFault::TooMany(count));
        }
        let missing: Vec<&str> = Column::ALL
            .into_iter()
            .filter(|column| column.required() && columns.position(*column).is_none())
            .map(Column::name)
            .collect();
        if missing.is_empty() { Ok(columns) } else { Err(ColumnsFault::Missing(missing.join(", "))) }
    }

    /// Where `column` stands.
    pub fn position(&self, column: Column) -> Option<usize> {
        self.at.iter().find(|(found, _)| *found == column).map(|(_, at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Result<Columns, ColumnsFault> {
        Columns::read(header.split(','))
    }

    #[test]
    fn headings_are_found_however_they_are_spelt() {
        let columns =
            read("\u{feff}Consignor Number, CATEGORY ,Item,condition,Price,colour,,E-Mail").unwrap();
        assert_eq!(columns.position(Column::ConsignorNumber), Some(0));
        assert_eq!(columns.position(Column::Title), Some(2));
        assert_eq!(columns.position(Column::ConsignorEmail), Some(7));
        assert_eq!(columns.position(Column::Size), None);
        assert_eq!(columns.ignored, ["colour"]);
    }

    #[test]
    fn what_is_missing_or_double_is_named() {
        assert_eq!(
            read("title,price").unwrap_err(),
            ColumnsFault::Missing("consignor_number, category, condition".into())
        );
        assert_eq!(
            read("consignor_number,category,title,item,condition,price").unwrap_err(),
            ColumnsFault::Twice("title")
        );
        let wide = format!("consignor_number,category,title,condition,price{}", ",x".repeat(MAX_COLUMNS));
        assert_eq!(read(&wide).unwrap_err(), ColumnsFault::TooMany(MAX_COLUMNS + 5));
    }
}
