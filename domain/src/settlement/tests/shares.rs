//! Properties of shares: they always add up, whatever is rounded.

use proptest::prelude::*;

use crate::money::{BasisPoints, Cents, Rounding};
use crate::settlement::{distribute, exact_share};

const ROUNDINGS: [Rounding; 3] = [Rounding::HalfUp, Rounding::HalfEven, Rounding::ConsignorFavour];

#[test]
fn stl_5_ties_go_to_the_earlier_line() {
    let exact = [exact_share(Cents(10), BasisPoints(6_500)); 3];
    // 6.5 + 6.5 + 6.5 = 19.5 → 20 by half up, 20 by half even, 20 in the consignor's favour.
    for rounding in ROUNDINGS {
        assert_eq!(distribute(&exact, rounding), Ok(vec![Cents(7), Cents(7), Cents(6)]));
    }
    assert_eq!(distribute(&exact[..1], Rounding::HalfEven), Ok(vec![Cents(6)]));
    assert_eq!(distribute(&[], Rounding::HalfUp), Ok(vec![]));
}

proptest! {
    #[test]
    fn stl_5_parts_add_up_to_the_rounded_total_and_stay_within_a_cent(
        lines in prop::collection::vec((0_i64..=1_000_000, 0_u32..=10_000), 0..60),
        rounding in 0_usize..3,
    ) {
        let rounding = ROUNDINGS[rounding];
        let exact: Vec<i128> = lines.iter().map(|(price, rate)| exact_share(Cents(*price), BasisPoints(*rate))).collect();
        let parts = distribute(&exact, rounding).unwrap();
        let total: i128 = exact.iter().sum();
        let whole: i64 = parts.iter().map(|part| part.0).sum();
        let off = (i128::from(whole) * 10_000 - total).abs();
        let at_most = if rounding == Rounding::ConsignorFavour { 9_999 } else { 5_000 };
        prop_assert!(off <= at_most);
        for ((part, exact), (price, _)) in parts.iter().zip(&exact).zip(&lines) {
            prop_assert!((i128::from(part.0) * 10_000 - exact).abs() < 10_000);
            prop_assert!((0..=*price).contains(&part.0), "a share is never more than the price");
        }
    }
}
