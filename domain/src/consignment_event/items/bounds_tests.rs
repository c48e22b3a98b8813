use super::super::fixture::{draft, number, registering, settings, stocked, tag, tags};
use super::*;
use crate::consignment_event::{Command, Event, ItemFlags, ItemSlot};
use crate::lifecycle::ItemStatus;
use crate::money::Cents;
use crate::tag::MAX_ITEM_NUMBER;

#[test]
fn itm_7_a_price_between_two_steps_goes_down_to_the_lower_one() {
    let rules = settings();
    let step = rules.items.price_step;
    let mut asked = ItemDraft { price: Cents(1_000 + step.0 - 1), ..draft(1, "A") };
    let findings = check_draft(&mut asked, &rules.items);
    assert_eq!(asked.price, Cents(1_000));
    let said: Vec<_> = findings.iter().map(|found| (found.rule, found.code)).collect();
    assert_eq!(said, [("ITM-7", "price_off_step")]);
    let listed = registering(settings()).when(Command::ListItems {
        import: None,
        items: vec![ItemDraft { price: Cents(1_000 + step.0 - 1), ..draft(1, "A") }],
    });
    assert_eq!(listed.state().item(tag(1)).map(|slot| slot.price), Some(1_000));
}

#[test]
fn itm_9_the_last_tag_of_an_event_is_999_999() {
    let full = || {
        registering(settings()).given_state(|state| {
            let slot = ItemSlot {
                reference: 0,
                consignor: number(1),
                price: 100,
                printed: 0,
                session: 0,
                status: ItemStatus::Listed,
                flags: ItemFlags::default(),
                printed_flags: ItemFlags::default(),
                transfers: 0,
            };
            state.items = vec![slot; usize::try_from(MAX_ITEM_NUMBER).unwrap()];
        })
    };
    let list = Command::ListItems { import: None, items: vec![draft(1, "A")] };
    full().when(list).then_refused("ITM-9", "event_full");
    full().when(Command::SaveDraft { tag: None, draft: draft(1, "A") }).then_refused("ITM-9", "event_full");
}

#[test]
fn chk_2_a_draft_is_checked_in_only_once_it_is_whole() {
    let sale = stocked(settings(), 1).when(Command::SaveDraft { tag: None, draft: draft(1, "B") });
    let sale = sale.when(Command::CheckIn { tags: tags(&[1, 2]) });
    let Some(Event::ItemsCheckedIn(seen)) = sale.log().last() else { panic!() };
    assert_eq!((seen.tags.len(), seen.refused[0].code.as_str()), (1, "item_incomplete"));
    assert_eq!(sale.state().item(tag(2)).map(|slot| slot.status), Some(ItemStatus::Draft));
}
