//! Claims, told one by one: given entries, then rows.

use domain::claims::{Claim, ClaimKind};
use domain::commission::Tier;
use domain::consignment_event::claims::{ClaimAccepted, ClaimContested, ClaimResolution, ClaimResolved};
use domain::consignment_event::{CustodyItem, ItemFlags, Terms};
use domain::ids::{CaseId, ReceiptId, SessionId};
use domain::lifecycle::ItemStatus;
use domain::money::Cents;
use domain::tag::Tag;
use serde_json::json;
use uuid::Uuid;

use super::nouns::{ANN, given_event, id, then, time};

#[test]
fn a_claim_is_a_row_from_its_first_word_to_its_end() {
    let (late, first) = (SessionId(Uuid::from_u128(3)), SessionId(Uuid::from_u128(4)));
    let tag = |item| Tag::new(1, item).unwrap();
    let claim = |case, item, kind| Claim {
        session: late,
        case: CaseId(Uuid::from_u128(case)),
        receipt: ReceiptId(Uuid::from_u128(9)),
        tag: tag(item),
        kind,
        price: Cents(450),
        occurred_at: 7,
    };
    let item = CustodyItem { tag: tag(1), consignor: ANN, price: Cents(450), flags: ItemFlags::default() };
    let terms = Terms { consignor: ANN, tier: Tier::Regular, shifts: 0 };
    let accepted =
        ClaimAccepted { claim: claim(5, 1, ClaimKind::Sold), found: ItemStatus::Released, item, terms };
    let contested = |case, item, found, holder| ClaimContested {
        claim: claim(case, item, ClaimKind::Sold),
        found,
        holder,
    };
    let resolved = |case, item, resolution| ClaimResolved {
        session: late,
        case: CaseId(Uuid::from_u128(case)),
        tag: tag(item),
        kind: ClaimKind::Sold,
        resolution,
        credited: None,
    };
    let database = given_event(&[
        accepted.into(),
        contested(6, 2, Some(ItemStatus::Sold), Some(first)).into(),
        contested(7, 3, None, None).into(),
        contested(8, 4, Some(ItemStatus::Donated), None).into(),
        resolved(7, 3, ClaimResolution::Dismissed).into(),
        resolved(8, 4, ClaimResolution::Upheld).into(),
    ]);
    assert_eq!(
        then(
            &database,
            "SELECT case_id, session, tag, status, found, holder, seq, taken_at, resolved_at, resolved_by FROM claim ORDER BY seq"
        ),
        json!([
            [id(5), id(3), tag(1).to_string(), "accepted", "released", null, 1, time(1), null, null],
            [id(6), id(3), tag(2).to_string(), "contested", "sold", id(4), 2, time(2), null, null],
            [
                id(7),
                id(3),
                tag(3).to_string(),
                "dismissed",
                null,
                null,
                3,
                time(3),
                time(5),
                "person:user_olivia"
            ],
            [
                id(8),
                id(3),
                tag(4).to_string(),
                "upheld",
                "donated",
                null,
                4,
                time(4),
                time(6),
                "person:user_olivia"
            ],
        ])
    );
}
