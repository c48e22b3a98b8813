//! Exact shares, and rounding them: line by line, or once over a consignor's total.

use rust_decimal::Decimal;

use crate::money::{BASIS_POINTS_IN_WHOLE, BasisPoints, Cents, OutOfRange, Rounding};

/// A share before rounding, in ten-thousandths of a cent: price × basis points, an integer and exact.
#[must_use]
pub const fn exact_share(price: Cents, rate: BasisPoints) -> i128 {
    // Lossless: both factors are far below 2⁶³.
    price.0 as i128 * rate.0 as i128
}

/// Rounds the exact total of `exact` once and hands the cents back to the lines: each line gets its whole
/// cents, and the cents that rounding the total left over go to the lines with the largest fractions, the
/// earlier line first where they tie. The parts add up to the rounded total, and no line moves by a cent or
/// more from its exact share.
///
/// # Errors
/// [`OutOfRange`] for totals that no event can reach.
pub fn distribute(exact: &[i128], rounding: Rounding) -> Result<Vec<Cents>, OutOfRange> {
    const WHOLE: i128 = BASIS_POINTS_IN_WHOLE as i128;
    let total: i128 = exact.iter().sum();
    let rounded = rounding.to_cents(Decimal::try_from_i128_with_scale(total, 4).map_err(|_| OutOfRange)?);
    let mut parts: Vec<i128> = exact.iter().map(|share| share.div_euclid(WHOLE)).collect();
    let left_over = i128::from(rounded.0) - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(exact[*at].rem_euclid(WHOLE)), *at));
    for at in order.into_iter().take(usize::try_from(left_over).map_err(|_| OutOfRange)?) {
        parts[at] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).map(Cents).map_err(|_| OutOfRange)).collect()
}
