//! Lines as the hot state keeps them: where they stand, what they are worth, and who is credited.

use serde::{Deserialize, Serialize};

use super::receipts::{Line, LineFigures, LineRef, UnlistedLine};
use crate::ids::ConsignorNumber;
use crate::money::{BasisPoints, Cents};
use crate::tag::Tag;

/// A line's place: receipt number and line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineAt {
    /// Number of the receipt.
    pub number: u32,
    /// The line, from 0.
    pub line: u16,
}

/// What a line is worth at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The item, where its tag is known.
    pub tag: Option<Tag>,
    /// Whose it is; none for the house.
    pub consignor: Option<ConsignorNumber>,
    /// Price.
    pub price: Cents,
    /// Tax.
    pub tax: Cents,
    /// The consignor's rate.
    pub rate: BasisPoints,
    /// The consignor's share.
    pub share: Cents,
    /// The house's share.
    pub house: Cents,
}

impl Figures {
    /// As it stands in an entry.
    #[must_use]
    pub fn at(self, at: LineRef) -> LineFigures {
        let Self { tag, consignor, price, tax, rate, share, house } = self;
        LineFigures { at, tag, consignor, price, tax, rate, share, house }
    }

    /// With nobody credited.
    #[must_use]
    pub fn uncredited(self) -> Self {
        Self { share: Cents::ZERO, house: Cents::ZERO, ..self }
    }

    /// With all of it the house's, and the item unknown.
    #[must_use]
    pub fn to_house(self) -> Self {
        Self {
            tag: None,
            consignor: None,
            rate: BasisPoints(0),
            share: Cents::ZERO,
            house: self.price,
            ..self
        }
    }
}

impl From<LineFigures> for Figures {
    fn from(line: LineFigures) -> Self {
        let LineFigures { at: _, tag, consignor, price, tax, rate, share, house } = line;
        Self { tag, consignor, price, tax, rate, share, house }
    }
}

/// Who is credited with a line now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Now {
    /// As its figures say.
    Credited,
    /// Nobody, until its case is resolved.
    Contested,
    /// Nobody, until its claim is answered.
    Claimed,
    /// Nobody any more: returned, refunded, voided.
    Gone,
}

/// A line to which more happened than its sale. Lines that are not remembered stand as sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineState {
    /// Who is credited.
    pub now: Now,
    /// What is left of it; of contested and claimed lines, what it would be if it were credited.
    pub figures: Figures,
}

impl From<LineRef> for LineAt {
    fn from(line: LineRef) -> Self {
        Self { number: line.number, line: line.line }
    }
}

impl Figures {
    /// Of a listed line.
    pub(super) fn of(line: &Line) -> Self {
        Self {
            tag: Some(line.tag),
            consignor: Some(line.consignor),
            price: line.price,
            tax: line.tax,
            rate: line.rate,
            share: line.share,
            house: line.house,
        }
    }

    /// Of an unlisted line: all the house's.
    pub(super) fn of_unlisted(line: &UnlistedLine) -> Self {
        Self {
            tag: line.tag,
            consignor: None,
            price: line.price,
            tax: line.tax,
            rate: BasisPoints(0),
            share: Cents::ZERO,
            house: line.price,
        }
    }

    /// What is left after `part` fell away.
    pub(super) fn less(self, part: &LineFigures) -> Self {
        let left = |whole: Cents, part: Cents| whole.minus(part).unwrap_or(whole);
        Self {
            price: left(self.price, part.price),
            tax: left(self.tax, part.tax),
            share: left(self.share, part.share),
            house: left(self.house, part.house),
            ..self
        }
    }
}
