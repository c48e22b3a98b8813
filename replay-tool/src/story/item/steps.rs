//! What an entry says about one item, in a sentence.

use domain::claims::{ClaimKind, Verdict};
use domain::consignment_event::claims::ClaimResolution;
use domain::consignment_event::count::CountDifference;
use domain::consignment_event::items::{Departure, ListedItem};
use domain::consignment_event::{Event as EventEntry, Outcome};
use domain::lifecycle::ItemStatus;
use domain::money::Cents;
use domain::sale_session::{
    ConflictResolved, Event as SessionEntry, LineFigures, LineIdentified, ReceiptCompleted, ReturnRecorded,
};
use domain::tag::Tag;

use crate::story::words;

/// Where the item stands from then on, where the entry says so, and what happened.
type Said = Option<(Option<ItemStatus>, String)>;

#[expect(clippy::unnecessary_wraps, reason = "an arm of matches in which others say nothing")]
fn is(status: ItemStatus, text: impl Into<String>) -> Said {
    Some((Some(status), text.into()))
}

/// What an entry of the event's log says about `tag`.
pub(super) fn at_the_event(event: &EventEntry, tag: Tag) -> Said {
    let among = |tags: &[Tag]| tags.contains(&tag).then_some(());
    match event {
        EventEntry::ItemsListed(listed) => listing(listed.items.iter().find(|item| item.tag == tag)?),
        EventEntry::DraftSaved(saved) if saved.draft.row.is_none() && saved.tag == tag => {
            is(ItemStatus::Draft, format!("begun by consignor {}", saved.draft.consignor))
        }
        EventEntry::DraftDiscarded(draft) if draft.tag == tag => {
            is(ItemStatus::Retagged, "its draft was discarded")
        }
        EventEntry::ItemsEdited(edited) => {
            let edit = edited.edits.iter().find(|edit| edit.tag == tag)?;
            let price = edit.price.map_or_else(String::new, |price| format!(", now at {price}"));
            Some((None, format!("edited{price}")))
        }
        EventEntry::TagsPrinted(printed) => {
            let tag = printed.tags.iter().find(|printed| printed.tag == tag)?;
            Some((None, format!("its tag was printed at {}", tag.price)))
        }
        EventEntry::ItemRetagged(tags) if tags.old == tag => {
            is(ItemStatus::Retagged, format!("goes on under {}", tags.new.grouped()))
        }
        EventEntry::ItemRetagged(tags) if tags.new == tag => {
            Some((None, format!("goes on from {}", tags.old.grouped())))
        }
        EventEntry::ItemsCheckedIn(items) => {
            among(&items.tags).and_then(|()| is(ItemStatus::CheckedIn, "checked in"))
        }
        EventEntry::ItemsRejected(items) => among(&items.tags)
            .and_then(|()| is(ItemStatus::Rejected, format!("rejected: {}", words(&items.reason)))),
        EventEntry::ItemsPulled(items) => among(&items.tags)
            .and_then(|()| is(ItemStatus::Pulled, format!("pulled: {}", words(&items.reason)))),
        EventEntry::ItemsReinstated(items) => {
            among(&items.tags).and_then(|()| is(ItemStatus::CheckedIn, "for sale after all"))
        }
        EventEntry::ItemsDeparted(items) => among(&items.tags).and_then(|()| departed(items.how)),
        EventEntry::ItemsTransferred(sent) => {
            sent.items.iter().find(|item| item.from == tag)?;
            is(ItemStatus::Transferred, format!("goes on in event {}", sent.to))
        }
        EventEntry::TransfersReceived(received) => {
            let item = received.items.iter().find(|item| item.item.tag == tag)?;
            is(
                ItemStatus::Listed,
                format!("came from event {}, as {} there", received.from, item.from.grouped()),
            )
        }
        EventEntry::TransfersReturned(returned) => {
            returned.refused.iter().find(|item| item.tag == tag)?;
            is(ItemStatus::Released, "the later event did not take it")
        }
        EventEntry::CountCompared(page) => {
            counted(page.differences.iter().find(|item| item.tag == tag)?.difference)
        }
        other => between(other, tag),
    }
}

/// What passes between the event and its sessions.
fn between(event: &EventEntry, tag: Tag) -> Said {
    match event {
        EventEntry::CustodyHandedOver(page) => {
            let item = page.items.iter().find(|item| item.tag == tag)?;
            let text =
                format!("handed over to session {} at {} (page {})", page.session, item.price, page.page);
            is(ItemStatus::OnFloor, text)
        }
        EventEntry::ItemsTakenBack(page) => match page.items.iter().find(|item| item.tag == tag)?.outcome {
            Outcome::Sold => is(ItemStatus::Sold, format!("session {} reports it sold", page.session)),
            Outcome::Unsold => {
                is(ItemStatus::Released, format!("back from session {}, unsold", page.session))
            }
            Outcome::Returned => {
                is(ItemStatus::Returned, format!("back from session {}, returned by a shopper", page.session))
            }
        },
        EventEntry::ClaimAccepted(accepted) if accepted.claim.tag == tag => {
            claimed(accepted.claim.kind, format!("the claim of session {} holds", accepted.claim.session))
        }
        EventEntry::ClaimContested(contested) if contested.claim.tag == tag => {
            Some((None, format!("the claim of session {} is contested", contested.claim.session)))
        }
        EventEntry::ClaimResolved(resolved) if resolved.tag == tag => match resolved.resolution {
            ClaimResolution::Upheld => {
                claimed(resolved.kind, format!("the claim of session {} was upheld", resolved.session))
            }
            ClaimResolution::Dismissed => {
                Some((None, format!("the claim of session {} was dismissed", resolved.session)))
            }
        },
        _ => None,
    }
}

fn listing(item: &ListedItem) -> Said {
    let row = item.row.map_or_else(String::new, |row| format!(", row {row} of an import"));
    is(ItemStatus::Listed, format!("listed at {} by consignor {}{row}", item.price, item.consignor))
}

fn departed(how: Departure) -> Said {
    match how {
        Departure::PickedUp => is(ItemStatus::PickedUp, "picked up by its consignor"),
        Departure::Donated => is(ItemStatus::Donated, "given away"),
        Departure::Missing => is(ItemStatus::Missing, "nobody can find it"),
    }
}

fn counted(difference: CountDifference) -> Said {
    match difference {
        CountDifference::Missing => is(ItemStatus::Missing, "not seen in the stock count"),
        CountDifference::Found | CountDifference::FoundUnchecked => {
            is(ItemStatus::CheckedIn, "found in the stock count")
        }
        other => Some((None, format!("the stock count differs: {}", other.class()))),
    }
}

fn claimed(kind: ClaimKind, text: String) -> Said {
    match kind {
        ClaimKind::Sold => is(ItemStatus::Sold, text),
        ClaimKind::Returned => is(ItemStatus::Returned, text),
    }
}

/// What an entry of a session's log says about `tag`.
pub(super) fn in_a_session(event: &SessionEntry, tag: Tag) -> Said {
    let of = |line: &LineFigures| line.tag == Some(tag);
    match event {
        SessionEntry::CustodyTaken(taken) => {
            taken.items.iter().find(|item| item.tag == tag)?;
            is(ItemStatus::OnFloor, format!("on the floor: in the session's custody (page {})", taken.page))
        }
        SessionEntry::ReceiptCompleted(receipt) => sold(receipt, tag),
        SessionEntry::OnlineOrderTaken(order) => {
            let line = order.lines.iter().find(|line| line.tag == tag)?;
            is(ItemStatus::Sold, format!("sold online at {} in order {}", line.price, order.order.order))
        }
        SessionEntry::OnlineOrderCancelled(order) => {
            order.lines.iter().find(|back| of(&back.line))?;
            is(ItemStatus::OnFloor, format!("its online order {} was cancelled", order.order.order))
        }
        SessionEntry::OnlineRefunded(refund) => {
            let back = refund.lines.iter().find(|back| of(&back.line))?;
            let status = back.returned.then(|| after_return(back.restock));
            Some((status, format!("{} given back by the store", back.line.price)))
        }
        SessionEntry::ReceiptVoided(voided) => {
            voided.lines.iter().find(|line| of(line))?;
            is(ItemStatus::OnFloor, format!("receipt {} was voided", voided.number))
        }
        SessionEntry::ReturnRecorded(returned) => brought_back(returned, tag),
        SessionEntry::LineIdentified(LineIdentified { line, .. }) if of(line) => {
            is(ItemStatus::Sold, format!("known as what was sold unlisted on receipt {}", line.at.number))
        }
        SessionEntry::ConflictOpened(opened) if opened.tag == Some(tag) => {
            Some((None, format!("sold more than once: case {} opened", opened.case)))
        }
        SessionEntry::ConflictResolved(resolved) => resolution(resolved, tag),
        SessionEntry::ClaimSent(sent) if sent.claim.tag == tag => {
            Some((None, "the event is asked about it".to_owned()))
        }
        SessionEntry::ClaimAnswered(answered) => match (&answered.credited, answered.answer.verdict) {
            (Some(line), Verdict::Accepted { .. }) if of(line) => is(ItemStatus::Sold, "the event agrees"),
            _ => None,
        },
        SessionEntry::CustodyReleased(page) => {
            match page.items.iter().find(|item| item.tag == tag)?.outcome {
                Outcome::Sold => is(ItemStatus::Sold, "reported to the event as sold"),
                Outcome::Unsold => is(ItemStatus::Released, "given back to the event, unsold"),
                Outcome::Returned => {
                    is(ItemStatus::Returned, "given back to the event, returned by a shopper")
                }
            }
        }
        _ => None,
    }
}

fn sold(receipt: &ReceiptCompleted, tag: Tag) -> Said {
    let Some(line) = receipt.lines.iter().find(|line| line.tag == tag) else {
        let line = receipt.unlisted.iter().find(|line| line.tag == Some(tag))?;
        return Some((
            None,
            format!("sold at {} on receipt {}, unknown to the session", line.price, receipt.number),
        ));
    };
    let keyed = if line.keyed { ", tag keyed by hand" } else { "" };
    let text = format!(
        "sold at {} on receipt {} ({}){keyed}; consignor {}: {} of it, estimated {}",
        line.price, receipt.number, receipt.receipt, line.consignor, line.rate, line.share
    );
    is(ItemStatus::Sold, text)
}

const fn after_return(restock: bool) -> ItemStatus {
    if restock { ItemStatus::OnFloor } else { ItemStatus::Returned }
}

fn brought_back(returned: &ReturnRecorded, tag: Tag) -> Said {
    let back = returned.lines.iter().find(|back| back.line.tag == Some(tag))?;
    let floor = if back.restock { "on the floor again" } else { "not for the floor" };
    let text = format!("brought back, {} paid back of receipt {}; {floor}", back.line.price, returned.number);
    is(after_return(back.restock), text)
}

fn resolution(resolved: &ConflictResolved, tag: Tag) -> Said {
    let of = |lines: &[LineFigures]| lines.iter().find(|line| line.tag == Some(tag)).copied();
    let refunded = of(&resolved.refunded).map(|line| (line.at.number, line.price));
    let credited = of(&resolved.credited).map(|line| line.at.number);
    let text = match (credited, refunded) {
        (Some(sold), Some((number, price))) => {
            back_of(resolved, number, price) + &format!("; sold on receipt {sold}")
        }
        (Some(sold), None) => format!("case {} ended: sold on receipt {sold}", resolved.case),
        (None, Some((number, price))) => back_of(resolved, number, price),
        (None, None) => return None,
    };
    is(ItemStatus::Sold, text)
}

fn back_of(resolved: &ConflictResolved, number: u32, price: Cents) -> String {
    format!("case {} ended: {price} given back of receipt {number}", resolved.case)
}
