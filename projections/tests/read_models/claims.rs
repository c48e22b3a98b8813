//! Claims, told one by one: given entries, then rows.

use domain::claims::{Claim, ClaimKind};
use domain::commission::Tier;
use domain::consignment_event::claims::{ClaimAccepted, ClaimContested, ClaimResolution, ClaimResolved};
use domain::consignment_event::{CustodyItem, Event, ItemFlags, Terms};
use domain::ids::{CaseId, ReceiptId, SessionId};
use domain::lifecycle::ItemStatus;
use domain::money::Cents;
use domain::tag::Tag;
use serde_json::json;
use uuid::Uuid;

use super::given::{ANN, given_event, id, then, time};

const LATE: SessionId = SessionId(Uuid::from_u128(3));
const FIRST: SessionId = SessionId(Uuid::from_u128(4));

fn tag(item: u32) -> Tag {
    Tag::new(1, item).unwrap()
}

fn claim(case: u128, item: u32) -> Claim {
    Claim {
        session: LATE,
        case: CaseId(Uuid::from_u128(case)),
        receipt: ReceiptId(Uuid::from_u128(9)),
        tag: tag(item),
        kind: ClaimKind::Sold,
        price: Cents(450),
        occurred_at: 7,
    }
}

fn accepted(case: u128, item: u32) -> Event {
    let claim = claim(case, item);
    let item = CustodyItem { tag: claim.tag, consignor: ANN, price: Cents(450), flags: ItemFlags::default() };
    let terms = Terms { consignor: ANN, tier: Tier::Regular, shifts: 0 };
    ClaimAccepted { claim, found: ItemStatus::Released, item, terms }.into()
}

fn contested(case: u128, item: u32, found: Option<ItemStatus>, holder: Option<SessionId>) -> Event {
    ClaimContested { claim: claim(case, item), found, holder }.into()
}

fn resolved(case: u128, item: u32, resolution: ClaimResolution) -> Event {
    let Claim { session, case, tag, kind, .. } = claim(case, item);
    ClaimResolved { session, case, tag, kind, resolution, credited: None }.into()
}

#[test]
fn a_claim_is_a_row_from_its_first_word_to_its_end() {
    let database = given_event(&[
        accepted(5, 1),
        contested(6, 2, Some(ItemStatus::Sold), Some(FIRST)),
        contested(7, 3, None, None),
        contested(8, 4, Some(ItemStatus::Donated), None),
        resolved(7, 3, ClaimResolution::Dismissed),
        resolved(8, 4, ClaimResolution::Upheld),
    ]);
    let rows = "SELECT case_id, session, tag, status, found, holder, seq, taken_at, resolved_at, resolved_by
        FROM claim ORDER BY seq";
    let (tag, olivia) = (|item| tag(item).to_string(), "person:user_olivia");
    assert_eq!(
        then(&database, rows),
        json!([
            [id(5), id(3), tag(1), "accepted", "released", null, 1, time(1), null, null],
            [id(6), id(3), tag(2), "contested", "sold", id(4), 2, time(2), null, null],
            [id(7), id(3), tag(3), "dismissed", null, null, 3, time(3), time(5), olivia],
            [id(8), id(3), tag(4), "upheld", "donated", null, 4, time(4), time(6), olivia],
        ])
    );
}
